// The exchange's day, on the flagship as it runs: networks, demand and boards of four months, one day after the other.
// A figure is the median of the days.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <vector>

#include "sim/engine/executor.hpp"
#include "sim/market/exchange/clearing/commitment_steer.hpp"
#include "sim/market/exchange/exchange.hpp"
#include "sim/market/world/world.hpp"
#include "sim/record/monthly_recorder.hpp"
#include "sim/scenario/scenario.hpp"

namespace {

using namespace rackrate;
using namespace rackrate::market;

/// What the exchange knows on the morning of a day.
struct Morning {
  core::SimTime start;
  Board board;
  DemandState demand;
  Capital capital;
  FlowNetwork network;  ///< as it was solved that day
};

struct Months {
  std::shared_ptr<const Regime> regime;
  core::Draws draws;
  Exchange exchange;  ///< on the evening before the first day
  std::vector<Morning> mornings;
};

std::shared_ptr<const Regime> flagship() {
  const std::vector<std::filesystem::path> library{std::filesystem::path(RACKRATE_SOURCE_DIR) / "scenarios"};
  return std::make_shared<const Regime>(
      build_regime(scenario::Scenario::load("openai-azure-amended", library).parameters()));
}

/// Demand is complete at the barrier before a day. What is bought that day is told in messages before it is cleared, so
/// capital is read after it: it is a day more worn, and paid already.
Months record_months() {
  const auto regime = flagship();
  const auto executor = engine::make_serial_executor();
  const core::SimTime first = core::month_start(core::month_index(regime->compiled.parameters.run.start) + 18);
  const core::SimTime last = core::month_start(core::month_index(first) + 4);
  World world(regime, 1, 0);
  world.run_until(first, *executor);
  Months months{regime, world.draws(), world.exchange(), {}};
  for (core::SimTime day = first; day < last; day += core::kDay) {
    Morning morning{day, world.board(), {}, {}, {}};
    morning.demand = world.exchange().demand;
    world.run_until(day + core::kDay, *executor);
    morning.capital = world.exchange().capital;
    morning.network = world.exchange().network.table.network;
    months.mornings.push_back(std::move(morning));
  }
  return months;
}

const Months& months() {
  static const Months recorded = record_months();
  return recorded;
}

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point a, Clock::time_point b) {
  return std::chrono::duration<double>(b - a).count();
}

double median(std::vector<double> days) {
  const auto middle = days.begin() + static_cast<std::ptrdiff_t>(days.size() / 2);
  std::nth_element(days.begin(), middle, days.end());
  return *middle;
}

void flow(benchmark::State& state, bool warm) {
  const auto& mornings = months().mornings;
  FlowSolver kept;
  FlowSolution solution;
  kept.solve(mornings.front().network, solution);
  for (auto _ : state) {
    std::vector<double> days;
    for (const auto& morning : mornings) {
      FlowSolver fresh;
      FlowSolver& solver = warm ? kept : fresh;
      const auto start = Clock::now();
      solver.solve(morning.network, solution);
      days.push_back(seconds_between(start, Clock::now()));
    }
    state.SetIterationTime(median(std::move(days)));
  }
}

struct DayTimes {
  double clearing = 0.0, rest = 0.0;
};

/// One day of the exchange, as World::handle does it. Steering moves costs of the network, so it counts as clearing.
DayTimes exchange_day(Exchange& exchange, const MarketView& view, const Interval& interval, Observer& observer) {
  const auto start = Clock::now();
  refresh(exchange.network, view, interval.start);
  const auto refreshed = Clock::now();
  steer(view, interval.start, exchange.accounts, exchange.cleared.empty(), exchange.network.table);
  const auto steered = Clock::now();
  SettledInterval day;
  day.interval = interval;
  day.load = load(view, interval, exchange.demand, exchange.network.table, exchange.network.carry);
  const auto loaded = Clock::now();
  day.allocation = clear(view, interval, day.load, exchange.network);
  const auto cleared = Clock::now();
  buy_other(exchange.capital, view, interval);
  day.settlement = settle({view, day.interval, exchange.demand, exchange.network.table, exchange.network.terms,
                           day.load, day.allocation, exchange.capital, exchange.cleared},
                          exchange.accounts);
  book_interval(exchange, view, std::move(day), &observer);
  return {
      seconds_between(refreshed, steered) + seconds_between(loaded, cleared),
      seconds_between(start, refreshed) + seconds_between(steered, loaded) + seconds_between(cleared, Clock::now())};
}

void exchange_days(benchmark::State& state, double DayTimes::*part) {
  const Months& m = months();
  for (auto _ : state) {
    Exchange exchange = m.exchange;
    record::MonthlyRecorder recorder(m.regime->compiled.parameters);
    std::vector<double> days;
    for (const auto& morning : m.mornings) {
      exchange.demand = morning.demand;
      exchange.demand.migration = morning.board.migration - exchange.audit.migration_seen;
      exchange.capital = morning.capital;
      const MarketView view{*m.regime, m.draws, morning.board};
      days.push_back(exchange_day(exchange, view, {morning.start, morning.start + core::kDay}, recorder).*part);
    }
    state.SetIterationTime(median(std::move(days)));
  }
}

}  // namespace

BENCHMARK_CAPTURE(flow, flagship / warm, true)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(5);
BENCHMARK_CAPTURE(flow, flagship / cold, false)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(5);
BENCHMARK_CAPTURE(exchange_days, flagship / clear, &DayTimes::clearing)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond)
    ->Iterations(5);
BENCHMARK_CAPTURE(exchange_days, flagship / load_settle_report, &DayTimes::rest)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond)
    ->Iterations(5);
