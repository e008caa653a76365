#pragma once
#include <vector>

#include "sim/market/exchange/ledger/accounts.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// Remaining performance obligations: what customers still owe each cloud at t under commitments and reservations that
/// are signed by then, whether they have begun or not. A commitment that depends on access counts by the share of it
/// that is owed under the permissions of t; one in default by what is still owed. What is owed to a firm counts at the
/// first of its clouds. Enterprises owe what is under contract outside AI and by AI customers (other_business.hpp). One
/// fact for each cloud and payer that is not zero, in that order.
[[nodiscard]] std::vector<BacklogFact> backlog(const MarketView& view, const Accounts& accounts, core::SimTime t);

}  // namespace rackrate::market
