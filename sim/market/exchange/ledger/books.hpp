#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sim/market/exchange/interval.hpp"
#include "sim/market/exchange/ledger/entry.hpp"
#include "sim/market/primitives/ledger.hpp"
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {

/// The double-entry books of one replication. Every balance is a named party's; a payment is one entry between two of
/// them. A plain value.
class Books {
 public:
  Books() = default;
  explicit Books(const CompiledScenario& compiled);

  /// Posts a payment. A zero amount leaves no entry.
  /// Throws: core::LedgerError on a negative amount.
  void post(const Entry& entry, core::SimTime day);
  /// What should be posted in the open month, by the audit.
  void expect(const Entry& entry);
  /// Checks what was posted against what was expected and closes the month whose last interval begins at `day`.
  /// Throws: core::LedgerError naming the first account that does not agree.
  void close(core::SimTime day);


 private:
  enum class Direction : std::uint8_t { Pays, Receives };
  AccountId account(Side side, Category category, Direction direction);

  Table<PartyId, std::string> parties_;
  std::size_t firms_ = 0;
  Ledger ledger_;
  std::vector<AccountId> ids_;  ///< [party, layer, category, direction], kUnused until used
};

/// Posts the entries of an interval and reports each to the observer.
void post(Books& books, const Interval& interval, std::span<const Entry> entries, Observer* observer);
/// Tells the books what the audit expects.
void expect(Books& books, std::span<const Entry> expected);

}  // namespace rackrate::market
