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
  SimDuration lookahead;   ///< length of a window
  SimDuration minimum;     ///< the link's own minimum delay
};

/// Throws: CausalityError naming both ends, the times and the bound that was broken.
[[noreturn]] void throw_too_early(const Violation& v);
/// Throws: CausalityError; a process or the outside world scheduled into the past.
[[noreturn]] void throw_in_the_past(const std::string& who, SimTime now, SimTime at);

}  // namespace rackrate::engine::detail
