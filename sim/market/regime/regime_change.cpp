#include "sim/market/regime/regime_change.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "sim/market/contracts/rollouts.hpp"

namespace rackrate::market {
namespace {

/// Where each row of one list is in another; none where it is not.
template <class Id, class Key>
Table<Id, Id> match(const Table<Id, Key>& before, const Table<Id, Key>& after) {
  std::map<Key, Id> place;
  for (const Id id : after.ids()) place.emplace(after[id], id);
  Table<Id, Id> out;
  for (const Key& key : before) {
    const auto it = place.find(key);
    out.push_back(it == place.end() ? Id() : it->second);
  }
  return out;
}

Table<AlternativeId, std::tuple<LabId, ChannelId, Product>> alternative_keys(const CompiledScenario& s) {
  Table<AlternativeId, std::tuple<LabId, ChannelId, Product>> keys;
  for (const auto& a : s.alternatives) keys.push_back({a.lab, a.channel, a.product});
  return keys;
}

/// A payment clause by its names, and by its ordinal among those of the same names (one switched on again).
Table<PaymentClauseId, std::tuple<std::string, int>> money_keys(const CompiledScenario& s) {
  Table<PaymentClauseId, std::tuple<std::string, int>> keys;
  std::map<std::string, int> count;
  for (const auto& m : s.money) {
    std::string name = s.registry.path({m.contract, m.version, m.clause});
    const int ordinal = count[name]++;
    keys.push_back({std::move(name), ordinal});
  }
  return keys;
}

bool has_drawdowns(const CompiledScenario& s) {
  return std::any_of(s.money.begin(), s.money.end(),
                     [&](const PaymentClause& m) { return s.clause_of(m).is<kinds::Drawdown>(); });
}

core::ScenarioError late_drawdown() {
  return core::mistake("contracts", "a first drawdown clause in the middle of a run",
                       "one that the scenario has from its first day",
                       "The commitments it draws are counted from there.");
}

/// The nests' weights; the alternatives are compared apart.
bool same_nests(const ChoiceParameters& a, const ChoiceParameters& b) {
  return a.lambda_lab == b.lambda_lab && a.lambda_cloud == b.lambda_cloud;
}

}  // namespace

std::shared_ptr<Regime> next_regime(const Regime& before, Parameters parameters) {
  auto regime = std::make_shared<Regime>();
  regime->compiled = compile(parameters);
  const auto& s = regime->compiled;
  const auto& p = s.parameters;
  if (has_drawdowns(s) && !has_drawdowns(before.compiled)) throw late_drawdown();
  KnownAccess known{before.compiled, before.access,
                    labs_affected(before.compiled.parameters.contracts, p.contracts, p.vocabulary),
                    match(alternative_keys(s), alternative_keys(before.compiled))};
  regime->access = compile_access(s, p.run.start, p.run.end, &known);
  regime->choice_sets = choice_sets(s);
  regime->directory = before.directory;
  regime->process_names = before.process_names;
  regime->generation = before.generation + 1;
  return regime;
}

std::shared_ptr<const Regime> regime_of_replication(const std::shared_ptr<const Regime>& arm,
                                                    const core::Draws& draws) {
  const Parameters& written = arm->compiled.parameters;
  if (!contracts::has_drawn_rollouts(written.contracts)) return arm;
  Parameters drawn = written;
  drawn.contracts = contracts::with_drawn_rollouts(std::move(drawn.contracts), draws);
  auto regime = next_regime(*arm, std::move(drawn));
  regime->written = std::shared_ptr<const Parameters>(arm, &written);
  return regime;
}

RegimeMove find_move(const CompiledScenario& before, const CompiledScenario& after) {
  RegimeMove move;
  move.alternative = match(alternative_keys(before), alternative_keys(after));
  move.label = match(before.money_labels, after.money_labels);
  move.money = match(money_keys(before), money_keys(after));
  for (const CellId id : before.cells.ids()) {
    const Cell cell = before.cells.decode(id);
    const AlternativeId to = move.alternative[cell.alternative];
    move.cell.push_back(to.exists() ? after.cell(cell.segment, to, cell.region) : CellId());
  }
  move.same_choices = alternative_keys(before) == alternative_keys(after) &&
                      same_nests(before.parameters.choice, after.parameters.choice);
  return move;
}

}  // namespace rackrate::market
