#include "sim/market/exchange/clause_run.hpp"
#include "sim/market/view/milestones.hpp"

namespace rackrate::market {

/// Pays a tranche on the first day on which all its conditions hold; the stake it buys dilutes all others.
void kinds::Tranche::settle(ClauseRun& run, std::size_t label) const {
  const auto& m = run.money(run.active[label]);
  auto& account = run.account(label);
  auto& line = line_of(run.exchange, m.label);
  line.remaining = account.done ? 0 : contracts::amount_from_usd(amount_usd);
  line.cumulative = account.moved;
  if (account.done || !milestones_reached(run.view, m, *this, run.start)) return;
  account.done = true;
  const Side investor{m.payer, Layer::Model}, firm{m.payee, Layer::Model};
  post_clause(run.exchange, m.label, investor, firm, Category::Investment, Money::from_usd(amount_usd));
  run.exchange.books.expect(investor, firm, Category::Investment,
                            Money{line.remaining});  // the promise of the window before
  line.remaining = 0;
  run.notice("tranche", label, run.s().money_labels[label] + " is paid");
  if (valuation_usd <= 0) return;
  const double bought = amount_usd / valuation_usd;
  dilute(run, m.payee, bought);
  account.stake = bought;
}

}  // namespace rackrate::market
