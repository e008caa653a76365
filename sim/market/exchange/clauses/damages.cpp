#include <algorithm>

#include "sim/market/contracts/breach.hpp"
#include "sim/market/exchange/clauses/clause_run.hpp"

namespace rackrate::market {
namespace {

const Contract& contract(const ClauseRun& run, ContractId id) { return contract_at(run.s().registry.contracts(), id); }

/// Contracts that break the clause's contract at t, by the permissions at that instant, and whose breach the clause
/// prices: its payer is a party to them.
std::vector<ContractId> breaking(const ClauseRun& run, const PaymentClause& m, core::SimTime t) {
  std::vector<ContractId> out;
  for (const ContractId by : run.s().registry.breakers(m.contract, t))
    if (contracts::prices_breach(run.s().clause_of(m), contract(run, by))) out.push_back(by);
  return out;
}

/// The start of the interval before this one, when breaches were last checked; in the first interval, the last instant
/// before the run.
core::SimTime previous_start(const ClauseRun& run) {
  const auto& cleared = run.in.cleared;
  return run.start() == run.parameters().run.start || cleared.empty() ? run.start() - core::SimDuration{1}
                                                                      : cleared.back();
}

std::string sentence(const ClauseRun& run, const PaymentClause& m, ContractId by) {
  for (const Conflict& c : run.s().registry.conflicts())
    if (c.kind == ConflictKind::Breach && c.against == m.contract && c.by == by && c.from <= run.start() &&
        run.start() < c.until)
      return c.sentence;
  return contract(run, by).name + " breaks " + contract(run, m.contract).name;
}

bool contains(const auto& list, const auto& value) { return std::find(list.begin(), list.end(), value) != list.end(); }

}  // namespace

/// `amount` for every contract that begins to break this one, once each, and `per_year` while any of them does.
/// A breach that began before the run, or before the clause, is not charged the sum again.
void kinds::Damages::settle(ClauseRun& run, LabelId label) const {
  const auto& m = run.in_force(label);
  auto& account = run.account(label);
  const Side from = run.parties().owing(m.payer), to = run.parties().owed(m.payee);
  const auto now = breaking(run, m, run.start());
  const auto before = now.empty() ? now : breaking(run, m, previous_start(run));
  for (const ContractId by : now) {
    const std::string& breaker = contract(run, by).name;
    if (contains(account.broken_by, breaker)) continue;
    account.broken_by.push_back(breaker);
    run.notice("breach", label, sentence(run, m, by));
    run.acted(label, run.start());
    if (contains(before, by)) continue;  // an old breach: its sum was due before
    run.pay(from, to, Category::Damages, Money::from_usd(amount_usd), label);
  }
  const double years = core::in_days(run.in.interval.length()) / core::kDaysPerYear;
  if (!now.empty()) run.pay(from, to, Category::Damages, Money::from_usd(years * per_year_usd), label);
  run.line(label).cumulative = account.moved;
}

}  // namespace rackrate::market
