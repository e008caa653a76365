#include "sim/market/enterprise/placement.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/enterprise/utility.hpp"
#include "sim/market/primitives/expenditure.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

/// $ a day: every workload is far below.
constexpr double kMostVariety = 2e9;

Money to_money(double usd) {
  return Money::from_usd(usd, "what a workload costs or is worth to its enterprise, in $,");
}

/// Full volume of a workload, work units per day.
double units_per_day(const Workload& w) { return core::real(w.units) * 1e-6; }

/// What multiplies its volume beside the growth of all.
double autonomy_of(const MarketView& view, const Workload& w) {
  return w.product == Product::AgentStateful ? view.board.autonomy : 1.0;
}

/// A volume of `units` at an alternative; negative, of what leaves.
PlacementDelta volume_at(const MarketView& view, const Enterprise& e, AlternativeId alternative, ItemSet needs,
                         std::int64_t units, std::int64_t ramp) {
  if (alternative == kOutsideOption) return {};
  PlacementDelta delta;
  delta.cell = view.compiled().cell(e.segment, alternative, e.region);
  delta.committed = committed_to_seller(view.compiled(), e, alternative);
  delta.units = units;
  delta.ramp = ramp;
  delta.needs = needs;
  if (e.agreed.worth == 0 || !sold_by_primary(view.compiled(), e, alternative)) return delta;
  delta.rebated = e.agreed.free_units(units);
  delta.premium = e.agreed.premium ? units : 0;
  return delta;
}

/// What the move costs its enterprise; a deployment from nothing costs nothing.
Money migration_cost(const MarketView& view, const Workload& w) {
  const double usd = view.parameters().choice.switching_usd * core::real(w.units) * 1e-6;
  return usd > 0 ? to_money(usd) : Money{};
}

std::int64_t unlearned(const MarketView& view, const Workload& w, std::int64_t units, core::SimTime effect) {
  return core::whole(core::real(units) * unlearned_share(view.parameters(), w, effect),
                     "the volume of a workload, in millionths of a unit,");
}

/// The volume that moves and what the move costs.
void move_volume(const Enterprise& e, Workload& w, AlternativeId to, const MarketView& view, core::SimTime effect,
                 Placement& placement) {
  const AlternativeId from = w.alternative;
  const auto ramp = unlearned(view, w, w.units, effect);
  placement.left = volume_at(view, e, from, w.needs, -w.units, -ramp);
  w.alternative = to;
  placement.entered = volume_at(view, e, to, w.needs, w.units, ramp);
  if (from == kOutsideOption || to == kOutsideOption) return;
  placement.migration.migration = migration_cost(view, w);
}

/// Surplus at a cell. It is kept as the workload keeps it, so that what entered a cell leaves it exactly.
SurplusDelta surplus_at(const MarketView& view, const Enterprise& e, AlternativeId alternative, double sign,
                        const Workload& w) {
  if (alternative == kOutsideOption) return {};
  return {view.compiled().cell(e.segment, alternative, e.region), to_money(sign * static_cast<double>(w.variety)),
          to_money(sign * static_cast<double>(w.surplus))};
}

/// The surplus that leaves where the workload was and enters where it is.
void move_surplus(const MarketView& view, const Enterprise& e, Workload& w, AlternativeId from, const Worth& worth,
                  Placement& placement) {
  placement.lost = surplus_at(view, e, from, -1.0, w);
  w.surplus = static_cast<float>(worth.surplus);
  w.variety = static_cast<float>(std::round(std::min(worth.variety, kMostVariety)));
  placement.gained = surplus_at(view, e, w.alternative, 1.0, w);
  if (from != w.alternative || from == kOutsideOption) return;
  placement.gained.surplus += placement.lost.surplus;  // one change: the difference
  placement.gained.variety += placement.lost.variety;
  placement.lost = {};
}

}  // namespace

Placement place(Population& population, EnterpriseId id, Workload& w, const Choice& choice, const MarketView& view,
                core::SimTime effect) {
  const Enterprise& e = population[id];
  const AlternativeId from = w.alternative;
  Placement placement;
  placement.rates.segment = placement.migration.segment = e.segment;
  if (choice.alternative != from) move_volume(e, w, choice.alternative, view, effect, placement);
  move_surplus(view, e, w, from, worth_of(view, e, w, choice), placement);
  population.pay_migration(id, placement.migration.migration);
  placement.rates.governance = population.set_governance(id, governance_rate(view, population, id));
  return placement;
}

PlacementDelta go_into_production(const MarketView& view, const Enterprise& e, Workload& w, std::int64_t units,
                                  core::SimTime effect) {
  const std::int64_t before = w.units, more = units - before;
  w.units = units;
  w.pilot = false;
  PlacementDelta delta = volume_at(view, e, w.alternative, w.needs, more, unlearned(view, w, more, effect));
  if (w.alternative != kOutsideOption && sold_by_primary(view.compiled(), e, w.alternative))
    delta.rebated = e.agreed.free_units(units) - e.agreed.free_units(before);  // each as rounded
  return delta;
}

double unlearned_share(const Parameters& parameters, const Workload& workload, core::SimTime now) {
  const double age = core::in_days(now - workload.created);
  return age <= 0 ? 1.0 : math::exp(-age / parameters.choice.learning_days);
}

Worth worth_of(const MarketView& view, const Enterprise& e, const Workload& w, const Choice& choice) {
  if (choice.alternative == kOutsideOption) return {};
  const auto& c = view.parameters().choice;
  const double volume = units_per_day(w);
  const double at_list = volume * view.board.unit_price[choice.alternative];
  const double off = sold_by_primary(view.compiled(), e, choice.alternative) ? e.agreed.worth_share() : 0.0;
  const double spending = price_with_runtime(view.compiled(), choice.alternative, at_list) * (1.0 - off);
  const double enjoyed = enjoyed_utility(choice.gap);
  Worth worth;
  worth.surplus = volume / e.alpha * enjoyed;
  if (c.form == UtilityForm::Log) {
    const double eta = 1.0 + c.volume_response * e.alpha;  // spending answers what is offered at present prices
    const double chosen = choice.gap > 0 ? enjoyed / choice.gap : 1.0;  // 1 / share of those who are not outside
    worth.surplus = spending * chosen * surplus_per_dollar(choice.gap / e.alpha, eta);
  }
  worth.variety = worth.surplus * (1.0 - std::clamp(choice.utility / enjoyed, 0.0, 1.0));
  worth.surplus += at_list * choice.governance;  // which the utility has without, and the enterprise pays
  return worth;
}

Money governance_rate(const MarketView& view, const Population& population, EnterpriseId e) {
  const auto& c = view.parameters().choice;
  double spend = 0.0;  // at the prices of its last decision
  for (const auto& w : population.workloads(e))
    if (w.alternative != kOutsideOption)
      spend += units_per_day(w) * view.board.unit_price[w.alternative] * autonomy_of(view, w);
  const int clouds = governed_clouds(view, population, e).size();
  return to_money(spend * governance_factor(c, population[e]) *
                  governance_cost(c.governance_first, c.governance_pair, clouds));
}

}  // namespace rackrate::market
