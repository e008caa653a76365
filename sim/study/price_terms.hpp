#pragma once
#include <string>
#include <vector>

#include "sim/market/contracts/registry.hpp"
#include "sim/market/regime/parameters.hpp"

namespace rackrate::study {

/// Which prices apply to a sale of the lab through the channel, run by the host, on a day: who sets the customers'
/// price, what the channel keeps of it, who pays the host how much; each with the clause that says so and the date
/// until which it holds. One sentence each. `host`: none where the product needs none.
[[nodiscard]] std::vector<std::string> price_terms(const std::vector<market::Contract>& contracts,
                                                   const market::Parameters& parameters, market::LabId lab,
                                                   market::ChannelId channel, market::CloudId host, core::SimTime t);

}  // namespace rackrate::study
