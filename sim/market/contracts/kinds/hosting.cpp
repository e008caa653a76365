#include "sim/market/contracts/kinds/hosting.hpp"

#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

void Hosting::check(const Clause&, const Version&, contracts::Complaints& complaints) const {
  contracts::check_lab_and_host(lab, host, complaints);
  complaints.require_not_negative("renewal", core::in_days(renewal), "a duration of 0 or more days (0: never)");
  if (renewal.count() > 0 && moves == HostingMoves::WithList)
    complaints.add("renewal", std::to_string(core::in_days(renewal)) + " d", "none where the price moves with the list",
                   "Add moves = \"at_renewal\", or leave out renewal");
  if (moves == HostingMoves::AtRenewal && price_usd < 0)
    complaints.add("price", "not given", "a price that is held until a renewal", "State it, or leave out moves");
}

}  // namespace rackrate::market::kinds
