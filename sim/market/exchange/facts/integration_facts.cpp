#include "sim/market/exchange/facts/integration_facts.hpp"

#include <algorithm>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/terms/crossings.hpp"
#include "sim/market/view/integration.hpp"

namespace rackrate::market {
namespace {

/// What is known of a lab on a channel.
struct Pair {
  bool sold = false;
  ItemSet missing = ItemSet::all();  ///< for all of its buyers
  double volume = 0.0, crossings = 0.0;
};

Grid<LabId, ChannelId, Pair> pairs_of(const SettlementInput& in) {
  const auto& s = in.view.compiled();
  const auto& missing = in.view.board.missing;
  Grid<LabId, ChannelId, Pair> pairs(s.parameters.labs.size(), s.parameters.channels.size());
  for (const CellId cell : s.cells.ids()) {
    if (in.view.access().cells[cell].state == Permission::No) continue;
    const Alternative& a = s.alternatives[s.cells.decode(cell).alternative];
    Pair& pair = pairs(a.lab, a.channel);
    pair.sold = true;
    pair.missing = pair.missing & (missing.empty() ? ItemSet{} : missing[cell]);
  }
  for (const CellLoad& cell : in.load.cells) {
    const Alternative& a = s.alternatives[cell.alternative];
    Pair& pair = pairs(a.lab, a.channel);
    const double volume = core::real(cell.volume);
    pair.volume += volume;
    if (!missing.empty()) pair.crossings += volume * crossings_per_unit(in.demand, cell.cell, missing[cell.cell]);
  }
  return pairs;
}

/// Of agents' work, what finds all that it needs.
double eligible_share(const WorkNeeds& needs, ItemSet missing, int quarters) {
  double eligible = 0.0;
  for (unsigned bits = 0; bits < 1U << kItems; ++bits) {
    if (!(ItemSet::of_bits(bits) & missing).empty()) continue;
    for (int least = 0; least <= std::min(quarters, 3); ++least)
      eligible += needs.agents_needing[4 * bits + static_cast<unsigned>(least)];
  }
  return eligible / needs.agents;
}

double unmet_share(const WorkNeeds& needs, int quarters) {
  double unmet = 0.0;
  for (int least = quarters + 1; least <= 3; ++least) unmet += needs.demanding[static_cast<std::size_t>(least)];
  return unmet / needs.all;
}

/// Crossings per unit of all work, if all of it were there.
double crossings_of_all(const WorkNeeds& needs, ItemSet missing) {
  double crossings = 0.0;
  for (const Item item : needs.needing.keys())
    if (missing.contains(item)) crossings += needs.needing[item];
  return crossings / needs.all;
}

IntegrationFact fact_of(const SettlementInput& in, LabId lab, ChannelId channel, const Pair& pair) {
  const auto& p = in.view.parameters().integration;
  const WorkNeeds& needs = in.view.board.needs;
  IntegrationFact fact;
  fact.lab = lab;
  fact.channel = channel;
  fact.depth = integration_depth(p, pair.missing);
  fact.control = control_score(pair.missing);
  const int quarters = depth_quarters(fact.depth);
  if (needs.agents > 0) fact.eligible = eligible_share(needs, pair.missing, quarters);
  const double crossings = needs.all > 0 ? crossings_of_all(needs, pair.missing) : 0.0;
  if (needs.all > 0) fact.unmet = unmet_share(needs, quarters);
  fact.nativeness = fact.depth * fact.control / (1.0 + p.crossing_cost * crossings);
  if (pair.volume > 0) fact.crossings = pair.crossings / pair.volume;
  return fact;
}

}  // namespace

std::vector<IntegrationFact> integration_facts(const SettlementInput& in) {
  const auto pairs = pairs_of(in);
  std::vector<IntegrationFact> facts;
  for (const LabId lab : in.view.parameters().labs.ids())
    for (const ChannelId channel : in.view.parameters().channels.ids())
      if (pairs(lab, channel).sold) facts.push_back(fact_of(in, lab, channel, pairs(lab, channel)));
  return facts;
}

}  // namespace rackrate::market
