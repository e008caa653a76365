#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sim/market/enterprise/enterprise.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// The terms of the alternatives of one product that are the same for all enterprises in a window, by position in the
/// product's list.
struct ProductTerms {
  std::vector<double> attraction;  ///< quality, brand and appeal of the channel
  std::vector<double> price;       ///< $ per work unit
  std::vector<std::uint32_t> lab, cloud;
  std::vector<std::uint32_t> partly_known;  ///< those of which not all customers are aware
};

/// The alternatives of one product as the contracts offer them to one segment and region, by position in the product's
/// list.
struct Offer {
  /// Integration that deepens from a day on.
  struct Growing {
    std::uint32_t at;
    core::SimTime since;
  };
  std::vector<double> permitted;  ///< 0, or kInfeasible
  std::vector<double> segment_brand;
  std::vector<double> preview;      ///< utility cost of a preview
  std::vector<double> integration;  ///< where it does not grow
  std::vector<std::uint32_t> host;
  std::vector<std::uint32_t> near;  ///< the cloud whose gravity counts: the host of what a cloud sells
  std::vector<Growing> growing;
  std::vector<std::uint32_t> previews;
};

/// The part of every utility that enterprises share: computed once a window, read by each decision. Clouds are counted
/// as in the vocabulary; one more row, whose terms are 0, stands for "no cloud".
class Offers {
 public:
  Offers() = default;
  explicit Offers(const MarketView& view) { update(view); }
  /// Updates it for a new board. The part that contracts decide is computed again only when permissions have changed.
  void update(const MarketView& view);

  [[nodiscard]] const ProductTerms& terms(Product product) const { return terms_[product]; }
  [[nodiscard]] const Offer& to(SegmentId segment, RegionId region, Product product) const {
    return offers_[product](segment, region);
  }
  /// Utility cost of the wait at each cloud.
  [[nodiscard]] const std::vector<double>& wait() const { return wait_; }
  /// Position of an alternative in the list of its product.
  [[nodiscard]] std::uint32_t position(AlternativeId alternative) const { return position_[alternative]; }

 private:
  void compile(const MarketView& view);
  void compile_offers(const MarketView& view, Product product);

  const Regime* regime_ = nullptr;  ///< `offers_` holds its contracts, in `interval_`
  IntervalId interval_;
  Table<AlternativeId, std::uint32_t> position_;
  ByProduct<ProductTerms> terms_;
  ByProduct<Grid<SegmentId, RegionId, Offer>> offers_;
  std::vector<double> wait_;
};

/// Does the enterprise have a commitment to the cloud whose channel sells this alternative?
[[nodiscard]] inline bool committed_to_seller(const CompiledScenario& compiled, const Enterprise& enterprise,
                                              AlternativeId alternative) {
  return enterprise.commitment > Money{} && compiled.alternatives[alternative].cloud == enterprise.primary_cloud;
}

/// Utilities of all alternatives of a workload's product, the outside option last; kInfeasible where
/// the contracts do not permit it, a preview does not admit this account, or the enterprise is not aware of it yet.
///
/// v = b_q q + brand + appeal + taste - alpha P + b_G G_host + b_R [agent] G_runtime + b_I I
///     - b_W ln(1 + W/W0) - alpha Gov - K [moves] - preview
///
/// P is the price of a work unit relative to the reference dollar, less what draws a commitment; Gov the marginal
/// governance cost of adding a cloud, per work unit (MODEL 6.3).
/// Shape:  `utility` has one entry per alternative of the product, and one more.
void utilities(const MarketView& view, const Offers& offers, const Enterprise& enterprise, const Workload& workload,
               core::SimTime now, std::span<double> utility);

/// Clouds this enterprise governs: its primary one and those of its placements, `except` left out.
[[nodiscard]] HostSet governed_clouds(const MarketView& view, const Enterprise& enterprise,
                                      const Workload* except = nullptr);

/// Total governance cost as a share of AI spend: gamma_1 (n-1) + gamma_2 n(n-1)/2 (MODEL 6.3, check C11).
[[nodiscard]] double governance_cost(double first, double pair, int clouds);

}  // namespace rackrate::market
