#include <algorithm>

#include "sim/market/exchange/clause_run.hpp"

namespace rackrate::market {
namespace {

Side buyer(const PaymentClause& m) { return {m.payer, Layer::Model}; }
Side seller(const PaymentClause& m) { return {m.payee, Layer::Infrastructure}; }

/// What a clause asks for per day over its term: several commitments to one payee share the purchases in this
/// proportion.
double daily_amount(const CompiledScenario& s, const PaymentClause& m) {
  const auto& clause = s.clause_of(m);
  const auto from = std::max(clause.from, s.version_of(m).effective);
  return clause.as<kinds::Commit>().amount_usd / std::max(1.0, core::in_days(clause.until - from));
}

/// This clause's part of what its payer bought from its payee.
Money part_of(const ClauseRun& run, const PaymentClause& m, const Receipts& receipts) {
  const auto it = receipts.purchases.find({m.payer, m.payee});
  if (it == receipts.purchases.end()) return {};
  double all = 0.0;
  for (const int other : run.active) {
    if (other < 0) continue;
    const auto& o = run.money(other);
    if (run.s().clause_of(o).is<kinds::Commit>() && o.payer == m.payer && o.payee == m.payee)
      all += daily_amount(run.s(), o);
  }
  return all > 0 ? scaled(Money{it->second}, daily_amount(run.s(), m) / all) : Money{};
}

/// What expires when credit is replaced: the settlement row says it where a period was closed.
void book_row(ClauseFact& line, const contracts::Settlement& row, CarryRule carry) {
  line.commitment += row.commitment;
  line.shortfall += row.shortfall;
  line.credit_expired += row.credit_expired;
  if (carry == CarryRule::OnePeriod) line.credit_created += row.shortfall;
}

void post_settled(ClauseRun& run, const PaymentClause& m, const contracts::Settlement& row, CarryRule carry) {
  auto& account = run.account(static_cast<std::size_t>(m.label));
  book_row(line_of(run.exchange, m.label), row, carry);
  post_clause(run.exchange, m.label, buyer(m), seller(m), Category::Shortfall, Money{row.shortfall});
  run.exchange.books.expect(buyer(m), seller(m), Category::Shortfall,
                            Money{account.commit_audit.close(row.commitment, carry)});
}

/// A new schedule, or the old one under the terms of today. Restated with the same terms a commitment goes on;
/// with others, what was drawn counts and the rest is spread over the time left.
void begin_commitment(ClauseRun& run, const PaymentClause& m) {
  const auto& s = run.s();
  const auto& clause = s.clause_of(m);
  const CarryRule carry = clause.as<kinds::Commit>().carry;
  const auto& version = s.version_of(m);
  auto& account = run.account(static_cast<std::size_t>(m.label));
  const auto from = std::max(run.start, s.parameters.run.start);
  if (account.last < 0) {
    account.commitment = contracts::TakeOrPay(contracts::commit_periods(clause, version, from), carry);
    return;
  }
  const auto& old = run.money(account.last);
  const bool paused = account.clause < 0;
  if (!paused && contracts::same_commitment(clause, version, s.clause_of(old), s.version_of(old))) return;
  const CarryRule before = s.clause_of(old).as<kinds::Commit>().carry;
  const auto drawn = account.commitment.drawn();
  const auto row = account.commitment.restate(from, contracts::commit_periods(clause, version, from, drawn), carry);
  account.commit_audit.restate(before, carry);
  if (row) book_row(line_of(run.exchange, m.label), *row, CarryRule::None);  // nothing falls due, no credit is made
}

void book_use(ClauseRun& run, const PaymentClause& m) {
  auto& account = run.account(static_cast<std::size_t>(m.label));
  const contracts::CommitPeriod* period = account.commitment.open_period();
  const bool counts = period != nullptr && run.start >= period->from;
  const contracts::Amount commitment = counts ? period->commitment : 0;
  const Money usage = part_of(run, m, run.receipts);
  const Money credit = usage - Money{account.commitment.spend(
                                   run.start, usage.tenthousandths)};  // last period's shortfall, honoured now
  post_clause(run.exchange, m.label, seller(m), buyer(m), Category::Shortfall, credit);
  if (counts)
    run.exchange.books.expect(seller(m), buyer(m), Category::Shortfall,
                              Money{account.commit_audit.use(part_of(run, m, run.audited).tenthousandths, commitment)});
  auto& line = line_of(run.exchange, m.label);
  line.used += usage.tenthousandths;
  line.credit_used += credit.tenthousandths;
}

}  // namespace

namespace kinds {

void Commit::settle(ClauseRun& run, std::size_t label) const {
  const auto& m = run.money(run.active[label]);
  auto& account = run.account(label);
  if (run.begins(label)) begin_commitment(run, m);
  book_use(run, m);
  while (const auto settled = account.commitment.settle(run.end)) post_settled(run, m, *settled, carry);
  auto& line = line_of(run.exchange, m.label);
  line.remaining = account.commitment.remaining();
  line.cumulative = account.commitment.drawn();
}

/// A commitment that its contract no longer states, before its own end: owes the share of the period that has passed.
void Commit::lapse(ClauseRun& run, std::size_t label) const {
  auto& account = run.account(label);
  const auto& m = run.money(account.clause);
  if (run.start >= run.s().clause_of(m).until) return;  // it ran its course
  if (const auto settled = account.commitment.terminate(run.start)) post_settled(run, m, *settled, carry);
  line_of(run.exchange, m.label).remaining = 0;
}

}  // namespace kinds
}  // namespace rackrate::market
