#include "sim/market/contracts/kinds/grant.hpp"

#include <algorithm>

#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

void Grant::check(const Clause& clause, const Version&, contracts::Complaints& complaints) const {
  contracts::check_right(clause, complaints);
  if (std::find(role.begin(), role.end(), Role::Ip) != role.end())
    complaints.add("role", "IP", "HOST, CHANNEL, RUNTIME or TRAIN",
                   "The use of IP is permitted by a clause of kind \"licence\"");
}

}  // namespace rackrate::market::kinds
