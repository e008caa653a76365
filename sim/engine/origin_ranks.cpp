#include "sim/engine/origin_ranks.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "sim/core/name_hash.hpp"

namespace rackrate::engine {

OriginRanks rank_origins(const std::vector<std::string>& names, std::optional<std::uint64_t> shuffle_seed) {
  if (names.size() >= std::numeric_limits<std::uint32_t>::max())
    throw std::invalid_argument("too many processes: at most 2^32 - 2");
  struct Keyed {
    std::uint64_t order;
    std::uint32_t process;
  };
  std::vector<Keyed> keyed;
  keyed.reserve(names.size());
  OriginRanks result;
  for (std::uint32_t p = 0; p < names.size(); ++p) {
    const std::uint64_t hash = core::name_hash(names[p]);
    // A bijection of the hash for a given seed, so distinct names stay distinct.
    std::uint64_t order = hash;
    if (shuffle_seed) {
      order ^= core::name_hash("tie shuffle", *shuffle_seed);
      order = (order ^ (order >> 31)) * 0x9e3779b97f4a7c15ULL;
      order = (order ^ (order >> 29)) * 0xbf58476d1ce4e5b9ULL;
    }
    keyed.push_back({order, p});
    result.names_digest = (result.names_digest ^ hash) * 0x100000001b3ULL + 1U;
  }
  std::sort(keyed.begin(), keyed.end(), [](const Keyed& a, const Keyed& b) {
    return a.order != b.order ? a.order < b.order : a.process < b.process;
  });
  result.rank.resize(names.size());
  for (std::uint32_t i = 0; i < keyed.size(); ++i) {
    if (i > 0 && keyed[i].order == keyed[i - 1].order) {
      throw std::invalid_argument("processes \"" + names[keyed[i - 1].process] + "\" and \"" + names[keyed[i].process] +
                                  "\" have the same name hash; expected distinct names. Rename one of them.");
    }
    result.rank[keyed[i].process] = i + 1U;
  }
  return result;
}

}  // namespace rackrate::engine
