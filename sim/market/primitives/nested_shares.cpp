#include "sim/market/primitives/nested_shares.hpp"

#include <map>

#include "sim/core/math.hpp"
#include "sim/market/primitives/require.hpp"

namespace rackrate::market {
namespace math = core::math;

NestedShares nested_shares(std::span<const SharedSeller> sellers, double lambda) {
  require(lambda > 0.0 && lambda <= 1.0, "nested_shares", "lambda must lie above 0 and not above 1");
  NestedShares out;
  out.share.assign(sellers.size(), 0.0);
  struct Nest {
    double first = 0.0, weight = 0.0;
  };
  std::map<int, Nest> nests;
  double all = 0.0;
  for (const auto& seller : sellers) {
    auto& nest = nests[seller.nest];
    nest.first += seller.first;
    nest.weight += seller.first * math::exp(seller.utility / lambda);
    all += seller.first;
  }
  if (all <= 0.0) return out;
  double sum = 0.0;  // of s0_n exp(I_n)
  for (auto& [name, nest] : nests)
    if (nest.first > 0) sum += nest.first / all * math::pow(nest.weight / nest.first, lambda);
  for (std::size_t i = 0; i < sellers.size(); ++i) {
    const auto& seller = sellers[i];
    const Nest& nest = nests[seller.nest];
    if (seller.first <= 0.0) continue;
    const double of_nest = nest.first / all * math::pow(nest.weight / nest.first, lambda) / sum;
    out.share[i] = of_nest * seller.first * math::exp(seller.utility / lambda) / nest.weight;
  }
  out.inclusive = math::log(sum);
  return out;
}

}  // namespace rackrate::market
