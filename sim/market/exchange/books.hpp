#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "sim/market/primitives/ledger.hpp"
#include "sim/market/regime/compiled_scenario.hpp"
#include "sim/market/vocabulary/facts.hpp"

namespace rackrate::market {

/// One side of a payment: a party in a layer. Enterprises and consumers have no layers.
struct Side {
  int party = 0;
  Layer layer = Layer::Infrastructure;
};

/// The double-entry books of one replication: posts to the ledger and states each entry as a fact.
/// Every balance is a named party's; a payment is one posting between two of them. A plain value.
class Books {
 public:
  Books() = default;
  explicit Books(const CompiledScenario& compiled);

  /// What is posted from now on belongs to the interval that begins at `day`.
  void open(core::SimTime day, Observer* observer, core::SimDuration length = core::kDay);
  /// Posts a payment and tells the observer. Zero and negative zero leave no entry.
  /// Throws: core::LedgerError on a negative amount.
  void post(Side from, Side to, Category category, Money amount, int clause = -1);
  /// What the same payment should be, computed another way: quantity x price, rounded once.
  void expect(Side from, Side to, Category category, double quantity, double price);
  void expect(Side from, Side to, Category category, Money amount);
  /// Checks the books and closes the period whose last day is the open day.
  void close();

  /// What a firm earned less what it paid since the books were opened for the day: gross profit, capital not counted.
  [[nodiscard]] Money profit(int party) const { return profit_[static_cast<std::size_t>(party)]; }
  /// What a firm took in a layer since the books were opened for the day, as far as it counts for market shares.
  [[nodiscard]] Money market_revenue(Layer layer, int firm) const {
    return market_revenue_[static_cast<std::size_t>(layer) * firms_ + static_cast<std::size_t>(firm)];
  }
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }

 private:
  AccountId account(Side side, Category category, bool pays);

  std::vector<std::string> parties_;
  std::size_t firms_ = 0;
  Ledger ledger_;
  std::vector<std::int32_t> ids_;      ///< [party, layer, category, pays or receives], -1 until used
  std::vector<Money> profit_;          ///< by party, of the open day
  std::vector<Money> market_revenue_;  ///< [layer, layered party], of the open day
  core::SimTime day_;
  core::SimDuration length_{0};   ///< of the open interval
  Observer* observer_ = nullptr;  ///< not state: set for the length of a run
};

}  // namespace rackrate::market
