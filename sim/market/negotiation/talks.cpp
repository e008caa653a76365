#include "sim/market/negotiation/talks.hpp"

namespace rackrate::market {

void watch_talks(std::vector<TalkState>&, const Scene&, core::SimTime, core::SimTime, Findings&) {}

}  // namespace rackrate::market
