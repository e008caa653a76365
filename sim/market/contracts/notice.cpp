#include "sim/market/contracts/notice.hpp"

#include <algorithm>

#include "sim/market/contracts/in_force.hpp"

namespace rackrate::market::contracts {

bool notice_counts(const Contract& contract, const Version& version, const Clause& clause) {
  const auto* termination = clause.get_if<kinds::Termination>();
  if (termination == nullptr || termination->exercised >= core::kNever) return false;
  Contract unended = contract;  // with a notice period of 0 the contract ends when notice is given
  unended.terminated = core::kNever;
  const VersionId in_force = version_in_force(unended, termination->exercised);
  return active_at(clause, termination->exercised) && in_force.exists() && contract[in_force].name == version.name;
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
