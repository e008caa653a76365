#include "sim/market/negotiation/trigger.hpp"

namespace rackrate::market {

void watch_triggers(std::vector<TriggerState>&, std::vector<TalkState>&, const Scene&, core::SimTime, core::SimTime, Findings&) {}

}  // namespace rackrate::market
