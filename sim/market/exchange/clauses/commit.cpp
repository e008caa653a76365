#include <algorithm>
#include <utility>

#include "sim/market/exchange/clauses/clause_run.hpp"
#include "sim/market/exchange/clauses/commitment_part.hpp"
#include "sim/market/exchange/clearing/commitment_steer.hpp"
#include "sim/market/exchange/finance/defaults.hpp"

namespace rackrate::market {
namespace {

Side buyer(const PaymentClause& m) { return {m.payer, Layer::Model}; }
Side seller(const PaymentClause& m) { return {m.payee, Layer::Infrastructure}; }

/// Credit that expires when the schedule is replaced; where a period was closed, its settlement row holds it.
void book_row(ClauseFact& line, const contracts::Settlement& row, CarryRule carry) {
  line.commitment += row.commitment;
  line.shortfall += row.shortfall;
  line.credit_expired += row.credit_expired;
  if (carry == CarryRule::OnePeriod) line.credit_created += row.shortfall;
}

/// "1234 M$"; below a million in dollars.
std::string amount_text(Money amount) {
  if (amount < Money::from_usd(1e6)) return to_string(amount);
  return std::to_string(amount.tenthousandths() / 10'000'000'000) + " M$";
}

/// Says why a period fell short.
void explain(const ClauseRun& run, const PaymentClause& m, const contracts::Settlement& row) {
  auto& missing = run.account(m.label).missing;
  if (row.shortfall > Money{}) {
    const auto share = std::to_string(static_cast<int>(100.0 * (row.shortfall.usd() / row.commitment.usd()) + 0.5));
    run.notice("shortfall", m.label,
               run.s().parties[m.payer] + " pays " + run.s().parties[m.payee] + " " + amount_text(row.shortfall) +
                   " for compute not used, " + share + " % of what it committed to from " + core::to_string(row.from) +
                   " until " + core::to_string(row.until) + ": " + reasons_text(missing));
  }
  missing = {};
}

/// Says that what falls short is not paid now.
void notice_deferral(const ClauseRun& run, const PaymentClause& m, const contracts::Settlement& row) {
  if (row.deferred <= Money{}) return;
  run.notice("deferral", m.label,
             run.s().parties[m.payer] + ", short of cash, pushes " + amount_text(row.deferred) + " that it owes " +
                 run.s().parties[m.payee] + " for compute not used into the next period");
}

/// After a default what remains is owed in part.
void write_down(const ClauseRun& run, const PaymentClause& m, double recovery) {
  auto& account = run.account(m.label);
  if (account.written_down || !in_default(run.s(), m, run.accounts.defaults)) return;
  account.written_down = true;
  const Money before = account.commitment.remaining();
  account.commitment.write_down(recovery);
  run.notice("default", m.label,
             run.s().money_labels[m.label] + ": of " + amount_text(before) + " that remained " +
                 amount_text(account.commitment.remaining()) + " is still owed to " + run.s().parties[m.payee]);
}

/// Makes what is booked of the open period's shortfall this much.
void book_shortfall(ClauseRun& run, const PaymentClause& m, Money to_date) {
  const Money more = to_date - std::exchange(run.account(m.label).booked, to_date);
  if (more >= Money{})
    run.pay(buyer(m), seller(m), Category::Shortfall, more, m.label);
  else
    run.pay(seller(m), buyer(m), Category::Shortfall, -more, m.label);
}

/// Purchases of the assignee count as far as the payer is behind, and it keeps a part of them.
void assign(ClauseRun& run, const PaymentClause& m, const kinds::Commit& terms) {
  auto& account = run.account(m.label);
  const Money taken =
      std::min(assigned_purchases(run.s(), run.active, m, run.out.receipts), account.commitment.behind(run.end()));
  if (taken <= Money{}) return;
  account.commitment.spend(run.start(), taken);
  run.line(m.label).used += taken;
  const PartyId assignee(*index_of(run.parameters().vocabulary.firms, terms.assignee));
  run.pay(buyer(m), {assignee, Layer::Model}, Category::Transfer, scaled(taken, terms.assignment_discount), m.label);
}

/// The payer buys itself out on its day.
void buy_out(ClauseRun& run, const PaymentClause& m, const kinds::Commit& terms) {
  auto& account = run.account(m.label);
  if (!is_bought_out(run.s(), m, run.start()) || account.commitment.open_period() == nullptr) return;
  const Money remained = account.commitment.buy_out(std::exchange(account.booked, Money{}));
  const Money price = scaled(remained, terms.buyout);
  account.missing = {};
  run.pay(buyer(m), seller(m), Category::Shortfall, price, m.label);
  run.acted(m.label, run.start());
  run.notice("buyout", m.label,
             run.s().parties[m.payer] + " buys itself out of " + amount_text(remained) + " that it owed " +
                 run.s().parties[m.payee] + " for compute, for " + amount_text(price));
}

/// The period is over: what was not booked of its shortfall is.
void pay_shortfall(ClauseRun& run, const PaymentClause& m, const contracts::Settlement& row, CarryRule carry) {
  book_row(run.line(m.label), row, carry);
  explain(run, m, row);
  book_shortfall(run, m, row.shortfall);
  run.account(m.label).booked = {};
}

/// Says that somebody begins to owe, unless it goes on with what it owed.
void notice_beginning(const ClauseRun& run, const PaymentClause& m) {
  const auto& account = run.account(m.label);
  if (account.last.exists() || run.start() <= run.parameters().run.start) return;
  if (in_default(run.s(), m, run.accounts.defaults)) return;  // which says what is still owed
  run.notice("commitment", m.label,
             run.s().parties[m.payer] + " begins to owe " + run.s().parties[m.payee] + " " +
                 amount_text(account.commitment.remaining()) + " for compute, used or not, until " +
                 core::to_string(m.until));
}

void begin_commitment(ClauseRun& run, const PaymentClause& m) {
  const auto row = continue_commitment(run.s(), m, run.start(), run.account(m.label));
  notice_beginning(run, m);
  if (row) book_row(run.line(m.label), *row, CarryRule::None);  // nothing falls due, no credit is made
}

/// Counts the interval's purchases and the time for which nothing is owed, and uses credit of the last period's
/// shortfall.
void book_use(ClauseRun& run, const PaymentClause& m) {
  const Money usage = commitment_part(run.s(), run.active, run.accounts.defaults, m, run.out.receipts, run.start());
  auto& account = run.account(m.label);
  if (const auto* period = account.commitment.open_period(); period != nullptr && period->from <= run.start()) {
    const core::SimDuration time = run.end() - run.start();
    const core::SimDuration barred = time_excused(run.s(), m, run.start(), time);
    const Money asked = scaled(period->commitment, time - barred, period->until - period->from);
    const CouldHaveUsed could = count_missing(run, m, asked, usage, account.missing);
    const auto& terms = run.s().clause_of(m).as<kinds::Commit>();
    account.commitment.excuse(barred + time_undelivered(terms, asked, could, time - barred));
  }
  const Money credit = usage - account.commitment.spend(run.start(), usage);
  run.pay(seller(m), buyer(m), Category::Shortfall, credit, m.label);
  auto& line = run.line(m.label);
  line.used += usage;
  line.credit_used += credit;
}

}  // namespace

std::optional<contracts::Settlement> continue_commitment(const CompiledScenario& s, const PaymentClause& m,
                                                         core::SimTime t, ClauseAccount& account) {
  const auto& clause = s.clause_of(m);
  const CarryRule carry = clause.as<kinds::Commit>().carry;
  const auto& version = s.version_of(m);
  const auto from = std::max(t, s.parameters.run.start);
  if (!account.last.exists()) {
    account.commitment = contracts::TakeOrPay(contracts::commit_periods(clause, version, from), carry);
    return std::nullopt;
  }
  const auto& old = s.money[account.last];
  const bool paused = !account.clause.exists();
  if (!paused && contracts::same_commitment(clause, version, s.clause_of(old), account.commitment.end()))
    return std::nullopt;
  account.missing = {};
  account.written_down = false;
  const Money booked = std::exchange(account.booked, Money{});
  account.commitment.add_paid(booked);  // it stays paid, and counts as drawn
  const auto drawn = account.commitment.drawn();
  auto row = account.commitment.restate(from, contracts::commit_periods(clause, version, from, drawn), carry);
  if (row) row->add_shortfall(booked);
  return row;
}

namespace kinds {

void Commit::settle(ClauseRun& run, LabelId label) const {
  const auto& m = run.in_force(label);
  auto& commitment = run.account(label).commitment;
  if (run.begins(label)) begin_commitment(run, m);
  write_down(run, m, recovery);
  buy_out(run, m, *this);
  book_use(run, m);
  assign(run, m, *this);
  const bool defers = deferral_fee >= 0 && payer_defers(run.in.view, m.payer);
  while (const auto settled = commitment.settle(run.end(), defers ? std::optional(deferral_fee) : std::nullopt,
                                                run.account(label).booked)) {
    notice_deferral(run, m, *settled);
    pay_shortfall(run, m, *settled, carry);
  }
  if (!defers) book_shortfall(run, m, commitment.behind(run.end()));
  auto& line = run.line(label);
  line.remaining = commitment.remaining();
  line.cumulative = commitment.drawn();
}

/// A commitment that its contract no longer states, before its own end: owes the share of the period that has passed.
void Commit::lapse(ClauseRun& run, LabelId label) const {
  auto& account = run.account(label);
  const auto& m = run.money(account.clause);
  if (run.start() >= run.s().clause_of(m).until) return;  // it ran its course
  if (const auto settled = account.commitment.terminate(run.start())) pay_shortfall(run, m, *settled, carry);
  run.line(label).remaining = Money{};
}

}  // namespace kinds
}  // namespace rackrate::market
