#include <algorithm>

#include "sim/market/exchange/clauses/clause_run.hpp"
#include "sim/market/exchange/clearing/commitment_steer.hpp"

namespace rackrate::market {
namespace {

void settle_one(ClauseRun& run, LabelId label) {
  auto& account = run.account(label);
  const PaymentClauseId active = run.active[label];
  if (!active.exists()) {
    if (account.clause.exists())
      visit_terms(run.s().clause_of(run.money(account.clause)), [&](const auto& terms) { terms.lapse(run, label); });
    account.clause = {};
    return;
  }
  visit_terms(run.s().clause_of(run.money(active)), [&](const auto& terms) { terms.settle(run, label); });
  account.clause = account.last = active;
}

/// Revenue of the labs in the month so far and in the last full month, which conditions of tranches compare.
void count_revenue(const SettlementRun& run) {
  auto& running = run.accounts.lab_revenue;
  for (const LabId lab : running.ids()) running[lab] += run.out.receipts.by_lab[lab];
  if (core::month_index(run.end()) == core::month_index(run.start())) return;
  const bool whole = core::month_start(core::month_index(run.start())) >= run.parameters().run.start;
  if (whole)
    for (const LabId lab : running.ids()) run.accounts.month_revenue[lab] = running[lab];
  std::fill(running.begin(), running.end(), Money{});
}

}  // namespace

void settle_clauses(SettlementRun& settlement) {
  ClauseRun run{settlement, settlement.in.terms.active};
  settle_notices(run);
  for (const LabelId label : run.active.ids()) settle_one(run, label);
  count_draws(run);
  report_income(run);
  count_revenue(run);
}

}  // namespace rackrate::market
