#include <algorithm>
#include <stdexcept>

#include "sim/core/error.hpp"
#include "sim/engine/detail/causality.hpp"

namespace rackrate::engine::detail {
namespace {

std::string length(SimDuration d) {
  const std::int64_t ms = d.count();
  if (ms != 0 && ms % 86'400'000 == 0) return std::to_string(ms / 86'400'000) + " d";
  if (ms != 0 && ms % 3'600'000 == 0) return std::to_string(ms / 3'600'000) + " h";
  return std::to_string(ms) + " ms";
}

}  // namespace

void throw_too_early(const Violation& v) {
  const SimTime by_link = v.minimum < core::kNever - v.now ? v.now + v.minimum : core::kNever;
  const SimTime earliest = std::max(v.window_end, by_link);
  throw core::CausalityError("message from " + v.sender + " to " + v.receiver + ", sent at " + core::to_string(v.now) +
                             ", is due at " + core::to_string(v.at) + "; expected " + core::to_string(earliest) +
                             " or later (the window ends at " + core::to_string(v.window_end) + ", lookahead " +
                             length(v.lookahead) + ", minimum delay of this link " + length(v.minimum) +
                             "). Send it later, or give the link a shorter minimum delay or the run a shorter window.");
}

void throw_outside_time(const std::string& who, SimTime now, SimTime at) {
  if (at > core::kNever) {
    throw core::CausalityError("event of " + who + " is due at " + std::to_string(at.time_since_epoch().count()) +
                               " ms; expected core::kNever (" +
                               std::to_string(core::kNever.time_since_epoch().count()) +
                               " ms) or earlier, the end of time.");
  }
  throw core::CausalityError("event of " + who + " is due at " + core::to_string(at) + "; expected " +
                             core::to_string(now) + " or later, which is its present.");
}

void throw_out_of_sequence(const std::string& who) {
  throw std::overflow_error(who + " has scheduled 2^32 - 1 events; no more can be told apart");
}

}  // namespace rackrate::engine::detail
