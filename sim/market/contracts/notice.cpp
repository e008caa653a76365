#include "sim/market/contracts/notice.hpp"

#include <algorithm>

#include "sim/market/contracts/compile.hpp"

namespace rackrate::market::contracts {

bool notice_counts(const Contract& contract, const Version& version, const Clause& clause) {
  const auto* termination = clause.get_if<kinds::Termination>();
  if (termination == nullptr || !clause.enabled || termination->exercised >= core::kNever) return false;
  const core::SimTime given = termination->exercised;
  if (given < clause.from || given >= clause.until || given < clause.switched_on || given >= clause.switched_off)
    return false;
  Contract unended = contract;  // a notice of no length ends the contract at the very instant it is given
  unended.terminated = core::kNever;
  const int in_force = version_in_force(unended, given);
  return in_force >= 0 && contract.versions[static_cast<std::size_t>(in_force)].name == version.name;
}

void end_by_notice(Contract& contract) {
  for (const Version& version : contract.versions)
    for (const Clause& clause : version.clauses)
      if (notice_counts(contract, version, clause)) {
        const auto& termination = clause.as<kinds::Termination>();
        contract.terminated = std::min(contract.terminated, termination.exercised + termination.notice);
      }
}

}  // namespace rackrate::market::contracts
