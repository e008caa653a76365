#include "sim/market/exchange/finance/borrowing.hpp"

#include <algorithm>

#include "sim/core/error.hpp"
#include "sim/market/exchange/facts/backlog.hpp"
#include "sim/market/exchange/finance/defaults.hpp"
#include "sim/market/view/selling.hpp"

namespace rackrate::market {
namespace {

constexpr std::size_t kMonthsOfService = 3;  ///< over which lenders average, and before which they judge nothing
constexpr double kMostCoverage = 10.0;       ///< enough is enough, also where nothing is owed

bool moves_debt(const Entry& e) { return e.category != Category::Depreciation && e.from.party != e.to.party; }

bool serves_debt(const Entry& e) {
  return moves_debt(e) && e.category != Category::Capex && e.category != Category::Investment &&
         e.category != Category::Interest;
}

double yearly(const std::vector<DebtService>& months) {
  Money earned;
  double days = 0.0;
  for (const DebtService& month : months) {
    earned += month.earned;
    days += month.days;
  }
  return days > 0 ? earned.usd() / days * core::kDaysPerYear : 0.0;
}

/// What there is to serve the debt of a firm, of some entries.
Money served(PartyId firm, std::span<const Entry> entries) {
  Money sum;
  for (const Entry& e : entries) {
    if (!serves_debt(e)) continue;
    if (e.to.party == firm) sum += e.amount;
    if (e.from.party == firm) sum -= e.amount;
  }
  return sum;
}

void end_month(LoanBook& book) {
  book.last.push_back(book.month);
  book.month = {};
  if (book.last.size() > kMonthsOfService) book.last.erase(book.last.begin());
}

/// What customers owe the cloud under what they have signed.
double contracted_usd(const MarketView& view, const Accounts& accounts, CloudId cloud, core::SimTime t) {
  Money sum;
  for (const BacklogFact& fact : backlog(view, accounts, t))
    if (fact.cloud == cloud) sum += fact.usd;
  return sum.usd();
}

}  // namespace

Table<CloudId, NetDebt> first_net_debt(const CompiledScenario& s) {
  Table<CloudId, NetDebt> accounts(s.parameters.clouds.size());
  for (const CloudId c : accounts.ids())
    if (borrows(s.parameters.clouds[c]))
      accounts[c].owed = Money::from_usd(s.parameters.clouds[c].borrowing.net_debt_usd);
  return accounts;
}

Money interest_due(const Borrowing& terms, Money owed, const Interval& interval) {
  if (owed <= Money{}) return {};
  return scaled(owed, (terms.base_rate + terms.spread) * interval.days() / core::kDaysPerYear);
}

bool firm_defaults(const MarketView& view, const Interval& interval, CloudId cloud, bool defaulted) {
  const int month = core::month_index(interval.start);
  const double hazard = view.board.clouds[cloud].loan.hazard;
  if (defaulted || hazard <= 0 || core::month_index(interval.end) == month) return false;
  const auto address = at(view.compiled().cloud_key[cloud], Purpose::CloudDefault, month_key(month));
  return view.draws.uniform(address) < chance_in_a_month(hazard);
}

std::vector<CloudId> move_net_debt(const MarketView& view, const Interval& interval, std::span<const Entry> entries,
                                   Table<CloudId, NetDebt>& accounts) {
  const auto& s = view.compiled();
  std::vector<CloudId> failed;
  for (const CloudId c : accounts.ids()) {
    const Cloud& cloud = s.parameters.clouds[c];
    if (!borrows(cloud)) continue;
    auto& account = accounts[c];
    for (const Entry& e : entries) {
      if (!moves_debt(e)) continue;
      if (e.to.party == s.cloud_firm[c]) account.owed -= e.amount;
      if (e.from.party == s.cloud_firm[c]) account.owed += e.amount;
    }
    if (!firm_defaults(view, interval, c, account.defaulted)) continue;
    account.defaulted = true;
    if (account.owed > Money{}) account.owed = scaled(account.owed, cloud.borrowing.recovery);
    failed.push_back(c);
  }
  return failed;
}

void judge(const Borrowing& terms, const NetDebt& account, const LoanBook& book, LoanSignal& signal) {
  const double owed = std::max(0.0, account.owed.usd());
  signal.net_debt = account.owed.usd();
  signal.earned = yearly(book.last);
  signal.interest = owed * (terms.base_rate + terms.spread);
  const double due = signal.interest + owed / terms.term_years;
  signal.coverage = due > 0 ? std::min(kMostCoverage, signal.earned / due) : kMostCoverage;
  signal.defaulted = account.defaulted;
  const bool judged = book.last.size() == kMonthsOfService && !account.defaulted;
  signal.hazard = judged ? terms.default_hazard * std::clamp(1.0 - signal.coverage, 0.0, 1.0) : 0.0;
}

void book_loans(const MarketView& view, const Interval& interval, std::span<const Entry> entries,
                const Accounts& accounts, Table<CloudId, LoanBook>& books, Table<CloudId, CloudSignal>& signals) {
  const auto& s = view.compiled();
  const bool month_ends = core::month_index(interval.end) != core::month_index(interval.start);
  for (const CloudId c : books.ids()) {
    const Borrowing& terms = s.parameters.clouds[c].borrowing;
    if (!borrows(s.parameters.clouds[c])) continue;
    if (sells(view, c)) {  // of an entrant that is building nobody expects that it earns
      books[c].month.days += interval.days();
      books[c].month.earned += served(s.cloud_firm[c], entries);
      if (month_ends) end_month(books[c]);
    }
    if (month_ends || interval.start == s.parameters.run.start)
      signals[c].loan.limit = terms.per_backlog * contracted_usd(view, accounts, c, interval.end) + terms.limit_usd;
    judge(terms, accounts.net_debt[c], books[c], signals[c].loan);
  }
}

void check_net_debt(const CompiledScenario& s, const Table<CloudId, NetDebt>& accounts,
                    const Table<CloudId, NetDebt>& expected) {
  for (const CloudId c : accounts.ids())
    if (borrows(s.parameters.clouds[c]) && accounts[c].owed != expected[c].owed)
      throw core::LedgerError("the net debt of " + s.parameters.clouds[c].name + " is " + to_string(accounts[c].owed) +
                              "; expected " + to_string(expected[c].owed) +
                              ", what it began with and every payment of its firm since");
}

}  // namespace rackrate::market
