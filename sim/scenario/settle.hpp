#pragma once
#include "sim/scenario/document.hpp"
#include "sim/scenario/section.hpp"

namespace rackrate::scenario {

/// Brings a document into the form that the schema gives it, before it is checked.
///
/// Text where a key takes a date becomes that date, also in forms that TOML allows ("2026-01-05T22:00:00-05:00").
/// Evidence: `source` and `grade` of a table apply to the figures below it (quantities, counts and dates), and in
/// [contracts] to everything. Names, choices and switches elsewhere define the structure of the model. They have the
/// evidence that they state themselves, or none.
void settle_by_schema(Node& table, const Section& section);

/// A value typed on a command line as the TOML text that a key of this type takes: a name may have the form of a
/// number, a date or a flag, and the shell removes the quotes of "30 k$".
[[nodiscard]] std::string typed_text(const std::string& typed, const Field* field);

}  // namespace rackrate::scenario
