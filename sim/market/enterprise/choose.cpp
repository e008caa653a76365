#include "sim/market/enterprise/choose.hpp"

#include <array>
#include <span>
#include <vector>

namespace rackrate::market {
namespace {

constexpr std::size_t kFewColumns = 128;  // up to this many, utilities are kept on the stack

}  // namespace

Choice choose(const MarketView& view, const Offers& offers, const Population& population, EnterpriseId e,
              const Workload& w) {
  const Offer& offer = offers.to(population[e].segment, population[e].region, w.product);
  const std::size_t columns = offer.set->columns();
  alignas(64) std::array<double, kFewColumns> few;
  std::vector<double> many(columns > few.size() ? columns : 0);
  const std::span<double> utility{many.empty() ? few.data() : many.data(), columns};
  utilities(view, offer, population, e, w, utility);
  const Decision decision =
      decide(*offer.set, utility, view.draws.named(at(w.key, Purpose::ShockAlternative, w.shock_epoch)));
  const bool deployed = decision.total != kInfeasible && decision.alternative < offer.alternatives.size();
  return {deployed ? offer.alternatives[decision.alternative] : kOutsideOption, decision.logsum};
}

}  // namespace rackrate::market
