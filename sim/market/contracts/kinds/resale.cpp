#include "sim/market/contracts/kinds/resale.hpp"

#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

void Resale::check(const Clause&, const Version&, contracts::Complaints& complaints) const {
  complaints.require_name("lab", lab, complaints.vocabulary().labs, "a lab");
  complaints.require_name("channel", channel, complaints.vocabulary().channels, "a channel");
  complaints.require_share("rate", rate);
}

}  // namespace rackrate::market::kinds
