#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/index.hpp"
#include "sim/core/money.hpp"

namespace rackrate::market {

using core::Money;

using AccountId = core::Index<struct AccountTag>;

/// One payment: the debit account pays, the credit account receives.
struct Posting {
  AccountId debit, credit;
  Money amount;
  std::int32_t day = 0;
};

/// Double-entry books that close or say which entry broke them (promise P7).
///
/// An account is a named party in a layer for a category; there is no plug. A balance is what the account received less
/// what it paid, so all balances sum to zero. Beside the postings the books take *expectations*: the same payments
/// recomputed from quantities and prices by whoever can know them independently. close() checks, from the balances,
///   1. that they sum to zero,
///   2. that parties' and layers' running totals are the sums of their accounts,
///   3. that each account moved by what its entries say,
///   4. that each account moved by what was expected of it.
/// So one unit more or less on one side, a posting left out or made twice, and a product of quantity and price that
/// does not match each stop the run with the account, the entry and both amounts.
///
/// A plain value: copy it with the world it belongs to. Account ids are handed out in order of first use.
class Ledger {
 public:
  /// The account's id; made on first use. Look it up once and keep it.
  AccountId account(std::string_view party, std::string_view layer, std::string_view category);

  /// Throws: core::LedgerError if the amount is negative, both sides are one account, an account is unknown, the day
  /// lies in a closed period, or a balance would overflow. A zero amount leaves no entry.
  void post(AccountId debit, AccountId credit, Money amount, std::int32_t day);

  /// Expects a payment of quantity x price, rounded once as Money::from_usd does.
  /// Units: quantity in the price's unit; price in $ per unit.
  void expect(AccountId debit, AccountId credit, double quantity, double price);
  void expect(AccountId debit, AccountId credit, Money amount);

  /// Verifies the books and closes the period that ends with `last_day`; forgets its entries, keeps balances.
  /// Throws: core::LedgerError naming the first broken account or entry with both amounts; the period stays open.
  void close(std::int32_t last_day);

  /// What the account received less what it paid since the last close.
  [[nodiscard]] Money movement(AccountId account) const {
    return accounts_[account].balance - accounts_[account].opening;
  }
  /// "party/layer/category"
  [[nodiscard]] std::string name(AccountId account) const;
  [[nodiscard]] std::string_view party(AccountId account) const;
  [[nodiscard]] std::string_view layer(AccountId account) const;
  [[nodiscard]] std::string_view category(AccountId account) const;

 private:
  friend struct LedgerFault;  ///< tests break the books and look into them through it

  struct Names {
    std::vector<std::string> list;
    std::map<std::string, std::size_t, std::less<>> index;
    std::size_t intern(std::string_view name);
  };
  struct Account {
    std::array<std::size_t, 3> id{};  ///< party, layer, category
    Money balance;
    Money opening;   ///< balance at the last close
    Money expected;  ///< expected movement since then
  };

  void check_account(AccountId account) const {
    if (!core::within(account, accounts_.size())) unknown_account(account);
  }
  [[noreturn]] void unknown_account(AccountId account) const;
  [[noreturn]] void refuse(AccountId debit, AccountId credit, const std::string& why) const;
  void check_totals() const;
  void check_entries() const;
  void check_expectations() const;
  [[noreturn]] void report_expectation(AccountId account) const;

  Names parties_, layers_, categories_;
  std::vector<Money> party_total_, layer_total_;
  core::Table<AccountId, Account> accounts_;
  std::map<std::array<std::size_t, 3>, AccountId> by_id_;
  std::vector<Posting> entries_, expectations_;
  std::int32_t closed_through_ = INT32_MIN;
};

}  // namespace rackrate::market
