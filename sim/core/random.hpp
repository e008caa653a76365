#pragma once
#include <array>
#include <cstdint>

#include "sim/core/name_hash.hpp"

namespace rackrate::core {

/// Philox4x64-10 (Salmon et al. 2011, Random123); known answers are check G1.
[[nodiscard]] std::array<std::uint64_t, 4> philox4x64(std::array<std::uint64_t, 4> counter,
                                                      std::array<std::uint64_t, 2> key);

/// Names one random number. Nothing in it may count behaviour (MODEL 12.1): `index` is a
/// calendar epoch, a review-clock epoch or the ordinal of an exogenous process.
struct Address {
  EntityKey entity = 0;
  std::uint32_t purpose = 0;  ///< an enumerator of the model, e.g. market::Purpose::Arrival
  std::uint64_t index = 0;
  std::uint64_t sub = 0;  ///< e.g. the name hash of an alternative or nest
};

/// The double in (0, 1) that 64 random bits represent: (top 52 bits + 1/2) / 2^52.
[[nodiscard]] constexpr double to_unit(std::uint64_t bits) {
  return (static_cast<double>(bits >> 12) + 0.5) * 0x1.0p-52;
}

/// Both halves of the 128-bit product of two numbers, folded by exclusive or.
[[nodiscard]] constexpr std::uint64_t folded_product(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product >> 64) ^ static_cast<std::uint64_t>(product);
}

/// Many numbers at one address, each picked by a name: 64 random bits for the name's hash, whatever other names are
/// asked for. One Philox block is the key; each name costs two folded products (the mixing step of wyhash, Wang Yi
/// 2019, applied twice).
class NamedDraws {
 public:
  explicit constexpr NamedDraws(const std::array<std::uint64_t, 4>& block) : block_(block) {}
  [[nodiscard]] constexpr std::uint64_t word(EntityKey name) const {
    return folded_product(folded_product(name ^ block_[0], block_[1]) ^ block_[2], name ^ block_[3]);
  }

 private:
  std::array<std::uint64_t, 4> block_;
};

/// Random numbers of one replication, addressed and stateless: the same address always gives
/// the same number, to every caller and at every time. A plain value; copy freely.
///
/// Counter words: entity, purpose + (lane << 32), index, sub; key words: seed, replication. `lane`
/// is 0 for the first block; draws that need more blocks (gamma, below) count it up themselves, so
/// purposes never collide. Draws of different kinds at one address share their bits: give each
/// quantity its own purpose.
class Draws {
 public:
  Draws() = default;
  Draws(std::uint64_t seed, std::uint64_t replication) : key_{seed, replication} {}

  [[nodiscard]] std::array<std::uint64_t, 4> block(const Address& a) const;
  [[nodiscard]] NamedDraws named(const Address& a) const { return NamedDraws(block(a)); }
  [[nodiscard]] double uniform(const Address& a) const;  ///< in (0, 1), never 0 nor 1
  [[nodiscard]] std::array<double, 2> uniform2(const Address& a) const;
  [[nodiscard]] double exponential(const Address& a) const;  ///< mean 1
  [[nodiscard]] double normal(const Address& a) const;       ///< mean 0, variance 1 (inverse CDF)
  [[nodiscard]] double gumbel(const Address& a) const;       ///< standard Gumbel, -ln(-ln u)
  /// Gamma(shape k, scale 1). Whole shapes up to 16 are sums of exponentials (monotone in every
  /// uniform); others by Marsaglia and Tsang (2000) with proposals in lanes of the address.
  /// Throws: std::invalid_argument unless 0 < shape < 1e15.
  [[nodiscard]] double gamma(const Address& a, double shape) const;
  /// ln S of a positive stable S of index lambda in (0, 1], E[exp(-t S)] = exp(-t^lambda).
  /// Source: Kanter (1975), Ann. Probab. 3, 697-707. Throws: std::invalid_argument outside (0, 1].
  [[nodiscard]] double log_positive_stable(const Address& a, double lambda) const;
  /// Whole number 0..n-1, without bias. Throws: std::invalid_argument if n is 0.
  [[nodiscard]] std::uint64_t below(const Address& a, std::uint64_t n) const;

  [[nodiscard]] std::array<std::uint64_t, 2> key() const { return key_; }
  friend bool operator==(const Draws&, const Draws&) = default;

 private:
  std::array<std::uint64_t, 2> key_{0, 0};
};

}  // namespace rackrate::core
