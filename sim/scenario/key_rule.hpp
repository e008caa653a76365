#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace rackrate::scenario {

/// What the schema says of the key at a path: the part of a Field that callers outside use, who check many values of a
/// key without making a scenario for each.
struct KeyRule {
  std::string type;  ///< "number", "integer", "flag", "text", "date" or "list"
  std::string unit;  ///< of numbers; empty for a plain number
  double low = 0.0;
  double high = 0.0;                   ///< numbers outside [low, high] are not allowed
  double gap = 0.0;                    ///< nor numbers between 0 (allowed) and this
  std::vector<std::string> allowed;    ///< a closed list of names, empty for any
  bool may_be_never = false;           ///< a date that may be "never"
  std::vector<std::string> not_above;  ///< keys of the same table whose number is at least that of this key
  std::vector<std::string> not_below;  ///< and those whose number is at most that of this key
};

/// One rule for each path, none where no key of the schema has it. Names of the user's choice inside a path are not
/// checked: "clouds.ANY.price" has the rule of a cloud's price.
[[nodiscard]] std::vector<std::optional<KeyRule>> key_rules(const Scenario& scenario,
                                                            const std::vector<std::string>& paths);

/// A quantity such as "30 k$" as a number in `unit`.
/// Throws: ScenarioError with `path` in front if it is no number, its unit is unknown or measures something else.
[[nodiscard]] double quantity_in(const std::string& text, const std::string& unit, const std::string& path);

}  // namespace rackrate::scenario
