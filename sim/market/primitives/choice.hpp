#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/core/random.hpp"

namespace rackrate::market {

/// Utility of an alternative that cannot be chosen.
inline constexpr double kInfeasible = -__builtin_huge_val();

/// Which alternatives resemble which: a cross-nested logit with at most two nests per alternative.
///
/// An alternative is added by name hash; a nest comes to be when it is first named. Feasibility is not part of
/// it: give infeasible alternatives the utility kInfeasible, and one set serves every buyer of a product.
class ChoiceSet {
 public:
  struct Membership {
    std::int32_t nest = -1;  ///< -1: none
    double log_share = 0.0;  ///< ln of the allocation a_jn
  };
  struct Alternative {
    std::uint64_t key = 0;
    std::array<Membership, 2> in;
  };
  struct Nest {
    std::uint64_t key = 0;
    double lambda = 1.0;  ///< in (0, 1]; 1 is plain logit
  };

  /// An alternative alone in a nest of its own, such as the outside option.
  std::size_t add_alone(std::uint64_t key);
  /// An alternative wholly in one nest. Throws: std::invalid_argument unless 0 < lambda <= 1 and equal to the nest's.
  std::size_t add_nested(std::uint64_t key, std::uint64_t nest, double lambda);
  /// An alternative shared by two nests, the first (say its lab's) with allocation `first_share`.
  std::size_t add_crossed(std::uint64_t key, std::uint64_t first, double first_lambda, std::uint64_t second,
                          double second_lambda, double first_share = 0.5);
  void clear();

  [[nodiscard]] std::size_t size() const { return alternatives_.size(); }
  [[nodiscard]] const std::vector<Alternative>& alternatives() const { return alternatives_; }
  [[nodiscard]] const std::vector<Nest>& nests() const { return nests_; }

 private:
  std::int32_t nest(std::uint64_t key, double lambda);
  std::vector<Alternative> alternatives_;
  std::vector<Nest> nests_;
};

struct Shares {
  std::vector<double> share;  ///< share[j] answers utility[j]; 0 where infeasible
  double logsum = 0.0;        ///< ln G; expected utility up to Euler's constant
};

/// Choice probabilities and log-sum of a cross-nested logit; plain and nested logit are special cases.
///
/// Units:   utilities are in units of the error's scale (its variance is pi^2/6).
/// Throws:  std::invalid_argument if the lengths differ or no alternative is feasible.
/// Source:  G = sum_n (sum_{j in n} (a_jn e^{v_j})^{1/lambda_n})^{lambda_n}; P_j = y_j G_j / G (McFadden 1978;
///          Vovsha 1997, Transportation Research Record 1607). Checks C4, C5, C6.
[[nodiscard]] Shares choice_shares(std::span<const double> utility, const ChoiceSet& set);

/// Scratch of the two hot functions below; keep one per thread of work.
struct ChoiceScratch {
  std::vector<double> nest_top;    ///< by nest: its best member's utility plus ln allocation
  std::vector<double> nest_sum;    ///< by nest: sum of exponentials relative to the best
  std::vector<double> nest_value;  ///< by nest: inclusive value; in the sampler lambda ln S
};

/// Only the log-sum ln G. -infinity when nothing is feasible.
[[nodiscard]] double choice_logsum(std::span<const double> utility, const ChoiceSet& set, ChoiceScratch& scratch);

/// Plain logit over all alternatives.
[[nodiscard]] Shares mnl_shares(std::span<const double> utility);
/// Nested logit; nest_of[j] < 0 puts j alone.
[[nodiscard]] Shares nested_shares(std::span<const double> utility, std::span<const int> nest_of, double lambda);
/// Cross-nested logit with half of each alternative in its lab's nest and half in its cloud's; negative puts j alone.
[[nodiscard]] Shares cnl_shares(std::span<const double> utility, std::span<const int> lab_of,
                                std::span<const int> cloud_of, double lambda_lab, double lambda_cloud);

/// Where the buyers of `removed` go: (share after - share before) / share of the removed one, which itself reads 0.
/// Shape: both by alternative of the full set; `after` has 0 at `removed`.
[[nodiscard]] std::vector<double> diversion(std::span<const double> before, std::span<const double> after,
                                            std::size_t removed);

/// Whose choice, and at which tick of its exogenous review clock (MODEL 6.5). Nothing in it counts behaviour.
struct ChoiceAddress {
  core::EntityKey entity = 0;
  std::uint32_t purpose = 0;
  std::uint64_t epoch = 0;
};

/// The shock of one alternative: max over its nests of ln a + lambda ln S_nest + lambda g, each addressed by name.
///
/// The shock does not depend on which other alternatives exist or are feasible, so removing one changes the choice
/// only of those who had chosen it, and two arms of a comparison see the same tastes.
///
/// Shape:   writes shock[j] for each feasible j; others are left alone.
/// Source:  a cross-nested extreme-value vector as a maximum of stable mixtures; S positive stable by Kanter (1975),
///          Annals of Probability 3, 697-707. Each shock is a standard Gumbel variable. Checks C5, C7.
void choice_shocks(std::span<const double> utility, const ChoiceSet& set, const core::Draws& draws,
                   const ChoiceAddress& who, ChoiceScratch& scratch, std::span<double> shock);

/// Draws a choice exactly from choice_shares: the alternative with the greatest utility plus shock, -1 if none is
/// feasible. Equal totals go to the lower key.
/// Cost:    one Philox block per feasible alternative and per nest used; 20 alternatives in 13 nests take under 3 us.
[[nodiscard]] int sample_choice(std::span<const double> utility, const ChoiceSet& set, const core::Draws& draws,
                                const ChoiceAddress& who, ChoiceScratch& scratch);

}  // namespace rackrate::market
