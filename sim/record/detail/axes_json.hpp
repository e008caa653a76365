#pragma once
#include <string>

#include "sim/record/axes.hpp"

namespace rackrate::record::detail {

/// The axes of an arm that differ from the file's, as one JSON object (attribute `axes_<arm>`).
[[nodiscard]] std::string axes_to_json(const Axes& axes);
/// Throws std::runtime_error when the text is not what axes_to_json writes.
[[nodiscard]] Axes axes_from_json(const std::string& json);

}  // namespace rackrate::record::detail
