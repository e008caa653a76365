#include <algorithm>

#include "sim/market/exchange/audit_run.hpp"
#include "sim/market/exchange/commitment_part.hpp"
#include "sim/market/exchange/commitment_steer.hpp"
#include "sim/market/exchange/defaults.hpp"

namespace rackrate::market {
namespace {

Side buyer(const PaymentClause& m) { return {m.payer, Layer::Model}; }
Side seller(const PaymentClause& m) { return {m.payee, Layer::Infrastructure}; }

bool has_open_period(const CommitmentAudit& commitment) { return commitment.open < commitment.periods.size(); }

/// The schedule of a commitment that is new, or goes on under other terms with what was drawn.
void begin(AuditRun& run, const PaymentClause& m, ClauseAudit& known) {
  const auto& s = run.s();
  const auto& clause = s.clause_of(m);
  const auto& version = s.version_of(m);
  const auto from = std::max(run.start(), s.parameters.run.start);
  auto& commitment = known.commitment;
  if (known.last.exists()) {
    const auto& old = run.money(known.last);
    if (known.clause.exists() && contracts::same_commitment(clause, version, s.clause_of(old), s.version_of(old)))
      return;
    commitment.totals.restate(s.clause_of(old).as<kinds::Commit>().carry, clause.as<kinds::Commit>().carry);
  }
  commitment.periods = contracts::commit_periods(clause, version, from, commitment.drawn);
  commitment.open = 0;
  known.written_down = false;
}

/// After a default the part of the clause's recovery is owed, from the open period on.
void write_down(const AuditRun& run, const PaymentClause& m, ClauseAudit& known) {
  if (known.written_down || !in_default(run.s(), m, run.book.defaults)) return;
  known.written_down = true;
  const double recovery = run.s().clause_of(m).as<kinds::Commit>().recovery;
  for (std::size_t k = known.commitment.open; k < known.commitment.periods.size(); ++k)
    known.commitment.periods[k].commitment = scaled(known.commitment.periods[k].commitment, recovery);
}

/// The time of a period for which nothing is owed, counted anew from what was permitted when each of its intervals
/// began: no account is kept.
core::SimDuration excused_in(const AuditRun& run, const PaymentClause& m, core::SimTime from, core::SimTime until) {
  core::SimDuration excused{0};
  if (run.s().clause_of(m).as<kinds::Commit>().while_barred == BarredRule::Owe) return excused;
  core::SimTime end = until;
  const auto back_to = [&](core::SimTime start) {
    if (start < end) excused += time_excused(run.s(), m, start, end - start);
    end = std::min(end, start);
  };
  if (run.start() < until) back_to(run.start());
  for (auto start = run.in.cleared.rbegin(); start != run.in.cleared.rend() && *start >= from; ++start) back_to(*start);
  return excused;
}

void expect_shortfall(AuditRun& run, const PaymentClause& m, CommitmentAudit& commitment, Money committed,
                      CarryRule carry) {
  const Money due = commitment.totals.close(committed, carry);
  commitment.drawn += due;
  run.expect(buyer(m), seller(m), Category::Shortfall, due, m.label);
}

}  // namespace

namespace kinds {

/// Use counts in the period that is open; what is missing when a period ends falls due.
void Commit::audit(AuditRun& run, LabelId label) const {
  const auto& m = run.in_force(label);
  auto& known = run.clause(label);
  auto& commitment = known.commitment;
  if (run.begins(label)) begin(run, m, known);
  write_down(run, m, known);
  const bool defers = deferral_fee >= 0 && payer_defers(run.in.view, m.payer);
  if (has_open_period(commitment) && commitment.periods[commitment.open].from <= run.start()) {
    const Money used = commitment_part(run.s(), run.terms.active, run.book.defaults, m, run.receipts, run.start());
    const Money by_credit = commitment.totals.use(used, commitment.periods[commitment.open].commitment);
    commitment.drawn += used - by_credit;
    run.expect(seller(m), buyer(m), Category::Shortfall, by_credit, label);
  }
  for (; has_open_period(commitment) && commitment.periods[commitment.open].until <= run.end(); ++commitment.open) {
    const auto& ended = commitment.periods[commitment.open];
    const core::SimDuration length = ended.until - ended.from;
    const core::SimDuration owed = length - excused_in(run, m, ended.from, ended.until);
    const Money asked = scaled(ended.commitment, owed, length);
    if (defers && commitment.open + 1 < commitment.periods.size())
      commitment.periods[commitment.open + 1].commitment +=
          scaled(commitment.totals.close(asked, CarryRule::None), 1.0 + deferral_fee);
    else
      expect_shortfall(run, m, commitment, asked, carry);
  }
}

/// Owed is the part of the open period that has passed.
void Commit::audit_lapse(AuditRun& run, LabelId label) const {
  auto& commitment = run.clause(label).commitment;
  const auto& m = run.money(run.clause(label).clause);
  if (run.start() >= run.s().clause_of(m).until) return;
  if (has_open_period(commitment) && run.start() > commitment.periods[commitment.open].from) {
    const auto& open = commitment.periods[commitment.open];
    const core::SimDuration passed = run.start() - open.from - excused_in(run, m, open.from, run.start());
    const Money owed = scaled(open.commitment, passed, open.until - open.from);
    expect_shortfall(run, m, commitment, owed, carry);
  }
  commitment.periods.clear();
}

}  // namespace kinds
}  // namespace rackrate::market
