#include "sim/market/enterprise/choose.hpp"

#include <array>
#include <span>
#include <vector>

namespace rackrate::market {
namespace {

constexpr std::size_t kFewColumns = 128;  // up to this many, utilities are kept on the stack

double added_governance(const MarketView& view, const Population& population, EnterpriseId e, const Workload& w,
                        AlternativeId chosen) {
  const CloudId cloud = view.compiled().alternatives[chosen].cloud;
  if (!cloud.exists() || cloud == population[e].primary_cloud) return 0.0;
  const HostSet governed = governed_clouds(view, population, e, &w);
  return governed.contains(cloud) ? 0.0 : governance_of_one_more(view.parameters().choice, population[e], governed);
}

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
  const std::size_t outside = offer.alternatives.size();
  Choice choice;
  choice.gap = decision.logsum - utility[outside];
  if (decision.total == kInfeasible || decision.alternative >= outside) return choice;
  choice.alternative = offer.alternatives[decision.alternative];
  choice.utility = utility[decision.alternative] - utility[outside];
  choice.governance = added_governance(view, population, e, w, choice.alternative);
  return choice;
}

}  // namespace rackrate::market
