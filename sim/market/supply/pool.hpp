#pragma once
#include <cstdint>
#include <vector>

#include "sim/market/supply/budget.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// Units of one chip that came at one time and retire together.
struct Cohort {
  ChipId chip;
  std::int64_t units = 0;
  std::int32_t month = 0;  ///< position of the month in which they retire, by PlanMonths
};

/// Units of one chip that have had no power for whole months on end.
struct IdleSpell {
  int months = 0;
  std::int64_t units = 0;  ///< the least of them
};

/// The hardware of one cloud in one region: what is installed, what power there is, what runs.
struct Pool {
  PoolId id;
  Table<CohortId, Cohort> cohorts;
  double energised_kw = 0.0;           ///< usable facility power; negative: never binds
  double received = 0.0;               ///< H100e that have arrived since the start
  double shipped = 0.0;                ///< H100e that have been shipped to it since the start
  double delivered_kw = 0.0;           ///< power that has been energised since the start
  std::vector<std::int64_t> shell_kw;  ///< worth of shells to pay, by month of the run
  Table<ChipId, IdleSpell> idle;
  std::vector<CapitalFact> payments;  ///< of this window, reported at its end
  PoolSignal signal;                  ///< published at the next barrier
};

/// The clearing at T reads what was published before T, so a change that counts from T on is made, and paid, one
/// instant earlier.
[[nodiscard]] constexpr core::SimTime just_before(core::SimTime t) { return t - core::SimDuration{1}; }

/// The pool on the scenario's first day, with its fleet running as far as power allows.
[[nodiscard]] Pool first_pool(const CompiledScenario& compiled, PoolId id);
/// What is left on the first day of the life of a chip of the first fleet.
[[nodiscard]] double years_left(const CompiledScenario& compiled, PoolId pool, ChipId chip);
/// The months of a scenario's capital plans.
[[nodiscard]] PlanMonths plan_months(const Parameters& parameters);
/// Lots in transit, sites under way and retirements of the first fleet, as events to itself.
[[nodiscard]] std::vector<FirstEvent> first_events(const CompiledScenario& compiled, const Pool& pool);

/// Receives lots, power phases and retirements; recomputes what runs. Chips without power wait: an
/// explicit state, published as `unpowered`. Chips that have waited for `idle_retirement_days` while others of more
/// compute per kilowatt run retire early. Sends the exchange what capital was paid: lots when they are shipped, shells
/// at the end of the month, the rest of a site with its power.
void handle_pool(Pool& pool, const MarketView& view, Context& context, const Event& event);

/// Chooses what runs (greedy by H100e per kW, whole units) and fills in the signal.
/// running = floor(availability x H100e on power).
void refresh(const CompiledScenario& compiled, Pool& pool);

}  // namespace rackrate::market
