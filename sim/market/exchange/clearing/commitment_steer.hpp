#pragma once
#include <array>
#include <cstdint>
#include <string>

#include "sim/market/exchange/clauses/undelivered.hpp"
#include "sim/market/exchange/clearing/demand.hpp"
#include "sim/market/exchange/ledger/accounts.hpp"

/// Routing treats compute under a take-or-pay that would otherwise fall short as free at the margin, because its payer
/// owes the money in any case. What is paid does not change.
namespace rackrate::market {

struct SettlementRun;

/// The probability that a dollar more of use is free, because the commitment would fall short without it:
/// theta = Phi((R - D) / sigma), 0 where R <= 0. R is what is left of the period's commitment, D the forecast of the
/// further draw until its end, sigma = R max(2 %, 10 % sqrt(days left / 365.25)). Dollars; days >= 0.
/// Source: expected marginal price of a target with a kink; the draw settles where the committed host's price at the
/// margin meets the alternative's, at R - sigma Phi^-1(1 - P'/P).
[[nodiscard]] double free_probability(Money remaining, double forecast_usd, double days_left);
/// Standard deviation of the forecast, $.
[[nodiscard]] double forecast_deviation(Money remaining, double days_left);
/// The smoothed daily draw after an interval in which `usd` was bought: it forgets with a time constant of 30 days.
[[nodiscard]] double smoothed_draw(double before_usd_per_day, double usd, double days);

/// The commitments in force at t by payer and payee, and the arcs that draw on them.
void find_commitments(const CompiledScenario& compiled, core::SimTime t, DemandTable& table);
/// Sets each pair's free share, in whole per cent; 0 in a run's first interval, when nothing is known. For the
/// interval, or with hosting.replan until the week (counted from the start) or the month ends; of a new pair at once.
void steer(const MarketView& view, core::SimTime t, const Accounts& accounts, bool first, DemandTable& table);
/// Carries the forecasts of pairs over to a table that is built anew: when it is built must not matter.
void carry_forecasts(const DemandTable& before, DemandTable& table);
/// Counts what each payer bought from each payee in the interval.
void count_draws(const SettlementRun& run);

/// Counts what is missing to an even draw in the interval by its reason. `asked`, `used`: for the whole interval.
/// Returns what the payer had work for, and what of it would have fitted.
CouldHaveUsed count_missing(const SettlementRun& run, const PaymentClause& commitment, Money asked, Money used,
                            MissingByReason& missing);
/// "no capacity (80 %), no demand (20 %)": the reasons that make up at least a twentieth, the largest first.
[[nodiscard]] std::string reasons_text(const MissingByReason& missing);

}  // namespace rackrate::market
