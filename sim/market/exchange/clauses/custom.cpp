#include "sim/market/contracts/custom_kind.hpp"
#include "sim/market/exchange/clauses/clause_run.hpp"

namespace rackrate::market::kinds {

/// Pays what the user-defined kind asks for.
void Custom::settle(ClauseRun& run, LabelId label) const {
  const auto& s = run.s();
  const auto& m = run.in_force(label);
  const auto* kind = contracts::find_kind(s.parameters.custom_kinds, s.clause_of(m));
  if (kind == nullptr) return;
  auto& account = run.account(label);
  const auto window = run.out.receipts.window(run.in.interval, s.parameters.vocabulary);
  for (const auto& p : kind->payments(s.clause_of(m), s.version_of(m), window, account.memory))
    run.pay(run.parties().named(p.from, p.from_layer, label), run.parties().named(p.to, p.to_layer, label), p.category,
            p.amount, label);
  run.line(label).cumulative = account.moved;
}

}  // namespace rackrate::market::kinds
