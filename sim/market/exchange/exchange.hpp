#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "sim/market/contracts/revshare.hpp"
#include "sim/market/contracts/take_or_pay.hpp"
#include "sim/market/exchange/books.hpp"
#include "sim/market/exchange/demand.hpp"
#include "sim/market/labs/lab.hpp"
#include "sim/market/primitives/flow.hpp"

namespace rackrate::market {

/// Capital that depreciates in a straight line, day by day, to exactly its cost.
struct Asset {
  int firm = 0, cloud = -1;
  std::int64_t cost = 0;         ///< 1e-4 $
  std::int32_t life_days = 1;
  core::SimDuration age{0};
};

struct CapitalPayment { int firm = 0, payee = 0; std::int64_t amount = 0; };

/// A money clause's running account; one per label "contract/clause", whatever version restates it.
struct ClauseAccount {
  int clause = -1;               ///< index into Setting::money last in force, -1: none yet
  contracts::RevshareAccount share;
  contracts::TakeOrPay commitment;
  bool cap_announced = false;
  std::vector<std::int64_t> memory;   ///< of a clause of one's own kind
};

/// The exchange: owns the demand cells, the network, the flows and the day's accounts. Once a window, at
/// its start and before anything else of that class, it clears [T, T + window) from what is effective at T.
struct Exchange {
  // demand by cell (Setting::cell), moved by the enterprises' messages
  std::vector<std::int64_t> units;        ///< millionths of a work unit per day at full volume
  std::vector<std::int64_t> ramp;         ///< the part not yet learned
  std::vector<std::int64_t> surplus;      ///< by segment, 1e-4 $ per day
  std::vector<std::int64_t> governance;   ///< by segment, 1e-4 $ per day
  std::int64_t migration = 0;             ///< paid since the last window, 1e-4 $

  // the network and its last solution
  int interval = -1;                      ///< access interval of `table`
  core::SimTime terms_until;              ///< `table` holds until a resale clause may change
  DemandTable table;
  std::map<std::uint64_t, std::int64_t> carry;   ///< by class key: millionths of an H100e not yet asked for
  FlowSolver solver;
  FlowSolution solution;

  // money
  Books books;
  std::vector<Asset> assets;
  std::vector<ClauseAccount> clauses;     ///< by label
  std::vector<CapitalPayment> capex;      ///< since the last window

  // published at the next barrier
  std::vector<CloudSignal> signals;
  std::vector<Notice> notices;
};

[[nodiscard]] Exchange first_exchange(const Stage& stage);

/// Receives volume, rates, one-off costs and capital; clears on Kind::Clear.
/// Throws: core::LedgerError when the books of a month do not close.
void handle_exchange(Exchange& exchange, const Scene& scene, Context& context, const Event& event, Observer* observer);

}  // namespace rackrate::market
