#pragma once
#include "sim/market/exchange/entry.hpp"
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {

/// A commitment's part of what its payer bought from its payee: several commitments to one payee share the purchases in
/// proportion to their commitments per day. `active`: the clauses in force, by label.
[[nodiscard]] Money commitment_part(const CompiledScenario& compiled, const Table<LabelId, PaymentClauseId>& active,
                                    const PaymentClause& commitment, const Receipts& receipts);

}  // namespace rackrate::market
