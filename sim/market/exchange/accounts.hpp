#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/money.hpp"
#include "sim/market/contracts/revshare.hpp"
#include "sim/market/contracts/take_or_pay.hpp"
#include "sim/market/exchange/drawdown.hpp"
#include "sim/market/vocabulary/ids.hpp"

namespace rackrate::market {

/// A clause's running account; one per label "contract/clause", whatever version restates it.
struct ClauseAccount {
  PaymentClauseId clause;  ///< in force, or none
  PaymentClauseId last;    ///< the one that was in force last: the account stays when no clause is in force
  contracts::RevshareAccount share;
  contracts::TakeOrPay commitment;
  Money moved;  ///< posted so far
  bool cap_announced = false;
  bool done = false;                   ///< a tranche was paid
  std::vector<std::string> broken_by;  ///< damages: contracts whose breach was charged, or is older than the clause
  double stake = 0.0;                  ///< held by it today
  std::vector<std::int64_t> memory;    ///< of a user-defined kind, and of agreed payments
};

/// What settlement keeps from one interval to the next. Nothing else changes it.
struct Accounts {
  Table<LabelId, ClauseAccount> clauses;
  CommitBook commitments;                            ///< of enterprises, to clouds
  Table<LabId, Money> lab_revenue;                   ///< of the running month
  Table<LabId, std::optional<Money>> month_revenue;  ///< of the last full month; none: there was none
};

}  // namespace rackrate::market
