#include "sim/market/exchange/exchange.hpp"

#include <utility>

#include "sim/market/exchange/clearing/chip_ports.hpp"
#include "sim/market/exchange/clearing/commitment_steer.hpp"
#include "sim/market/exchange/clearing/fleet_use.hpp"
#include "sim/market/exchange/facts/facts.hpp"

namespace rackrate::market {
namespace {

/// The board holds the permissions of the time when it was published. An interval that begins inside a window uses the
/// permissions of its own date.
void clear_at_own_date(Exchange& exchange, const MarketView& view, const Interval& interval, Observer* observer) {
  const IntervalId access = view.regime.interval_at(interval.start);
  if (access == view.board.interval) {
    book_interval(exchange, view, settle_interval(exchange, view, interval), observer);
    return;
  }
  Board board = view.board;
  board.interval = access;
  const MarketView own{view.regime, view.draws, board, view.replay};
  book_interval(exchange, own, settle_interval(exchange, own, interval), observer);
}

void on_clear(Exchange& exchange, const MarketView& view, Context& context, Observer* observer) {
  const core::SimTime start = context.now();
  if (start >= exchange.end) return;
  const core::SimTime end = interval_end(view.compiled(), exchange.accounts, exchange.end, start, context.window_end());
  clear_at_own_date(exchange, view, {start, end}, observer);
  if (end < exchange.end) schedule(context, end, Clear{});
}

SettlementInput settlement_input(const Exchange& exchange, const MarketView& view, const Interval& interval,
                                 const Load& load, const Allocation& allocation) {
  return {view, interval,   exchange.demand,  exchange.network.table, exchange.network.terms,
          load, allocation, exchange.capital, exchange.cleared,       exchange.leases.leases};
}

}  // namespace

Exchange first_exchange(const Regime& regime) {
  const auto& s = regime.compiled;
  Exchange exchange;
  exchange.end = s.parameters.run.end;
  exchange.booked_until = s.parameters.run.start;
  exchange.demand = first_demand(s);
  exchange.network.runs = first_calendar(s);
  exchange.capital = first_capital(s);
  exchange.accounts.clauses.resize(s.money_labels.size());
  exchange.accounts.commitments = first_commit_book(s);
  exchange.accounts.lab_revenue.resize(s.parameters.labs.size());
  exchange.accounts.month_revenue.resize(s.parameters.labs.size());
  exchange.accounts.round_paid.assign(s.parameters.labs.size(), 0);
  exchange.accounts.net_debt = first_net_debt(s);
  exchange.cash = first_cash(s);
  exchange.loans.resize(s.parameters.clouds.size());
  exchange.refusing.assign(s.parameters.clouds.size(), 0);
  exchange.books = Books(s);
  exchange.audit = first_audit_book(s);
  exchange.signals = first_signals(s);
  return exchange;
}

SettledInterval settle_interval(Exchange& exchange, const MarketView& view, const Interval& interval) {
  SettledInterval day;
  day.interval = interval;
  refresh(exchange.network, view, interval.start, exchange.leases.leases);
  steer(view, interval.start, exchange.accounts, exchange.cleared.empty(), exchange.network.table);
  day.load = load(view, interval, exchange.demand, exchange.network.table, exchange.network.carry);
  day.allocation = clear(view, interval, day.load, exchange.network);
  buy_other(exchange.capital, view, interval);
  day.settlement = settle(settlement_input(exchange, view, day.interval, day.load, day.allocation), exchange.accounts);
  return day;
}

void book_interval(Exchange& exchange, const MarketView& view, SettledInterval day, Observer* observer) {
  const auto& [interval, load, allocation, settlement] = day;
  const Network& network = exchange.network;
  post(exchange.books, interval, settlement.entries, observer);
  expect(exchange.books, audit({view, interval, exchange.demand, network.table, network.solution, load.cell_volume,
                                exchange.capital, exchange.cleared, exchange.leases.leases},
                               exchange.audit));
  age_assets(exchange.capital, view.compiled(), interval);
  auto cash_notices = book_cash(
      {view, interval, network.table, load, allocation, settlement.entries, exchange.accounts.defaults}, exchange.cash);

  const bool last_of_month = ends_month(interval, exchange.end);
  auto pools = pool_facts(view, allocation, network);
  exchange.signals = publish({view, interval, network.table, load, allocation, pools, settlement.entries,
                              settlement.receipts, exchange.capital.assets, exchange.accounts.month_revenue},
                             exchange.signals);
  book_loans(view, interval, settlement.entries, exchange.accounts, exchange.loans, exchange.signals.clouds);
  exchange.notices.insert(exchange.notices.end(), settlement.notices.begin(), settlement.notices.end());
  exchange.notices.insert(exchange.notices.end(), cash_notices.begin(), cash_notices.end());
  RunCalendar& runs = exchange.network.runs;
  exchange.notices.insert(exchange.notices.end(), runs.notices.begin(), runs.notices.end());
  if (observer != nullptr) {
    for (const RunFact& run : runs.facts) observer->on_run(run);
    for (const ClauseDate& date : settlement.acted) observer->on_clause_date(date.label, date.time);
    const auto input = settlement_input(exchange, view, interval, load, allocation);
    report(*observer,
           interval_facts(input, settlement, {exchange.accounts, exchange.cash}, std::move(pools),
                          {observer->reads_markets(), last_of_month}),
           interval, view.board);
  }
  runs.notices.clear();
  runs.facts.clear();
  count_month(view, interval, load, network.table, allocation, exchange.leases.month);
  if (last_of_month)
    tell_orders(view, interval.start, network.table, load, allocation, exchange.refusing, exchange.notices);
  count_peaks(view.compiled(), interval, allocation.lost_at_peaks, exchange.peaks);
  if (last_of_month) end_peak_month(view.compiled(), interval.end, exchange.peaks, exchange.notices);
  finished_ports(view.compiled(), interval, exchange.notices);
  if (last_of_month && interval.end < exchange.end)
    review_leases(view, interval.end, exchange.leases, exchange.notices);
  learn(exchange.demand, interval, view.parameters().choice.learning_days);
  exchange.cleared.push_back(interval.start);
  exchange.booked_until = interval.end;
  if (!last_of_month) return;
  exchange.books.close(interval.start);
  check_cash(view.compiled(), exchange.cash, exchange.audit.cash);
  check_net_debt(view.compiled(), exchange.accounts.net_debt, exchange.audit.net_debt);
}

void handle_exchange(Exchange& exchange, const MarketView& view, Context& context, const Event& event,
                     Observer* observer) {
  switch (event_kind(event)) {
    case EventKind::Clear: on_clear(exchange, view, context, observer); break;
    case EventKind::CapexPaid: buy(exchange.capital, view.compiled(), receive<CapexPaid>(event)); break;
    case EventKind::LotInService:
      put_in_service(exchange.capital, view.compiled(), receive<LotInService>(event));
      break;
    default: break;
  }
}

}  // namespace rackrate::market
