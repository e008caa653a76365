#include "sim/market/exchange/exchange.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/exchange/interval.hpp"
#include "sim/market/exchange/window.hpp"

namespace rackrate::market {
namespace {

/// Only a clause that begins or ends can change who pays the host within an access interval.
core::SimTime next_terms_change(const CompiledScenario& s, core::SimTime t) {
  core::SimTime next = core::kNever;
  for (const auto date : s.registry.breakpoints())
    if (date > t) next = std::min(next, date);
  for (const auto& m : s.money)
    for (const auto date : {m.from, m.until})
      if (date > t) next = std::min(next, date);
  return next;
}

void refresh_table(Exchange& exchange, const MarketView& view, core::SimTime t) {
  if (exchange.interval == view.board.interval && t < exchange.terms_until) return;
  exchange.table = build_demand(view, t);
  exchange.interval = view.board.interval;
  exchange.terms_until = next_terms_change(view.compiled(), t);
}

/// Learning: the unlearned part of every cell shrinks by the same factor each day.
void learn(Exchange& exchange, const MarketView& view, core::SimDuration length) {
  const double factor = core::math::exp(-core::in_days(length) / view.parameters().choice.learning_days);
  for (auto& ramp : exchange.ramp) ramp = static_cast<std::int64_t>(static_cast<double>(ramp) * factor);
}

void clear_interval(Exchange& exchange, const MarketView& view, Window& window, Observer* observer) {
  exchange.lines.assign(exchange.clauses.size(), {});
  exchange.books.open(window.start, observer, window.end - window.start);
  refresh_table(exchange, view, window.start);
  load_window(exchange, view, window);
  clear_window(exchange, view, window);
  settle_window(exchange, view, window, observer);
  report_window(exchange, view, window, observer);
  learn(exchange, view, window.end - window.start);
}

/// The board says what was permitted when it was published. An interval that begins inside a window looks at its own
/// date.
void on_clear(Exchange& exchange, const MarketView& view, Context& context, Observer* observer) {
  Window window;
  window.start = context.now();
  if (window.start >= exchange.end) return;
  window.end = interval_end(exchange, view.compiled(), window.start, context.window_end());
  window.hours = core::in_hours(window.end - window.start);
  if (const IntervalId interval = view.regime.interval_at(window.start); interval == view.board.interval) {
    clear_interval(exchange, view, window, observer);
  } else {
    Board board = view.board;
    board.interval = interval;
    clear_interval(exchange, {view.regime, view.draws, board, view.replay}, window, observer);
  }
  exchange.cleared.push_back(window.start);
  exchange.booked_until = window.end;
  if (window.end >= exchange.end || core::month_index(window.end) != core::month_index(window.start))
    exchange.books.close();
  if (window.end < exchange.end) schedule(context, window.end, Clear{});
}

/// What the first fleet and its sites still have to depreciate.
void add_first_assets(Exchange& exchange, const CompiledScenario& s) {
  const auto& p = s.parameters;
  for (std::size_t c = 0; c < p.clouds.size(); ++c) {
    const auto& cloud = p.clouds[c];
    for (const auto& region : cloud.regions)
      for (const auto& entry : region.fleet)
        for (const auto& chip : p.chips) {
          if (chip.name != entry.chip) continue;
          const double left = std::max(0.0, 1.0 - cloud.fleet_age_years / chip.life_years);
          const double value = entry.units * chip.unit_price_usd * left * (1.0 - cloud.internal_share);
          const double days = chip.life_years * left * core::kDaysPerYear;
          if (value <= 0 || days < 1) continue;
          exchange.assets.push_back({s.cloud_firm[c],
                                     static_cast<int>(c),
                                     Money::from_usd(value).tenthousandths,
                                     static_cast<std::int32_t>(days + 0.5),
                                     {}});
        }
  }
}

/// A message sent before the contracts changed names a cell of the regime before.
CellId present_cell(const Exchange& exchange, const MarketView& view, const PlacementDelta& delta) {
  const auto generation = static_cast<std::int32_t>(delta.generation);
  if (generation == view.regime.generation) return delta.cell;
  assert(generation == exchange.moved_from && "a placement is one window on its way");
  const CellId cell = exchange.cell_moves[delta.cell];
  assert(cell.exists() && "what could be bought last window has a cell");
  return cell;
}

}  // namespace

Exchange first_exchange(const Regime& regime) {
  const auto& s = regime.compiled;
  Exchange exchange;
  exchange.end = s.parameters.run.end;
  exchange.booked_until = s.parameters.run.start;
  exchange.units.assign(s.cells.size(), 0);
  exchange.ramp.assign(s.cells.size(), 0);
  exchange.surplus.assign(s.parameters.segments.size(), 0);
  exchange.governance.assign(s.parameters.segments.size(), 0);
  exchange.books = Books(s);
  exchange.clauses.resize(s.money_labels.size());
  exchange.commitments = first_commit_book(s);
  exchange.lab_revenue.assign(s.parameters.labs.size(), 0);
  exchange.last_lab_revenue.assign(s.parameters.labs.size(), -1);
  exchange.signals.resize(s.parameters.clouds.size());
  exchange.market = first_market_signal(s);
  exchange.market_revenue = exchange.market.share;
  for (std::size_t c = 0; c < s.parameters.clouds.size(); ++c)
    exchange.signals[c].cost_per_h100e_hour = s.parameters.clouds[c].price_usd;
  add_first_assets(exchange, s);
  return exchange;
}

void apply(Exchange& exchange, const MarketView& view, const PlacementDelta& delta) {
  const auto cell = present_cell(exchange, view, delta).position();
  core::add_whole(exchange.units[cell], delta.units, "the volume of one market, in millionths of a unit,");
  core::add_whole(exchange.ramp[cell], delta.ramp, "the volume of one market, in millionths of a unit,");
  if (delta.committed != 0 && !exchange.commitments.units.empty()) exchange.commitments.units[cell] += delta.units;
}

void apply(Exchange& exchange, const MarketView&, const RateDelta& delta) {
  const auto segment = delta.segment.position();
  core::add_whole(exchange.surplus[segment], delta.surplus, "the surplus of a segment, in 1e-4 $ a day,");
  core::add_whole(exchange.governance[segment], delta.governance, "the cost of governance, in 1e-4 $ a day,");
}

void apply(Exchange& exchange, const MarketView&, const OneOffCost& cost) {
  core::add_whole(exchange.migration, cost.migration, "the cost of migration, in 1e-4 $,");
}

/// Paid now (posted with the next window), worn out over its life.
void apply(Exchange& exchange, const MarketView& view, const CapexPaid& paid) {
  const auto& p = view.parameters();
  const CloudId cloud = paid.cloud;
  const PartyId payee = paid.payee;
  const PartyId firm = view.compiled().cloud_firm[cloud];
  const double life_years = paid.chip.exists() ? p.chips[paid.chip].life_years : p.clouds[cloud].facility_life_years;
  exchange.capex.push_back({firm, payee, cloud, paid.chip, paid.quantity, paid.amount});
  exchange.assets.push_back(
      {firm, cloud, paid.amount, static_cast<std::int32_t>(std::max(1.0, life_years * core::kDaysPerYear + 0.5)), {}});
}

void handle_exchange(Exchange& exchange, const MarketView& view, Context& context, const Event& event,
                     Observer* observer) {
  switch (event_kind(event)) {
    case EventKind::Clear: on_clear(exchange, view, context, observer); break;
    case EventKind::PlacementDelta: apply(exchange, view, receive<PlacementDelta>(event)); break;
    case EventKind::RateDelta: apply(exchange, view, receive<RateDelta>(event)); break;
    case EventKind::OneOffCost: apply(exchange, view, receive<OneOffCost>(event)); break;
    case EventKind::CapexPaid: apply(exchange, view, receive<CapexPaid>(event)); break;
    default: break;
  }
}

}  // namespace rackrate::market
