#include "sim/market/enterprise/choose.hpp"

#include <array>
#include <span>
#include <vector>

namespace rackrate::market {
namespace {

constexpr std::size_t kFewAlternatives = 128;  // up to this many, utilities are kept on the stack

/// Shocks of all alternatives, permitted today or not: they do not depend on which others there are.
void draw_shocks(const MarketView& view, Workload& w, const ChoiceSet& set, ChoiceScratch& scratch) {
  w.shocks.resize(set.size());
  choice_shocks(set, view.draws, {w.key, number(Purpose::ShockAlternative), w.shock_epoch}, scratch, w.shocks);
}

}  // namespace

Choice choose(const MarketView& view, const Offers& offers, const Enterprise& e, Workload& w, core::SimTime now) {
  const auto& list = view.compiled().alternatives_of_product[w.product];
  const auto& set = view.regime.choice_sets[w.product];
  std::array<double, kFewAlternatives> few;
  std::vector<double> many(set.size() > few.size() ? set.size() : 0);
  const std::span<double> utility{many.empty() ? few.data() : many.data(), set.size()};
  utilities(view, offers, e, w, now, utility);
  ChoiceScratch scratch;
  if (w.shocks.empty()) draw_shocks(view, w, set, scratch);
  const auto k = chosen(utility, w.shocks, set);
  return {k && *k < list.size() ? list[*k] : kOutsideOption, choice_logsum(utility, set, scratch)};
}

}  // namespace rackrate::market
