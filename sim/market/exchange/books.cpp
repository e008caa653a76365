#include "sim/market/exchange/books.hpp"

#include <algorithm>
#include <string>

namespace rackrate::market {
namespace {

std::int32_t day_number(core::SimTime t) {
  return static_cast<std::int32_t>(std::chrono::floor<std::chrono::days>(t).time_since_epoch().count());
}

}  // namespace

Books::Books(const CompiledScenario& compiled) : parties_(compiled.parties), firms_(compiled.parties.size() - 2) {
  profit_.resize(parties_.size());
  market_revenue_.resize(kLayerNames.size() * firms_);
  ids_.assign(parties_.size() * kLayerNames.size() * kCategoryNames.size() * 2, -1);
}

AccountId Books::account(Side side, Category category, bool pays) {
  const bool layered = static_cast<std::size_t>(side.party) < firms_;
  const auto layer = layered ? static_cast<std::size_t>(side.layer) : 0;
  const std::size_t slot =
      ((static_cast<std::size_t>(side.party) * kLayerNames.size() + layer) * kCategoryNames.size() +
       static_cast<std::size_t>(category)) *
          2 +
      (pays ? 1 : 0);
  if (ids_[slot] < 0) {
    // Depreciation moves value from a firm's year to its own capital account, capex from there to the vendor.
    std::string name{kCategoryNames[static_cast<std::size_t>(category)]};
    name += pays ? " paid" : " received";
    ids_[slot] = static_cast<std::int32_t>(ledger_.account(parties_[static_cast<std::size_t>(side.party)],
                                                           layered ? kLayerNames[layer] : "outside", name));
  }
  return static_cast<AccountId>(ids_[slot]);
}

void Books::open(core::SimTime day, Observer* observer, core::SimDuration length) {
  day_ = day;
  length_ = length;
  observer_ = observer;
  std::fill(profit_.begin(), profit_.end(), Money{});
  std::fill(market_revenue_.begin(), market_revenue_.end(), Money{});
}

void Books::post(Side from, Side to, Category category, Money amount, int clause) {
  if (amount.tenthousandths == 0) return;
  ledger_.post(account(from, category, true), account(to, category, false), amount, day_number(day_));
  if (category != Category::Capex && category != Category::Investment) {
    profit_[static_cast<std::size_t>(from.party)] -= amount;
    if (category != Category::Depreciation) profit_[static_cast<std::size_t>(to.party)] += amount;
  }
  if (counts_for_market_share(category) && static_cast<std::size_t>(to.party) < firms_)
    market_revenue_[static_cast<std::size_t>(to.layer) * firms_ + static_cast<std::size_t>(to.party)] += amount;
  if (observer_ == nullptr) return;
  EntryFact fact;
  fact.day = day_;
  fact.length = length_;
  fact.from = static_cast<std::int16_t>(from.party);
  fact.to = static_cast<std::int16_t>(to.party);
  fact.from_layer = from.layer;
  fact.to_layer = to.layer;
  fact.category = category;
  fact.clause = clause;
  fact.amount = amount.tenthousandths;
  observer_->on_entry(fact);
}

void Books::expect(Side from, Side to, Category category, double quantity, double price) {
  ledger_.expect(account(from, category, true), account(to, category, false), quantity, price);
}

void Books::expect(Side from, Side to, Category category, Money amount) {
  ledger_.expect(account(from, category, true), account(to, category, false), amount);
}

void Books::close() { ledger_.close(day_number(day_)); }

}  // namespace rackrate::market
