#include "sim/market/contracts/validation.hpp"

namespace rackrate::market::contracts {

void check_trigger_clause(const Clause&, Complaints&) {}

}  // namespace rackrate::market::contracts
