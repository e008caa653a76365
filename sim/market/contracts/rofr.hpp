#pragma once
#include <optional>

#include "sim/core/sim_time.hpp"
#include "sim/core/units.hpp"

namespace rackrate::market::contracts {

/// A lab's request for new capacity, with the rival's offer it must put to the holder first.
struct CapacityRequest {
  core::UsdPerGpuHour rival_price;
  core::Gpus quantity;
  core::SimTime made;
  core::SimDuration window = core::days(30);  ///< time the holder has to answer
};

struct RofrHolder {
  core::UsdPerGpuHour unit_cost;
  core::Gpus headroom;  ///< firm, at the start of the term
};

enum class RofrAnswer : std::uint8_t { Match, Waive };

/// The holder matches if and only if the rival's price covers its unit cost and it has the headroom.
/// Source: MODEL 5.4, check B6.
[[nodiscard]] constexpr RofrAnswer rofr_answer(const CapacityRequest& request, const RofrHolder& holder) {
  return request.rival_price >= holder.unit_cost && holder.headroom >= request.quantity ? RofrAnswer::Match
                                                                                        : RofrAnswer::Waive;
}

/// What stands at t: the answer given inside the window, or a waiver once the window is over without
/// one; nothing while the window is open. The window's end is exclusive: an answer on it is late.
[[nodiscard]] constexpr std::optional<RofrAnswer> rofr_outcome(const CapacityRequest& request,
                                                               std::optional<RofrAnswer> given, core::SimTime given_at,
                                                               core::SimTime t) {
  const core::SimTime end = request.made + request.window;
  if (given && given_at <= t && given_at < end) return given;
  return t >= end ? std::optional(RofrAnswer::Waive) : std::nullopt;
}

}  // namespace rackrate::market::contracts
