#pragma once
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// Average load of a stream at t, H100e, and what it earns per day if fully served, $. Of training and research what is
/// planned: research_funds.hpp says what of it the lab can pay for.
struct StreamLoad {
  double h100e = 0.0, usd_per_day = 0.0, users = 0.0;
};
[[nodiscard]] StreamLoad stream_load(const MarketView& view, StreamId stream, core::SimTime t);

/// The lab's stream of which this is one region's part. Not for streams of applications.
[[nodiscard]] const Stream& stream_terms(const Parameters& parameters, const StreamRef& stream);
/// Users of a stream after `years`: logistic growth to its ceiling.
[[nodiscard]] double users_after(const Stream& stream, double years);
/// Share of an application's work that goes to the lab of this stream of it: its routing, among the labs that the
/// licences permit today; where they permit none, the routing as stated, which then is not served.
[[nodiscard]] double routed_share(const MarketView& view, StreamId stream);
/// What shocks multiply the use and the appeal of an application by.
[[nodiscard]] double seat_shock(const MarketView& view, ApplicationId application);

}  // namespace rackrate::market
