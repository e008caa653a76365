#pragma once
#include <cstdint>
#include <string_view>

namespace rackrate::core {

/// The stable key of an entity: a hash of its name path ("enterprise/00042", "cloud/azure").
/// Never an array index: adding an actor changes no other actor's random numbers (promise P5).
using EntityKey = std::uint64_t;

/// FNV-1a with a SplitMix64 finaliser; the values are part of the reproducibility promise.
[[nodiscard]] constexpr EntityKey name_hash(std::string_view name, std::uint64_t parent = 0) {
  std::uint64_t h = 0xcbf29ce484222325ULL ^ parent;
  for (const char c : name) {
    h ^= static_cast<unsigned char>(c);
    h *= 0x100000001b3ULL;
  }
  h += 0x9e3779b97f4a7c15ULL;
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ULL;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebULL;
  return h ^ (h >> 31);
}

}  // namespace rackrate::core
