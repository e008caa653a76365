#include "sim/market/exchange/clearing/gangs.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "sim/core/whole.hpp"

namespace rackrate::market {

std::int64_t training_block(const CompiledScenario& s, const DemandClass& c) {
  if (c.tier != Tier::Training || !c.lab.exists()) return 0;
  return core::whole(s.parameters.labs[c.lab].training_block_h100e, "a least size of training, in H100e,");
}

void find_gang_places(const CompiledScenario& s, DemandTable& table) {
  std::map<std::pair<NetworkClassId, NodeId>, GangPlace> places;
  for (std::size_t i = 0; i < table.stacks.size(); ++i) {
    const NetworkClassId part = table.stacks[i].part;
    const auto& c = table.classes[table.class_of_part[part]];
    const std::int64_t block = training_block(s, c);
    if (block == 0 || table.is_run(part)) continue;
    const NodeId at = table.place_of_node[table.at_nodes[table.stacks[i].at].node];
    GangPlace& place = places[{part, at}];
    place.part = part;
    place.key = core::name_hash("trains at", table.network.pools[at].key ^ table.network.classes[part].key);
    place.block = block;
    place.stacks.push_back(i);
  }
  for (auto& [sides, place] : places) table.gang_places.push_back(std::move(place));
}

namespace {

bool is_closed(const DemandTable& table, const GangPlace& place) {
  return std::binary_search(table.closed.begin(), table.closed.end(), place.key);
}

template <class Act>
void for_arcs(const DemandTable& table, const GangPlace& place, Act act) {
  for (const std::size_t i : place.stacks)
    for (int step = 0; step < table.stacks[i].steps; ++step) act(ArcId(table.stacks[i].first.number() + step));
}

void shut(DemandTable& table, const GangPlace& place) {
  for_arcs(table, place, [&](ArcId a) { table.network.arcs[a].capacity = 0; });
}

}  // namespace

void open_gang_places(const RunParameters& run, core::SimTime t, DemandTable& table) {
  if (table.gang_places.empty()) return;
  if (t == run.start || t == core::month_start(core::month_index(t))) table.closed.clear();
  if (table.closed.empty()) return;
  for (const GangPlace& place : table.gang_places)
    if (is_closed(table, place)) shut(table, place);
}

namespace {

/// What the place must train to stay open.
std::int64_t least_training(const DemandTable& table, const GangPlace& place, double kept) {
  const auto goes_on = core::whole(std::floor(core::real(place.block) * kept + 0.5), "a training run, in H100e,");
  std::int64_t before = 0;
  for (const std::size_t i : place.stacks) before += table.at_nodes[table.stacks[i].at].served;
  return before >= goes_on ? goes_on : place.block;
}

/// Of the places of one part of a class, the open one that trains least and less than it must, where there is another.
const GangPlace* smallest(const FlowSolution& solution, double kept, const DemandTable& table, std::size_t from,
                          std::size_t upto) {
  const GangPlace* found = nullptr;
  std::int64_t least = 0;
  std::size_t open = 0;
  for (std::size_t i = from; i < upto; ++i) {
    const GangPlace& place = table.gang_places[i];
    if (is_closed(table, place)) continue;
    ++open;
    std::int64_t trains = 0;
    for_arcs(table, place, [&](ArcId a) { trains += solution.flow[a]; });
    if (trains == 0 || trains >= place.block || trains >= least_training(table, place, kept)) continue;
    if (found == nullptr || std::pair{trains, place.key} < std::pair{least, found->key}) {
      found = &place;
      least = trains;
    }
  }
  return open > 1 ? found : nullptr;
}

}  // namespace

bool close_small_gangs(const FlowSolution& solution, double kept, DemandTable& table) {
  std::vector<const GangPlace*> closing;
  const auto& places = table.gang_places;
  for (std::size_t from = 0, upto = 0; from < places.size(); from = upto) {
    while (upto < places.size() && places[upto].part == places[from].part) ++upto;
    if (const GangPlace* place = smallest(solution, kept, table, from, upto)) closing.push_back(place);
  }
  for (const GangPlace* place : closing) {
    table.closed.insert(std::lower_bound(table.closed.begin(), table.closed.end(), place->key), place->key);
    shut(table, *place);
  }
  return !closing.empty();
}

}  // namespace rackrate::market
