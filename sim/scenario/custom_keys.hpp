#pragma once
#include <vector>

#include "sim/market/contracts/custom_kind.hpp"
#include "sim/scenario/field.hpp"

namespace rackrate::scenario {

/// Adds the kinds defined outside to the keys of clauses: to the values of `kind`, to the built-in keys they take,
/// and their own keys.
/// Throws: std::invalid_argument when a name is taken, unknown, or when there are more kinds than the table has bits
/// for.
void add_custom_keys(const market::contracts::CustomKinds& kinds, std::vector<Field>& fields);

}  // namespace rackrate::scenario
