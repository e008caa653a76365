#pragma once
#include <string>

#include "sim/scenario/document.hpp"

namespace rackrate::scenario {

/// The largest text read as a scenario, in bytes. The library's largest file is below 200 kB.
inline constexpr std::size_t kMaxTextBytes = std::size_t{4} << 20;

/// Reads TOML 1.0. `file` is the name used in messages, `file_index` goes into every position.
/// Throws: ScenarioError with one sentence for text that is not TOML, too long or too deep.
[[nodiscard]] Node read_toml(const std::string& text, const std::string& file, int file_index);

}  // namespace rackrate::scenario
