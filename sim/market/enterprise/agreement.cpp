#include "sim/market/enterprise/agreement.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/enterprise/draw.hpp"
#include "sim/market/enterprise/placement.hpp"
#include "sim/market/pricing/channel_margin.hpp"
#include "sim/market/primitives/expenditure.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

constexpr double kTenThousand = 1e4;
constexpr double kLeastOutside = 1e-300;  // of a share whose logarithm is taken

std::uint16_t ten_thousandths(double share) {
  return static_cast<std::uint16_t>(std::clamp(std::floor(share * kTenThousand + 0.5), 0.0, kTenThousand - 1.0));
}

Money money_of(double usd) { return Money::from_usd(usd, "what an account has at stake, in $,"); }

double phase(const MarketView& view, const Enterprise& e) {
  return view.draws.uniform(at(e.key, Purpose::RenewalPhase)) * view.parameters().buyers.term_years;
}

/// $ a day at list that a workload costs at an alternative, at today's volume.
double daily_cost(const MarketView& view, const Workload& w, AlternativeId a) {
  const double full = core::real(w.units) * 1e-6 * view.board.growth_of(w.product);
  return full * (1.0 - unlearned_share(view.parameters(), w, view.board.as_of)) * view.board.unit_price[a] *
         price_response(view.board.unit_price[a], view.compiled().alternatives[a].price,
                        view.parameters().choice.elasticity);
}

/// Margins of the sellers, looked up once for each lab and channel.
class Margins {
 public:
  explicit Margins(const MarketView& view)
      : view_(view), known_(view.parameters().labs.size(), view.parameters().channels.size(), kUnknown) {}
  double of(AlternativeId a) {
    const Alternative& alternative = view_.compiled().alternatives[a];
    double& margin = known_(alternative.lab, alternative.channel);
    if (margin == kUnknown) {
      const ChannelMargin found = seller_margin(view_, alternative.lab, alternative.channel);
      margin = found.open ? found.at(1.0) : 0.0;
    }
    return margin;
  }

 private:
  static constexpr double kUnknown = -1e300;
  const MarketView& view_;
  Grid<LabId, ChannelId, double> known_;
};

/// What one workload adds to its account's position.
void add_workload(const MarketView& view, const Offer& offer, const Enterprise& e, const Workload& w,
                  std::span<double> utility, Margins& margins, AccountPosition& position) {
  const auto& c = view.parameters().choice;
  const std::size_t n = offer.alternatives.size();
  std::vector<double> with(offer.set->size()), without(offer.set->size());
  expected_shares(*offer.set, utility, with);
  double all = 0.0, at_cloud = 0.0;
  for (std::size_t k = 0; k < n; ++k) {
    if (with[k] <= 0) continue;
    const double cost = with[k] * daily_cost(view, w, offer.alternatives[k]);
    all += cost;
    if (!sold_by_primary(view.compiled(), e, offer.alternatives[k])) continue;
    at_cloud += cost;
    position.margin += cost * margins.of(offer.alternatives[k]);
    utility[k] = kInfeasible;
  }
  if (at_cloud <= 0) return;
  position.spending += at_cloud;
  expected_shares(*offer.set, utility, without);
  const double gap = math::log(std::max(without[n], kLeastOutside)) - math::log(std::max(with[n], kLeastOutside));
  const double volume = core::real(w.units) * 1e-6 * view.board.growth_of(w.product) *
                        (1.0 - unlearned_share(view.parameters(), w, view.board.as_of));
  position.reliance += c.form == UtilityForm::Log
                           ? all / std::max(1.0 - with[n], kLeastOutside) *
                                 surplus_per_dollar(gap / e.alpha, 1.0 + c.volume_response * e.alpha)
                           : volume * gap / e.alpha;
}

PlacementDelta paid_volume(const MarketView& view, const Enterprise& e, const Workload& w, const OffList& before) {
  PlacementDelta delta;
  delta.cell = view.compiled().cell(e.segment, w.alternative, e.region);
  delta.committed = committed_to_seller(view.compiled(), e, w.alternative);
  delta.rebated = e.agreed.free_units(w.units) - before.free_units(w.units);
  delta.premium = (e.agreed.premium ? w.units : 0) - (before.premium ? w.units : 0);
  return delta;
}

/// The agreement that the position comes to, and what it takes off the list.
Agreement struck(const AccountPosition& position, const AccountDeal& deal) {
  Agreement agreement;
  agreement.spending = money_of(position.spending);
  agreement.reliance = money_of(position.reliance);
  agreement.at_stake = money_of(std::max(0.0, deal.at_stake) * position.spending);
  agreement.gain = money_of(deal.gain * position.spending);
  agreement.committed = money_of(deal.commitment * position.spending);
  return agreement;
}

