#pragma once
#include <map>
#include <string>

#include "sim/scenario/document.hpp"
#include "sim/scenario/leaf.hpp"
#include "sim/scenario/section.hpp"

namespace rackrate::scenario {

/// A value as the file gives it, with its position.
struct Given {
  Value value;
  Position at;
  std::string shown;  ///< as written
};
/// Key path -> value, of one table and its sub-tables' leaves.
using GivenValues = std::map<std::string, Given>;

/// Checks a table's rules. Values left at their defaults take no part, except in sums of parts.
void check_rules(const Section& section, const Node& table, const std::string& path, const GivenValues& given,
                 Mistakes& mistakes);

}  // namespace rackrate::scenario
