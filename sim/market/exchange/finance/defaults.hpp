#pragma once
#include <span>
#include <string>
#include <vector>

#include "sim/market/exchange/interval.hpp"
#include "sim/market/exchange/ledger/accounts.hpp"
#include "sim/market/view/market_view.hpp"

/// Payment defaults on commitments, by labs that run out of cash. Settlement and audit determine them independently,
/// each with a list of its own, from the hazard on the board and the draw of the contract and the calendar month.
namespace rackrate::market {

/// The chance that a hazard (a year) fires in a month: 1 - exp(-hazard / 12).
[[nodiscard]] double chance_in_a_month(double hazard_per_year);

/// The contracts on whose commitments a payer defaults in the interval. Only the last interval of a month has any.
/// `so_far`: a contract is defaulted on once, and again only for what is signed later.
[[nodiscard]] std::vector<Default> new_defaults(const MarketView& view, const Interval& interval,
                                                std::span<const Default> so_far);

/// Has the payer defaulted on this commitment?
[[nodiscard]] bool in_default(const CompiledScenario& compiled, const PaymentClause& commitment,
                              std::span<const Default> defaults);

/// Do the labs of the payer push out what falls short?
[[nodiscard]] bool payer_defers(const MarketView& view, PartyId payer);

}  // namespace rackrate::market
