#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/market/primitives/choice.hpp"

namespace rackrate::market {

/// A choice set laid out for array arithmetic, built once for many decisions. Alternatives in one of their nests,
/// called memberships, lie side by side: the first of every alternative, then the second of those that have two.
class ChoiceArrays {
 public:
  /// Doubles that the widest vector holds, and floats. Arrays are padded to it, whatever the processor.
  static constexpr std::size_t kLanes = 8, kFloatLanes = 16;

  ChoiceArrays() = default;
  /// Throws: std::invalid_argument if a nest's lambda is below 0.05.
  explicit ChoiceArrays(const ChoiceSet& set);
  /// Only the alternatives at these positions of the set, in this order.
  ChoiceArrays(const ChoiceSet& set, std::span<const std::uint32_t> positions);

  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  /// Length of an array of utilities: size(), rounded up to whole vectors.
  [[nodiscard]] std::size_t columns() const { return columns_; }

  // What the kernel reads.
  [[nodiscard]] std::size_t memberships() const { return memberships_; }
  [[nodiscard]] std::span<const std::uint64_t> keys() const { return keys_; }
  [[nodiscard]] std::span<const std::uint64_t> nest_keys() const { return nest_keys_; }
  /// The alternatives that have a second membership, in order.
  [[nodiscard]] std::span<const std::uint32_t> second() const { return second_; }
  [[nodiscard]] std::size_t alternative_of(std::size_t membership) const {
    return membership < size() ? membership : second_[membership - size()];
  }
  /// Memberships of a nest, in the order of their alternatives.
  [[nodiscard]] std::span<const std::uint32_t> members(std::size_t nest) const {
    return {&members_[first_member_[nest]], &members_[0] + first_member_[nest + 1]};
  }
  // Up to whole vectors, a number for each.
  [[nodiscard]] const double* log_share() const { return log_share_.data(); }
  [[nodiscard]] const double* steepness() const { return steepness_.data(); }
  [[nodiscard]] const double* lambda() const { return lambda_.data(); }
  // The same as floats: lambda, and 1 - lambda.
  [[nodiscard]] const float* lambda_float() const { return lambda_float_.data(); }
  [[nodiscard]] const float* rest_float() const { return rest_float_.data(); }

 private:
  void add_nest(const ChoiceSet::Nest& nest, std::vector<std::uint32_t> members);

  std::size_t columns_ = 0, memberships_ = 0;
  std::vector<std::uint64_t> keys_, nest_keys_;
  std::vector<std::uint32_t> second_;
  std::vector<std::uint32_t> members_, first_member_{0};  ///< of all nests; where those of each nest begin
  std::vector<double> log_share_, steepness_;             ///< by membership: ln a_jn, 1 / lambda_n
  std::vector<double> lambda_;                            ///< by nest
  std::vector<float> lambda_float_, rest_float_;
};

/// What one decision comes to.
struct Decision {
  std::size_t alternative = 0;  ///< position in the set
  double total = kInfeasible;   ///< its utility plus shock, to within 10^-4; kInfeasible: nothing may be chosen
  double logsum = kInfeasible;  ///< ln G of the set
};

/// The alternative with the greatest utility plus shock, and the log-sum of a choice set (choice.hpp).
///
/// The shock of alternative j is the maximum over its nests of ln a + lambda ln S_nest + lambda g, with g standard
/// Gumbel and S positive stable by Kanter (1975), Annals of Probability 3, 697-707: each shock is a standard Gumbel
/// variable, and choices are draws from choice_shares. Every number is picked by the name of its nest or alternative
/// from the draws of one address, so a shock does not depend on which other alternatives exist or may be chosen:
/// removing one changes the choice only of those who had chosen it, and two arms of a comparison see the same tastes.
///
/// With y = (a e^v)^(1/lambda) and E = e^-g exponential, the best of a nest is the greatest y/E, so one logarithm
/// serves a nest and the exponentials serve the log-sum too. Shocks more than 30 below the greatest utility are cut at
/// the least lambda, which is one choice in 10^13.
///
/// Who wins does not depend on the last digits, so shocks are computed as floats; where the winner leads by less than
/// the error that they may have (a decision in ten thousand), all is computed again as doubles. The result is the same
/// as with doubles throughout; the log-sum is one of doubles.
///
/// Shape:   utility has columns() entries: one by alternative, kInfeasible where it may not be chosen and behind.
/// Order:   equal totals go to the lower key.
/// Cost:    one Philox block; no allocation.
[[nodiscard]] Decision decide(const ChoiceArrays& set, std::span<const double> utility, const core::NamedDraws& tastes);

/// Choice probabilities: those of choice_shares, for decisions about many offers.
///
/// Shape:   utility as for decide(); writes share[j] for each of size() alternatives, 0 where infeasible.
/// Throws:  std::invalid_argument if the lengths differ or nothing may be chosen.
void expected_shares(const ChoiceArrays& set, std::span<const double> utility, std::span<double> share);

/// Processor instructions that decide() has been compiled for. All give the same bits; it takes the widest that the
/// processor has.
enum class Instructions : std::uint8_t { Scalar, Baseline, Avx2, Avx512 };
inline constexpr std::array<std::string_view, 4> kInstructionNames{"scalar", "baseline", "avx2", "avx512"};
[[nodiscard]] bool available(Instructions instructions);
/// For tests and benchmarks. Throws: std::invalid_argument if the processor does not have them.
[[nodiscard]] Decision decide_with(Instructions instructions, const ChoiceArrays& set, std::span<const double> utility,
                                   const core::NamedDraws& tastes);
/// The same decision by doubles throughout, for tests.
[[nodiscard]] Decision decide_by_doubles(const ChoiceArrays& set, std::span<const double> utility,
                                         const core::NamedDraws& tastes);

}  // namespace rackrate::market
