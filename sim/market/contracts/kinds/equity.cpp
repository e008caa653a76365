#include "sim/market/contracts/kinds/equity.hpp"

#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

void Equity::check(const Clause&, const Version&, contracts::Complaints& complaints) const {
  complaints.require_name("owner", owner, complaints.vocabulary().firms, "a firm");
  complaints.require_name("firm", firm, complaints.vocabulary().firms, "a firm");
  if (!firm.empty() && firm == owner)
    complaints.add("owner", "'" + owner + "', the firm itself", "another firm", "Nobody owns itself");
  complaints.require_share("share", share);
}

}  // namespace rackrate::market::kinds
