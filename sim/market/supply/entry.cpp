#include "sim/market/supply/entry.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/core/math.hpp"
#include "sim/market/primitives/leadtime.hpp"
#include "sim/market/primitives/staged_cost.hpp"
#include "sim/market/supply/orders.hpp"
#include "sim/market/supply/pool.hpp"
#include "sim/market/supply/wanted_capacity.hpp"
#include "sim/market/view/selling.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

using Outcome = EntryState::Outcome;

/// Years from now until the chips of each phase are paid, and until they run: with the power of their phase, or as soon
/// as they can be there.
struct ChipDates {
  std::array<double, kSitePhases.size()> paid{}, run{};
};

ChipDates chip_dates(const MarketView& view, const Cloud& cloud, const ChipMix& mix, core::SimTime now) {
  double until_paid = 0.0;
  for (const ChipPayment& part : chip_payments(view, cloud, now))
    until_paid += part.share * core::in_years(part.due - now);
  const double lead = mix.lead_days / core::kDaysPerYear;
  ChipDates dates;
  const auto phases = site_phase_days(view.parameters().sites.lead_median_days);
  for (std::size_t k = 0; k < phases.size(); ++k) {
    dates.run[k] = std::max(phases[k] / core::kDaysPerYear, until_paid + lead);
    dates.paid[k] = dates.run[k] - lead;
  }
  return dates;
}

/// The mean over phases of what a dollar is worth today that is paid, or begins to be earned, at those times.
template <class Years>
double discounted(const Years& years, double rate) {
  double sum = 0.0;
  for (const double t : years) sum += math::exp(-rate * t) / core::real(years.size());
  return sum;
}

double least_kw(const Cloud& cloud) { return cloud.entry.scale_mw * 1e3; }

/// Does it make up its mind in the month of this review, where its value exceeds what it asks for by that share?
bool dares(const Headquarters& hq, const MarketView& view, double excess, core::SimTime now) {
  const Cloud& cloud = cloud_of(view.compiled(), hq);
  if (cloud.entry.hazard < 0) return true;
  const double chance = -math::expm1(-cloud.entry.hazard * excess * cloud.capital.review_months / 12.0);
  const auto month = month_key(core::month_index(now));
  return view.draws.uniform(at(view.compiled().cloud_key[hq.cloud], Purpose::CloudEntry, month)) < chance;
}

/// Reports why an entrant stays outside, where that is another reason than before.
void stay_outside(Headquarters& hq, const Cloud& cloud, Outcome outcome, const EntryCase& entry, core::SimTime now) {
  if (hq.entry.outcome == outcome) return;
  hq.entry.outcome = outcome;
  const std::string worth =
      "its least scale is worth " + billions(entry.value_usd) + " and costs " + billions(entry.capital_usd) + " today";
  const std::string why = outcome == Outcome::TooLittle ? " stays outside: " + worth
                          : outcome == Outcome::Hesitates
                              ? " could enter and waits: " + worth
                              : " cannot enter: it lacks " + billions(hq.entry.funding_gap_usd) + " of the " +
                                    billions(entry.need_usd) + " that its least scale needs; " + worth;
  hq.notices.push_back({now, "entry", cloud.name, cloud.name + why});
}

}  // namespace

ComputeMarket market_for_compute(const MarketView& view) {
  double running = 0.0, index = 0.0, demand = 0.0;
  for (const CloudId c : view.parameters().clouds.ids()) {
    const CloudSignal& signal = view.board.clouds[c];
    if (!(view.compiled().first_use[c].customers > 0) || !(signal.available > 0)) continue;
    running += signal.available;
    index += signal.available * signal.price_index;
    demand += signal.demand;
  }
  if (!(running > 0)) return {};
  return {index / running, std::min(1.0, demand / running)};
}

