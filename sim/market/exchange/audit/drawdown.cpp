#include <algorithm>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/audit/audit_run.hpp"

namespace rackrate::market {
namespace {

/// What enterprises with a commitment to the seller's cloud bought under the clause, class by class; by segment.
Table<SegmentId, Money> committed_purchases(const AuditRun& run, const PaymentClause& m) {
  const auto& s = run.s();
  Table<SegmentId, Money> bought(s.parameters.segments.size());
  for (const ClassId k : run.in.table.classes.ids())
    for (const CellId cell : run.in.table.classes[k].cells) {
      const auto [segment, a, region] = s.cells.decode(cell);
      const std::int64_t volume = run.in.cell_volume[cell];
      if (volume == 0 || run.in.demand.units[cell] <= 0 || !covers(s, m, s.alternatives[a])) continue;
      const double usd = core::real(volume) * run.flows.fill(k) * committed_share(run.in.demand, cell) *
                         run.board().unit_price[a] * 1e-6 * run.in.interval.days();
      bought[segment] += Money::from_usd(usd);
    }
  return bought;
}

/// What is drawn this year can be at most the clause's share, and under all clauses what stays unburned.
void expect_draws(AuditRun& run, const PaymentClause& m) {
  const auto& s = run.s();
  auto& book = run.book.drawdowns;
  const CloudId cloud = s.channel_cloud[m.channel];
  const auto bought = committed_purchases(run, m);
  for (const SegmentId segment : bought.ids()) {
    const Money committed = run.in.demand.committed(segment, cloud);
    if (!covers(s, m, segment) || committed == Money{}) continue;
    auto& under_clause = book.drawn_under[m.label](segment, cloud);
    auto& under_all = book.drawn(segment, cloud);
    const Money most = std::min(scaled(committed, s.clause_of(m).as<kinds::Drawdown>().share) - under_clause,
                                scaled(committed, s.parameters.segments[segment].unburned) - under_all);
    const Money drawn = std::min(bought[segment], std::max(Money{}, most));
    run.expect(run.parties().cloud(cloud), run.parties().enterprises(), Category::Drawdown, drawn, m.label);
    under_clause += drawn;
    under_all += drawn;
  }
}

}  // namespace

void audit_drawdowns(AuditRun& run) {
  auto& book = run.book.drawdowns;
  if (book.drawn.empty()) return;
  if (run.start() >= next_year(book.year)) {
    const core::SimTime year = next_year(book.year);
    const Grid<SegmentId, CloudId, Money> none(run.parameters().segments.size(), run.parameters().clouds.size());
    book.drawn = none;
    book.drawn_under.assign(book.drawn_under.size(), none);
    book.year = year;
  }
  for (const auto& m : run.s().money)
    if (run.s().clause_of(m).is<kinds::Drawdown>() && run.s().in_force(m, run.start())) expect_draws(run, m);
}

}  // namespace rackrate::market
