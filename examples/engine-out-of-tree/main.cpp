// Rain gauges and an office: two kinds of process in a project of its own, on the installed engine. Gauges measure
// every six hours and report heavy rain; the office closes its book at the first of each month.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <variant>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/engine/periodic.hpp"
#include "sim/engine/simulator.hpp"

using namespace rackrate;

struct Report {
  std::int64_t tenths_mm = 0;
};
using Context = engine::Context<Report>;
using Event = engine::Event<Report>;
enum : std::uint16_t { kBegins, kMeasures, kHeavyRain, kClosesMonth };
constexpr engine::ProcessId kOffice = 0;

/// A process type is a struct: its state, and what it does with an event.
struct Gauge {
  core::EntityKey key = 0;
  engine::Periodic<Report> clock;
  std::int64_t tenths_mm = 0;

  void handle(Context& context, const Event& event, const core::Draws& draws) {
    if (event.kind == kBegins)
      return clock.start(context, {.first = context.now(), .period = core::kDay, .parts = 4}, kMeasures);
    clock.on_tick(context);
    const auto dice = static_cast<std::uint64_t>(clock.tick());
    const auto rain = static_cast<std::int64_t>(draws.below({.entity = key, .index = dice}, 10) *
                                                draws.below({.entity = key, .purpose = 1, .index = dice}, 10));
    tenths_mm += rain;
    if (rain >= 60) context.send(kOffice, context.window_end(), kHeavyRain, {rain});  // not before the window ends
  }
};

struct Office {
  struct Month {
    core::SimTime end{};
    int reports = 0;
    std::int64_t most = 0;
  };
  engine::Periodic<Report, engine::Monthly> closing;
  Month open;
  std::vector<Month> book;

  void handle(Context& context, const Event& event) {
    if (event.kind == kBegins) {
      closing.start(context, engine::every_month(context.now() + core::kDay), kClosesMonth, {}, /*priority*/ -1);
    } else if (event.kind == kHeavyRain) {
      ++open.reports;
      open.most = std::max(open.most, event.payload.tenths_mm);
    } else {
      closing.on_tick(context);
      open.end = context.now();
      book.push_back(open);
      open = {};
    }
  }
};

struct Weather {
  using Payload = Report;
  std::vector<std::variant<Office, Gauge>> processes;
  core::Draws draws{/*seed*/ 2026, /*replication*/ 0};

  void handle(Context& context, const Event& event) {
    auto& process = processes[context.self()];
    if (auto* gauge = std::get_if<Gauge>(&process)) gauge->handle(context, event, draws);
    if (auto* office = std::get_if<Office>(&process)) office->handle(context, event);
  }
  core::SimDuration min_delay(engine::ProcessId, engine::ProcessId) const { return core::SimDuration{0}; }
  std::string process_name(engine::ProcessId p) const { return p == kOffice ? "office" : "gauge/" + std::to_string(p); }
  void at_barrier(core::SimTime) {}
};

int main() {
  Weather weather;
  std::vector<std::string> names;
  for (engine::ProcessId p = 0; p <= 20; ++p) {
    names.push_back(weather.process_name(p));
    if (p == kOffice)
      weather.processes.emplace_back(Office{});
    else
      weather.processes.emplace_back(Gauge{.key = core::name_hash(names.back()), .clock = {}});
  }
  const core::SimTime start = core::date(2028, 1, 1);
  engine::Simulator<Report> sim(names, {.start = start, .window = core::kDay});
  for (engine::ProcessId p = 0; p < names.size(); ++p) sim.post(p, start, kBegins, {});

  sim.run_until(weather, core::date(2028, 7, 2), *engine::make_tbb_executor());

  for (const auto& month : std::get<Office>(weather.processes[kOffice]).book)
    std::printf("closed on %s: %2d reports of heavy rain, at most %lld.%lld mm\n", core::to_string(month.end).c_str(),
                month.reports, static_cast<long long>(month.most / 10), static_cast<long long>(month.most % 10));
  std::int64_t all = 0;
  for (const auto& process : weather.processes)
    if (const auto* gauge = std::get_if<Gauge>(&process)) all += gauge->tenths_mm;
  std::printf("all gauges together: %lld tenths of a millimetre\n", static_cast<long long>(all));
}
