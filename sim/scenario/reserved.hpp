#pragma once
#include <span>
#include <string>
#include <string_view>

#include "sim/market/regime/parameters.hpp"
#include "sim/scenario/document.hpp"
#include "sim/scenario/leaf.hpp"

/// User-defined names that would be confused with built-in ones.
namespace rackrate::scenario {

struct ReservedName {
  std::string_view placeholder;  ///< "FIRM": tables under names of this kind; empty: all of them
  std::string_view name;
  std::string_view meaning;  ///< the built-in meaning
};

/// The names that are refused, for messages and the reference page.
[[nodiscard]] std::span<const ReservedName> reserved_names();
/// Why a table of this kind may not have this name; null where it may.
[[nodiscard]] const ReservedName* reserved(std::string_view placeholder, std::string_view name);

/// Mistakes in the use of names that have a meaning: the lab's own channel, seats, parts of versions.
void check_meaningful_names(const market::Parameters& parameters, const Document& document, Mistakes& mistakes);

}  // namespace rackrate::scenario
