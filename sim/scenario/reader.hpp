#pragma once
#include <string>
#include <vector>

#include "sim/market/regime/parameters.hpp"
#include "sim/scenario/document.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/schema.hpp"

namespace rackrate::scenario {

/// One leaf of a checked scenario: its displayed value and the value that comparisons use.
struct Leaf {
  Item item;
  std::string canonical;  ///< one spelling per value; empty when the key is left unset
  bool is_label = false;
};

struct Checked {
  market::Parameters parameters;
  std::vector<Leaf> leaves;  ///< sorted by path; defaults of the tables that are there included
  std::vector<std::string> warnings;
};

/// Checks a document against the schema and binds it to Parameters.
/// Throws: ScenarioError with every mistake found.
[[nodiscard]] Checked check_document(const Document& document, const Section& root,
                                     const market::contracts::CustomKinds& kinds = {});

/// Turns what the tables bound to into Parameters: vocabulary, lines, values left to others.
[[nodiscard]] market::Parameters close_draft(Draft draft);

}  // namespace rackrate::scenario
