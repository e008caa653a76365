#include "sim/record/month_accounts.hpp"

#include <algorithm>
#include <limits>

#include "sim/core/error.hpp"
#include "sim/core/math.hpp"
#include "sim/record/detail/missing.hpp"

namespace rackrate::record {
namespace {

using core::Money;
using market::Category;

[[nodiscard]] std::string describe(const market::EntryFact& e) {
  const auto category = static_cast<std::size_t>(e.category);
  return "entry on " + core::to_string(e.day) + " from party " + std::to_string(e.from.number()) + " to party " +
         std::to_string(e.to.number()) + ", " +
         (category < market::kCategoryNames.size() ? std::string(market::kCategoryNames[category])
                                                   : "category " + std::to_string(category)) +
         ", clause " + std::to_string(e.clause.number()) + ", amount " + to_string(e.amount);
}

[[noreturn]] void refuse(const market::EntryFact& e, const std::string& why) {
  throw core::LedgerError(describe(e) + ": " + why);
}

/// What is dated at the very end belongs to the last month.
[[nodiscard]] std::size_t month_of(const Accounts& a, const market::EntryFact& e) {
  if (e.day < a.start || e.day > a.end)
    refuse(e, "its day lies outside the run [" + core::to_string(a.start) + ", " + core::to_string(a.end) + ")");
  return std::min(static_cast<std::size_t>(core::month_index(e.day) - a.first_month), a.months - 1);
}

/// Adds the entry's amount, `sign` of it, to a firm's days.
void add_to_days(const Accounts& a, const market::EntryFact& e, std::size_t firm, std::int64_t sign,
                 std::vector<Money>& days) {
  const core::SimTime until = std::max(std::min(e.day + e.length, a.end), e.day + core::SimDuration{1});
  spread(a.discount, e.amount, e.day, until,
         [&](std::int64_t day, Money part) { days[static_cast<std::size_t>(day) * a.firms + firm] += sign * part; });
}

}  // namespace

Accounts make_accounts(const Axes& axes, double discount_rate, core::SimTime valuation_date) {
  Accounts a;
  a.firms = axes.size(Dim::Firm);
  a.parties = axes.size(Dim::Payer);
  a.layers = axes.size(Dim::Layer);
  a.clauses = axes.size(Dim::Clause);
  a.months = axes.months.size();
  a.start = axes.start;
  a.end = axes.end;
  a.first_month = axes.months.front();
  a.discount = Discount(axes.start, discount_rate, valuation_date);
  a.days = static_cast<std::size_t>((a.end - a.start) / core::kDay) + 1;  // + 1: entries dated at the end
  const std::size_t cells = a.firms * a.layers * a.months;
  for (auto* v : {&a.revenue, &a.internal_revenue, &a.market_revenue, &a.cost, &a.depreciation})
    v->assign(cells, Money{});
  for (auto* v : {&a.capex, &a.investment, &a.funding, &a.customer_revenue, &a.other_revenue, &a.runtime_rent})
    v->assign(a.firms * a.months, Money{});
  a.outlay_enterprises.assign(a.months, Money{});
  a.outlay_consumers.assign(a.months, Money{});
  a.payment.assign(a.parties * a.parties * a.months, Money{});
  a.clause_payment.assign(a.clauses * a.months, Money{});
  a.day_profit.assign(a.days * a.firms, Money{});
  a.day_cash.assign(a.days * a.firms, Money{});
  a.touched.assign(a.months, 0);
  return a;
}

namespace {

/// Throws: core::LedgerError that names the entry, if it cannot close.
void check_entry(const Accounts& a, const market::EntryFact& e) {
  if (!within(e.from, a.parties) || !within(e.to, a.parties))
    refuse(e, "there are only " + std::to_string(a.parties) + " parties");
  if (e.clause != market::LabelId() && !within(e.clause, a.clauses))
    refuse(e, "there are only " + std::to_string(a.clauses) + " money clauses");
  const std::size_t from = e.from.position(), to = e.to.position();
  const bool pays_firm = from < a.firms, earns_firm = to < a.firms;
  if ((pays_firm && static_cast<std::size_t>(e.from_layer) >= a.layers) ||
      (earns_firm && static_cast<std::size_t>(e.to_layer) >= a.layers))
    refuse(e, "its layer does not exist");
  if ((e.category == Category::Depreciation || e.category == Category::OwnHosting) && (from != to || !pays_firm))
    refuse(e, "this category stays inside one firm");
  if (e.category == Category::Capex && (!pays_firm || !earns_firm))
    refuse(e, "capital goods are bought by firms from vendors, suppliers or services");
  const std::size_t investors = a.parties - 1;  // the last of kOutsideParties
  const bool outside_investor = from == investors;
  if (to == investors || (outside_investor && e.category != Category::Investment))
    refuse(e, "investors outside the scenario pay for nothing but investments");
  if (e.category == Category::Investment && (!(pays_firm || outside_investor) || !earns_firm || from == to))
    refuse(e, "firms and investors invest in other firms");
}

}  // namespace

void post(Accounts& a, const market::EntryFact& e) {
  const std::size_t month = month_of(a, e);
  check_entry(a, e);
  const std::size_t from = e.from.position(), to = e.to.position();
  const bool pays_firm = from < a.firms, earns_firm = to < a.firms;
  const std::size_t paid = (from * a.layers + static_cast<std::size_t>(e.from_layer)) * a.months + month;
  const std::size_t earned = (to * a.layers + static_cast<std::size_t>(e.to_layer)) * a.months + month;
  a.touched[month] = 1;

  if (e.category == Category::Depreciation) {
    a.cost[paid] += e.amount;
    a.depreciation[paid] += e.amount;
    add_to_days(a, e, from, -1, a.day_profit);  // cash left when the capital was bought
    return;
  }
  a.payment[(from * a.parties + to) * a.months + month] += e.amount;
  if (e.clause.exists()) a.clause_payment[e.clause.position() * a.months + month] += e.amount;
  if (e.category == Category::Capex && from == to) return;  // between two accounts of one firm
  if (e.category == Category::Investment) {                 // from one capital account to another
    if (pays_firm) a.investment[from * a.months + month] += e.amount;
    a.funding[to * a.months + month] += e.amount;
    return;
  }

  if (e.category == Category::Capex) {
    a.capex[from * a.months + month] += e.amount;
    add_to_days(a, e, from, -1, a.day_cash);
  } else if (pays_firm) {
    a.cost[paid] += e.amount;
    add_to_days(a, e, from, -1, a.day_profit);
    add_to_days(a, e, from, -1, a.day_cash);
  } else {
    (from == a.firms ? a.outlay_enterprises : a.outlay_consumers)[month] += e.amount;
  }
  if (earns_firm) {
    a.revenue[earned] += e.amount;
    if (e.category == Category::OwnHosting) a.internal_revenue[earned] += e.amount;
    if (e.category == Category::OtherSale) a.other_revenue[to * a.months + month] += e.amount;
    if (e.category == Category::RuntimeFee) a.runtime_rent[to * a.months + month] += e.amount;
    if (e.category == Category::CustomerHosting) a.customer_revenue[to * a.months + month] += e.amount;
    if (counts_for_market_share(e.category)) a.market_revenue[earned] += e.amount;
    add_to_days(a, e, to, 1, a.day_profit);
    add_to_days(a, e, to, 1, a.day_cash);
  } else {
    (to == a.firms ? a.outlay_enterprises : a.outlay_consumers)[month] -= e.amount;
  }
}

bool ever_paid(const Accounts& a, std::size_t clause) {
  for (std::size_t month = 0; month < a.months; ++month)
    if (a.clause_payment[clause * a.months + month] != Money{}) return true;
  return false;
}

void relabel_clauses(Accounts& a, const std::vector<std::size_t>& to, std::size_t size) {
  std::vector<Money> payment(size * a.months);
  for (std::size_t clause = 0; clause < to.size(); ++clause)
    for (std::size_t month = 0; month < a.months && to[clause] != kDropped; ++month)
      payment[to[clause] * a.months + month] += a.clause_payment[clause * a.months + month];
  a.clause_payment = std::move(payment);
  a.clauses = size;
}

void check_identity(const Accounts& a, std::size_t month, const std::string& label) {
  Money value_added, capex;
  for (std::size_t cell = month; cell < a.revenue.size(); cell += a.months)
    value_added += a.revenue[cell] - a.cost[cell] + a.depreciation[cell];
  for (std::size_t cell = month; cell < a.capex.size(); cell += a.months) capex += a.capex[cell];
  const Money outlay = a.outlay_enterprises[month] + a.outlay_consumers[month];
  if (value_added != outlay + capex)
    throw core::LedgerError("accounts of " + label + " do not close: value added is " + to_string(value_added) +
                            "; expected " + to_string(outlay + capex) + " (outlay " + to_string(outlay) +
                            ", capital goods " + to_string(capex) + "), off by " +
                            to_string(value_added - outlay - capex));
}

namespace {

void copy_money(const std::vector<Money>& from, const std::vector<char>& known, std::vector<double>& to) {
  for (std::size_t i = 0; i < from.size(); ++i) to[i] = known[i % known.size()] ? from[i].usd() : detail::kMissing;
}

void fill_npv(const Accounts& a, RunSeries& out) {
  std::vector<double>& npv = out[Var::Npv];
  std::vector<double>& cash = out[Var::NpvCash];
  npv.assign(a.firms, 0.0);
  cash.assign(a.firms, 0.0);
  for (std::size_t d = 0; d < a.days; ++d) {
    const double weight = a.discount.weight(static_cast<std::int64_t>(d));
    for (std::size_t f = 0; f < a.firms; ++f) {
      npv[f] += weight * a.day_profit[d * a.firms + f].usd();
      cash[f] += weight * a.day_cash[d * a.firms + f].usd();
    }
  }
}

/// Shares of the scenario's own firms: the outside ones stand for whole industries.
void fill_shares(const Accounts& a, const std::vector<char>& known, RunSeries& out) {
  const std::size_t inside = a.firms - market::kOutsideFirms;
  for (std::size_t layer = 0; layer < a.layers; ++layer)
    for (std::size_t m = 0; m < a.months; ++m) {
      Money total;
      for (std::size_t f = 0; f < inside; ++f) total += a.market_revenue[(f * a.layers + layer) * a.months + m];
      if (!known[m] || total <= Money{}) continue;
      double hhi = 0.0;
      for (std::size_t f = 0; f < inside; ++f) {
        const std::size_t cell = (f * a.layers + layer) * a.months + m;
        const double share = core::real(a.market_revenue[cell].tenthousandths()) / core::real(total.tenthousandths());
        out[Var::MarketShare][cell] = share;
        hhi += (100.0 * share) * (100.0 * share);
      }
      out[Var::Hhi][layer * a.months + m] = hhi;
    }
}

}  // namespace

void fill_money(const Accounts& a, const std::vector<char>& known, RunSeries& out) {
  copy_money(a.revenue, known, out[Var::Revenue]);
  copy_money(a.internal_revenue, known, out[Var::InternalRevenue]);
  copy_money(a.cost, known, out[Var::Cost]);
  copy_money(a.capex, known, out[Var::Capex]);
  copy_money(a.investment, known, out[Var::Investment]);
  copy_money(a.funding, known, out[Var::Funding]);
  copy_money(a.customer_revenue, known, out[Var::CustomerRevenue]);
  copy_money(a.other_revenue, known, out[Var::OtherRevenue]);
  copy_money(a.runtime_rent, known, out[Var::RuntimeRent]);
  copy_money(a.outlay_enterprises, known, out[Var::OutlayEnterprises]);
  copy_money(a.outlay_consumers, known, out[Var::OutlayConsumers]);
  copy_money(a.payment, known, out[Var::Payment]);
  copy_money(a.clause_payment, known, out[Var::ClausePayment]);
  std::vector<Money> difference(a.revenue.size());
  for (std::size_t i = 0; i < difference.size(); ++i) difference[i] = a.revenue[i] - a.cost[i];
  copy_money(difference, known, out[Var::GrossProfit]);
  for (std::size_t i = 0; i < difference.size(); ++i) difference[i] += a.depreciation[i];
  copy_money(difference, known, out[Var::ValueAdded]);
  fill_npv(a, out);
  fill_shares(a, known, out);
}

}  // namespace rackrate::record
