#pragma once
#include "sim/market/contracts/contract.hpp"

namespace rackrate::market::contracts {

/// Does notice under a termination clause count? It does if the clause is in force on that day, judged without any
/// early end of the contract.
[[nodiscard]] bool notice_counts(const Contract& contract, const Version& version, const Clause& clause);

/// The contract with the end that its notices set: the first notice period that counts to run out, unless it ends
/// earlier anyway. A second application has no effect.
void end_by_notice(Contract& contract);

}  // namespace rackrate::market::contracts
