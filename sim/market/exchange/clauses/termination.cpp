#include "sim/market/contracts/notice.hpp"
#include "sim/market/exchange/clauses/clause_run.hpp"

namespace rackrate::market {
namespace {

/// Notice has no effect once the contract has ended for another reason.
bool still_runs(const Contract& contract, const kinds::Termination& terms) {
  return terms.exercised < contract.terminated ||
         (terms.exercised == contract.terminated && terms.notice == core::SimDuration{0});
}

bool given_in(const ClauseRun& run, const kinds::Termination& terms) {
  return run.start() <= terms.exercised && terms.exercised < run.end();
}

}  // namespace

void settle_notices(ClauseRun& run) {
  for (const auto& m : run.s().money) {
    const Clause& clause = run.s().clause_of(m);
    const auto* terms = clause.get_if<kinds::Termination>();
    if (terms == nullptr || !given_in(run, *terms)) continue;
    const Contract& contract = run.s().contract_of(m);
    if (!contracts::notice_counts(contract, run.s().version_of(m), clause) || !still_runs(contract, *terms)) continue;
    run.pay(run.parties().owing(m.payer), run.parties().owed(m.payee), Category::Damages,
            Money::from_usd(terms->amount_usd), m.label);
    run.notice("notice", m.label,
               terms->payer + " leaves " + contract.name + " under " + run.s().money_labels[m.label] + ": it ends on " +
                   core::to_string(contract.terminated));
    run.acted(m.label, terms->exercised);
  }
}

void kinds::Termination::settle(ClauseRun& run, LabelId label) const {
  const auto& m = run.in_force(label);
  auto& line = run.line(label);
  line.cumulative = run.account(label).moved;
  if (!contracts::notice_counts(run.s().contract_of(m), run.s().version_of(m), run.s().clause_of(m))) return;
  line.remaining = exercised < run.end() ? Money{} : Money::from_usd(amount_usd);
}

}  // namespace rackrate::market
