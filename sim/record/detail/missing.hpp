#pragma once
#include <cstdint>
#include <limits>

namespace rackrate::record::detail {

inline constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
inline constexpr std::int64_t kNotATime = std::numeric_limits<std::int64_t>::min();  ///< numpy's NaT

}  // namespace rackrate::record::detail
