#include "sim/market/exchange/clauses/clause_run.hpp"
#include "sim/market/exchange/terms/capacity_terms.hpp"

namespace rackrate::market {

void kinds::Tender::settle(ClauseRun& run, LabelId label) const {
  const auto& s = run.s();
  const auto& own = s.money_labels[label];
  auto& line = run.line(label);
  for (const auto& m : s.money) {
    const auto& clause = s.clause_of(m);
    if (clause.awarded_by.empty() || !s.in_force(m, run.start())) continue;
    if (s.contract_of(m).name + "/" + clause.awarded_by == own) line.quantity += reserved_h100e(s, m, run.start());
  }
  for (const auto& failed : run.board().tenders)
    if (failed.label == own) line.quantity_short += failed.short_h100e;
}

}  // namespace rackrate::market
