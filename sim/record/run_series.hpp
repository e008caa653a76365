#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/record/axes.hpp"
#include "sim/record/layout.hpp"

namespace rackrate::record {

/// Something dated that the timeline of a report shows (market::EventFact with its own text).
struct Event {
  core::SimTime time;
  std::string kind;
  std::string subject;
  std::string text;
  friend bool operator==(const Event&, const Event&) = default;
};

/// Everything recorded of one (arm, replication), a plain value.
struct RunSeries {
  std::string arm;
  std::int64_t replication = 0;
  Axes axes;
  core::SimTime end;  ///< up to here it was simulated, exclusive; at most axes.end
  /// values[Var], row-major over the variable's dims. Missing is NaN. Values of Type::F32 are already
  /// rounded to float, so memory and file hold the same numbers.
  std::array<std::vector<double>, kVars> values;
  std::vector<Event> events;  ///< in order of time; not part of the fingerprint

  [[nodiscard]] const std::vector<double>& operator[](Var v) const { return values[static_cast<std::size_t>(v)]; }
  [[nodiscard]] std::vector<double>& operator[](Var v) { return values[static_cast<std::size_t>(v)]; }
};

/// [{"time": "2026-04-27", "kind": ..., "subject": ..., "text": ...}, ...]
[[nodiscard]] std::string events_to_json(const std::vector<Event>& events);
/// The inverse. Throws ResultFileError when the text is not such a list.
[[nodiscard]] std::vector<Event> events_from_json(const std::string& json);

}  // namespace rackrate::record
