#pragma once
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// Average load of a stream at t, H100e, and what it earns per day if fully served, $.
struct StreamLoad {
  double h100e = 0.0, usd_per_day = 0.0, users = 0.0;
};
[[nodiscard]] StreamLoad stream_load(const MarketView& view, StreamId stream, core::SimTime t);

/// The lab's stream of which this is one region's part. Not for streams of applications.
[[nodiscard]] const Stream& stream_terms(const Parameters& parameters, const StreamRef& stream);
/// Users of a stream after `years`: logistic growth to its ceiling.
[[nodiscard]] double users_after(const Stream& stream, double years);
/// Seats of an application at t: Bass diffusion in closed form from its seats at the start.
[[nodiscard]] double seats_at(const Parameters& parameters, const SeatApplication& application, core::SimTime t);

}  // namespace rackrate::market
