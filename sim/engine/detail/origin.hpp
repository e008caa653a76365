#pragma once
#include <cstdint>

namespace rackrate::engine::detail {

/// A process as the origin of events.
struct Origin {
  std::uint32_t rank = 0;      ///< among all origins, by the hash of its name; from 1
  std::uint32_t sequence = 0;  ///< events that it has scheduled
  friend bool operator==(const Origin&, const Origin&) = default;
};

}  // namespace rackrate::engine::detail
