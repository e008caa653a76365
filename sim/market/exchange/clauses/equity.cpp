#include "sim/market/exchange/clauses/clause_run.hpp"

namespace rackrate::market {

/// A stake begins, or is restated.
void kinds::Equity::settle(ClauseRun& run, LabelId label) const {
  if (!run.begins(label)) return;
  auto& account = run.account(label);
  // A version that restates the stake unchanged does not undo dilution or sales since.
  if (account.clause.exists() && run.s().clause_of(run.money(account.clause)).as<Equity>().share == share) return;
  account.stake = share;
}

/// Sold, or lapsed.
void kinds::Equity::lapse(ClauseRun& run, LabelId label) const { run.account(label).stake = 0.0; }

}  // namespace rackrate::market
