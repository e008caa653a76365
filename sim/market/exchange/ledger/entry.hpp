#pragma once
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sim/core/money.hpp"
#include "sim/market/contracts/custom_kind.hpp"
#include "sim/market/exchange/interval.hpp"
#include "sim/market/vocabulary/facts.hpp"

namespace rackrate::market {

/// One side of a payment: a party in a layer. Enterprises and consumers have no layers.
struct Side {
  PartyId party;
  Layer layer = Layer::Infrastructure;
};

/// A payment from one side to the other, as settlement posts it or as the audit expects it.
struct Entry {
  Side from, to;
  Category category = Category::Sale;
  Money amount;
  LabelId clause;  ///< that moved it; none: no clause
};

/// Sales and purchases of an interval: the bases of clauses that move money.
struct Receipts {
  Receipts() = default;
  Receipts(std::size_t labs, std::size_t channels) : by_lab(labs), by_channel(labs, std::vector<Money>(channels)) {}

  Table<LabId, Money> by_lab;                      ///< recognised revenue of each lab
  Table<LabId, std::vector<Money>> by_channel;     ///< [lab][channel] gross sales
  std::map<std::pair<int, int>, Money> purchases;  ///< (payer party, payee party) compute bought

  void sale(LabId lab, ChannelId channel, Money gross) { by_channel[lab][channel.position()] += gross; }
  void revenue(LabId lab, Money amount) { by_lab[lab] += amount; }
  void purchase(PartyId payer, PartyId payee, Money amount) { purchases[{payer.number(), payee.number()}] += amount; }
  /// The same for user-defined kinds.
  [[nodiscard]] contracts::ClauseWindow window(const Interval& interval, const Vocabulary& vocabulary) const {
    return {interval.start, interval.end, vocabulary, by_lab.rows(), by_channel.rows(), purchases};
  }
  [[nodiscard]] Money sales(LabId lab, ChannelId channel) const { return by_channel[lab][channel.position()]; }
  /// What the payer bought from the payee; null: nothing.
  [[nodiscard]] const Money* bought(PartyId payer, PartyId payee) const {
    const auto found = purchases.find({payer.number(), payee.number()});
    return found == purchases.end() ? nullptr : &found->second;
  }
};

}  // namespace rackrate::market
