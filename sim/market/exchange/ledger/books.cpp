#include "sim/market/exchange/ledger/books.hpp"

#include <limits>
#include <string>

namespace rackrate::market {
namespace {

constexpr AccountId kUnused = std::numeric_limits<AccountId>::max();

std::int32_t day_number(core::SimTime t) {
  return static_cast<std::int32_t>(std::chrono::floor<std::chrono::days>(t).time_since_epoch().count());
}

/// A position of an enumeration whose members count from 0.
template <class Enum>
constexpr std::size_t place(Enum e) {
  return static_cast<std::size_t>(e);
}

EntryFact fact_of(const Entry& entry, const Interval& interval) {
  EntryFact fact;
  fact.day = interval.start;
  fact.length = interval.length();
  fact.from = entry.from.party;
  fact.to = entry.to.party;
  fact.from_layer = entry.from.layer;
  fact.to_layer = entry.to.layer;
  fact.category = entry.category;
  fact.clause = entry.clause;
  fact.amount = entry.amount;
  return fact;
}

}  // namespace

Books::Books(const CompiledScenario& compiled)
    : parties_(compiled.parties),
      firms_(compiled.parameters.vocabulary.firms.size() + kOutsideFirms),
      ids_(parties_.size() * kLayerNames.size() * kCategoryNames.size() * 2, kUnused) {}

AccountId Books::account(Side side, Category category, Direction direction) {
  const bool layered = side.party.position() < firms_;
  const std::size_t layer = layered ? place(side.layer) : 0;
  const std::size_t slot =
      ((side.party.position() * kLayerNames.size() + layer) * kCategoryNames.size() + place(category)) * 2 +
      place(direction);
  if (ids_[slot] == kUnused) {
    // Depreciation moves value from a firm's year to its own capital account, capex from there to the vendor.
    std::string name{kCategoryNames[place(category)]};
    name += direction == Direction::Pays ? " paid" : " received";
    ids_[slot] = ledger_.account(parties_[side.party], layered ? kLayerNames[layer] : "outside", name);
  }
  return ids_[slot];
}

void Books::post(const Entry& entry, core::SimTime day) {
  if (entry.amount == Money{}) return;
  ledger_.post(account(entry.from, entry.category, Direction::Pays),
               account(entry.to, entry.category, Direction::Receives), entry.amount, day_number(day));
}

void Books::expect(const Entry& entry) {
  ledger_.expect(account(entry.from, entry.category, Direction::Pays),
                 account(entry.to, entry.category, Direction::Receives), entry.amount);
}

void Books::close(core::SimTime day) { ledger_.close(day_number(day)); }

void post(Books& books, const Interval& interval, std::span<const Entry> entries, Observer* observer) {
  for (const Entry& entry : entries) {
    if (entry.amount == Money{}) continue;
    books.post(entry, interval.start);
    if (observer != nullptr) observer->on_entry(fact_of(entry, interval));
  }
}

void expect(Books& books, std::span<const Entry> expected) {
  for (const Entry& entry : expected) books.expect(entry);
}

}  // namespace rackrate::market
