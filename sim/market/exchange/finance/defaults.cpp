#include "sim/market/exchange/finance/defaults.hpp"

#include <algorithm>

#include "sim/core/math.hpp"
#include "sim/core/name_hash.hpp"

namespace rackrate::market {
namespace {

/// Of the payer's labs the greatest; 0 where it has none.
double hazard_of(const MarketView& view, PartyId payer) {
  double hazard = 0.0;
  for (const LabId lab : view.compiled().lab_firm.ids())
    if (view.compiled().lab_firm[lab] == payer) hazard = std::max(hazard, view.board.labs[lab].finance.default_hazard);
  return hazard;
}

bool known(std::span<const Default> defaults, const std::string& contract, PartyId payer) {
  return std::any_of(defaults.begin(), defaults.end(),
                     [&](const Default& d) { return d.contract == contract && d.payer == payer; });
}

/// Is anything still owed under it at t, or to be owed later?
bool is_live(const CompiledScenario& s, const PaymentClause& m, core::SimTime t) {
  return s.clause_of(m).is<kinds::Commit>() && m.until > t && s.version_of(m).signed_on <= t;
}

}  // namespace

double chance_in_a_month(double hazard_per_year) { return -core::math::expm1(-hazard_per_year / 12.0); }

std::vector<Default> new_defaults(const MarketView& view, const Interval& interval, std::span<const Default> so_far) {
  const int month = core::month_index(interval.start);
  if (core::month_index(interval.end) == month) return {};
  const auto& s = view.compiled();
  std::vector<Default> out;
  for (const PaymentClause& m : s.money) {
    const double hazard = is_live(s, m, interval.start) ? hazard_of(view, m.payer) : 0.0;
    const std::string& contract = s.contract_of(m).name;
    if (hazard <= 0 || in_default(s, m, so_far) || known(out, contract, m.payer)) continue;
    const auto address = at(core::name_hash("default", core::name_hash(contract)), Purpose::CommitmentDefault,
                            month_key(month), core::name_hash(s.parties[m.payer]));
    if (view.draws.uniform(address) < chance_in_a_month(hazard)) out.push_back({contract, m.payer, interval.start});
  }
  return out;
}

bool in_default(const CompiledScenario& s, const PaymentClause& m, std::span<const Default> defaults) {
  return std::any_of(defaults.begin(), defaults.end(), [&](const Default& d) {
    return d.payer == m.payer && s.version_of(m).signed_on <= d.time && d.contract == s.contract_of(m).name;
  });
}

bool payer_defers(const MarketView& view, PartyId payer) {
  for (const LabId lab : view.compiled().lab_firm.ids())
    if (view.compiled().lab_firm[lab] == payer && view.board.labs[lab].finance.defers) return true;
  return false;
}

}  // namespace rackrate::market
