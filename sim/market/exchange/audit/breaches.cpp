#include <algorithm>

#include "sim/market/contracts/breach.hpp"
#include "sim/market/exchange/audit/audit_run.hpp"

/// Damages and the fees of notices, from the dates in the contracts.
namespace rackrate::market {
namespace {

bool prices(const AuditRun& run, const PaymentClause& m, const contracts::Breach& breach) {
  return contracts::prices_breach(run.s().clause_of(m), contract_at(run.s().registry.contracts(), breach.by));
}

bool lasts(const contracts::Breach& breach, core::SimTime t) { return breach.from <= t && t < breach.until; }

/// The start of the interval before this one; in the first one, the last instant before the run.
core::SimTime previous_start(const AuditRun& run) {
  const bool first = run.start() == run.parameters().run.start || run.in.cleared.empty();
  return first ? run.start() - core::SimDuration{1} : run.in.cleared.back();
}

/// Was the clause in force at the start of an earlier interval while the breach lasted?
bool seen_before(const AuditRun& run, LabelId label, const contracts::Breach& breach) {
  const auto& s = run.s();
  return std::any_of(run.in.cleared.begin(), run.in.cleared.end(), [&](core::SimTime t) {
    return lasts(breach, t) && std::any_of(s.money.begin(), s.money.end(), [&](const PaymentClause& other) {
             return other.label == label && s.in_force(other, t);
           });
  });
}

/// Was the sum due for an earlier breach of the same pair of contracts?
bool owed_before(const AuditRun& run, LabelId label, const contracts::Breach& breach) {
  const auto& all = run.s().registry.breaches();
  return std::any_of(all.begin(), all.end(), [&](const contracts::Breach& earlier) {
    return earlier.broken == breach.broken && earlier.by == breach.by && earlier.from < breach.from &&
           seen_before(run, label, earlier);
  });
}

/// Notice has no effect once the contract has ended for another reason.
bool can_be_left(const Contract& contract, const kinds::Termination& terms) {
  const bool at_once = terms.notice == core::SimDuration{0};
  return at_once ? terms.exercised <= contract.terminated : terms.exercised < contract.terminated;
}

/// Is the clause in force on the day of the notice: does it cover the day, in the version signed last of those that do?
bool applies_on(const Contract& contract, const Version& version, const Clause& clause, core::SimTime day) {
  const auto covers = [day](const Version& v) { return v.effective <= day && day < v.ends; };
  const bool replaced = std::any_of(contract.versions.begin(), contract.versions.end(),
                                    [&](const Version& v) { return covers(v) && v.signed_on > version.signed_on; });
  return covers(version) && !replaced && std::max(clause.from, clause.switched_on) <= day &&
         day < std::min(clause.until, clause.switched_off);
}

void expect_fee(AuditRun& run, const Contract& contract, const Version& version, const Clause& clause) {
  const auto* terms = clause.get_if<kinds::Termination>();
  if (terms == nullptr || !clause.enabled) return;
  const core::SimTime day = terms->exercised;
  if (day < run.start() || day >= run.end()) return;
  if (!can_be_left(contract, *terms) || !applies_on(contract, version, clause, day)) return;
  const auto& firms = run.parameters().vocabulary.firms;
  const auto payer = index_of(firms, terms->payer), payee = index_of(firms, terms->payee);
  if (!payer || !payee) return;
  run.expect(run.parties().owing(PartyId(*payer)), run.parties().owed(PartyId(*payee)), Category::Damages,
             Money::from_usd(terms->amount_usd));
}

}  // namespace

void audit_notices(AuditRun& run) {
  for (const Contract& contract : run.s().registry.contracts())
    for (const Version& version : contract.versions)
      for (const Clause& clause : version.clauses) expect_fee(run, contract, version, clause);
}

/// From the dates of the conflicts: the rate while any breach lasts, and the sum once for each breach.
void kinds::Damages::audit(AuditRun& run, LabelId label) const {
  const auto& m = run.in_force(label);
  const Side from = run.parties().owing(m.payer), to = run.parties().owed(m.payee);
  bool any = false;
  for (const auto& breach : run.s().registry.breaches()) {
    if (breach.broken != m.contract || !lasts(breach, run.start()) || !prices(run, m, breach)) continue;
    any = true;
    if (breach.from > previous_start(run) && !owed_before(run, label, breach))
      run.expect(from, to, Category::Damages, Money::from_usd(amount_usd), label);
  }
  const double years = core::in_days(run.in.interval.length()) / core::kDaysPerYear;
  if (any) run.expect(from, to, Category::Damages, Money::from_usd(years * per_year_usd), label);
}

}  // namespace rackrate::market
