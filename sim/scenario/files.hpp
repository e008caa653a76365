#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "sim/scenario/document.hpp"

namespace rackrate::scenario {

/// Reads a scenario file by path or library name and merges everything it extends.
/// Throws: ScenarioError for a missing file, a file name that is no UTF-8, a circular or too long chain of `extends`,
/// text that is not TOML.
[[nodiscard]] Document load_document(const std::string& name_or_path, const std::vector<std::filesystem::path>& library,
                                     std::string& name);

/// The same for text; a relative `extends` in it is looked for in the working folder, then in the library.
[[nodiscard]] Document parse_document(const std::string& text, const std::string& origin,
                                      const std::vector<std::filesystem::path>& library);

}  // namespace rackrate::scenario
