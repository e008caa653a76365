#include <algorithm>

#include "sim/market/contracts/notice.hpp"
#include "sim/market/exchange/clause_run.hpp"

namespace rackrate::market {
namespace {

/// A contract that is over for another reason can no longer be left.
bool still_runs(const Contract& contract, const kinds::Termination& terms) {
  return terms.exercised < contract.terminated ||
         (terms.exercised == contract.terminated && terms.notice == core::SimDuration{0});
}

bool given_in(const ClauseRun& run, const kinds::Termination& terms) {
  return run.start <= terms.exercised && terms.exercised < run.end;
}

/// The fees that the contracts' text makes due in this window: under the version signed last of those that cover the
/// day.
void expect_fees(const ClauseRun& run) {
  const auto& firms = run.s().parameters.vocabulary.firms;
  for (const Contract& contract : run.s().registry.contracts())
    for (const Version& version : contract.versions)
      for (const Clause& clause : version.clauses) {
        const auto* terms = clause.get_if<kinds::Termination>();
        if (terms == nullptr || !clause.enabled || !given_in(run, *terms) || !still_runs(contract, *terms)) continue;
        const auto covers = [&](const Version& v) {
          return v.effective <= terms->exercised && terms->exercised < v.ends;
        };
        const bool replaced = std::any_of(contract.versions.begin(), contract.versions.end(), [&](const Version& v) {
          return covers(v) && v.signed_on > version.signed_on;
        });
        const bool speaks = std::max(clause.from, clause.switched_on) <= terms->exercised &&
                            terms->exercised < std::min(clause.until, clause.switched_off);
        const auto payer = index_of(firms, terms->payer), payee = index_of(firms, terms->payee);
        if (!covers(version) || replaced || !speaks || !payer || !payee) continue;
        run.exchange.books.expect(owing(run.s(), static_cast<int>(*payer)), owed(run.s(), static_cast<int>(*payee)),
                                  Category::Damages, 1.0, terms->amount_usd);
      }
}

}  // namespace

void settle_notices(ClauseRun& run) {
  for (const auto& m : run.s().money) {
    const Clause& clause = run.s().clause_of(m);
    const auto* terms = clause.get_if<kinds::Termination>();
    if (terms == nullptr || !given_in(run, *terms)) continue;
    const Contract& contract = run.s().parameters.contracts[static_cast<std::size_t>(m.contract)];
    if (!contracts::notice_counts(contract, run.s().version_of(m), clause) || !still_runs(contract, *terms)) continue;
    const auto label = static_cast<std::size_t>(m.label);
    post_clause(run.exchange, m.label, owing(run.s(), m.payer), owed(run.s(), m.payee), Category::Damages,
                Money::from_usd(terms->amount_usd));
    run.notice("notice", label,
               terms->payer + " leaves " + contract.name + " under " + run.s().money_labels[label] + ": it ends on " +
                   core::to_string(contract.terminated));
    run.acted(label, terms->exercised);
  }
  expect_fees(run);
}

void kinds::Termination::settle(ClauseRun& run, std::size_t label) const {
  const auto& m = run.money(run.active[label]);
  const Clause& clause = run.s().clause_of(m);
  auto& line = line_of(run.exchange, m.label);
  line.cumulative = run.account(label).moved;
  if (!contracts::notice_counts(run.s().parameters.contracts[static_cast<std::size_t>(m.contract)],
                                run.s().version_of(m), clause))
    return;
  line.remaining = exercised < run.end ? 0 : contracts::amount_from_usd(amount_usd);
}

}  // namespace rackrate::market
