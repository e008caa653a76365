#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/document.hpp"
#include "sim/scenario/section.hpp"

/// The words of messages, shared by all checks so that one mistake always reads the same.
namespace rackrate::scenario {

/// The value in the file: `"30 kg"`, `-3`, `a table`.
[[nodiscard]] std::string describe(const Node& node);
/// What a key takes: `a quantity such as "30 k$", >= 0`.
[[nodiscard]] std::string expectation(const Field& field);
/// `>= 0`, `between 0 and 1`; empty without bounds. The bounds of the unit are left out unless
/// `of_unit_too` is set, because they would distract from the mistake.
[[nodiscard]] std::string bounds(const Field& field, bool of_unit_too = false);
/// `Did you mean "azure"?`, or the list of names there are.
[[nodiscard]] std::string suggestion(const std::string& name, const std::vector<std::string>& candidates);
/// `a, b and 7 more`.
[[nodiscard]] std::string some_of(const std::vector<std::string>& names, std::size_t limit = 12);
/// The keys a table of this kind may hold, given the clause kind's bit (all bits when it has none).
[[nodiscard]] std::vector<std::string> keys_of(const Section& section, std::uint32_t kind);

}  // namespace rackrate::scenario