EntryCase entry_case(const Headquarters& hq, const MarketView& view, core::SimTime now) {
  const Cloud& cloud = cloud_of(view.compiled(), hq);
  const ChipMix mix = chip_mix(view.compiled(), cloud, now);
  EntryCase entry;
  if (mix.price <= 0 || mix.kw <= 0) return entry;  // nobody sells it chips
  const ComputeMarket market = market_for_compute(view);
  const core::SimDuration lead = core::days(view.parameters().sites.lead_median_days);
  const double rate = math::log1p(cloud.capital.hurdle_rate);
  const StagedCost stages{cloud.capital.shell_share, cloud.capital.deposit_share, core::in_years(lead)};
  const ChipDates dates = chip_dates(view, cloud, mix, now);

  entry.h100e = least_kw(cloud) / mix.kw;
  const double wanted = expected_demand(hq, cloud, now, lead) / (entry.h100e * cloud.availability);
  entry.utilisation = std::min(market.utilisation, wanted);
  const double chips = entry.h100e * mix.price, site = cloud.entry.scale_mw * cloud.facility_usd_per_mw;
  entry.need_usd = chips + site;
  entry.capital_usd = chips * discounted(dates.paid, rate) + site * present_cost(stages, rate);
  const MarginalUnit unit = marginal_unit(cloud, mix, market.price_index, entry.utilisation);
  entry.value_usd = entry.h100e * earning_value(unit) * discounted(dates.run, rate + unit.erosion);
  return entry;
}

double funding_gap(const Headquarters& hq, const MarketView& view, const EntryCase& entry, core::SimTime now) {
  const auto& p = view.parameters();
  const Cloud& cloud = cloud_of(view.compiled(), hq);
  const ChipMix mix = chip_mix(view.compiled(), cloud, now);
  const PlanMonths months = plan_months(p);
  Budget budget = present_budget(hq, view, now);
  for (double& usd : budget.funds) usd += cloud.entry.equity_usd;
  Spending plan(months.size());
  for (const double years : chip_dates(view, cloud, mix, now).paid)
    plan[months.of(now + core::years(years))] += entry.h100e * mix.price / core::real(kSitePhases.size());
  plan_site(plan, p, cloud, now + p.run.window, least_kw(cloud));
  return entry.need_usd * (1.0 - affordable_share(budget, Spending(months.size()), plan));
}

DecisionFact consider_entry(Headquarters& hq, const MarketView& view, core::SimTime now) {
  const Cloud& cloud = cloud_of(view.compiled(), hq);
  DecisionFact decision{now, DecisionKind::Investment, hq.cloud.number()};
  const EntryCase entry = entry_case(hq, view, now);
  const double threshold = cloud.entry.hurdle_multiple * entry.capital_usd;
  hq.entry.value = entry.capital_usd > 0 ? entry.value_usd / entry.capital_usd : 0.0;
  hq.entry.funding_gap_usd = funding_gap(hq, view, entry, now);
  if (!(entry.capital_usd > 0) || entry.value_usd < threshold)
    stay_outside(hq, cloud, Outcome::TooLittle, entry, now);
  else if (hq.entry.funding_gap_usd > 1e-9 * entry.need_usd)
    stay_outside(hq, cloud, Outcome::Refused, entry, now);
  else if (!dares(hq, view, entry.value_usd / threshold - 1.0, now))
    stay_outside(hq, cloud, Outcome::Hesitates, entry, now);
  else
    decision.site_kw = least_kw(cloud);
  return decision;
}

void enter(Headquarters& hq, const MarketView& view, core::SimTime now) {
  const Cloud& cloud = cloud_of(view.compiled(), hq);
  hq.entry.entered = now;
  hq.entry.outcome = Outcome::Entered;
  hq.notices.push_back({now, "entry", cloud.name,
                        cloud.name + " enters with a site of " + std::to_string(std::llround(cloud.entry.scale_mw)) +
                            " MW and " + billions(cloud.entry.equity_usd) + " of its owners"});
}

}  // namespace rackrate::market
