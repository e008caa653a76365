#include "sim/market/primitives/ledger.hpp"

#include <algorithm>
#include <utility>

#include "sim/core/error.hpp"

namespace rackrate::market {
namespace {

__extension__ using Wide = __int128;

[[noreturn]] void fail(std::string text) { throw core::LedgerError(std::move(text)); }

/// Sums of a list of entries by (debit, credit), and how many there were.
struct PairSum {
  Money amount;
  int count = 0;
};

std::map<std::pair<AccountId, AccountId>, PairSum> by_pair(std::span<const Posting> entries, AccountId account) {
  std::map<std::pair<AccountId, AccountId>, PairSum> sums;
  for (const Posting& p : entries) {
    if (p.debit != account && p.credit != account) continue;
    PairSum& sum = sums[{p.debit, p.credit}];
    sum.amount += p.amount;
    ++sum.count;
  }
  return sums;
}

}  // namespace

std::size_t Ledger::Names::intern(std::string_view name) {
  const auto found = index.find(name);
  if (found != index.end()) return found->second;
  const std::size_t id = list.size();
  list.emplace_back(name);
  index.emplace(std::string(name), id);
  return id;
}

AccountId Ledger::account(std::string_view party, std::string_view layer, std::string_view category) {
  const std::array<std::size_t, 3> id{parties_.intern(party), layers_.intern(layer), categories_.intern(category)};
  party_total_.resize(parties_.list.size());
  layer_total_.resize(layers_.list.size());
  const auto [place, added] = by_id_.emplace(id, accounts_.next());
  if (added) accounts_.push_back(Account{id, {}, {}, {}});
  return place->second;
}

void Ledger::unknown_account(AccountId account) const {
  fail(std::string("no account has the id ").append(std::to_string(account.number())));
}

void Ledger::refuse(AccountId debit, AccountId credit, const std::string& why) const {
  fail(std::string("posting ").append(name(debit)).append(" -> ").append(name(credit)).append(why));
}

void Ledger::post(AccountId debit, AccountId credit, Money amount, std::int32_t day) {
  check_account(debit);
  check_account(credit);
  if (amount < Money{}) refuse(debit, credit, " is negative: " + to_string(amount));
  if (debit == credit) refuse(debit, credit, " has one account on both sides");
  if (day <= closed_through_) refuse(debit, credit, " falls on day " + std::to_string(day) + ", which is closed");
  if (amount == Money{}) return;
  Account& payer = accounts_[debit];
  Account& payee = accounts_[credit];
  payer.balance -= amount;
  payee.balance += amount;
  party_total_[payer.id[0]] -= amount;
  party_total_[payee.id[0]] += amount;
  layer_total_[payer.id[1]] -= amount;
  layer_total_[payee.id[1]] += amount;
  entries_.push_back({debit, credit, amount, day});
}

void Ledger::expect(AccountId debit, AccountId credit, double quantity, double price) {
  expect(debit, credit, Money::from_usd(quantity * price));
}

void Ledger::expect(AccountId debit, AccountId credit, Money amount) {
  check_account(debit);
  check_account(credit);
  if (amount == Money{}) return;
  accounts_[debit].expected -= amount;
  accounts_[credit].expected += amount;
  expectations_.push_back({debit, credit, amount, 0});
}

void Ledger::check_totals() const {
  Wide sum = 0;
  std::vector<Wide> party(party_total_.size(), 0), layer(layer_total_.size(), 0);
  for (const Account& a : accounts_) {
    sum += a.balance.tenthousandths();
    party[a.id[0]] += a.balance.tenthousandths();
    layer[a.id[1]] += a.balance.tenthousandths();
  }
  const auto compare = [](const char* kind, const Names& names, const std::vector<Wide>& sums,
                          const std::vector<Money>& totals) {
    for (std::size_t i = 0; i < sums.size(); ++i) {
      if (sums[i] == totals[i].tenthousandths()) continue;
      fail(std::string("books do not close: accounts of ")
               .append(kind)
               .append(names.list[i])
               .append(" sum to ")
               .append(to_string(Money{static_cast<std::int64_t>(sums[i])}))
               .append(", its total is ")
               .append(to_string(totals[i])));
    }
  };
  compare("party ", parties_, party, party_total_);
  compare("layer ", layers_, layer, layer_total_);
  if (sum != 0)
    fail(std::string("books do not close: balances sum to ").append(to_string(Money{static_cast<std::int64_t>(sum)})));
}

void Ledger::check_entries() const {
  core::Table<AccountId, Money> moved(accounts_.size());
  for (const Posting& p : entries_) {
    moved[p.debit] -= p.amount;
    moved[p.credit] += p.amount;
  }
  for (const AccountId a : accounts_.ids()) {
    if (movement(a) == moved[a]) continue;
    fail(std::string("books do not close: account ")
             .append(name(a))
             .append(" moved by ")
             .append(to_string(movement(a)))
             .append(", its entries say ")
             .append(to_string(moved[a])));
  }
}

void Ledger::check_expectations() const {
  for (const AccountId a : accounts_.ids()) {
    if (movement(a) != accounts_[a].expected) report_expectation(a);
  }
}

void Ledger::report_expectation(AccountId account) const {
  std::string text = std::string("books do not close: account ")
                         .append(name(account))
                         .append(" moved by ")
                         .append(to_string(movement(account)))
                         .append(", quantity x price gives ")
                         .append(to_string(accounts_[account].expected));
  auto posted = by_pair(entries_, account);
  const auto expected = by_pair(expectations_, account);
  for (const auto& [pair, sum] : expected) posted.try_emplace(pair);
  for (const auto& [pair, sum] : posted) {
    const auto match = expected.find(pair);
    const PairSum wanted = match == expected.end() ? PairSum{} : match->second;
    if (sum.amount == wanted.amount) continue;
    text.append("; entry ")
        .append(name(pair.first))
        .append(" -> ")
        .append(name(pair.second))
        .append(": ")
        .append(std::to_string(sum.count))
        .append(" posted, ")
        .append(to_string(sum.amount))
        .append(", against ")
        .append(std::to_string(wanted.count))
        .append(" expected, ")
        .append(to_string(wanted.amount));
  }
  fail(std::move(text));
}

void Ledger::close(std::int32_t last_day) {
  if (last_day <= closed_through_)
    fail(std::string("day ").append(std::to_string(last_day)).append(" is closed already"));
  for (const Posting& p : entries_) {
    if (p.day > last_day) {
      fail(std::string("posting ")
               .append(name(p.debit))
               .append(" -> ")
               .append(name(p.credit))
               .append(" of day ")
               .append(std::to_string(p.day))
               .append(" lies beyond the period that ends on day ")
               .append(std::to_string(last_day)));
    }
  }
  check_entries();
  check_totals();
  check_expectations();
  for (Account& a : accounts_) {
    a.opening = a.balance;
    a.expected = Money{};
  }
  entries_.clear();
  expectations_.clear();
  closed_through_ = last_day;
}

std::string Ledger::name(AccountId account) const {
  return std::string(party(account)).append("/").append(layer(account)).append("/").append(category(account));
}
std::string_view Ledger::party(AccountId account) const { return parties_.list[accounts_[account].id[0]]; }
std::string_view Ledger::layer(AccountId account) const { return layers_.list[accounts_[account].id[1]]; }
std::string_view Ledger::category(AccountId account) const { return categories_.list[accounts_[account].id[2]]; }

}  // namespace rackrate::market
