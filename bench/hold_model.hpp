#pragma once
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "bench/counter_random.hpp"
#include "sim/engine/event.hpp"

namespace bench {

/// How far ahead a hold schedules its successor; all have the same mean.
enum class Increment {
  Exponential,
  Uniform,  ///< over (0, 2 means)
  Bimodal,  ///< nine in ten uniform and short, one in ten uniform and a hundred times as long
  Equal,    ///< all the same: the pending events leave in the order in which they came
};

[[nodiscard]] inline Increment increment_from(const std::string& name) {
  if (name == "exponential") return Increment::Exponential;
  if (name == "uniform") return Increment::Uniform;
  if (name == "bimodal") return Increment::Bimodal;
  if (name == "equal") return Increment::Equal;
  throw std::invalid_argument("--increment is " + name + "; expected exponential, uniform, bimodal or equal");
}

/// The hold model: one process with a fixed number of pending events; each, when handled, schedules one
/// successor. The mean increment is pending x kSpacing ticks, so one hold falls due every kSpacing ticks.
/// Source: Jones (1986), Comm. ACM 29(4), 300-311.
class HoldModel {
 public:
  struct Payload {};
  static constexpr std::int64_t kSpacing = 1000;

  HoldModel(std::uint64_t pending, Increment increment)
      : increment_(increment), mean_(static_cast<double>(pending) * kSpacing) {}

  template <class Context>
  void handle(Context& context, const rackrate::engine::Event<Payload>& event) {
    trace_ = trace_event(trace_, static_cast<std::uint64_t>(event.time.time_since_epoch().count()), event.tie);
    context.schedule(context.now() + rackrate::core::SimDuration{draw(count_++)}, 0, {});
  }
  [[nodiscard]] rackrate::core::SimDuration min_delay(std::uint32_t, std::uint32_t) const {
    return rackrate::core::SimDuration{1};
  }
  [[nodiscard]] std::string process_name(std::uint32_t) const { return "hold"; }
  void at_barrier(rackrate::core::SimTime) {}
  [[nodiscard]] std::uint64_t digest() const { return trace_ + count_; }

  /// The longest delay, in means, that is not rare (98 in 100 exponential ones are shorter).
  [[nodiscard]] double longest() const {
    switch (increment_) {
      case Increment::Exponential: return 4.0;
      case Increment::Uniform: return 2.0;
      case Increment::Bimodal: return 200.0 * kShort;
      case Increment::Equal: break;
    }
    return 1.0;
  }

  /// When the k-th of the first events falls due, as a steady state would have left it: a uniform share
  /// of an increment drawn in proportion to its length.
  [[nodiscard]] rackrate::core::SimTime first(std::uint64_t k) const {
    const double share = unit_from(random_bits(kFirst, k, 1));
    return rackrate::core::SimTime{
        rackrate::core::SimDuration{static_cast<std::int64_t>(share * mean_ * long_increment(k))}};
  }

 private:
  static constexpr std::uint64_t kFirst = 1;        // the stream of the first events; 0 is that of the holds
  static constexpr std::uint64_t kLongBelow = 205;  // of 2048: the one in ten
  static constexpr double kLongShare = kLongBelow / 2048.0;
  static constexpr double kShort =
      1.0 / (1.0 - kLongShare + kLongShare * 100.0);  // mean of a short one, in overall means

  [[nodiscard]] std::int64_t draw(std::uint64_t index) const {
    const std::uint64_t bits = random_bits(0, index);
    switch (increment_) {
      case Increment::Exponential: return static_cast<std::int64_t>(exponential_(bits) * mean_);
      case Increment::Uniform: return static_cast<std::int64_t>(unit_from(bits) * 2.0 * mean_);
      case Increment::Bimodal: {
        const double scale =
            (bits & 0x7ff) < kLongBelow ? 100.0 * kShort : kShort;  // the lower 11 bits; unit_from takes the upper 53
        return static_cast<std::int64_t>(unit_from(bits) * 2.0 * scale * mean_);
      }
      case Increment::Equal: break;
    }
    return static_cast<std::int64_t>(mean_);
  }

  /// An increment drawn in proportion to its length, in means.
  [[nodiscard]] double long_increment(std::uint64_t k) const {
    const std::uint64_t bits = random_bits(kFirst, k);
    switch (increment_) {
      case Increment::Exponential: return exponential_(bits) + exponential_(random_bits(kFirst, k, 2));
      case Increment::Uniform: return 2.0 * std::sqrt(unit_from(bits));
      case Increment::Bimodal: {
        const bool is_long = unit_from(random_bits(kFirst, k, 2)) < kLongShare * 100.0 * kShort;
        return 2.0 * std::sqrt(unit_from(bits)) * (is_long ? 100.0 * kShort : kShort);
      }
      case Increment::Equal: break;
    }
    return 1.0;
  }

  Increment increment_;
  double mean_;
  std::uint64_t count_ = 0;
  std::uint64_t trace_ = 0;
  Ziggurat exponential_;
};

}  // namespace bench
