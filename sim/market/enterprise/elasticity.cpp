#include "sim/market/enterprise/elasticity.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/enterprise/inclusive_value.hpp"
#include "sim/market/enterprise/placement.hpp"
#include "sim/market/primitives/expenditure.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

constexpr double kPriceStep = 0.01;  // in logarithms of a price

/// Alternatives by what is priced together.
struct Groups {
  std::vector<std::string> names;
  Table<AlternativeId, std::size_t> of;
};

Groups groups_of(const CompiledScenario& s, PricedBy by) {
  Groups groups;
  for (const auto& a : s.alternatives) {
    std::string name = s.parameters.labs[a.lab].name;
    if (by == PricedBy::Offer) name += " at " + s.parameters.channels[a.channel].name;
    const auto it = std::find(groups.names.begin(), groups.names.end(), name);
    groups.of.push_back(static_cast<std::size_t>(it - groups.names.begin()));
    if (it == groups.names.end()) groups.names.push_back(std::move(name));
  }
  return groups;
}

/// Expected volume by group at the prices of a board.
class ExpectedVolume {
 public:
  ExpectedVolume(const MarketView& view, Population& population, const Groups& groups, bool settled)
      : view_(view), population_(population), groups_(groups), settled_(settled) {
    if (view.parameters().choice.volume_response > 0) now_ = inclusive_values(view, Offers(view));
  }

  [[nodiscard]] std::vector<double> at(const Board& board) {
    const MarketView there{view_.regime, view_.draws, board, view_.replay};
    const Offers offers(there);
    const InclusiveValues offered = now_[Product::ApiStateless].empty() ? now_ : inclusive_values(there, offers);
    std::vector<double> volume(groups_.names.size(), 0.0);
    for (const EnterpriseId e : population_.ids())
      for (Workload& w : population_.workloads(e)) add(there, offers, offered, e, w, volume);
    return volume;
  }

 private:
  void add(const MarketView& there, const Offers& offers, const InclusiveValues& offered, EnterpriseId id, Workload& w,
           std::vector<double>& volume) {
    const auto& c = there.parameters().choice;
    const Enterprise& e = population_[id];
    const Offer& offer = offers.to(e.segment, e.region, w.product);
    std::vector<double> utility(offer.set->columns()), share(offer.set->size());
    const AlternativeId placed = settled_ ? std::exchange(w.alternative, kOutsideOption) : w.alternative;
    utilities(there, offer, population_, id, w, utility);
    w.alternative = placed;
    expected_shares(*offer.set, utility, share);
    double units = core::real(w.units) * 1e-6 * (1.0 - unlearned_share(there.parameters(), w, there.board.as_of)) *
                   there.board.growth_of(w.product);
    if (!now_[w.product].empty())
      units *= math::exp(c.volume_response *
                         (offered[w.product](e.segment, e.region) - now_[w.product](e.segment, e.region)));
    for (std::size_t k = 0; k < offer.alternatives.size(); ++k) {
      const AlternativeId a = offer.alternatives[k];
      const double response =
          price_response(there.board.unit_price[a], there.compiled().alternatives[a].price, c.elasticity);
      volume[groups_.of[a]] += units * response * share[k];
    }
  }

  const MarketView& view_;
  Population& population_;
  const Groups& groups_;
  bool settled_;
  InclusiveValues now_;
};

Board with_price(const Board& board, const Groups& groups, std::size_t group, double factor) {
  Board changed = board;
  for (const AlternativeId a : groups.of.ids())
    if (groups.of[a] == group) changed.unit_price[a] *= factor;
  return changed;
}

}  // namespace

Elasticities price_elasticities(const MarketView& view, Population population, PricedBy by, bool settled) {
  const Groups groups = groups_of(view.compiled(), by);
  const std::size_t n = groups.names.size();
  ExpectedVolume expected(view, population, groups, settled);
  Elasticities result{groups.names, expected.at(view.board), std::vector<double>(n * n, 0.0)};
  for (std::size_t k = 0; k < n; ++k) {
    const auto up = expected.at(with_price(view.board, groups, k, math::exp(0.5 * kPriceStep)));
    const auto down = expected.at(with_price(view.board, groups, k, math::exp(-0.5 * kPriceStep)));
    for (std::size_t i = 0; i < n; ++i)
      if (up[i] > 0 && down[i] > 0) result.matrix[i * n + k] = math::log(up[i] / down[i]) / kPriceStep;
  }
  return result;
}

}  // namespace rackrate::market
