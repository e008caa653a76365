#pragma once
#include <string>

#include "sim/engine/event.hpp"

/// The texts of promise P6, out of line because they are never needed in a sound model.
namespace rackrate::engine::detail {

struct Violation {
  std::string sender;
  std::string receiver;
  SimTime now;
  SimTime at;
  SimTime window_end;
  SimDuration lookahead;  ///< length of a window
  SimDuration minimum;    ///< the link's own minimum delay
};

/// Throws: CausalityError naming both ends, the times and the bound that was broken.
[[noreturn]] void throw_too_early(const Violation& v);
/// Throws: CausalityError; a process or the outside world scheduled into the past or after the end of time.
[[noreturn]] void throw_outside_time(const std::string& who, SimTime now, SimTime at);
/// Throws: std::overflow_error; a process cannot number more than 2^32 - 1 events.
[[noreturn]] void throw_out_of_sequence(const std::string& who);

}  // namespace rackrate::engine::detail
