#pragma once
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "bench/measured.hpp"
#include "sim/engine/executor.hpp"

namespace bench {

/// What every benchmark program asks: which engine, and how to print.
struct Common {
  std::string engine = "windows";
  bool json = false;

  void add_to(CLI::App& app) {
    // The last of two wins, so that a driver can append smaller sizes to a command.
    app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)->always_capture_default();
    app.add_option("--engine", engine, "rackrate's, or a std::priority_queue of the same events")
        ->check(CLI::IsMember({"windows", "heap"}));
    app.add_flag("--json", json, "one JSON object instead of a line of text");
  }
};

[[nodiscard]] inline std::unique_ptr<rackrate::engine::Executor> executor_for(const std::string& name, int threads) {
  if (threads == 1 || name == "serial") return rackrate::engine::make_serial_executor();
  if (name == "threads") return rackrate::engine::make_thread_executor(threads);
  return rackrate::engine::make_tbb_executor(threads);
}

/// The fields that all programs print, the last ones of an object or line.
inline void print_end(const Common& common, const Measured& m, std::uint64_t digest) {
  const char* format = common.json ? "\"engine\": \"%s\", \"events\": %llu, \"timed_events\": %llu, \"seconds\": %.6f, "
                                     "\"events_per_second\": %.0f, "
                                     "\"ns_per_event\": %.3f, \"allocations_per_event\": %.3g, \"peak_megabytes\": "
                                     "%.1f, \"digest\": \"%016llx\"}\n"
                                   : "%s engine: %llu events, %llu timed in %.3f s: %.0f events/s, %.1f ns each, "
                                     "%.3g allocations per event, %.0f MB, digest %016llx\n";
  std::printf(format, common.engine.c_str(), static_cast<unsigned long long>(m.events),
              static_cast<unsigned long long>(m.timed_events), m.seconds, m.events_per_second(),
              1e9 / m.events_per_second(), m.allocations_per_event, peak_megabytes(),
              static_cast<unsigned long long>(digest));
}

/// Parses, runs, and answers with the exit status: 0 done, 2 bad input.
template <class Run>
int run_program(CLI::App& app, int argc, char** argv, const Run& run) try {
  app.parse(argc, argv);
  run();
  return 0;
} catch (const CLI::ParseError& e) {
  return app.exit(e) == 0 ? 0 : 2;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s: %s\n", app.get_name().c_str(), e.what());
  return 2;
}

}  // namespace bench
