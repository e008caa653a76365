#pragma once
#include <string>

#include "sim/core/sim_time.hpp"

namespace rackrate::market {

/// An entry for the timeline. Its owner keeps it until the next barrier, where observers receive it.
struct Notice {
  core::SimTime time;
  std::string kind, subject, text;
};

}  // namespace rackrate::market
