#pragma once
#include <optional>
#include <span>

#include "sim/market/exchange/ledger/accounts.hpp"
#include "sim/market/exchange/ledger/entry.hpp"
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {

/// The part of `time` from t on for which the commitment asks nothing, at what is permitted at t.
[[nodiscard]] core::SimDuration time_excused(const CompiledScenario& compiled, const PaymentClause& commitment,
                                             core::SimTime t, core::SimDuration time);

/// What a commitment asks for per day over its term, $, as far as it is owed at t.
[[nodiscard]] double commitment_per_day(const CompiledScenario& compiled, const PaymentClause& commitment,
                                        core::SimTime t);
/// What a third firm bought from the payee and may count for the payer, who has assigned it what it does not use: all
/// of it, unless it is committed to the payee itself.
[[nodiscard]] Money assigned_purchases(const CompiledScenario& compiled, const Table<LabelId, PaymentClauseId>& active,
                                       const PaymentClause& commitment, const Receipts& receipts);
/// Has the payer bought itself out by t?
[[nodiscard]] bool is_bought_out(const CompiledScenario& compiled, const PaymentClause& commitment, core::SimTime t);

/// Of a commitment, what is still owed of it by what its payer has defaulted on.
[[nodiscard]] double share_kept(const CompiledScenario& compiled, const PaymentClause& commitment,
                                std::span<const Default> defaults);

/// Brings the account under the clause in force from t on: a new schedule, or the old one under the terms of t.
/// Restated with the same terms a commitment goes on; with others, what was drawn counts and the rest is spread over
/// the time left. Returns the row of the period that a restatement closed.
std::optional<contracts::Settlement> continue_commitment(const CompiledScenario& compiled,
                                                         const PaymentClause& commitment, core::SimTime t,
                                                         ClauseAccount& account);

/// A commitment's part of what its payer bought from its payee: several commitments to one payee share the purchases in
/// proportion to what they still ask for per day at t. `active`: the clauses in force, by label.
[[nodiscard]] Money commitment_part(const CompiledScenario& compiled, const Table<LabelId, PaymentClauseId>& active,
                                    std::span<const Default> defaults, const PaymentClause& commitment,
                                    const Receipts& receipts, core::SimTime t);

}  // namespace rackrate::market
