#include "sim/market/enterprise/placement.hpp"

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/enterprise/utility.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

Money to_money(double usd) {
  return Money::from_usd(usd, "what a workload costs or is worth to its enterprise, in $,");
}

/// Full volume of a workload, work units per day.
double units_per_day(const Workload& w) { return core::real(w.units) * 1e-6; }

PlacementDelta volume_at(const MarketView& view, const Enterprise& e, AlternativeId alternative, std::int64_t units,
                         std::int64_t ramp) {
  if (alternative == kOutsideOption) return {};
  PlacementDelta delta;
  delta.cell = view.compiled().cell(e.segment, alternative, e.region);
  delta.committed = committed_to_seller(view.compiled(), e, alternative);
  delta.units = units;
  delta.ramp = ramp;
  return delta;
}

/// What the move costs its enterprise; a deployment from nothing costs nothing.
OneOffCost migration_cost(const MarketView& view, const Workload& w) {
  const double usd = view.parameters().choice.switching_usd * core::real(w.units) * 1e-6;
  return {usd > 0 ? to_money(usd) : Money{}};
}

/// The volume that moves and what the move costs.
void move_volume(const Enterprise& e, Workload& w, AlternativeId to, const MarketView& view, core::SimTime effect,
                 Placement& placement) {
  const AlternativeId from = w.alternative;
  const auto ramp = core::whole(core::real(w.units) * unlearned_share(view.parameters(), w, effect),
                                "the volume of a workload, in millionths of a unit,");
  placement.left = volume_at(view, e, from, -w.units, -ramp);
  w.alternative = to;
  placement.entered = volume_at(view, e, to, w.units, ramp);
  if (from == kOutsideOption || to == kOutsideOption) return;
  placement.migration = migration_cost(view, w);
}

}  // namespace

Placement place(Population& population, EnterpriseId id, Workload& w, const Choice& choice, const MarketView& view,
                core::SimTime effect) {
  const Enterprise& e = population[id];
  Placement placement;
  placement.rates.segment = e.segment;
  const Money surplus = surplus_rate(e, w, choice.logsum);
  placement.rates.surplus = surplus - w.surplus;
  w.surplus = surplus;
  if (choice.alternative != w.alternative) move_volume(e, w, choice.alternative, view, effect, placement);
  population.pay_migration(id, placement.migration.migration);
  placement.rates.governance = population.set_governance(id, governance_rate(view, population, id));
  return placement;
}

double unlearned_share(const Parameters& parameters, const Workload& workload, core::SimTime now) {
  const double age = core::in_days(now - workload.created);
  return age <= 0 ? 1.0 : math::exp(-age / parameters.choice.learning_days);
}

Money surplus_rate(const Enterprise& e, const Workload& w, double logsum) {
  return to_money(units_per_day(w) / e.alpha * logsum);
}

Money governance_rate(const MarketView& view, const Population& population, EnterpriseId e) {
  const auto& c = view.parameters().choice;
  double spend = 0.0;  // at the prices of its last decision
  for (const auto& w : population.workloads(e))
    if (w.alternative != kOutsideOption) spend += units_per_day(w) * view.board.unit_price[w.alternative];
  const int clouds = governed_clouds(view, population, e).size();
  return to_money(spend * governance_cost(c.governance_first, c.governance_pair, clouds));
}

}  // namespace rackrate::market
