#include <algorithm>
#include <cmath>

#include "sim/market/exchange/clause_run.hpp"
#include "sim/market/view/milestones.hpp"

namespace rackrate::market {
namespace {

/// The firm a stake is in, and who holds it: a tranche is paid by the owner, an equity clause names the firm owned first.
std::pair<int, int> owned_and_owner(const MoneyClause& m, ClauseKind kind) {
  return kind == ClauseKind::Equity ? std::pair{m.payer, m.payee} : std::pair{m.payee, m.payer};
}

/// New shares make everybody's part of the firm smaller.
void dilute(const ClauseRun& run, int firm, double sold) {
  for (auto& account : run.exchange.clauses) {
    if (account.stake <= 0) continue;
    const auto& m = run.money(account.last);
    if (owned_and_owner(m, run.s().clause_of(m).kind).first == firm) account.stake *= 1.0 - sold;
  }
}

}  // namespace

void settle_tranche(ClauseRun& run, std::size_t label) {
  const auto& m = run.money(run.active[label]);
  const auto& clause = run.s().clause_of(m);
  auto& account = run.account(label);
  auto& line = line_of(run.exchange, m.label);
  line.remaining = account.done ? 0 : contracts::amount_from_usd(clause.amount_usd);
  line.cumulative = account.moved;
  if (account.done || !milestones_reached(run.scene, m, run.start)) return;
  account.done = true;
  const Side investor{m.payer, Layer::Model}, firm{m.payee, Layer::Model};
  post_clause(run.exchange, m.label, investor, firm, Category::Investment, Money::from_usd(clause.amount_usd));
  run.exchange.books.expect(investor, firm, Category::Investment, Money{line.remaining});   // the promise of the window before
  line.remaining = 0;
  run.notice("tranche", label, run.s().money_labels[label] + " is paid");
  if (clause.valuation_usd <= 0) return;
  const double bought = clause.amount_usd / clause.valuation_usd;
  dilute(run, m.payee, bought);
  account.stake = bought;
}

void settle_equity(ClauseRun& run, std::size_t label) {
  if (!run.begins(label)) return;
  auto& account = run.account(label);
  const auto& clause = run.s().clause_of(run.money(run.active[label]));
  // A version that restates the stake unchanged says nothing about shares sold since.
  if (account.clause >= 0 && run.s().clause_of(run.money(account.clause)).rate == clause.rate) return;
  account.stake = clause.rate;
}

void report_income(ClauseRun& run) {
  for (std::size_t label = 0; label < run.exchange.clauses.size(); ++label) {
    const auto& account = run.exchange.clauses[label];
    if (account.stake <= 0) continue;
    const auto& m = run.money(account.last);
    const auto [firm, owner] = owned_and_owner(m, run.s().clause_of(m).kind);
    const Money profit = run.exchange.books.profit(firm);
    auto& line = line_of(run.exchange, static_cast<int>(label));
    line.base = profit.tenthousandths;
    line.rate = account.stake;
    line.income = scaled(profit, account.stake).tenthousandths;
    line.owner = static_cast<std::int16_t>(owner);
  }
}

}  // namespace rackrate::market
