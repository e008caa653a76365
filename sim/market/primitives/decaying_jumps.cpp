#include "sim/market/primitives/decaying_jumps.hpp"

#include <algorithm>
#include <numbers>
#include <stdexcept>

#include "sim/core/math.hpp"

namespace rackrate::market {

DecayingJumps::DecayingJumps(double half_life_years) : decay_(std::numbers::ln2 / half_life_years) {
  if (!(half_life_years > 0.0)) throw std::invalid_argument("the half-life of a jump must be positive");
}

double DecayingJumps::decayed(const Jump& jump, core::SimTime t) const {
  return jump.after * core::math::exp(-decay_ * core::in_years(t - jump.time));
}

void DecayingJumps::add(core::SimTime time, double size) {
  if (!jumps_.empty() && time < jumps_.back().time)
    throw std::invalid_argument("a jump lies before the one that was added last");
  jumps_.push_back({time, size, size + (jumps_.empty() ? 0.0 : decayed(jumps_.back(), time))});
}

double DecayingJumps::level(core::SimTime t) const {
  const auto next = std::upper_bound(jumps_.begin(), jumps_.end(), t,
                                     [](core::SimTime time, const Jump& jump) { return time < jump.time; });
  return next == jumps_.begin() ? 0.0 : decayed(*(next - 1), t);
}

}  // namespace rackrate::market
