#include "sim/market/contracts/validation.hpp"

namespace rackrate::market::contracts {

void check_tender_clause(const Clause& clause, Complaints& complaints) {
  complaints.require_name("lab", clause.lab, complaints.vocabulary().labs, "a lab");
}

}  // namespace rackrate::market::contracts
