#include "sim/market/enterprise/choose.hpp"

#include <array>
#include <span>
#include <vector>

#include "sim/market/enterprise/utility.hpp"

namespace rackrate::market {
namespace {

constexpr std::size_t kFewAlternatives = 128;  // up to this many, utilities are kept on the stack

/// Shocks of all alternatives, permitted today or not: they do not depend on which others there are.
void draw_shocks(const MarketView& view, Workload& w, const ChoiceSet& set, ChoiceScratch& scratch) {
  w.shocks.resize(set.size());
  const std::vector<double> all_feasible(set.size(), 0.0);
  choice_shocks(all_feasible, set, view.draws, {w.key, number(Purpose::ShockAlternative), w.shock_epoch}, scratch,
                w.shocks);
}

/// Position of the greatest utility plus shock; equal totals go to the lower key; past the end if nothing is feasible.
std::size_t best(std::span<const double> utility, std::span<const double> shocks, const ChoiceSet& set) {
  std::size_t winner = utility.size();
  double most = kInfeasible;
  for (std::size_t k = 0; k < utility.size(); ++k) {
    if (utility[k] == kInfeasible) continue;
    const double total = utility[k] + shocks[k];
    const bool wins = winner == utility.size() || total > most ||
                      (total == most && set.alternatives()[k].key < set.alternatives()[winner].key);
    if (!wins) continue;
    winner = k;
    most = total;
  }
  return winner;
}

}  // namespace

Choice choose(const MarketView& view, const Enterprise& e, Workload& w, core::SimTime now) {
  const auto& list = view.compiled().alternatives_of_product[w.product];
  const auto& set = view.regime.choice_sets[w.product];
  std::array<double, kFewAlternatives> few;
  std::vector<double> many(set.size() > few.size() ? set.size() : 0);
  const std::span<double> utility{many.empty() ? few.data() : many.data(), set.size()};
  utilities(view, e, w, now, utility);
  ChoiceScratch scratch;
  if (w.shocks.empty()) draw_shocks(view, w, set, scratch);
  const std::size_t k = best(utility, w.shocks, set);
  return {k < list.size() ? list[k] : kOutsideOption, choice_logsum(utility, set, scratch)};
}

}  // namespace rackrate::market
