#include "sim/market/exchange/move.hpp"

#include <cassert>
#include <utility>

namespace rackrate::market {
namespace {

/// Values by their new index; what has no old index starts empty.
template <class Id, class T>
std::vector<T> moved(std::vector<T>& values, const Table<Id, Id>& to, std::size_t size) {
  std::vector<T> out(size);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (to[i] >= 0) out[static_cast<std::size_t>(to[i])] = std::move(values[i]);
  return out;
}

void move_commitments(CommitBook& book, const RegimeMove& move, const CompiledScenario& before,
                      const CompiledScenario& after) {
  if (book.coverage.empty()) return;
  book.units = moved(book.units, move.cell, after.cells.size());
  book.drawn_under = moved(book.drawn_under, move.label, after.money_labels.size());
  for (auto& drawn : book.drawn_under) drawn.resize(book.drawn.size(), 0);
  std::vector<double> coverage(after.parameters.segments.size() * after.alternatives.size(), 0.0);
  for (std::size_t segment = 0; segment < after.parameters.segments.size(); ++segment)
    for (std::size_t a = 0; a < before.alternatives.size(); ++a)
      if (const auto to = move.alternative[a]; to >= 0)
        coverage[segment * after.alternatives.size() + static_cast<std::size_t>(to)] =
            book.coverage[segment * before.alternatives.size() + a];
  book.coverage = std::move(coverage);
}

}  // namespace

void move_exchange(Exchange& exchange, const RegimeMove& move, const Regime& before, const CompiledScenario& after,
                   core::SimTime now) {
  const auto cells = after.cells.size();
  for (std::size_t cell = 0; cell < exchange.units.size(); ++cell)
    assert((move.cell[cell] >= 0 || exchange.units[cell] == 0) && "nobody holds what no contract ever permitted");
  exchange.units = moved(exchange.units, move.cell, cells);
  exchange.ramp = moved(exchange.ramp, move.cell, cells);
  exchange.clauses = moved(exchange.clauses, move.label, after.money_labels.size());
  for (auto& account : exchange.clauses)
    for (int* clause : {&account.clause, &account.last})
      if (*clause >= 0) *clause = move.money[static_cast<std::size_t>(*clause)];
  exchange.lines.clear();  // of the last window, told already
  move_commitments(exchange.commitments, move, before.compiled, after);
  exchange.interval = {};          // the network is built anew
  if (exchange.moved_at == now) {  // a second change at one boundary: messages still name the cells before the first
    for (auto& cell : exchange.cell_moves) cell = cell.exists() ? move.cell[cell] : CellId();
    return;
  }
  exchange.moved_at = now;
  exchange.moved_from = before.generation;
  exchange.cell_moves = move.cell;
}

}  // namespace rackrate::market
