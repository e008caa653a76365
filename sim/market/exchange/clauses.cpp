#include <algorithm>

#include "sim/core/error.hpp"
#include "sim/market/contracts/custom_kind.hpp"
#include "sim/market/exchange/clause_run.hpp"

namespace rackrate::market {
namespace {

/// By label: the money clause in force at t, -1 for none.
std::vector<int> in_force(const Setting& s, core::SimTime t) {
  std::vector<int> active(s.money_labels.size(), -1);
  for (std::size_t k = 0; k < s.money.size(); ++k)
    if (s.in_force(s.money[k], t)) active[static_cast<std::size_t>(s.money[k].label)] = static_cast<int>(k);
  return active;
}

/// A clause of a kind of one's own: what it asks for is posted, and expected from a second asking, of what the books'
/// other route took in.
void settle_custom(ClauseRun& run, std::size_t label) {
  const auto& s = run.s();
  const auto& m = run.money(run.active[label]);
  const auto* kind = contracts::find_kind(s.parameters.custom_kinds, s.clause_of(m));
  if (kind == nullptr) return;
  auto& account = run.account(label);
  auto memory = account.memory;
  const auto side = [&](const std::string& firm, Layer layer) {
    const auto i = index_of(s.parameters.vocabulary.firms, firm);
    if (!i) throw core::LedgerError(s.money_labels[label] + " pays from or to \"" + firm + "\", which is no firm of this scenario");
    return Side{static_cast<int>(*i), layer};
  };
  const auto window = [&](const Takings& takings) {
    return contracts::ClauseWindow{run.start, run.end, s.parameters.vocabulary, takings.by_lab, takings.by_channel, takings.purchases};
  };
  for (const auto& p : kind->payments(s.clause_of(m), s.version_of(m), window(run.takings), account.memory))
    post_clause(run.exchange, m.label, side(p.from, p.from_layer), side(p.to, p.to_layer), p.category, Money{p.amount});
  for (const auto& p : kind->payments(s.clause_of(m), s.version_of(m), window(run.again), memory))
    run.exchange.books.expect(side(p.from, p.from_layer), side(p.to, p.to_layer), p.category, Money{p.amount});
  line_of(run.exchange, m.label).cumulative = account.moved;
}

void settle_one(ClauseRun& run, std::size_t label) {
  auto& account = run.account(label);
  const int active = run.active[label];
  if (active < 0) {
    if (account.clause >= 0 && run.s().clause_of(run.money(account.clause)).kind == ClauseKind::Commit) lapse_commitment(run, label);
    if (account.clause >= 0 && run.s().clause_of(run.money(account.clause)).kind == ClauseKind::Equity) account.stake = 0.0;   // sold, or lapsed
    account.clause = -1;
    return;
  }
  switch (run.s().clause_of(run.money(active)).kind) {
    case ClauseKind::Revshare: settle_share(run, label); break;
    case ClauseKind::Commit: settle_commitment(run, label); break;
    case ClauseKind::Tranche: settle_tranche(run, label); break;
    case ClauseKind::Equity: settle_equity(run, label); break;
    case ClauseKind::Renegotiation: settle_agreed(run, label); break;
    case ClauseKind::Damages: settle_damages(run, label); break;
    case ClauseKind::Termination: state_termination(run, label); break;
    case ClauseKind::Custom: settle_custom(run, label); break;
    case ClauseKind::Tender: report_tender(run, label); break;
    default: break;   // settled where what they price is sold: resale, hosting, reservations, drawdown
  }
  account.clause = account.last = active;
}

/// What the labs took in the month so far, and in the last full month: tranches look at it.
void count_revenue(Exchange& exchange, const Parameters& p, core::SimTime start, core::SimTime end, const Takings& takings) {
  for (std::size_t lab = 0; lab < takings.by_lab.size(); ++lab) exchange.lab_revenue[lab] += takings.by_lab[lab];
  if (core::month_index(end) == core::month_index(start)) return;
  const bool whole = core::month_start(core::month_index(start)) >= p.run.start;
  if (whole) exchange.last_lab_revenue = exchange.lab_revenue;
  std::fill(exchange.lab_revenue.begin(), exchange.lab_revenue.end(), 0);
}

}  // namespace

ClauseFact& line_of(Exchange& exchange, int label) {
  auto& line = exchange.lines[static_cast<std::size_t>(label)];
  line.clause = label;
  return line;
}

void post_clause(Exchange& exchange, int label, Side from, Side to, Category category, Money amount) {
  exchange.books.post(from, to, category, amount, label);
  if (label < 0) return;
  auto& account = exchange.clauses[static_cast<std::size_t>(label)];
  account.moved += amount.tenthousandths;
  line_of(exchange, label).cumulative = account.moved;
}

void settle_clauses(Exchange& exchange, const Scene& scene, core::SimTime start, core::SimTime end, const Takings& takings, const Takings& again, Observer* observer) {
  ClauseRun run{exchange, scene, start, end, takings, again, in_force(scene.setting(), start), observer};
  settle_notices(run);
  for (std::size_t label = 0; label < run.active.size(); ++label) settle_one(run, label);
  report_income(run);
  count_revenue(exchange, scene.parameters(), start, end, takings);
}

}  // namespace rackrate::market
