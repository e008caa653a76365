#pragma once
#include <cstddef>
#include <memory>
#include <vector>

#include "sim/market/enterprise/population.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// Exp(1): an enterprise adopts when the integrated hazard of its segment crosses this.
[[nodiscard]] double adoption_threshold(const core::Draws& draws, core::EntityKey enterprise);

/// Who has not adopted yet, and when they do. All enterprises of a segment see one hazard, so its integral is kept once
/// and they cross their thresholds in ascending order: an enterprise is visited once, in the week in which it adopts,
/// and none is polled.
///
/// The order never changes and is shared by forks; the rest is a few words by segment. A threshold is drawn again when
/// its turn comes: that costs less than keeping it.
class Adoption {
 public:
  /// An enterprise and when it adopts.
  struct Crossing {
    EnterpriseId enterprise;
    core::SimTime time;
  };

  Adoption() = default;
  Adoption(std::size_t segments, core::SimTime start, const core::Draws& draws, const Population& population);

  /// Those who cross their thresholds in a week that begins before `until`, by segment and threshold. The hazard of a
  /// week is p + q F with F as published, times e^(adoption_response x pull) of what is offered, so the crossings of
  /// the week are known at its beginning. Each crossing is returned once: call this once for each window, with the
  /// window's end, when the board of that window is published.
  [[nodiscard]] std::vector<Crossing> crossings(const MarketView& view, const Population& population,
                                                core::SimTime until);

 private:
  struct Segment {
    double hazard = 0.0;   ///< integrated so far
    std::size_t next = 0;  ///< those before have adopted
  };
  void pass_week(const MarketView& view, const Population& population, SegmentId segment,
                 std::vector<Crossing>& crossed);

  std::shared_ptr<const Table<SegmentId, std::vector<EnterpriseId>>> waiting_;  ///< in the order of thresholds
  Table<SegmentId, Segment> segments_;
  core::SimTime week_{};  ///< the next one begins then
};

}  // namespace rackrate::market
