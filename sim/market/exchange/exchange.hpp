#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/market/contracts/audit.hpp"
#include "sim/market/contracts/revshare.hpp"
#include "sim/market/contracts/take_or_pay.hpp"
#include "sim/market/exchange/books.hpp"
#include "sim/market/exchange/demand.hpp"
#include "sim/market/exchange/drawdown.hpp"
#include "sim/market/primitives/flow.hpp"
#include "sim/market/view/board.hpp"
#include "sim/market/view/notice.hpp"

namespace rackrate::market {

/// Capital that depreciates in a straight line, day by day, to exactly its cost.
struct Asset {
  int firm = 0, cloud = -1;
  std::int64_t cost = 0;  ///< 1e-4 $
  std::int32_t life_days = 1;
  core::SimDuration age{0};
};

/// A purchase of capital: the amount its buyer stated, and the quantity and price it can be checked by.
struct CapitalPayment {
  int firm = 0, payee = 0, cloud = 0;
  int chip = -1;              ///< -1: a site
  std::int64_t quantity = 0;  ///< units of the chip, or kilowatts
  std::int64_t amount = 0;    ///< 1e-4 $
};

/// A clause's running account; one per label "contract/clause", whatever version restates it.
struct ClauseAccount {
  int clause = -1;  ///< index into CompiledScenario::money in force, -1: none
  int last = -1;    ///< the one that was in force last: an account outlives a pause
  contracts::RevshareAccount share;
  contracts::ShareAudit share_audit;
  contracts::TakeOrPay commitment;
  contracts::CommitAudit commit_audit;
  std::int64_t moved = 0;  ///< posted so far, 1e-4 $
  bool cap_announced = false;
  bool done = false;                   ///< a tranche was paid
  std::vector<std::string> broken_by;  ///< damages: contracts whose breach was seen
  double stake = 0.0;                  ///< held by it today
  std::vector<std::int64_t> memory;    ///< of a user-defined kind, and of agreed payments
};

/// The exchange: owns the demand cells, the network, the flows and the day's accounts. At the start of every clearing
/// interval (interval.hpp), before anything else of that class, it clears the interval from what is effective then.
struct Exchange {
  core::SimTime end = core::kNever;    ///< of the run: nothing is cleared from then on (World::end_at)
  std::vector<core::SimTime> cleared;  ///< starts of the intervals cleared so far
  core::SimTime booked_until;          ///< end of the last of them; the run's start before the first

  // demand by cell (CompiledScenario::cell), moved by the enterprises' messages
  std::vector<std::int64_t> units;       ///< millionths of a work unit per day at full volume
  std::vector<std::int64_t> ramp;        ///< the part not yet learned
  std::vector<std::int64_t> surplus;     ///< by segment, 1e-4 $ per day
  std::vector<std::int64_t> governance;  ///< by segment, 1e-4 $ per day
  std::int64_t migration = 0;            ///< paid since the last window, 1e-4 $
  std::int64_t migration_seen = 0;       ///< of what the board says was ever paid, what the books expected already

  // contracts changed at the last barrier: cells that messages on their way still name (restage.hpp)
  std::int32_t moved_from = 0;  ///< generation of the regime whose cells they are
  core::SimTime moved_at = core::kAlways;
  Table<CellId, CellId> cell_moves;  ///< cell then -> cell now; none: gone

  // the network and its last solution
  IntervalId interval;        ///< access interval of `table`
  core::SimTime terms_until;  ///< `table` holds until a resale clause may change
  DemandTable table;
  std::map<std::uint64_t, std::int64_t> carry;  ///< by class key: not yet asked for, millionths of an H100e-millisecond
  FlowSolver solver;
  FlowSolution solution;

  // money
  Books books;
  std::vector<Asset> assets;
  std::vector<ClauseAccount> clauses;          ///< by label
  CommitBook commitments;                      ///< of enterprises, to clouds
  std::vector<ClauseFact> lines;               ///< by label: this window's line of the statement; clause -1: none
  std::vector<std::int64_t> lab_revenue;       ///< by lab, of the running month
  std::vector<std::int64_t> last_lab_revenue;  ///< by lab, of the last full month; -1: there was none
  std::vector<CapitalPayment> capex;           ///< since the last window

  // published at the next barrier
  std::vector<CloudSignal> signals;
  MarketSignal market;
  ByLayer<Table<PartyId, double>> market_revenue;  ///< smoothed, 1e-4 $ a day
  std::vector<Notice> notices;
};

[[nodiscard]] Exchange first_exchange(const Regime& regime);

/// What the messages of enterprises and pools change, also on the first day.
void apply(Exchange& exchange, const MarketView& view, const PlacementDelta& delta);
void apply(Exchange& exchange, const MarketView& view, const RateDelta& delta);
void apply(Exchange& exchange, const MarketView& view, const OneOffCost& cost);
void apply(Exchange& exchange, const MarketView& view, const CapexPaid& paid);

/// Receives volume, rates, one-off costs and capital; clears on EventKind::Clear.
/// Throws: core::LedgerError when the books of a month do not close.
void handle_exchange(Exchange& exchange, const MarketView& view, Context& context, const Event& event,
                     Observer* observer);

}  // namespace rackrate::market
