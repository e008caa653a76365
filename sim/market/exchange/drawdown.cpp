#include "sim/market/exchange/drawdown.hpp"

#include <algorithm>
#include <cmath>

#include "sim/market/exchange/clause_run.hpp"

namespace rackrate::market {
namespace {

template <class T>
bool among(const std::vector<T>& set, const T& one) {
  return set.empty() || std::find(set.begin(), set.end(), one) != set.end();
}

bool covers(const CompiledScenario& s, const PaymentClause& m, const Alternative& a) {
  const auto& clause = s.clause_of(m);
  const auto& lab = s.parameters.labs[static_cast<std::size_t>(a.lab)];
  return a.channel == m.channel && among(clause.scope.labs, lab.name) && among(clause.scope.products, a.product) &&
         among(clause.scope.model_class, lab.model_class);
}

bool covers(const CompiledScenario& s, const PaymentClause& m, std::size_t segment) {
  return among(s.clause_of(m).scope.segments, s.parameters.segments[segment].name);
}

/// What of a sale in this cell is bought by enterprises with a commitment to the seller's cloud, $ in the window.
double eligible(const Exchange& exchange, const MarketView& view, const Window& window, std::size_t cell, std::size_t a,
                double fill) {
  const std::int64_t all = exchange.units[cell];
  if (all <= 0 || window.cell_volume[cell] == 0) return 0.0;
  const double part = static_cast<double>(exchange.commitments.units[cell]) / static_cast<double>(all);
  return static_cast<double>(window.cell_volume[cell]) * fill * part * view.board.unit_price[a] * 1e-6 *
         (window.hours / 24.0);
}

std::vector<double> fills(const Exchange& exchange, const Window& window) {
  std::vector<double> fill(window.cell_volume.size(), 0.0);
  for (std::size_t k = 0; k < window.classes.size(); ++k)
    for (const auto cell : exchange.table.classes[k].cells)
      fill[static_cast<std::size_t>(cell)] = window.classes[k].fill;
  return fill;
}

/// Eligible purchases of a segment under a clause, 1e-4 $: each cell rounded once, so that any order gives the same
/// sum.
std::int64_t purchases(const Exchange& exchange, const MarketView& view, const Window& window,
                       const std::vector<double>& fill, const PaymentClause& m, std::size_t segment) {
  const auto& s = view.compiled();
  std::int64_t sum = 0;
  for (std::size_t a = 0; a < s.alternatives.size(); ++a) {
    if (!covers(s, m, s.alternatives[a])) continue;
    for (std::size_t region = 0; region < s.parameters.vocabulary.regions.size(); ++region) {
      const auto cell =
          static_cast<std::size_t>(s.cell(static_cast<int>(segment), static_cast<int>(a), static_cast<int>(region)));
      sum += Money::from_usd(eligible(exchange, view, window, cell, a, fill[cell])).tenthousandths;
    }
  }
  return sum;
}

/// The same by class and not by segment: what the books expect.
std::vector<std::int64_t> purchases_audited(const Exchange& exchange, const MarketView& view, const Window& window,
                                            const PaymentClause& m) {
  const auto& s = view.compiled();
  const auto regions = s.parameters.vocabulary.regions.size();
  std::vector<std::int64_t> by_segment(s.parameters.segments.size(), 0);
  for (std::size_t k = 0; k < window.classes.size(); ++k)
    for (const auto index : exchange.table.classes[k].cells) {
      const auto cell = static_cast<std::size_t>(index);
      const std::size_t a = cell / regions % s.alternatives.size();
      if (covers(s, m, s.alternatives[a]))
        by_segment[cell / regions / s.alternatives.size()] +=
            Money::from_usd(eligible(exchange, view, window, cell, a, window.classes[k].fill)).tenthousandths;
    }
  return by_segment;
}

std::int64_t part(std::int64_t amount, double share) {
  return static_cast<std::int64_t>(std::floor(static_cast<double>(amount) * share + 1e-6));
}

/// What may still be drawn this year.
std::int64_t left(const CommitBook& book, const CompiledScenario& s, const PaymentClause& m, std::size_t segment,
                  std::size_t at) {
  const std::int64_t under = part(book.committed[at], s.clause_of(m).as<kinds::Drawdown>().share) -
                             book.drawn_under[static_cast<std::size_t>(m.label)][at];
  const std::int64_t whole = part(book.committed[at], s.parameters.segments[segment].unburned) - book.drawn[at];
  return std::max<std::int64_t>(0, std::min(under, whole));
}

/// A contract year is over: what was not drawn of it is lost to the buyer, who pays it as ever; the next one begins.
void turn_year(Exchange& exchange, const CompiledScenario& s, const std::vector<const PaymentClause*>& active) {
  auto& book = exchange.commitments;
  const auto clouds = s.parameters.clouds.size();
  for (const auto* m : active) {
    const auto cloud = static_cast<std::size_t>(s.channel_cloud[static_cast<std::size_t>(m->channel)]);
    auto& line = line_of(exchange, m->label);
    for (std::size_t segment = 0; segment < s.parameters.segments.size(); ++segment) {
      const auto at = segment * clouds + cloud;
      if (!covers(s, *m, segment)) continue;
      const std::int64_t lost = left(book, s, *m, segment, at);
      line.credit_expired += lost;
      line.commitment += lost + book.drawn_under[static_cast<std::size_t>(m->label)][at];
    }
  }
  std::fill(book.drawn.begin(), book.drawn.end(), 0);
  for (auto& drawn : book.drawn_under) std::fill(drawn.begin(), drawn.end(), 0);
  book.year = next_year(book.year);
}

void draw(Exchange& exchange, const MarketView& view, const Window& window, const std::vector<double>& fill,
          const PaymentClause& m) {
  const auto& s = view.compiled();
  auto& book = exchange.commitments;
  const auto cloud = static_cast<std::size_t>(s.channel_cloud[static_cast<std::size_t>(m.channel)]);
  const Side payer{s.cloud_firm[cloud], Layer::Infrastructure}, payee{s.enterprises, Layer::Application};
  const auto audited = purchases_audited(exchange, view, window, m);
  const double days_left = core::in_days(next_year(book.year) - window.end);
  auto& line = line_of(exchange, m.label);
  line.rate = s.clause_of(m).as<kinds::Drawdown>().share;
  line.remaining = 0;
  for (std::size_t segment = 0; segment < s.parameters.segments.size(); ++segment) {
    const auto at = segment * s.parameters.clouds.size() + cloud;
    if (!covers(s, m, segment) || book.committed[at] == 0) continue;
    const std::int64_t bought = purchases(exchange, view, window, fill, m, segment);
    const std::int64_t before = left(book, s, m, segment, at);
    const std::int64_t drawn = std::min(bought, before);
    post_clause(exchange, m.label, payer, payee, Category::Drawdown, Money{drawn});
    exchange.books.expect(payer, payee, Category::Drawdown, Money{std::min(audited[segment], before)});
    book.drawn[at] += drawn;
    book.drawn_under[static_cast<std::size_t>(m.label)][at] += drawn;
    line.base += bought;
    line.used += drawn;
    line.remaining += before - drawn;
    // The share of the coming purchases that will draw: all of them while the stock lasts the year.
    const double coming = static_cast<double>(bought) / (window.hours / 24.0) * days_left;
    const double covered = coming > 0       ? std::min(1.0, static_cast<double>(before - drawn) / coming)
                           : before > drawn ? 1.0
                                            : 0.0;
    for (std::size_t a = 0; a < s.alternatives.size(); ++a)
      if (covers(s, m, s.alternatives[a])) book.coverage[segment * s.alternatives.size() + a] = covered;
  }
}

}  // namespace

core::SimTime next_year(core::SimTime year) {
  const core::SimDuration length = core::years(1);
  return year + (length - length % core::kDay);
}

CommitBook first_commit_book(const CompiledScenario& s) {
  CommitBook book;
  const bool any = std::any_of(s.money.begin(), s.money.end(),
                               [&](const PaymentClause& m) { return s.clause_of(m).is<kinds::Drawdown>(); });
  if (!any) return book;
  const auto size = s.parameters.segments.size() * s.parameters.clouds.size();
  book.committed.assign(size, 0);
  book.drawn.assign(size, 0);
  book.drawn_under.assign(s.money_labels.size(), std::vector<std::int64_t>(size, 0));
  book.units.assign(s.cells.size(), 0);
  book.coverage.assign(s.parameters.segments.size() * s.alternatives.size(), 0.0);
  book.year = s.parameters.run.start;
  return book;
}

void add_commitment(CommitBook& book, const CompiledScenario& s, SegmentId segment, CloudId cloud,
                    std::int64_t amount) {
  if (book.committed.empty()) return;
  book.committed[segment.position() * s.parameters.clouds.size() + cloud.position()] += amount;
}

void settle_drawdowns(Exchange& exchange, const MarketView& view, const Window& window) {
  auto& book = exchange.commitments;
  if (book.coverage.empty()) return;
  const auto& s = view.compiled();
  std::vector<const PaymentClause*> active;
  for (const auto& m : s.money)
    if (s.clause_of(m).is<kinds::Drawdown>() && s.in_force(m, window.start)) active.push_back(&m);
  if (window.start >= next_year(book.year)) turn_year(exchange, s, active);
  std::fill(book.coverage.begin(), book.coverage.end(), 0.0);
  if (active.empty()) return;
  const auto fill = fills(exchange, window);
  for (const auto* m : active) draw(exchange, view, window, fill, *m);
}

}  // namespace rackrate::market
