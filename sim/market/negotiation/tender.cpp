#include "sim/market/negotiation/tender.hpp"

namespace rackrate::market {

void watch_tenders(std::vector<TenderState>&, const Scene&, core::SimTime, core::SimTime, Findings&) {}

}  // namespace rackrate::market
