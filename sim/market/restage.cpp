#include "sim/market/restage.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace rackrate::market {
namespace {

/// Values by their new index; what has no old index starts empty.
template <class T>
std::vector<T> moved(std::vector<T>& values, const std::vector<std::int32_t>& to, std::size_t size) {
  std::vector<T> out(size);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (to[i] >= 0) out[static_cast<std::size_t>(to[i])] = std::move(values[i]);
  return out;
}

template <class Key>
std::vector<std::int32_t> match(const std::vector<Key>& before, const std::vector<Key>& after) {
  std::map<Key, std::int32_t> place;
  for (std::size_t i = 0; i < after.size(); ++i) place.emplace(after[i], static_cast<std::int32_t>(i));
  std::vector<std::int32_t> out;
  for (const Key& key : before) {
    const auto it = place.find(key);
    out.push_back(it == place.end() ? -1 : it->second);
  }
  return out;
}

std::vector<std::tuple<int, int, Product>> alternative_keys(const Setting& s) {
  std::vector<std::tuple<int, int, Product>> keys;
  for (const auto& a : s.alternatives) keys.emplace_back(a.lab, a.channel, a.product);
  return keys;
}

/// A money clause by its names, and by its ordinal among those of the same names (one switched on again).
std::vector<std::tuple<std::string, int>> money_keys(const Setting& s) {
  std::vector<std::tuple<std::string, int>> keys;
  std::map<std::string, int> count;
  for (const auto& m : s.money) {
    std::string name = s.registry.path({m.contract, m.version, m.clause});
    const int ordinal = count[name]++;
    keys.emplace_back(std::move(name), ordinal);
  }
  return keys;
}

void move_commitments(CommitBook& book, const StageMove& move, const Setting& before, const Setting& after) {
  if (book.coverage.empty()) return;
  book.units = moved(book.units, move.cell, static_cast<std::size_t>(after.cells()));
  book.drawn_under = moved(book.drawn_under, move.label, after.money_labels.size());
  for (auto& drawn : book.drawn_under) drawn.resize(book.drawn.size(), 0);
  std::vector<double> coverage(after.parameters.segments.size() * after.alternatives.size(), 0.0);
  for (std::size_t segment = 0; segment < after.parameters.segments.size(); ++segment)
    for (std::size_t a = 0; a < before.alternatives.size(); ++a)
      if (const auto to = move.alternative[a]; to >= 0)
        coverage[segment * after.alternatives.size() + static_cast<std::size_t>(to)] = book.coverage[segment * before.alternatives.size() + a];
  book.coverage = std::move(coverage);
}

bool has_drawdowns(const Setting& s) {
  return std::any_of(s.money.begin(), s.money.end(), [&](const MoneyClause& m) { return s.clause_of(m).is<kinds::Drawdown>(); });
}

// (A named value: g++ 12 takes the parts of a temporary one for uninitialised.)
core::ScenarioError late_drawdown() {
  core::Mistake mistake;
  mistake.where.key = "contracts";
  mistake.got = "a first drawdown clause in the middle of a run";
  mistake.expected = "one that the scenario has from its first day";
  mistake.remedy = "The commitments it draws are counted from there.";
  return core::ScenarioError(std::move(mistake));
}

/// The nests' weights; the alternatives are compared apart.
bool same_nests(const ChoiceParameters& a, const ChoiceParameters& b) { return a.lambda_lab == b.lambda_lab && a.lambda_cloud == b.lambda_cloud; }

}  // namespace

std::shared_ptr<const Stage> restage(const Stage& before, Parameters parameters) {
  auto stage = std::make_shared<Stage>();
  stage->setting = compile(parameters);
  const auto& s = stage->setting;
  const auto& p = s.parameters;
  if (has_drawdowns(s) && !has_drawdowns(before.setting))
    throw late_drawdown();
  KnownAccess known{before.setting, before.access, labs_affected(before.setting.parameters.contracts, p.contracts, p.vocabulary),
                    match(alternative_keys(s), alternative_keys(before.setting))};
  stage->access = compile_access(s, p.run.start, p.run.end, &known);
  stage->choice_sets = choice_sets(s);
  stage->directory = before.directory;
  stage->process_names = before.process_names;
  stage->generation = before.generation + 1;
  return stage;
}

StageMove find_move(const Setting& before, const Setting& after) {
  StageMove move;
  move.alternative = match(alternative_keys(before), alternative_keys(after));
  move.label = match(before.money_labels, after.money_labels);
  move.money = match(money_keys(before), money_keys(after));
  move.cell.assign(static_cast<std::size_t>(before.cells()), -1);
  const int regions = static_cast<int>(before.parameters.vocabulary.regions.size());
  for (int segment = 0; segment < static_cast<int>(before.parameters.segments.size()); ++segment)
    for (int a = 0; a < static_cast<int>(before.alternatives.size()); ++a) {
      const int to = move.alternative[static_cast<std::size_t>(a)];
      for (int region = 0; region < regions && to >= 0; ++region)
        move.cell[static_cast<std::size_t>(before.cell(segment, a, region))] = after.cell(segment, to, region);
    }
  move.same_choices = alternative_keys(before) == alternative_keys(after) && same_nests(before.parameters.choice, after.parameters.choice);
  return move;
}

void move_exchange(Exchange& exchange, const StageMove& move, const Stage& before, const Setting& after, core::SimTime now) {
  const auto cells = static_cast<std::size_t>(after.cells());
  for (std::size_t cell = 0; cell < exchange.units.size(); ++cell)
    assert((move.cell[cell] >= 0 || exchange.units[cell] == 0) && "nobody holds what no contract ever permitted");
  exchange.units = moved(exchange.units, move.cell, cells);
  exchange.ramp = moved(exchange.ramp, move.cell, cells);
  exchange.clauses = moved(exchange.clauses, move.label, after.money_labels.size());
  for (auto& account : exchange.clauses)
    for (int* clause : {&account.clause, &account.last})
      if (*clause >= 0) *clause = move.money[static_cast<std::size_t>(*clause)];
  exchange.lines.clear();   // of the last window, told already
  move_commitments(exchange.commitments, move, before.setting, after);
  exchange.interval = -1;   // the network is built anew
  if (exchange.moved_at == now) {   // a second change at one boundary: messages still name the cells before the first
    for (auto& cell : exchange.cell_moves) cell = cell < 0 ? -1 : move.cell[static_cast<std::size_t>(cell)];
    return;
  }
  exchange.moved_at = now;
  exchange.moved_from = before.generation;
  exchange.cell_moves = move.cell;
}

void move_enterprise(Enterprise& enterprise, const StageMove& move) {
  if (move.same_choices) return;
  for (auto& workload : enterprise.workloads) {
    if (workload.alternative != kNothing) workload.alternative = move.alternative[static_cast<std::size_t>(workload.alternative)];
    workload.shocks.clear();   // drawn again by address: the same tastes for what was there before
  }
}

}  // namespace rackrate::market
