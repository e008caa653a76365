#pragma once
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// What a lab pays a cloud for an H100e-hour.
struct HostingTerms {
  double price = 0.0;  ///< $ per H100e-hour
  LabelId label;       ///< of the clause that states the price; none: the cloud's list price
};

/// The price of the lab's hosting clause at this host, else the cloud's list price, both as of the first day.
[[nodiscard]] HostingTerms first_hosting_terms(const CompiledScenario& compiled, LabId lab, CloudId host,
                                               core::SimTime t);
/// The same times the price index that applies to the lab there (contract_prices.hpp), as launches and bids take it.
/// Settlement keeps the first price as long as the network stays, and multiplies by the index itself.
[[nodiscard]] HostingTerms hosting_terms(const MarketView& view, LabId lab, CloudId host, core::SimTime t);

}  // namespace rackrate::market
