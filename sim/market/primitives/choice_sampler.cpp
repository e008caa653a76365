#include <stdexcept>

#include "sim/core/math.hpp"
#include "sim/market/primitives/choice.hpp"

namespace rackrate::market {
namespace {

namespace math = core::math;

/// lambda ln S of a nest.
double nest_shock(const ChoiceSet::Nest& nest, const core::Draws& draws, const ChoiceAddress& who) {
  if (nest.lambda == 1.0) return 0.0;
  return nest.lambda *
         draws.log_positive_stable({who.entity, who.purpose, who.epoch, nest.key ^ kNestSalt}, nest.lambda);
}

}  // namespace

void choice_shocks(const ChoiceSet& set, const core::Draws& draws, const ChoiceAddress& who, ChoiceScratch& scratch,
                   std::span<double> shock) {
  if (shock.size() != set.size()) throw std::invalid_argument("choice_shocks: one shock per alternative");
  constexpr double kUnknown = kInfeasible;  // lambda ln S is finite, so this marks a nest not met yet
  scratch.nest_value.assign(set.nests().size(), kUnknown);
  for (std::size_t j = 0; j < set.size(); ++j) {
    const ChoiceSet::Alternative& alternative = set.alternatives()[j];
    // One block holds the shocks of both memberships.
    const auto bits = draws.block({who.entity, who.purpose, who.epoch, alternative.key});
    shock[j] = kInfeasible;
    for (std::size_t k = 0; k < alternative.in.size(); ++k) {
      const ChoiceSet::Membership& m = alternative.in[k];
      if (!m.nest.exists()) continue;
      double& value = scratch.nest_value[m.nest];
      if (value == kUnknown) value = nest_shock(set.nests()[m.nest], draws, who);
      const double gumbel = -math::log(-math::log(core::to_unit(bits[k])));
      const double candidate = m.log_share + value + set.nests()[m.nest].lambda * gumbel;
      if (candidate > shock[j]) shock[j] = candidate;
    }
  }
}

std::optional<std::size_t> chosen(std::span<const double> utility, std::span<const double> shock,
                                  const ChoiceSet& set) {
  std::optional<std::size_t> winner;
  double most = kInfeasible;
  for (std::size_t k = 0; k < utility.size(); ++k) {
    if (utility[k] == kInfeasible) continue;
    const double total = utility[k] + shock[k];
    const bool wins =
        !winner || total > most || (total == most && set.alternatives()[k].key < set.alternatives()[*winner].key);
    if (!wins) continue;
    winner = k;
    most = total;
  }
  return winner;
}

}  // namespace rackrate::market
