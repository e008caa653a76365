#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/money.hpp"
#include "sim/market/contracts/revshare.hpp"
#include "sim/market/contracts/take_or_pay.hpp"
#include "sim/market/exchange/clauses/drawdown.hpp"
#include "sim/market/vocabulary/ids.hpp"

namespace rackrate::market {

/// Why a commitment is not drawn.
enum class ShortfallReason : std::uint8_t {
  NoPermission,  ///< no work of the payer may run there
  NoPort,        ///< no lab of the payer runs there yet
  NoCapacity,    ///< the work is there and the payee is full
  NoDemand,      ///< all that may run there does, or the payer has none
  NoCash,        ///< the same, and the payer has cut training or research for want of cash
  Dearer         ///< there was room, and the work ran where it cost less, or waited
};
inline constexpr std::array<std::string_view, 6> kShortfallReasonNames{
    "no permission", "no port", "no capacity", "no demand", "no cash", "dearer than elsewhere"};
/// What was missing to an even draw, by reason, $.
using MissingByReason = std::array<double, kShortfallReasonNames.size()>;

/// A clause's running account; one per label "contract/clause", whatever version restates it.
struct ClauseAccount {
  PaymentClauseId clause;  ///< in force, or none
  PaymentClauseId last;    ///< the one that was in force last: the account stays when no clause is in force
  contracts::RevshareAccount share;
  contracts::TakeOrPay commitment;
  MissingByReason missing{};  ///< of the commitment's open period
  Money booked;               ///< of what is missing in it, as far as it has passed
  Money moved;                ///< posted so far
  bool written_down = false;  ///< a commitment, after its payer's default
  bool cap_announced = false;
  bool done = false;                   ///< a tranche was paid
  std::vector<std::string> broken_by;  ///< damages: contracts whose breach was charged, or is older than the clause
  double stake = 0.0;                  ///< held by it today
  std::vector<std::int64_t> memory;    ///< of a user-defined kind, and of agreed payments
};

/// A payer has defaulted on the commitments of a contract: those that it signed before that day.
struct Default {
  std::string contract;
  PartyId payer;
  core::SimTime time;
};

/// Debt less cash of a firm that borrows, and whether its creditors have taken over.
struct NetDebt {
  Money owed;
  bool defaulted = false;
};

/// What settlement keeps from one interval to the next. Nothing else changes it.
struct Accounts {
  Table<LabelId, ClauseAccount> clauses;
  CommitBook commitments;  ///< of enterprises, to clouds
  std::vector<Default> defaults;
  Table<CloudId, NetDebt> net_debt;
  Table<LabId, int> round_paid;  ///< core::month_index of each lab's last round beyond the scenario's, or 0
  /// (payer party, payee party): smoothed purchases of compute, from which commitments forecast the further draw
  std::map<std::pair<int, int>, double> usd_per_day;
  Table<LabId, Money> lab_revenue;                   ///< of the running month
  Table<LabId, std::optional<Money>> month_revenue;  ///< of the last full month; none: there was none
};

}  // namespace rackrate::market
