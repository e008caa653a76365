#include "sim/market/exchange/finance/cash.hpp"

#include <algorithm>

#include "sim/core/error.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/exchange/clauses/commitment_part.hpp"
#include "sim/market/exchange/finance/research_funds.hpp"

namespace rackrate::market {
namespace {

bool moves_cash(const Entry& e) { return e.category != Category::Depreciation && e.from.party != e.to.party; }

bool is_sale(Category c) {
  return c == Category::Sale || c == Category::ConsumerSale || c == Category::SeatSale || c == Category::OtherSale ||
         c == Category::Remittance;
}

void receive_cash(CashAccount& account, const Entry& e) {
  account.cash += e.amount;
  auto& month = account.month;
  if (e.category == Category::Investment) {
    account.funding += e.amount;
    return;
  }
  if (e.category == Category::Shortfall) {  // credit for what was paid before
    month.shortfall -= e.amount;
    return;
  }
  if (is_sale(e.category)) month.revenue += e.amount;
  month.earned += e.amount;
}

void pay_cash(CashAccount& account, const Entry& e) {
  account.cash -= e.amount;
  auto& month = account.month;
  if (e.category == Category::Training) {
    month.research += e.amount;
  } else if (e.category == Category::Shortfall) {
    month.shortfall += e.amount;
  } else {
    if (e.category == Category::Hosting) month.hosting[e.to.party.number()] += e.amount;
    month.earned -= e.amount;
  }
}

/// $ that an H100e-day of training and research has cost; 0 where none was bought.
double price_of(const CashFlows& month) {
  return month.bought_days > 0 ? month.research.usd() / month.bought_days : 0.0;
}

/// H100e-days of training and research: what the plans ask for, and what was paid for as it ran.
void count_research(const CashInput& in, LabId lab, CashFlows& month) {
  const double days = in.interval.days();
  month.training_days += in.load.plans[lab].training * days;
  month.research_days += in.load.plans[lab].research * days;
  std::int64_t bought = 0, reserved = 0, classes = 0;
  for (const ClassId k : in.table.classes.ids()) {
    const auto& c = in.table.classes[k];
    if (c.lab != lab || c.tier < Tier::Training) continue;
    ++classes;
    for (const CloudId host : in.allocation.classes[k].hosts.members()) {
      reserved += in.allocation.reserved(k, host);
      bought += in.allocation.by_host(k, host) - in.allocation.reserved(k, host);
    }
  }
  month.reserved_days += core::real(reserved) * days;
  month.bought_days += core::real(bought) * days;
  check_research_funds(in.view, lab, core::real(bought + reserved), classes);
}

/// What commitments in force ask a day beyond what inference drew of them in the month.
double prepaid_usd_per_day(const CashInput& in, PartyId payer, const CashFlows& month) {
  const auto& s = in.view.compiled();
  double sum = 0.0;
  for (const auto& pair : in.table.committed) {
    if (pair.payer != payer) continue;
    double asked = 0.0;
    for (const PaymentClauseId k : pair.clauses)
      asked += share_kept(s, s.money[k], in.defaults) * commitment_per_day(s, s.money[k], in.interval.start);
    const auto hosting = month.hosting.find(pair.payee.number());
    const double drawn = hosting == month.hosting.end() ? 0.0 : hosting->second.usd() / month.days;
    sum += std::max(0.0, asked - drawn);
  }
  return sum;
}

void close_month(const CashInput& in, LabId lab, CashAccount& account) {
  const auto& month = account.month;
  auto& signal = account.signal;
  if (const double price = price_of(month); price > 0) signal.price = price;
  signal.month = core::month_index(in.interval.start);
  signal.days = month.days;
  signal.revenue = month.revenue.usd() / month.days;
  signal.earned = month.earned.usd() / month.days;
  signal.shortfall = month.shortfall.usd() / month.days;
  signal.training = signal.price * month.training_days / month.days;
  signal.research = signal.price * month.research_days / month.days;
  signal.reserved = signal.price * month.reserved_days / month.days;
  signal.prepaid = prepaid_usd_per_day(in, in.view.compiled().lab_firm[lab], month);
  account.month = {};
}

std::string in_millions(Money amount) { return std::to_string(amount.tenthousandths() / 10'000'000'000) + " M$"; }

/// Says why an account falls below its limit; silent until it has been above it again.
void watch_overdraft(const CashInput& in, LabId lab, CashAccount& account, std::vector<Notice>& notices) {
  const auto& l = in.view.parameters().labs[lab];
  const Money limit = -Money::from_usd(l.cash.overdraft_usd);
  const bool before = std::exchange(account.overdrawn, account.cash < limit);
  if (before || !account.overdrawn) return;
  const auto& month = account.month;
  notices.push_back({in.interval.start, "cash", l.name,
                     l.name + " has " + in_millions(account.cash) + " in cash, below its limit of " +
                         in_millions(limit) + ": in the month so far " + in_millions(month.earned) +
                         " were earned before research, " + in_millions(month.research) +
                         " went to training and research, " + in_millions(month.shortfall) +
                         " to commitments that were not met"});
}

}  // namespace

Table<LabId, Money> opening_cash(const CompiledScenario& s) {
  Table<LabId, Money> cash(s.parameters.labs.size());
  for (const LabId lab : cash.ids())
    if (keeps_cash(s.parameters, lab)) cash[lab] = Money::from_usd(s.parameters.labs[lab].cash.opening_usd);
  return cash;
}

void move_cash(const CompiledScenario& s, std::span<const Entry> entries, Table<LabId, Money>& cash) {
  for (const LabId lab : cash.ids()) {
    if (!keeps_cash(s.parameters, lab)) continue;
    for (const Entry& e : entries) {
      if (!moves_cash(e)) continue;
      if (e.to.party == s.lab_firm[lab]) cash[lab] += e.amount;
      if (e.from.party == s.lab_firm[lab]) cash[lab] -= e.amount;
    }
  }
}

Table<LabId, CashAccount> first_cash(const CompiledScenario& s) {
  const auto opening = opening_cash(s);
  Table<LabId, CashAccount> accounts(opening.size());
  for (const LabId lab : accounts.ids()) accounts[lab].cash = accounts[lab].signal.cash = opening[lab];
  return accounts;
}

std::vector<Notice> book_cash(const CashInput& in, Table<LabId, CashAccount>& accounts) {
  std::vector<Notice> notices;
  const auto& s = in.view.compiled();
  const bool month_ends = core::month_index(in.interval.end) != core::month_index(in.interval.start);
  for (const LabId lab : accounts.ids()) {
    if (!keeps_cash(s.parameters, lab)) continue;
    auto& account = accounts[lab];
    account.funding = {};
    account.month.days += in.interval.days();
    for (const Entry& e : in.entries) {
      if (!moves_cash(e)) continue;
      if (e.to.party == s.lab_firm[lab]) receive_cash(account, e);
      if (e.from.party == s.lab_firm[lab]) pay_cash(account, e);
    }
    count_research(in, lab, account.month);
    if (account.signal.price <= 0) account.signal.price = price_of(account.month);  // the first day says what it costs
    watch_overdraft(in, lab, account, notices);
    if (month_ends) close_month(in, lab, account);
    account.signal.cash = account.cash;
  }
  return notices;
}

void check_cash(const CompiledScenario& s, const Table<LabId, CashAccount>& accounts,
                const Table<LabId, Money>& expected) {
  for (const LabId lab : accounts.ids())
    if (keeps_cash(s.parameters, lab) && accounts[lab].cash != expected[lab])
      throw core::LedgerError("the cash of " + s.parameters.labs[lab].name + " is " + to_string(accounts[lab].cash) +
                              "; expected " + to_string(expected[lab]) +
                              ", what it began with and every payment of its firm since");
}

}  // namespace rackrate::market
