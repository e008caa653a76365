#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rackrate::engine {

/// The rank of each process in the order of ties, and a digest of all names.
struct OriginRanks {
  std::vector<std::uint32_t> rank;  ///< by ProcessId, from 1; 0 is the outside world
  std::uint64_t names_digest = 0;   ///< detects a snapshot of other processes
};

/// Ranks names by their hashes. With a shuffle seed, by the hashes of the hashes and the seed: a
/// valid order too, used to test that a model does not depend on the order of ties.
/// Throws: std::invalid_argument, naming both, when two names have the same 64-bit hash.
[[nodiscard]] OriginRanks rank_origins(const std::vector<std::string>& names,
                                       std::optional<std::uint64_t> shuffle_seed);

}  // namespace rackrate::engine
