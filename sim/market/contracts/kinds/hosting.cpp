#include "sim/market/contracts/kinds/hosting.hpp"

#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

void Hosting::check(const Clause&, const Version&, contracts::Complaints& complaints) const {
  contracts::check_lab_and_host(lab, host, complaints);
}

}  // namespace rackrate::market::kinds
