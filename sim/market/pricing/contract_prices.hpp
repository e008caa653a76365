#pragma once
#include "sim/market/regime/compiled_scenario.hpp"
#include "sim/market/view/board.hpp"

/// Prices of hosting that a contract holds: a rise of the host's list moves what is not under contract at once, and
/// these at their renewal.
namespace rackrate::market {

/// The price of a clause in force, relative to the host's list.
struct HeldPrice {
  core::SimTime from = core::kNever;  ///< first day of the clause; kNever: none is held
  std::int64_t renewals = 0;          ///< that have passed
  double base = 1.0;                  ///< the host's index on its first day
  double index = 1.0;                 ///< on its last renewal, or its first day
};
using HeldPrices = Grid<LabId, CloudId, HeldPrice>;

/// Does any contract hold a price of hosting?
[[nodiscard]] bool any_held_price(const CompiledScenario& compiled);
/// Settles what is due by t at the lists of the board, and publishes the index that applies to every lab at every host.
/// A clause from before the run states its price at the lists of the first day.
void publish_hosting_index(const CompiledScenario& compiled, core::SimTime t, HeldPrices& held, Board& board);

}  // namespace rackrate::market
