#pragma once
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// Seats of one application: who attaches, who renews, and how much of a habit its use has become.
struct SeatAccount {
  SeatSignal signal;   ///< published at the barrier
  double habit = 0.0;  ///< mean over seats, 0 to 1
};
using SeatBook = Table<ApplicationId, SeatAccount>;

[[nodiscard]] SeatBook first_seats(const Parameters& parameters);

/// Lets the time from `from` to `to`, at most a window, pass (MODEL 6.10):
/// - attachment: Bass diffusion in closed form, in what rivals of its surface leave of its market; hazards x f;
/// - renewal: licences end at the rate 1/term, and a share lapse (1 - habit_effect H) is not renewed; the rate is / f;
/// - f = e^(quality_response x lead) x the shocks of its work; without a licence nobody attaches or renews;
/// - habit: 1 - H halves in each half-life; new seats begin at 0.
/// Where nothing lapses and f is 1, many steps are one: the Bass curve (check C1).
void advance(SeatBook& book, const MarketView& view, core::SimTime from, core::SimTime to);

}  // namespace rackrate::market