AgreementDelta difference(SegmentId segment, const Agreement& before, const Agreement& after) {
  return {segment, after.spending - before.spending, after.reliance - before.reliance, after.at_stake - before.at_stake,
          after.gain - before.gain};
}

}  // namespace

bool bargains(const MarketView& view, const Enterprise& e) {
  const double least = view.parameters().buyers.least_size_usd;
  return least >= 0 && reference_size(view, e) >= least;
}

core::SimTime account_date(const MarketView& view, const Enterprise& e, std::uint32_t ordinal) {
  const double at = phase(view, e);
  return view.parameters().run.start + core::days((at - std::floor(at) + ordinal) * core::kDaysPerYear);
}

bool is_renewal(const MarketView& view, const Enterprise& e, std::uint32_t ordinal) {
  const auto term = static_cast<std::uint32_t>(view.parameters().buyers.term_years);
  return ordinal % term == static_cast<std::uint32_t>(phase(view, e));
}

std::uint32_t next_account_date(const MarketView& view, const Enterprise& e, core::SimTime t) {
  std::uint32_t ordinal = 0;
  while (account_date(view, e, ordinal) <= t) ++ordinal;
  return ordinal;
}

AccountPosition position_of(const MarketView& view, const Offers& offers, Population& population, EnterpriseId id) {
  AccountPosition position;
  Enterprise& e = population[id];
  if (e.alpha <= 0) return position;
  const OffList agreed = std::exchange(e.agreed, {});  // at list
  Margins margins(view);
  for (const Workload& w : population.workloads(id)) {
    const Offer& offer = offers.to(e.segment, e.region, w.product);
    std::vector<double> utility(offer.set->columns());
    utilities(view, offer, population, id, w, utility);
    add_workload(view, offer, e, w, utility, margins, position);
  }
  e.agreed = agreed;
  return position;
}

AccountIssues issues_of(const MarketView& view, const Enterprise& e, double usd_per_year) {
  const auto& b = view.parameters().buyers;
  AccountIssues issues;
  const double size = b.least_size_usd > 0 ? std::max(1.0, usd_per_year / b.least_size_usd) : 1.0;
  issues.weight = std::clamp(b.weight + b.weight_by_spend * math::log(size) / math::log(10.0), 0.0, 1.0);
  issues.most_discount = b.most_discount;
  issues.planning_value = b.planning_value;
  issues.shortfall_aversion = b.shortfall_aversion;
  issues.spread = b.spend_spread;
  issues.service_value = std::min(1.0 - b.most_discount - 1.0 / kTenThousand,
                                  b.service_value * view.draws.exponential(at(e.key, Purpose::ServiceValue)));
  issues.service_cost = b.service_cost;
  return issues;
}

Renewal renew_agreement(const MarketView& view, const Offers& offers, Population& population, EnterpriseId id) {
  Enterprise& e = population[id];
  const AccountPosition position = position_of(view, offers, population, id);
  AccountDeal deal;
  double worth = 0.0;
  if (position.spending > 0) {
    const double usd_per_year = position.spending * core::kDaysPerYear / population.expansion(e.segment);
    const AccountIssues issues = issues_of(view, e, usd_per_year);
    deal = account_bargain({position.reliance / position.spending, position.margin / position.spending}, issues);
    worth = deal.discount + (deal.service ? issues.service_value : 0.0);
  }
  const OffList before =
      std::exchange(e.agreed, {ten_thousandths(deal.discount), ten_thousandths(worth), deal.service});
  Agreement next = struck(position, deal);
  next.since = view.board.as_of;
  next.shortfall = population.agreement(id).shortfall;
  Renewal renewal;
  renewal.sums = difference(e.segment, population.agreement(id), next);
  population.agreement(id) = next;
  for (const Workload& w : population.workloads(id))
    if (w.alternative != kOutsideOption && sold_by_primary(view.compiled(), e, w.alternative))
      renewal.volume.push_back(paid_volume(view, e, w, before));
  return renewal;
}

AccountShortfall settle_account_year(const MarketView& view, Population& population, EnterpriseId id) {
  const Enterprise& e = population[id];
  Agreement& agreement = population.agreement(id);
  double spent = 0.0;
  for (const Workload& w : population.workloads(id))
    if (w.alternative != kOutsideOption && sold_by_primary(view.compiled(), e, w.alternative))
      spent += daily_cost(view, w, w.alternative);
  const double owed = core::real(agreement.committed.tenthousandths()) * 1e-4 - spent;
  AccountShortfall paid{e.primary_cloud, money_of(std::max(0.0, owed) * core::kDaysPerYear)};
  agreement.shortfall += paid.amount;
  return paid;
}

}  // namespace rackrate::market
