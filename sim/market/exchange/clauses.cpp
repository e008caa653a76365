#include <algorithm>

#include "sim/market/exchange/clause_run.hpp"

namespace rackrate::market {
namespace {

/// By label: the money clause in force at t, -1 for none.
std::vector<int> in_force(const CompiledScenario& s, core::SimTime t) {
  std::vector<int> active(s.money_labels.size(), -1);
  for (std::size_t k = 0; k < s.money.size(); ++k)
    if (s.in_force(s.money[k], t)) active[static_cast<std::size_t>(s.money[k].label)] = static_cast<int>(k);
  return active;
}

void settle_one(ClauseRun& run, std::size_t label) {
  auto& account = run.account(label);
  const int active = run.active[label];
  if (active < 0) {
    if (account.clause >= 0)
      visit_terms(run.s().clause_of(run.money(account.clause)), [&](const auto& terms) { terms.lapse(run, label); });
    account.clause = -1;
    return;
  }
  visit_terms(run.s().clause_of(run.money(active)), [&](const auto& terms) { terms.settle(run, label); });
  account.clause = account.last = active;
}

/// What the labs took in the month so far, and in the last full month: tranches look at it.
void count_revenue(Exchange& exchange, const Parameters& p, core::SimTime start, core::SimTime end,
                   const Receipts& receipts) {
  for (std::size_t lab = 0; lab < receipts.by_lab.size(); ++lab) exchange.lab_revenue[lab] += receipts.by_lab[lab];
  if (core::month_index(end) == core::month_index(start)) return;
  const bool whole = core::month_start(core::month_index(start)) >= p.run.start;
  if (whole) exchange.last_lab_revenue = exchange.lab_revenue;
  std::fill(exchange.lab_revenue.begin(), exchange.lab_revenue.end(), 0);
}

}  // namespace

ClauseFact& line_of(Exchange& exchange, int label) {
  auto& line = exchange.lines[static_cast<std::size_t>(label)];
  line.clause = label;
  return line;
}

void post_clause(Exchange& exchange, int label, Side from, Side to, Category category, Money amount) {
  exchange.books.post(from, to, category, amount, label);
  if (label < 0) return;
  auto& account = exchange.clauses[static_cast<std::size_t>(label)];
  account.moved += amount.tenthousandths;
  line_of(exchange, label).cumulative = account.moved;
}

void settle_clauses(Exchange& exchange, const MarketView& view, core::SimTime start, core::SimTime end,
                    const Receipts& receipts, const Receipts& audited, Observer* observer) {
  ClauseRun run{exchange, view, start, end, receipts, audited, in_force(view.compiled(), start), observer};
  settle_notices(run);
  for (std::size_t label = 0; label < run.active.size(); ++label) settle_one(run, label);
  report_income(run);
  count_revenue(exchange, view.parameters(), start, end, receipts);
}

}  // namespace rackrate::market
