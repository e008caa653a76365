#include "sim/market/contracts/validation.hpp"

namespace rackrate::market::contracts {

void check_damages_clause(const Clause& clause, Complaints& complaints) { check_payer_and_payee(clause, true, complaints); }

void check_termination_clause(const Clause& clause, Complaints& complaints) { check_payer_and_payee(clause, true, complaints); }

}  // namespace rackrate::market::contracts
