#include "sim/study/agreements.hpp"

#include "sim/core/whole.hpp"
#include "sim/market/enterprise/agreement.hpp"

namespace rackrate::study {
namespace {

/// The renewal that comes next.
core::SimTime next_renewal(const market::MarketView& view, const market::Enterprise& e) {
  std::uint32_t ordinal = market::next_account_date(view, e, view.board.as_of);
  while (!market::is_renewal(view, e, ordinal)) ++ordinal;
  return market::account_date(view, e, ordinal);
}

AccountAgreement agreement_of(const market::MarketView& view, const market::Population& population,
                              market::EnterpriseId id) {
  const market::Enterprise& e = population[id];
  const market::Agreement& agreed = population.agreement(id);
  const auto& p = view.parameters();
  const auto a_year = [&](market::Money a_day) {
    return a_day.usd() * core::kDaysPerYear / population.expansion(e.segment);
  };
  AccountAgreement out;
  out.segment = p.segments[e.segment].name;
  out.cloud = p.clouds[e.primary_cloud].name;
  out.since = agreed.since;
  out.until = next_renewal(view, e);
  out.spending = a_year(agreed.spending);
  out.reliance = a_year(agreed.reliance);
  out.at_stake = a_year(agreed.at_stake);
  out.gain = a_year(agreed.gain);
  out.committed = a_year(agreed.committed);
  out.shortfall = agreed.shortfall.usd() / population.expansion(e.segment);
  out.discount = e.agreed.paid * 1e-4;
  out.service = e.agreed.premium;
  out.issues = market::issues_of(view, e, out.spending);
  return out;
}

}  // namespace

std::vector<AccountAgreement> agreements(const Simulation& simulation) {
  const auto& world = simulation.world();
  const market::MarketView view{world.regime(), world.draws(), world.board()};
  std::vector<AccountAgreement> all;
  for (const market::EnterpriseId id : world.enterprises().accounts())
    if (world.enterprises()[id].adopted) all.push_back(agreement_of(view, world.enterprises(), id));
  return all;
}

}  // namespace rackrate::study
