#pragma once
#include "sim/market/contracts/contract.hpp"

namespace rackrate::market::contracts {

/// Notice under a termination clause counts when its clause speaks on that day: its version is the one in force,
/// whatever ends the contract early apart.
[[nodiscard]] bool notice_counts(const Contract& contract, const Version& version, const Clause& clause);

/// The contract ends when the first notice that counts has run out, or earlier by what is written already.
/// Applied again it changes nothing.
void end_by_notice(Contract& contract);

}  // namespace rackrate::market::contracts
