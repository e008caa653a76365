#include "sim/market/contracts/breach.hpp"

#include <algorithm>
#include <tuple>

#include "sim/market/contracts/cell.hpp"
#include "sim/market/contracts/registry.hpp"
#include "sim/market/contracts/roles.hpp"

namespace rackrate::market {
namespace contracts {

bool prices_breach(const Clause& clause, const Contract& breaking) {
  const auto* damages = clause.get_if<kinds::Damages>();
  return damages != nullptr && clause.enabled &&
         std::find(breaking.parties.begin(), breaking.parties.end(), damages->payer) != breaking.parties.end();
}

std::vector<Breach> find_breaches(const std::vector<Conflict>& conflicts) {
  std::vector<Breach> all;
  for (const Conflict& conflict : conflicts)
    if (conflict.kind == ConflictKind::Breach)
      all.push_back({conflict.against, conflict.by, conflict.from, conflict.until});
  std::sort(all.begin(), all.end(), [](const Breach& a, const Breach& b) {
    return std::tie(a.broken, a.by, a.from, a.until) < std::tie(b.broken, b.by, b.from, b.until);
  });
  std::vector<Breach> out;
  for (const Breach& one : all) {
    const bool goes_on =
        !out.empty() && out.back().broken == one.broken && out.back().by == one.by && one.from <= out.back().until;
    if (goes_on)
      out.back().until = std::max(out.back().until, one.until);
    else
      out.push_back(one);
  }
  return out;
}

bool breached(const Registry& registry, ContractId contract, core::SimTime t) {
  const auto& all = registry.breaches();
  return std::any_of(all.begin(), all.end(),
                     [&](const Breach& b) { return b.broken == contract && b.from <= t && t < b.until; });
}

namespace {

/// Is there a placement in `both` at which the bar binds this actor? Checks every placement.
bool binds_somewhere(const Cell& cell, const Rule& bar, const Box& both, ActorId actor) {
  for (const SegmentId segment : both.segments.members())
    for (const RegionId region : both.regions.members())
      for (const Product product : both.products.members())
        for (const ModelClass kind : both.model_classes.members())
          if (cell.binds(bar, {segment, region, product, kind}, actor)) return true;
  return false;
}

/// Is there one at which it binds an actor other than its holder?
bool reaches(const Cell& cell, const Rule& opened, const Rule& bar, ActorId own_channel) {
  const Box both = intersection(opened.box, bar.box);
  if (empty(both)) return false;
  for (const ActorId actor : both.actors.members()) {
    const bool free = actor == bar.holder || (bar.role == Role::Channel && actor == own_channel);
    if (!free && binds_somewhere(cell, bar, both, actor)) return true;
  }
  return false;
}

/// Adds the contracts that break the bars of `contract` in one cell.
void add_breakers(const Cell& cell, ContractId contract, ActorId own_channel, std::vector<ContractId>& found) {
  for (const RuleId r : cell.rules(Action::Exempt)) {
    const Rule& opened = cell.rule(r);
    const ContractId by = opened.clause.contract;
    if (!opened.is_breach() || opened.bars_of != contract || std::find(found.begin(), found.end(), by) != found.end())
      continue;
    const auto bars = cell.rules(Action::Bar);
    if (std::any_of(bars.begin(), bars.end(), [&](RuleId b) {
          return cell.rule(b).clause.contract == contract && reaches(cell, opened, cell.rule(b), own_channel);
        }))
      found.push_back(by);
  }
}

}  // namespace
}  // namespace contracts

std::vector<ContractId> Registry::breakers(ContractId contract, core::SimTime t) const {
  std::vector<ContractId> found;
  for (const LabId lab : core::indices<LabId>(compiled_.labs))
    for (const Role role : kinds::kAllRoles)
      contracts::add_breakers(contracts::Cell(compiled_, interval_at(t), lab, role), contract, compiled_.own_channel,
                              found);
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace rackrate::market
