#include <algorithm>

#include "sim/market/exchange/clause_run.hpp"

namespace rackrate::market {
namespace {

const std::string& name_of(const ClauseRun& run, int contract) {
  return run.s().registry.contracts()[static_cast<std::size_t>(contract)].name;
}

/// True if the clause prices breaches by contract `by`: its payer is one of the parties.
bool prices(const ClauseRun& run, const PaymentClause& m, int by) {
  return contracts::prices_breach(run.s().clause_of(m), run.s().registry.contracts()[static_cast<std::size_t>(by)]);
}

/// Contracts that break the clause's at t, as the permissions of that instant say.
std::vector<int> breaking(const ClauseRun& run, const PaymentClause& m, core::SimTime t) {
  std::vector<int> out;
  for (const int by : run.s().registry.breakers(m.contract, t))
    if (prices(run, m, by)) out.push_back(by);
  return out;
}

/// The instant at which the window before this one looked; before the first one, the last instant before the run.
core::SimTime looked_before(const ClauseRun& run) {
  const auto& p = run.view.parameters().run;
  return run.start == p.start || run.exchange.cleared.empty() ? run.start - core::SimDuration{1}
                                                              : run.exchange.cleared.back();
}

/// Did this label see the breach in an earlier window?
bool seen_before(const ClauseRun& run, const PaymentClause& m, const contracts::Breach& breach) {
  for (const core::SimTime t : run.exchange.cleared)
    for (const auto& other : run.s().money)
      if (breach.from <= t && t < breach.until && other.label == m.label && run.s().in_force(other, t)) return true;
  return false;
}

/// What the books expect, from the dates of the conflicts: breaches that last, and those of them that are owed for
/// once.
struct Dated {
  bool any = false;
  int begun = 0;
};
Dated dated_breaches(const ClauseRun& run, const PaymentClause& m) {
  Dated out;
  const auto& all = run.s().registry.breaches();
  for (const auto& now : all) {
    if (now.broken != m.contract || now.from > run.start || now.until <= run.start || !prices(run, m, now.by)) continue;
    out.any = true;
    if (now.from <= looked_before(run)) continue;
    const bool audited = std::any_of(all.begin(), all.end(), [&](const contracts::Breach& b) {
      return b.broken == now.broken && b.by == now.by && b.from < now.from && seen_before(run, m, b);
    });
    if (!audited) ++out.begun;
  }
  return out;
}

std::string sentence(const ClauseRun& run, const PaymentClause& m, int by) {
  for (const Conflict& c : run.s().registry.conflicts())
    if (c.kind == ConflictKind::Breach && c.against == m.contract && c.by == by && c.from <= run.start &&
        run.start < c.until)
      return c.sentence;
  return name_of(run, by) + " breaks " + name_of(run, m.contract);
}

}  // namespace

Side owing(const CompiledScenario& s, int party) {
  const bool lab = std::find(s.lab_firm.begin(), s.lab_firm.end(), party) != s.lab_firm.end();
  return {party, lab ? Layer::Model : Layer::Infrastructure};
}

Side owed(const CompiledScenario& s, int party) {
  const bool cloud = std::find(s.cloud_firm.begin(), s.cloud_firm.end(), party) != s.cloud_firm.end();
  return {party, cloud ? Layer::Infrastructure : Layer::Model};
}

/// `amount` for every contract that begins to break this one, once each, and `per_year` while any of them does.
/// A breach that began before the run, or before the clause, is not charged the sum again.
void kinds::Damages::settle(ClauseRun& run, std::size_t label) const {
  const auto& m = run.money(run.active[label]);
  auto& account = run.account(label);
  const Side from = owing(run.s(), m.payer), to = owed(run.s(), m.payee);
  const double years = core::in_days(run.end - run.start) / core::kDaysPerYear;
  const auto now = breaking(run, m, run.start);
  const auto before = now.empty() ? now : breaking(run, m, looked_before(run));
  for (const int by : now) {
    if (std::find(account.broken_by.begin(), account.broken_by.end(), name_of(run, by)) != account.broken_by.end())
      continue;
    account.broken_by.push_back(name_of(run, by));
    run.notice("breach", label, sentence(run, m, by));
    run.acted(label, run.start);
    if (std::find(before.begin(), before.end(), by) != before.end()) continue;  // an old breach: its sum was due before
    post_clause(run.exchange, m.label, from, to, Category::Damages, Money::from_usd(amount_usd));
  }
  if (!now.empty())
    post_clause(run.exchange, m.label, from, to, Category::Damages, Money::from_usd(years * per_year_usd));
  const Dated audited = dated_breaches(run, m);
  for (int k = 0; k < audited.begun; ++k) run.exchange.books.expect(from, to, Category::Damages, 1.0, amount_usd);
  if (audited.any) run.exchange.books.expect(from, to, Category::Damages, years, per_year_usd);
  line_of(run.exchange, m.label).cumulative = account.moved;
}

}  // namespace rackrate::market
