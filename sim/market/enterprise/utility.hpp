#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sim/market/enterprise/population.hpp"
#include "sim/market/primitives/choice_arrays.hpp"
#include "sim/market/view/market_view.hpp"
#include "sim/market/vocabulary/items.hpp"

namespace rackrate::market {

/// What enterprises of one segment in one region see alike of the alternatives of one product that contracts permit to
/// them: one row for each, the outside option behind.
struct Offer {
  std::vector<AlternativeId> alternatives;  ///< by row
  std::shared_ptr<const ChoiceArrays> set;  ///< of the rows and the outside option

  // while contracts stay
  struct Building {
    std::uint32_t row;
    ByItem<core::SimTime> dates;  ///< when its items ship
    core::SimTime next;           ///< of them, the next one
    ItemSet missing;              ///< until then
    double depth;                 ///< the same
  };
  struct Preview {
    std::uint32_t row;
    double allowlist;
  };
  std::vector<double> still;  ///< segment brand, integration where it is complete, preview discount
  std::vector<std::uint32_t> listed, lab, cloud, host;  ///< position in the product's list; actors, by number
  std::vector<std::uint32_t> near;  ///< the cloud whose gravity counts: the host of what a cloud sells
  std::vector<Building> building;   ///< items of integration were missing at the last change of contracts
  std::vector<Preview> previews;
  std::array<double, kItems + 1> crossings{};  ///< what n of them do to a price: its logarithm, or a share of it

  // of this window
  struct Shallow {
    std::uint32_t row;
    ItemSet missing;
    std::uint8_t quarters;  ///< of full depth
  };
  std::vector<Shallow> shallow;             ///< items of integration are missing
  std::vector<double> worth;                ///< all terms that enterprises share, but the price
  std::vector<double> price;                ///< $ per work unit; its logarithm in the logarithmic form
  std::vector<std::uint32_t> partly_known;  ///< rows of which not all customers are aware
};

/// The part of every utility that enterprises share: computed once a window, read by each decision. Clouds are counted
/// as in the vocabulary; one more, whose terms are 0, stands for "no cloud".
class Offers {
 public:
  Offers() = default;
  explicit Offers(const MarketView& view) { update(view); }
  /// Updates it for a new board. The part that contracts decide is computed again only when permissions have changed.
  void update(const MarketView& view);

  [[nodiscard]] const Offer& to(SegmentId segment, RegionId region, Product product) const {
    return offers_[product](segment, region);
  }
  /// Items that channels lack, by cell.
  [[nodiscard]] Table<CellId, ItemSet> missing(const CompiledScenario& compiled) const;
  /// Calls take(alternative, item, date) for items that ship in [from, until) to some buyers of an alternative. From
  /// the last update on.
  template <class Take>
  void for_each_shipped(core::SimTime from, core::SimTime until, Take take) const {
    for (const Product product : offers_.keys())
      for (const Offer& offer : offers_[product].cells())
        for (const Offer::Building& row : offer.building) {
          if (row.next >= until) continue;
          for (const Item item : row.dates.keys())
            if (from <= row.dates[item] && row.dates[item] < until)
              take(offer.alternatives[row.row], item, row.dates[item]);
        }
  }
  /// Probabilities that a workload of the segment is of each product.
  [[nodiscard]] const ByProduct<double>& mix(SegmentId segment) const { return mix_[segment]; }

 private:
  void compile(const MarketView& view);

  const Regime* regime_ = nullptr;  ///< `offers_` holds its contracts, in `interval_`
  IntervalId interval_;
  ByProduct<Grid<SegmentId, RegionId, Offer>> offers_;
  Table<SegmentId, ByProduct<double>> mix_;
};

/// Does the enterprise's primary cloud sell it? What the two have agreed on holds for that.
[[nodiscard]] inline bool sold_by_primary(const CompiledScenario& compiled, const Enterprise& enterprise,
                                          AlternativeId alternative) {
  return compiled.alternatives[alternative].cloud == enterprise.primary_cloud;
}

/// Does the enterprise have a commitment to the cloud whose channel sells this alternative?
[[nodiscard]] inline bool committed_to_seller(const CompiledScenario& compiled, const Enterprise& enterprise,
                                              AlternativeId alternative) {
  return enterprise.committed && sold_by_primary(compiled, enterprise, alternative);
}

/// Of a work unit at a list price, with what its runtime costs.
[[nodiscard]] inline double price_with_runtime(const CompiledScenario& compiled, AlternativeId alternative,
                                               double list) {
  return list * (1.0 + compiled.runtime_fee(alternative));
}

/// Utilities of the rows of an offer for a workload, then of the outside option; kInfeasible where a preview does not
/// admit this account or the enterprise does not know of it yet, and behind the outside option.
///
/// v = b_q q + brand + appeal + taste - epsilon ln P + b_G G_host + b_R [agent] G_runtime + b_I I
///     - b_W ln(1 + W/W0) - K (1 - wear)^n [moves] - preview
///
/// P is the price of a work unit relative to the reference dollar, less what the account has agreed on with its primary
/// cloud and what draws a commitment, with the marginal governance cost of adding a cloud (MODEL 6.3) and the cost of
/// the items that the workload needs and the channel lacks (MODEL 6.3c); the linear form has -alpha P. The depth of
/// integration I is that of the board's date; n counts what the present placement lacks. A channel that is less deep
/// than the workload's production demands is infeasible, unless it is there.
/// Shape:  `utility` has the columns of the offer's set. The offer is that of the enterprise's segment and region and
///         of the workload's product.
void utilities(const MarketView& view, const Offer& offer, const Population& population, EnterpriseId enterprise,
               const Workload& workload, std::span<double> utility);

/// Clouds of its placements, `except` left out.
[[nodiscard]] HostSet clouds_in_use(const MarketView& view, const Population& population, EnterpriseId enterprise,
                                    const Workload* except = nullptr);
/// Clouds this enterprise governs: its primary one and those of its placements, `except` left out.
[[nodiscard]] HostSet governed_clouds(const MarketView& view, const Population& population, EnterpriseId enterprise,
                                      const Workload* except = nullptr);

/// What one more cloud adds to the governance cost of these, as a share of AI spend.
[[nodiscard]] double governance_of_one_more(const ChoiceParameters& choice, const Enterprise& enterprise,
                                            HostSet governed);
/// What an enterprise pays of what governance costs others: those that split have the tools for it.
[[nodiscard]] double governance_factor(const ChoiceParameters& choice, const Enterprise& enterprise);
/// Total governance cost as a share of AI spend: gamma_1 (n-1) + gamma_2 n(n-1)/2 (MODEL 6.3, check C11).
[[nodiscard]] double governance_cost(double first, double pair, int clouds);
/// Probabilities by product that a workload of the segment is of it.
[[nodiscard]] ByProduct<double> product_mix(const Segment& segment);

}  // namespace rackrate::market
