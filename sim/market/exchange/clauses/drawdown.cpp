#include "sim/market/exchange/clauses/drawdown.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/settlement/settlement_run.hpp"

namespace rackrate::market {
namespace {

template <class T>
bool among(const std::vector<T>& set, const T& one) {
  return set.empty() || std::find(set.begin(), set.end(), one) != set.end();
}

using MoneyGrid = Grid<SegmentId, CloudId, Money>;

MoneyGrid no_money(const CompiledScenario& s) { return {s.parameters.segments.size(), s.parameters.clouds.size()}; }

/// Served share of every cell.
Table<CellId, double> fills(const SettlementRun& run) {
  Table<CellId, double> fill(run.in.load.cell_volume.size(), 0.0);
  for (const ClassId k : run.in.table.classes.ids())
    for (const CellId cell : run.in.table.classes[k].cells) fill[cell] = run.in.allocation.classes[k].fill;
  return fill;
}

/// The part of the sales in this cell to enterprises with a commitment to the seller's cloud, $ in the interval.
double eligible(const SettlementRun& run, CellId cell, AlternativeId a, double fill) {
  const std::int64_t volume = run.in.load.cell_volume[cell];
  if (run.in.demand.units[cell] <= 0 || volume == 0) return 0.0;
  return core::real(volume) * fill * committed_share(run.in.demand, cell) * run.board().unit_price[a] * 1e-6 *
         run.in.interval.days();
}

/// Eligible purchases of a segment under a clause. Each cell is rounded once, so that any order gives the same
/// sum.
Money purchases(const SettlementRun& run, const Table<CellId, double>& fill, const PaymentClause& m,
                SegmentId segment) {
  const auto& s = run.s();
  Money sum;
  for (const AlternativeId a : s.alternatives.ids()) {
    if (!covers(s, m, s.alternatives[a])) continue;
    for (const RegionId region : core::indices<RegionId>(s.parameters.vocabulary.regions.size())) {
      const CellId cell = s.cell(segment, a, region);
      sum += Money::from_usd(eligible(run, cell, a, fill[cell]));
    }
  }
  return sum;
}

/// What may still be drawn this year.
Money left(const SettlementRun& run, const PaymentClause& m, SegmentId segment, CloudId cloud) {
  const auto& s = run.s();
  const auto& book = run.accounts.commitments;
  const Money committed = run.in.demand.committed(segment, cloud);
  const Money under =
      scaled(committed, s.clause_of(m).as<kinds::Drawdown>().share) - book.drawn_under[m.label](segment, cloud);
  const Money whole = scaled(committed, s.parameters.segments[segment].unburned) - book.drawn(segment, cloud);
  return std::max(Money{}, std::min(under, whole));
}

/// Closes a contract year and begins the next. What was not drawn is lost to the buyer, who owes the commitment anyway.
void turn_year(SettlementRun& run, const std::vector<const PaymentClause*>& active) {
  const auto& s = run.s();
  auto& book = run.accounts.commitments;
  for (const auto* m : active) {
    const CloudId cloud = s.channel_cloud[m->channel];
    auto& line = run.line(m->label);
    for (const SegmentId segment : s.parameters.segments.ids()) {
      if (!covers(s, *m, segment)) continue;
      const Money lost = left(run, *m, segment, cloud);
      line.credit_expired += lost;
      line.commitment += lost + book.drawn_under[m->label](segment, cloud);
    }
  }
  book.drawn = no_money(s);
  book.drawn_under.assign(book.drawn_under.size(), no_money(s));
  book.year = next_year(book.year);
}

/// The share of the coming purchases that will draw the commitment: all of them if the rest suffices for the year.
double covered_share(Money stock, double coming) {
  if (coming > 0) return std::min(1.0, core::real(stock.tenthousandths()) / coming);
  return stock > Money{} ? 1.0 : 0.0;
}

void draw_segment(SettlementRun& run, const Table<CellId, double>& fill, const PaymentClause& m, SegmentId segment) {
  const auto& s = run.s();
  auto& book = run.accounts.commitments;
  const CloudId cloud = s.channel_cloud[m.channel];
  const Money bought = purchases(run, fill, m, segment);
  const Money before = left(run, m, segment, cloud);
  const Money drawn = std::min(bought, before);
  run.pay(run.parties().cloud(cloud), run.parties().enterprises(), Category::Drawdown, drawn, m.label);
  book.drawn(segment, cloud) += drawn;
  book.drawn_under[m.label](segment, cloud) += drawn;
  auto& line = run.line(m.label);
  line.base += bought;
  line.used += drawn;
  line.remaining = *line.remaining + (before - drawn);
  const double days_left = core::in_days(next_year(book.year) - run.end());
  const double covered =
      covered_share(before - drawn, core::real(bought.tenthousandths()) / run.in.interval.days() * days_left);
  for (const AlternativeId a : s.alternatives.ids())
    if (covers(s, m, s.alternatives[a])) book.coverage(segment, a) = covered;
}

void draw(SettlementRun& run, const Table<CellId, double>& fill, const PaymentClause& m) {
  const auto& s = run.s();
  const CloudId cloud = s.channel_cloud[m.channel];
  auto& line = run.line(m.label);
  line.rate = s.clause_of(m).as<kinds::Drawdown>().share;
  line.remaining = Money{};
  for (const SegmentId segment : s.parameters.segments.ids())
    if (covers(s, m, segment) && run.in.demand.committed(segment, cloud) != Money{})
      draw_segment(run, fill, m, segment);
}

}  // namespace

core::SimTime next_year(core::SimTime year) {
  const core::SimDuration length = core::years(1);
  return year + (length - length % core::kDay);
}

bool any_drawdown(const CompiledScenario& s) {
  return std::any_of(s.money.begin(), s.money.end(),
                     [&](const PaymentClause& m) { return s.clause_of(m).is<kinds::Drawdown>(); });
}

CommitBook first_commit_book(const CompiledScenario& s) {
  CommitBook book;
  if (!any_drawdown(s)) return book;
  book.drawn = no_money(s);
  book.drawn_under.assign(s.money_labels.size(), no_money(s));
  book.coverage = {s.parameters.segments.size(), s.alternatives.size()};
  book.year = s.parameters.run.start;
  return book;
}

bool covers(const CompiledScenario& s, const PaymentClause& m, const Alternative& a) {
  const auto& scope = s.clause_of(m).scope;
  const auto& lab = s.parameters.labs[a.lab];
  return a.channel == m.channel && among(scope.labs, lab.name) && among(scope.products, a.product) &&
         among(scope.model_class, lab.model_class);
}

bool covers(const CompiledScenario& s, const PaymentClause& m, SegmentId segment) {
  return among(s.clause_of(m).scope.segments, s.parameters.segments[segment].name);
}

void settle_drawdowns(SettlementRun& run) {
  auto& book = run.accounts.commitments;
  if (book.coverage.empty()) return;
  const auto& s = run.s();
  std::vector<const PaymentClause*> active;
  for (const auto& m : s.money)
    if (s.clause_of(m).is<kinds::Drawdown>() && s.in_force(m, run.start())) active.push_back(&m);
  if (run.start() >= next_year(book.year)) turn_year(run, active);
  book.coverage = {s.parameters.segments.size(), s.alternatives.size()};
  if (active.empty()) return;
  const auto fill = fills(run);
  for (const auto* m : active) draw(run, fill, *m);
}

}  // namespace rackrate::market
