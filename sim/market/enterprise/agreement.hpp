#pragma once
#include <cstdint>
#include <vector>

#include "sim/market/enterprise/population.hpp"
#include "sim/market/enterprise/utility.hpp"
#include "sim/market/primitives/account_bargain.hpp"
#include "sim/market/view/decision_sums.hpp"
#include "sim/market/view/market_view.hpp"

/// Big buyers bargain with their primary cloud: discount, commitment and service level, on the first day and at each
/// renewal (MODEL 8.4). All of it happens on an account's own yearly dates; a decision reads the two numbers that were
/// agreed.
namespace rackrate::market {

/// Is the enterprise big enough to bargain? By the work that it may come to have, at the reference price: an attribute
/// of the account, the same in every arm.
[[nodiscard]] bool bargains(const MarketView& view, const Enterprise& enterprise);

/// Date `ordinal` of an account's own yearly clock, the first within a year of the start; every `term` years, at a
/// phase drawn for the account, it is a renewal.
[[nodiscard]] core::SimTime account_date(const MarketView& view, const Enterprise& enterprise, std::uint32_t ordinal);
[[nodiscard]] bool is_renewal(const MarketView& view, const Enterprise& enterprise, std::uint32_t ordinal);
/// The first ordinal whose date is after t.
[[nodiscard]] std::uint32_t next_account_date(const MarketView& view, const Enterprise& enterprise, core::SimTime t);

/// What an account and its primary cloud have at stake, $ a day, expanded, at list prices.
struct AccountPosition {
  double spending = 0.0;  ///< what it is expected to buy there
  double reliance = 0.0;  ///< what doing without the cloud would cost it
  double margin = 0.0;    ///< what the cloud keeps of that spending
};
/// By the account's own utilities: what its workloads are expected to choose with all that is offered and without what
/// the primary cloud sells. What it has agreed on so far does not count.
[[nodiscard]] AccountPosition position_of(const MarketView& view, const Offers& offers, Population& population,
                                          EnterpriseId enterprise);

/// The issues as this account has them: its weight grows with its spending, and the value of service is its own.
[[nodiscard]] AccountIssues issues_of(const MarketView& view, const Enterprise& enterprise, double usd_per_year);

/// What a new agreement changes for the exchange.
struct Renewal {
  std::vector<PlacementDelta> volume;  ///< by workload that the cloud serves: what is no longer, or now, paid for
  AgreementDelta sums;
};
/// The account bargains now, and keeps what it agrees on until the next renewal.
[[nodiscard]] Renewal renew_agreement(const MarketView& view, const Offers& offers, Population& population,
                                      EnterpriseId enterprise);

/// What the account owes for the year that ends now: what its spending at the cloud, at list and at today's rate, is
/// short of its commitment. Added to what it has paid so far.
[[nodiscard]] AccountShortfall settle_account_year(const MarketView& view, Population& population,
                                                   EnterpriseId enterprise);

}  // namespace rackrate::market
