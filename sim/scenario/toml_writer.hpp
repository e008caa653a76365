#pragma once
#include <string>
#include <string_view>

#include "sim/scenario/document.hpp"

namespace rackrate::scenario {

/// A TOML basic string.
[[nodiscard]] std::string toml_quoted(std::string_view text);
/// A bare key where TOML allows it, else a quoted one.
[[nodiscard]] std::string key_text(const std::string& key);
/// Any value on one line; tables inline.
[[nodiscard]] std::string value_text(const Node& node);
/// A whole document: keys first, then tables, all sorted; long forms stay inline.
[[nodiscard]] std::string document_text(const Node& root);

}  // namespace rackrate::scenario
