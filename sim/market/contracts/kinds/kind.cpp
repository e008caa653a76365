#include "sim/market/contracts/kinds/kind.hpp"

#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

void PermissionKind::check(const Clause& clause, const Version&, contracts::Complaints& complaints) const {
  contracts::check_right(clause, complaints);
}

}  // namespace rackrate::market::kinds
