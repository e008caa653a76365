#pragma once
#include "sim/market/supply/headquarters.hpp"

/// Clouds that are not there on the first day (clouds.CLOUD.entry): at every review of investment one that is outside
/// weighs what its least scale would be worth against what that costs, and against what it can raise. Once it has
/// entered it is a cloud like any other: it orders, builds, prices, borrows and fails by their rules.
namespace rackrate::market {

/// How clouds that sell compute to customers stand, as published: their lists relative to the first day and their use,
/// weighted by what they run. Where nobody sells: the lists of the first day, all of it in use.
struct ComputeMarket {
  double price_index = 1.0;
  double utilisation = 1.0;  ///< at most 1
};
[[nodiscard]] ComputeMarket market_for_compute(const MarketView& view);

/// The least scale of an entrant, begun now: a site of that power, filled with chips that come as its phases do.
///
/// need      chips, shell and power as they are paid; a dollar paid after s years counts e^(-rho s) today
/// value     H100e x (margin at the market's list, used as much as the market or as customers would want of it, where
///           that is less) over the life of the chips, from each phase on, at rho and the erosion of prices
/// with rho = ln(1 + hurdle_rate). Source: net present value; Dixit and Pindyck (1994), chapter 5, for the multiple.
struct EntryCase {
  double h100e = 0.0;                         ///< that its power takes
  double utilisation = 0.0;                   ///< expected
  double need_usd = 0.0;                      ///< undiscounted
  double capital_usd = 0.0, value_usd = 0.0;  ///< today's
};
[[nodiscard]] EntryCase entry_case(const Headquarters& hq, const MarketView& view, core::SimTime now);

/// What its least scale needs beyond its equity, what lenders allow and its budget by month, $.
[[nodiscard]] double funding_gap(const Headquarters& hq, const MarketView& view, const EntryCase& entry,
                                 core::SimTime now);

/// Does it enter? Then its decision is the site of its least scale. It enters where its value reaches hurdle_multiple
/// times its capital, at once or by the hazard that grows with what it is worth beyond, drawn by cloud and calendar
/// month, and where it can raise what it needs. Chips follow by the rule of all clouds, as their power comes.
[[nodiscard]] DecisionFact consider_entry(Headquarters& hq, const MarketView& view, core::SimTime now);

/// It has entered: from the next window on its owners' equity is in the books.
void enter(Headquarters& hq, const MarketView& view, core::SimTime now);

}  // namespace rackrate::market
