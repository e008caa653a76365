#pragma once
#include <vector>

#include "sim/market/exchange/exchange.hpp"
#include "sim/market/exchange/streams.hpp"

/// One clearing interval in four steps, each a function of the ones before: load -> clear -> settle -> report.
namespace rackrate::market {

/// What each class wants and what it got.
struct ClassWindow {
  std::int64_t demand = 0;  ///< whole H100e
  std::int64_t served = 0;
  double fill = 1.0;                   ///< served share; 1 when nothing was wanted
  std::vector<std::int64_t> load;      ///< by product, millionths of an H100e
  std::vector<std::int64_t> by_host;   ///< served, by cloud
  std::vector<std::int64_t> reserved;  ///< the part of it that ran on what its payer had reserved
};

/// What a reservation or a primary host came to in a window, whole H100e.
struct CapacityTermWindow {
  int money = -1;              ///< index into CompiledScenario::money
  std::int64_t asked = 0;      ///< reserved; or the lab's volume served
  std::int64_t delivered = 0;  ///< of what was reserved; or what is missing to the least share
  std::int64_t used = 0;       ///< by the lab; or its volume at the host
};

/// A clearing interval: a window of the run, or what interval_end() cuts out of it.
struct Window {
  core::SimTime start, end;
  double hours = 24.0;
  std::vector<ClassWindow> classes;
  std::vector<std::int64_t> cell_volume;  ///< by cell: millionths of a work unit per day wanted today
  std::vector<StreamLoad> streams;
  std::vector<std::int64_t> pool_served, pool_open_capacity,
      pool_rent;                                            ///< by pool; open: what interactive load may use
  std::vector<CapacityTermWindow> reservations, primaries;  ///< as in the demand table
  std::vector<std::int64_t> pool_interactive;               ///< by pool: interactive load served
};

/// Today's volume per cell and load per class: (full volume - unlearned) x growth x price response, times
/// compute per work unit (MODEL 6.2, 6.0).
void load_window(Exchange& exchange, const MarketView& view, Window& window);
/// Min-cost flow of load to capacity; scarcity rents by pool (MODEL 9.1).
void clear_window(Exchange& exchange, const MarketView& view, Window& window);
/// Every payment of the window, posted and expected (MODEL section 10).
void settle_window(Exchange& exchange, const MarketView& view, const Window& window, Observer* observer);
/// Facts for observers and signals for the board.
void report_window(Exchange& exchange, const MarketView& view, const Window& window, Observer* observer);

/// The market signal before anything was sold.
[[nodiscard]] MarketSignal first_market_signal(const CompiledScenario& compiled);
/// How short and how concentrated the market was, into the exchange's market signal.
void publish_market(Exchange& exchange, const MarketView& view, const Window& window);

/// What a window brought in, as clauses look at it.
struct Receipts {
  std::vector<std::int64_t> by_lab;                       ///< recognised revenue of each lab, 1e-4 $
  std::vector<std::vector<std::int64_t>> by_channel;      ///< [lab][channel] gross sales
  std::map<std::pair<int, int>, std::int64_t> purchases;  ///< (payer party, payee party) compute bought
};
/// Clauses that run an account of their own. `again` is the same taken by the books' other route: what they
/// expect of every posting comes from it.
void settle_clauses(Exchange& exchange, const MarketView& view, core::SimTime start, core::SimTime end,
                    const Receipts& receipts, const Receipts& audited, Observer* observer);

}  // namespace rackrate::market
