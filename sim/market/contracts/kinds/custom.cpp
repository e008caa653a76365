#include "sim/market/contracts/kinds/custom.hpp"

#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

void Custom::check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const {
  for (const Clause& one : clause.stands_for)
    if (clause.enabled) contracts::check_terms(one, version, complaints);
}

}  // namespace rackrate::market::kinds
