#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/core/math.hpp"

namespace bench {

/// The finaliser of SplitMix64 (Stafford's variant 13): every bit of the result depends on every bit of x.
[[nodiscard]] constexpr std::uint64_t mix64(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// Random bits by address, as a counter-based generator gives them, at about a nanosecond: in a
/// benchmark of event lists the generator must not be what is measured. `word` tells several numbers
/// at one address apart.
[[nodiscard]] constexpr std::uint64_t random_bits(std::uint64_t stream, std::uint64_t index, std::uint64_t word = 0) {
  return mix64((stream + 1) * 0xd1342543de82ef95ULL + index * 0x9e3779b97f4a7c15ULL + word * 0xd6e8feb86659fd93ULL);
}

/// In [0, 1), from the upper 53 bits.
[[nodiscard]] constexpr double unit_from(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

/// Exponential numbers of mean 1 by the ziggurat of 256 layers: 99 in 100 cost one product and one
/// comparison. Tables and tail come from core/math, so both engines and all machines see the same
/// numbers. Source: Marsaglia and Tsang (2000), J. Stat. Software 5(8).
class Ziggurat {
 public:
  Ziggurat() {
    namespace math = rackrate::core::math;
    constexpr double kLayer = 0.0039496598225815571993;  // area of one layer
    double x = kTail;
    const double base = kLayer / math::exp(-kTail);
    threshold_[0] = static_cast<std::uint64_t>(kTail / base * 0x1.0p53);
    threshold_[1] = 0;
    width_[0] = base * 0x1.0p-53;
    width_[255] = kTail * 0x1.0p-53;
    height_[0] = 1.0;
    height_[255] = math::exp(-kTail);
    for (std::size_t i = 254; i >= 1; --i) {
      const double outer = x;
      x = -math::log(kLayer / x + math::exp(-x));
      threshold_[i + 1] = static_cast<std::uint64_t>(x / outer * 0x1.0p53);
      width_[i] = x * 0x1.0p-53;
      height_[i] = math::exp(-x);
    }
  }

  /// The exponential number that 64 random bits stand for; further bits, rarely needed, are derived from them.
  [[nodiscard]] double operator()(std::uint64_t bits) const {
    const std::size_t layer = bits & 0xff;
    const std::uint64_t u = bits >> 11;
    if (u < threshold_[layer]) [[likely]]
      return static_cast<double>(u) * width_[layer];
    return outside(bits);
  }

 private:
  static constexpr double kTail = 7.69711747013104972;

  [[nodiscard]] double outside(std::uint64_t bits) const {
    namespace math = rackrate::core::math;
    for (;;) {
      const std::size_t layer = bits & 0xff;
      const std::uint64_t u = bits >> 11;
      const double x = static_cast<double>(u) * width_[layer];
      if (u < threshold_[layer]) return x;
      bits = mix64(bits + 0x9e3779b97f4a7c15ULL);
      const double v = unit_from(bits);
      if (layer == 0) return kTail - math::log(1.0 - v);
      if (height_[layer] + v * (height_[layer - 1] - height_[layer]) < math::exp(-x)) return x;
      bits = mix64(bits + 0x9e3779b97f4a7c15ULL);
    }
  }

  std::array<std::uint64_t, 256> threshold_{};
  std::array<double, 256> width_{};
  std::array<double, 256> height_{};
};

/// One unit of a benchmark's time in ticks of the engine's clock: so many that rounding delays down to
/// a tick does not move their mean.
inline constexpr double kTicksPerUnit = 1e6;

/// Mixes what a process sees of an event into a trace that depends on the order of its events.
[[nodiscard]] constexpr std::uint64_t trace_event(std::uint64_t trace, std::uint64_t time, std::uint64_t tie) {
  trace = (trace ^ time ^ tie << 20) * 0x9e3779b97f4a7c15ULL;
  return trace ^ (trace >> 29);
}

}  // namespace bench
