#include "sim/market/exchange/move.hpp"

#include <cassert>
#include <utility>

namespace rackrate::market {
namespace {

/// Values by their new index; a row without an old index starts empty.
template <class Id, class T>
Table<Id, T> moved(Table<Id, T>& values, const Table<Id, Id>& to, std::size_t size) {
  Table<Id, T> out(size);
  for (const Id i : values.ids())
    if (to[i].exists()) out[to[i]] = std::move(values[i]);
  return out;
}

/// Moves values kept by label; a new label starts with nothing drawn.
void move_drawn(CommitBook& book, const RegimeMove& move, const CompiledScenario& after) {
  if (book.drawn.empty()) return;
  book.drawn_under = moved(book.drawn_under, move.label, after.money_labels.size());
  for (auto& drawn : book.drawn_under)
    if (drawn.empty()) drawn = {after.parameters.segments.size(), after.parameters.clouds.size()};
}

void move_coverage(CommitBook& book, const RegimeMove& move, const CompiledScenario& before,
                   const CompiledScenario& after) {
  if (book.coverage.empty()) return;
  Grid<SegmentId, AlternativeId, double> coverage(after.parameters.segments.size(), after.alternatives.size());
  for (const SegmentId segment : after.parameters.segments.ids())
    for (const AlternativeId a : before.alternatives.ids())
      if (const AlternativeId to = move.alternative[a]; to.exists()) coverage(segment, to) = book.coverage(segment, a);
  book.coverage = std::move(coverage);
}

void move_demand(DemandState& demand, const RegimeMove& move, std::size_t cells) {
  for ([[maybe_unused]] const CellId cell : demand.units.ids())
    assert((move.cell[cell].exists() || demand.units[cell] == 0) && "nobody holds what no contract ever permitted");
  demand.units = moved(demand.units, move.cell, cells);
  demand.ramp = moved(demand.ramp, move.cell, cells);
  demand.surplus = moved(demand.surplus, move.cell, cells);
  demand.variety = moved(demand.variety, move.cell, cells);
  if (!demand.rebated.empty()) {
    demand.rebated = moved(demand.rebated, move.cell, cells);
    demand.premium = moved(demand.premium, move.cell, cells);
  }
  if (!demand.needing.empty()) demand.needing = moved(demand.needing, move.cell, cells);
  if (!demand.committed_units.empty()) demand.committed_units = moved(demand.committed_units, move.cell, cells);
}

/// Moves accounts kept by label, and the clauses that they refer to.
template <class Account>
void move_clauses(Table<LabelId, Account>& accounts, const RegimeMove& move, std::size_t labels) {
  accounts = moved(accounts, move.label, labels);
  for (auto& account : accounts)
    for (PaymentClauseId* clause : {&account.clause, &account.last})
      if (clause->exists()) *clause = move.money[*clause];
}

}  // namespace

void move_exchange(Exchange& exchange, const RegimeMove& move, const CompiledScenario& before,
                   const CompiledScenario& after) {
  move_demand(exchange.demand, move, after.cells.size());
  move_clauses(exchange.accounts.clauses, move, after.money_labels.size());
  move_clauses(exchange.audit.clauses, move, after.money_labels.size());
  move_drawn(exchange.accounts.commitments, move, after);
  move_drawn(exchange.audit.drawdowns, move, after);
  move_coverage(exchange.accounts.commitments, move, before, after);
  exchange.network.interval = {};  // the network is built anew
}

}  // namespace rackrate::market
