#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "sim/market/exchange/audit/audit_run.hpp"
#include "sim/market/exchange/clauses/commitment_part.hpp"
#include "sim/market/exchange/clauses/undelivered.hpp"
#include "sim/market/exchange/clearing/commitment_steer.hpp"
#include "sim/market/exchange/finance/defaults.hpp"
#include "sim/market/regime/buyer_and_hosts.hpp"

namespace rackrate::market {
namespace {

Side buyer(const PaymentClause& m) { return {m.payer, Layer::Model}; }
Side seller(const PaymentClause& m) { return {m.payee, Layer::Infrastructure}; }

bool has_open_period(const CommitmentAudit& commitment) { return commitment.open < commitment.periods.size(); }

/// So much of the open period's shortfall should have been booked by now.
void expect_booked(AuditRun& run, const PaymentClause& m, CommitmentAudit& commitment, Money so_far) {
  if (so_far >= commitment.expected)
    run.expect(buyer(m), seller(m), Category::Shortfall, so_far - commitment.expected, m.label);
  else
    run.expect(seller(m), buyer(m), Category::Shortfall, commitment.expected - so_far, m.label);
  commitment.expected = so_far;
}

/// The schedule of a commitment that is new, or goes on under other terms with what was drawn.
void begin(AuditRun& run, const PaymentClause& m, ClauseAudit& known) {
  const auto& s = run.s();
  const auto& clause = s.clause_of(m);
  const auto& version = s.version_of(m);
  const auto from = std::max(run.start(), s.parameters.run.start);
  auto& commitment = known.commitment;
  if (known.last.exists()) {
    const auto& old = run.money(known.last);
    if (known.clause.exists() && contracts::same_commitment(clause, version, s.clause_of(old), commitment.end)) return;
    commitment.totals.restate(s.clause_of(old).as<kinds::Commit>().carry, clause.as<kinds::Commit>().carry);
    commitment.drawn += std::exchange(commitment.expected, Money{});
  }
  commitment.periods = contracts::commit_periods(clause, version, from, commitment.drawn);
  commitment.end = contracts::end_of(commitment.periods);
  commitment.open = 0;
  commitment.excused = commitment.undelivered = core::SimDuration{0};
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

/// The time of a period for which nothing is owed as access was barred, counted anew from what was permitted when each
/// of its intervals began: no account is kept.
core::SimDuration barred_in(const AuditRun& run, const PaymentClause& m, core::SimTime from, core::SimTime until) {
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

/// What remains of the open and all later periods, by their totals.
Money remaining(const AuditRun& run, const PaymentClause& m, const CommitmentAudit& commitment) {
  const auto& open = commitment.periods[commitment.open];
  const core::SimDuration length = open.until - open.from;
  const core::SimDuration excused =
      barred_in(run, m, open.from, std::max(open.from, run.start())) + commitment.undelivered;
  Money sum = commitment.totals.missing(scaled(open.commitment, length - excused, length));
  for (std::size_t k = commitment.open + 1; k < commitment.periods.size(); ++k) sum += commitment.periods[k].commitment;
  return sum;
}

/// The payer buys itself out of what was not booked yet.
void buy_out(AuditRun& run, const PaymentClause& m, CommitmentAudit& commitment, double share) {
  if (!is_bought_out(run.s(), m, run.start()) || !has_open_period(commitment)) return;
  const Money left = std::max(remaining(run, m, commitment) - commitment.expected, Money{});
  run.expect(buyer(m), seller(m), Category::Shortfall, scaled(left, share), m.label);
  commitment.drawn += commitment.expected;
  commitment.expected = {};
  commitment.periods.clear();
  commitment.open = 0;
}

/// What the assignee bought counts as far as the payer is behind an even draw.
void assign(AuditRun& run, const PaymentClause& m, CommitmentAudit& commitment, const kinds::Commit& terms) {
  const auto& open = commitment.periods[commitment.open];
  const core::SimDuration passed = run.end() - open.from - commitment.excused;
  const Money behind = commitment.totals.missing(scaled(open.commitment, passed, open.until - open.from));
  const Money taken = std::min(assigned_purchases(run.s(), run.terms.active, m, run.receipts), behind);
  if (taken <= Money{}) return;
  static_cast<void>(commitment.totals.use(taken, open.commitment));
  commitment.drawn += taken;
  const PartyId assignee(*index_of(run.parameters().vocabulary.firms, terms.assignee));
  run.expect(buyer(m), {assignee, Layer::Model}, Category::Transfer, scaled(taken, terms.assignment_discount), m.label);
}

void expect_shortfall(AuditRun& run, const PaymentClause& m, CommitmentAudit& commitment, Money due) {
  commitment.drawn += due;
  expect_booked(run, m, commitment, due);
  commitment.expected = {};
  commitment.excused = commitment.undelivered = core::SimDuration{0};
}

/// What the open period asks for by t.
Money asked_by(const AuditRun& run, const PaymentClause& m, const CommitmentAudit& commitment, core::SimTime t) {
  const auto& open = commitment.periods[commitment.open];
  const core::SimDuration excused = barred_in(run, m, open.from, t) + commitment.undelivered;
  return scaled(open.commitment, t - open.from - excused, open.until - open.from);
}

/// What the pair could have used, from the flows on the arcs.
Movable movable(const AuditRun& run, const CommittedPair& pair) {
  const auto& table = run.in.table;
  const auto& solution = run.in.solution;
  std::map<ClassId, std::int64_t> elsewhere;
  for (const ClassId k : pair.classes) elsewhere[k] = run.flows.wanted[k];
  for (const ArcId a : solution.used) {
    const auto found = elsewhere.find(table.demand_class(table.network.arcs[a]));
    if (found != elsewhere.end() && run.s().cloud_firm[table.arc_terms[a].host] == pair.payee)
      found->second -= solution.flow[a];
  }
  Movable out;
  std::set<NodeId> nodes;
  for (const auto& [k, h100e] : elsewhere) out.elsewhere += std::max<std::int64_t>(0, h100e);
  for (const ArcId a : pair.arcs)
    if (const FlowArc& arc = table.network.arcs[a]; elsewhere.at(table.demand_class(arc)) > 0)
      nodes.insert(DemandTable::node(arc));
  for (const NodeId node : nodes) out.room += solution.slack[node];
  return out;
}

/// The part of the interval's `time` for which the payee had nothing left to sell.
core::SimDuration undelivered_in(const AuditRun& run, const PaymentClause& m, Money asked, Money used,
                                 core::SimDuration time) {
  const double missing = (asked - used).usd();
  const PartOfPair of = part_of_pair(run.s(), run.in.table, m);
  const auto sides = buyer_and_hosts(run.s(), m);
  if (missing <= 0 || of.pair == nullptr || sides.labs.empty() || sides.hosts.empty()) return core::SimDuration{0};
  const LabId lab = sides.labs.front();
  const CloudId host = sides.hosts.front();
  const double price = run.terms.hosting_usd(lab, host) * run.board().price_index_for(lab, host);
  if (price <= 0) return core::SimDuration{0};
  const CouldHaveUsed could =
      could_have_used(missing, movable(run, *of.pair), of.part, price * run.in.interval.hours());
  return time_undelivered(run.s().clause_of(m).as<kinds::Commit>(), asked, could, time);
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
  buy_out(run, m, commitment, buyout);
  const bool defers = deferral_fee >= 0 && payer_defers(run.in.view, m.payer);
  if (has_open_period(commitment) && commitment.periods[commitment.open].from <= run.start()) {
    const Money used = commitment_part(run.s(), run.terms.active, run.book.defaults, m, run.receipts, run.start());
    const Money by_credit = commitment.totals.use(used, commitment.periods[commitment.open].commitment);
    commitment.drawn += used - by_credit;
    const auto& open = commitment.periods[commitment.open];
    const core::SimDuration time = run.end() - run.start();
    const core::SimDuration barred = time_excused(run.s(), m, run.start(), time);
    const Money asked = scaled(open.commitment, time - barred, open.until - open.from);
    const core::SimDuration late = undelivered_in(run, m, asked, used, time - barred);
    commitment.excused += barred + late;
    commitment.undelivered += late;
    run.expect(seller(m), buyer(m), Category::Shortfall, by_credit, label);
    assign(run, m, commitment, *this);
  }
  for (; has_open_period(commitment) && commitment.periods[commitment.open].until <= run.end(); ++commitment.open) {
    const auto& ended = commitment.periods[commitment.open];
    const bool pushed_out = defers && commitment.open + 1 < commitment.periods.size();
    Money due =
        commitment.totals.close(asked_by(run, m, commitment, ended.until), pushed_out ? CarryRule::None : carry);
    if (pushed_out) {
      const Money deferred = std::max(due - commitment.expected, Money{});
      commitment.periods[commitment.open + 1].commitment += scaled(deferred, 1.0 + deferral_fee);
      due -= deferred;
    }
    expect_shortfall(run, m, commitment, due);
  }
  if (defers || !has_open_period(commitment)) return;
  const auto& open = commitment.periods[commitment.open];
  if (open.from >= run.end()) return;
  const core::SimDuration passed = run.end() - open.from - commitment.excused;
  expect_booked(run, m, commitment, commitment.totals.missing(scaled(open.commitment, passed, open.until - open.from)));
}

/// Owed is the part of the open period that has passed.
void Commit::audit_lapse(AuditRun& run, LabelId label) const {
  auto& commitment = run.clause(label).commitment;
  const auto& m = run.money(run.clause(label).clause);
  if (run.start() >= run.s().clause_of(m).until) return;
  if (has_open_period(commitment) && run.start() > commitment.periods[commitment.open].from) {
    expect_shortfall(run, m, commitment, commitment.totals.close(asked_by(run, m, commitment, run.start()), carry));
  }
  commitment.periods.clear();
}

}  // namespace kinds
}  // namespace rackrate::market
