#include "sim/market/primitives/growth_chain.hpp"

#include <algorithm>
#include <stdexcept>

namespace rackrate::market {

std::size_t GrowthChain::passed(core::SimTime t) const {
  return static_cast<std::size_t>(std::upper_bound(switches_.begin(), switches_.end(), t) - switches_.begin());
}

void GrowthChain::add_switch(core::SimTime at) {
  const core::SimTime last = switches_.empty() ? start_ : switches_.back();
  if (at < last) throw std::invalid_argument("a switch of growth lies before the one that was added last");
  const double before = fast_years_.empty() ? 0.0 : fast_years_.back();
  fast_years_.push_back(before + (fast_at(last) ? core::in_years(at - last) : 0.0));
  switches_.push_back(at);
}

bool GrowthChain::fast_at(core::SimTime t) const { return starts_fast_ == (passed(t) % 2 == 0); }

double GrowthChain::log_level(core::SimTime t) const {
  const std::size_t n = passed(t);
  const double before = n == 0 ? 0.0 : fast_years_[n - 1];
  const double since = core::in_years(t - (n == 0 ? start_ : switches_[n - 1]));
  return gap_ * (before + (fast_at(t) ? since : 0.0) - share_ * core::in_years(t - start_));
}

}  // namespace rackrate::market
