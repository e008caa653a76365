#pragma once
#include "sim/market/enterprise/utility.hpp"
#include "sim/market/primitives/stock.hpp"
#include "sim/market/view/board.hpp"

/// What is offered to a segment, as one number: adoption, pilots and volume answer it.
namespace rackrate::market {

/// Inclusive value over the outside option, ln G - v_outside, of an enterprise that is like its segment's mean: by
/// product, segment and region. 0 where contracts permit nothing.
///
/// What only a share of accounts may buy, knows of, or is served counts with the logarithm of that share.
using InclusiveValues = ByProduct<Grid<SegmentId, RegionId, double>>;
[[nodiscard]] InclusiveValues inclusive_values(const MarketView& view, const Offers& offers);

/// Does anything answer it?
[[nodiscard]] bool answers_offers(const ChoiceParameters& choice);

/// How the offers of a run have changed since its first day. The board shows it anew once a week.
class DemandPull {
 public:
  /// Publishes the pull at the board's date, if it is due; the first call is on the first day.
  void publish(const MarketView& view, const Offers& offers, Board& board);
  /// The outside option follows the frontier; at most one window passes.
  void advance(const Parameters& parameters, const Board& board, core::SimTime to);
  [[nodiscard]] double outside_gain(const Parameters& parameters) const;

 private:
  InclusiveValues first_;
  core::SimTime due_ = core::kAlways;
  double first_frontier_ = 0.0;
  Stock followed_;  ///< of the frontier's gain since the first day
};

}  // namespace rackrate::market
