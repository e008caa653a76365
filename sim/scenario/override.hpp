#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/document.hpp"
#include "sim/scenario/reader.hpp"

namespace rackrate::scenario {

/// Replaces values by path. A value is TOML text as in a file: a quantity has its unit. A leaf that the file leaves out
/// is added when the schema contains it. Source becomes "override", grade "A"; a range that no longer contains the
/// value is removed. Throws: ScenarioError naming the nearest path for an unknown one, or the text that is no value.
void apply_overrides(Document& document, const Section& root, const std::vector<Leaf>& leaves,
                     const std::vector<std::pair<std::string, std::string>>& values);

/// A key of the schema, and the table that it stands in.
struct FieldPlace {
  const Section& section;
  const Field& field;
};

/// The key that a path would name in a document of this schema; none where there is none. Names of the user's choice
/// are not checked.
[[nodiscard]] std::optional<FieldPlace> field_at(const Section& root, const std::string& path);

/// One value given as TOML text for a key path; it has no position in a file.
/// Throws: ScenarioError naming the path and the text that is no value.
[[nodiscard]] Node parse_value(const std::string& path, const std::string& text);

}  // namespace rackrate::scenario
