#include "sim/market/exchange/clauses/clause_run.hpp"
#include "sim/market/view/milestones.hpp"

namespace rackrate::market {

/// Pays a tranche on the first day on which all its conditions hold; the stake it buys dilutes all others.
void kinds::Tranche::settle(ClauseRun& run, LabelId label) const {
  const auto& m = run.in_force(label);
  auto& account = run.account(label);
  auto& line = run.line(label);
  line.remaining = account.done ? Money{} : Money::from_usd(amount_usd);
  line.cumulative = account.moved;
  if (account.done || !milestones_reached(run.in.view, m, *this, run.start())) return;
  account.done = true;
  run.pay({m.payer, Layer::Model}, {m.payee, Layer::Model}, Category::Investment, Money::from_usd(amount_usd), label);
  line.remaining = Money{};
  run.notice("tranche", label, run.s().money_labels[label] + " is paid");
  if (valuation_usd <= 0) return;
  const double bought = amount_usd / valuation_usd;
  dilute(run, m.payee, bought);
  account.stake = bought;
}

}  // namespace rackrate::market
