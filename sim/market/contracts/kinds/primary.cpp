#include "sim/market/contracts/kinds/primary.hpp"

#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

void Primary::check(const Clause&, const Version&, contracts::Complaints& complaints) const {
  contracts::check_lab_and_host(lab, host, complaints);
  complaints.require_share("weight", weight);
  complaints.require_share("min_share", min_share);
  if (weight == 0.0 && min_share == 0.0)
    complaints.add("min_share", "0, and weight is 0 too", "a weight or a least share above 0",
                   "A primary host that nothing is owed to is no primary host; drop the clause or say what it is owed");
  for (const Role one : role)
    if (one != Role::Host && one != Role::Train)
      complaints.add("role", std::string(name_of(one)), "HOST, TRAIN or both", "Compute is routed in these roles only");
}

}  // namespace rackrate::market::kinds
