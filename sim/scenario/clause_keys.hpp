#pragma once
#include "sim/core/sim_time.hpp"
#include "sim/scenario/section.hpp"

namespace rackrate::scenario {

/// Adds the keys that all clauses take, and those that the built-in kinds describe (market/contracts/kinds/): fields,
/// tables under a clause, and rules. A key that several kinds describe is one field; which kind a clause is of decides
/// what it fills. Throws: std::logic_error when two kinds describe one key differently.
void add_clause_keys(Section& clause);

}  // namespace rackrate::scenario
