#include "sim/market/contracts/validation.hpp"

namespace rackrate::market::contracts {

void check_renegotiation_clause(const Clause& clause, Complaints& complaints) {
  complaints.require_name("lab", clause.lab, complaints.vocabulary().labs, "a lab");
  complaints.require_name("host", clause.host, complaints.vocabulary().clouds, "a cloud");
}

}  // namespace rackrate::market::contracts
