#pragma once
#include <string>

#include "sim/scenario/document.hpp"

namespace rackrate::scenario {

/// The merged tree as one TOML file: `source` and `grade` are written once per table where most of its
/// values share them, and on the value itself where it differs, so that reading it back gives every
/// value the evidence it had in the file it came from.
[[nodiscard]] std::string resolved_text(Node root);

/// The tree that this text is read as.
[[nodiscard]] Node resolved(Node root);

}  // namespace rackrate::scenario
