#pragma once
#include <string>

#include "sim/market/vocabulary/vocabulary.hpp"

/// Which scarce input held a head office back at a review, and by how much.
namespace rackrate::market {

/// One review of a head office, step by step: what each step left of what the one before asked for.
struct ReviewSteps {
  double closed_share = 1.0;  ///< of a gap that one review means to close
  double kw_per_h100e = 0.0;  ///< of new chips; 0: nobody sells it any
  /// What the forecast wants beyond what is installed and on its way; below 0: more is there.
  double missing_h100e = 0.0;
  double queued_h100e = 0.0;   ///< on order, and with vendors only because of their queues
  double idle_h100e = 0.0;     ///< installed and without power
  double asked_h100e = 0.0;    ///< what the rule orders, power and money aside
  double housed_h100e = 0.0;   ///< of that, what there will be power for
  double planned_h100e = 0.0;  ///< beyond it, since it was announced
  double ordered_h100e = 0.0;
  double site_gap_kw = 0.0;  ///< power that the forecast wants beyond what is energised and on its way, money aside
  double asked_kw = 0.0;     ///< what the rule starts, money and regions aside
  double paid_kw = 0.0;      ///< of that, for a fleet that there will be money for
  double built_kw = 0.0;     ///< of that, what regions can build
  double started_kw = 0.0;
};

/// H100e that the cloud lacks for want of each input.
///
/// Of orders: what waits in vendors' queues (chips), what has no power or was not ordered because it would have none
/// (power), and what the budget refused (capital). Of sites: what regions cannot build (sites) and what there is no
/// money for (site capital). A review closes the share k of a gap, so what it cuts by x leaves x / k of the gap open.
/// Together no more than the gap less what was ordered or started: the rest is the firm's own pace.
///
/// Units: H100e, at least 0; a stock at the review, not a flow.
[[nodiscard]] ByInput<double> input_short(const ReviewSteps& review);

/// H100e of the gap that a review left open by its own pace: all that no input explains. Of orders, and of sites.
struct OwnPace {
  double orders = 0.0, sites = 0.0;
};
[[nodiscard]] OwnPace own_pace(const ReviewSteps& review);

/// Throws: LedgerError that names the cloud, when a step leaves more than it got, or what inputs explain exceeds the
/// gap less what was ordered or started.
void check_review(const ReviewSteps& review, const std::string& cloud);

}  // namespace rackrate::market
