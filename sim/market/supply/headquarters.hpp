#pragma once
#include <vector>

#include "sim/market/primitives/forecast.hpp"
#include "sim/market/view/market_view.hpp"
#include "sim/market/view/notice.hpp"

namespace rackrate::market {

/// A cloud's head office: forecasts demand, orders chips, starts sites, reviews its compute price.
struct Headquarters {
  CloudId cloud;
  bool seen = false;       ///< a first observation has set the level
  Holt holt;               ///< of its demand, per quarter
  double latest = 0.0;     ///< demand at the last review
  double ordered = 0.0;    ///< H100e ordered since the start, lots in transit then included
  double site_kw = 0.0;    ///< power started since the beginning: scripted sites and own starts
  int short_of_power = 0;  ///< consecutive reviews with a power gap
  double price_index = 1.0;
  std::vector<DecisionFact> decisions;  ///< of this window, reported at its end
  std::vector<Notice> notices;          ///< reported at the next barrier
};

[[nodiscard]] Headquarters first_headquarters(const CompiledScenario& compiled, CloudId cloud);

/// Quarterly, at a phase drawn per replication:
/// - investment: forecast D(t+h) by the cloud's rule, K* = D/u*, order what is missing after what is
///   installed and on its way, within the capex budget; when power falls short two reviews in a row, start
///   sites (MODEL 3.6, checks A11, A12);
/// - price: P <- P clip((u/u*)^eta, 1 +- clip), menu threshold (MODEL 8.1, check D7).
/// Either takes the decision of its date from a recorded path where one is given (MarketView::replay).
void handle_headquarters(Headquarters& hq, const MarketView& view, Context& context, const Event& event);

/// First review of a cloud or lab: within the first quarter, keyed by replication; each kind of review has a phase of
/// its own.
enum class ReviewOf : std::uint8_t { Investment, Price };
[[nodiscard]] core::SimTime first_review(const MarketView& view, core::EntityKey key, ReviewOf which);

}  // namespace rackrate::market
