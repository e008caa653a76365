#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/core/index.hpp"
#include "sim/core/random.hpp"

namespace rackrate::market {

/// Utility of an alternative that cannot be chosen.
inline constexpr double kInfeasible = -__builtin_huge_val();

/// An alternative and its own nest may share a name: their draws must not share an address.
inline constexpr std::uint64_t kNestSalt = 0x6e65737473616c74ULL;

/// Position in ChoiceSet::nests().
using NestId = core::Index<struct NestTag>;

/// Which alternatives resemble which: a cross-nested logit with at most two nests per alternative.
///
/// An alternative is added by name hash; a nest comes to be when it is first named. Feasibility is not part of
/// it: give infeasible alternatives the utility kInfeasible, and one set serves every buyer of a product.
class ChoiceSet {
 public:
  struct Membership {
    NestId nest;             ///< none where the alternative is in fewer than two
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
  [[nodiscard]] const core::Table<NestId, Nest>& nests() const { return nests_; }

 private:
  NestId nest(std::uint64_t key, double lambda);
  std::vector<Alternative> alternatives_;
  core::Table<NestId, Nest> nests_;
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
  core::Table<NestId, double> nest_top;    ///< its best member's utility plus ln allocation
  core::Table<NestId, double> nest_sum;    ///< sum of exponentials relative to the best
  core::Table<NestId, double> nest_value;  ///< inclusive value; of shocks: lambda ln S
};

/// Only the log-sum ln G. -infinity when nothing is feasible.
[[nodiscard]] double choice_logsum(std::span<const double> utility, const ChoiceSet& set, ChoiceScratch& scratch);

/// Whose choice, and at which tick of its exogenous review clock (MODEL 6.5). Nothing in it counts behaviour.
struct ChoiceAddress {
  core::EntityKey entity = 0;
  std::uint32_t purpose = 0;
  std::uint64_t epoch = 0;
};

/// The shock of each alternative: max over its nests of ln a + lambda ln S_nest + lambda g, each addressed by name.
///
/// A shock does not depend on which other alternatives exist or may be chosen, so removing one changes the choice
/// only of those who had chosen it, and two arms of a comparison see the same tastes.
///
/// Shape:   writes shock[j] for each alternative.
/// Cost:    one Philox block per alternative and per nest; 20 alternatives in 13 nests take under 3 us.
/// Source:  a cross-nested extreme-value vector as a maximum of stable mixtures; S positive stable by Kanter (1975),
///          Annals of Probability 3, 697-707. Each shock is a standard Gumbel variable. Checks C5, C7.
void choice_shocks(const ChoiceSet& set, const core::Draws& draws, const ChoiceAddress& who, ChoiceScratch& scratch,
                   std::span<double> shock);

/// The alternative with the greatest utility plus shock, none if none is feasible: with the shocks above a draw from
/// choice_shares. Equal totals go to the lower key.
[[nodiscard]] std::optional<std::size_t> chosen(std::span<const double> utility, std::span<const double> shock,
                                                const ChoiceSet& set);

}  // namespace rackrate::market
