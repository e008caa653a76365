#include <stdexcept>

#include "sim/core/math.hpp"
#include "sim/market/primitives/choice.hpp"

namespace rackrate::market {
namespace {

namespace math = core::math;
// An alternative and its own nest may share a name: their draws must not share an address.
constexpr std::uint64_t kNestSalt = 0x6e65737473616c74ULL;

/// Calls visit(j, shock) for each feasible alternative.
template <class Visit>
void each_shock(std::span<const double> utility, const ChoiceSet& set, const core::Draws& draws,
                const ChoiceAddress& who, ChoiceScratch& scratch, Visit&& visit) {
  if (utility.size() != set.size()) throw std::invalid_argument("sample_choice: one utility per alternative");
  const auto& nests = set.nests();
  constexpr double kUnknown = kInfeasible;  // lambda ln S is finite, so this marks a nest not met yet
  scratch.nest_value.assign(nests.size(), kUnknown);
  for (std::size_t j = 0; j < utility.size(); ++j) {
    if (utility[j] == kInfeasible) continue;
    const ChoiceSet::Alternative& alternative = set.alternatives()[j];
    // One block holds the shocks of both memberships.
    const auto bits = draws.block({who.entity, who.purpose, who.epoch, alternative.key});
    double shock = kInfeasible;
    for (std::size_t k = 0; k < alternative.in.size(); ++k) {
      const ChoiceSet::Membership& m = alternative.in[k];
      if (m.nest < 0) continue;
      const auto n = static_cast<std::size_t>(m.nest);
      const double lambda = nests[n].lambda;
      if (scratch.nest_value[n] == kUnknown) {
        scratch.nest_value[n] =
            lambda == 1.0 ? 0.0
                          : lambda * draws.log_positive_stable(
                                         {who.entity, who.purpose, who.epoch, nests[n].key ^ kNestSalt}, lambda);
      }
      const double gumbel = -math::log(-math::log(core::to_unit(bits[k])));
      const double candidate = m.log_share + scratch.nest_value[n] + lambda * gumbel;
      if (candidate > shock) shock = candidate;
    }
    visit(j, shock);
  }
}

}  // namespace

void choice_shocks(std::span<const double> utility, const ChoiceSet& set, const core::Draws& draws,
                   const ChoiceAddress& who, ChoiceScratch& scratch, std::span<double> shock) {
  if (shock.size() != utility.size()) throw std::invalid_argument("choice_shocks: one shock per alternative");
  each_shock(utility, set, draws, who, scratch, [&](std::size_t j, double value) { shock[j] = value; });
}

int sample_choice(std::span<const double> utility, const ChoiceSet& set, const core::Draws& draws,
                  const ChoiceAddress& who, ChoiceScratch& scratch) {
  int best = -1;
  double most = kInfeasible;
  each_shock(utility, set, draws, who, scratch, [&](std::size_t j, double shock) {
    const double total = utility[j] + shock;
    const bool ahead =
        best < 0 || total > most ||
        (total == most && set.alternatives()[j].key < set.alternatives()[static_cast<std::size_t>(best)].key);
    if (!ahead) return;
    best = static_cast<int>(j);
    most = total;
  });
  return best;
}

}  // namespace rackrate::market
