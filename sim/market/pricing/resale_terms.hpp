#pragma once
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {

/// Who pays the host of what a channel sells: the lab, or the channel where its resale clause says so.
struct ResaleTerms {
  double channel_share = 0.0;
  bool channel_pays_host = false;
  PriceSetter sets_price = PriceSetter::Lab;
  LabelId label;  ///< of the clause that says so, or none
};
[[nodiscard]] ResaleTerms resale_terms(const CompiledScenario& compiled, LabId lab, ChannelId channel, core::SimTime t);

}  // namespace rackrate::market
