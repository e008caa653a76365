#include "sim/market/regime/awareness.hpp"

#include <algorithm>
#include <numbers>
#include <string>

#include "sim/market/contracts/in_force.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {
namespace {

bool concerns(const Version& version, const std::string& lab) {
  return std::any_of(version.clauses.begin(), version.clauses.end(), [&lab](const Clause& clause) {
    const auto& labs = clause.scope.labs;
    return contracts::decides_permission(clause) && clause.enabled &&
           (labs.empty() || std::find(labs.begin(), labs.end(), lab) != labs.end());
  });
}

bool is_open(const CompiledScenario& s, AlternativeId alternative, const AccessInterval& interval) {
  for (const CellId cell : s.cells.of(alternative))
    if (interval.cells[cell].state != Permission::No) return true;
  return false;
}

bool is_announced(const std::vector<Opening>& openings, core::SimTime t) {
  return std::any_of(openings.begin(), openings.end(),
                     [t](const Opening& o) { return o.announced <= t && t < o.until; });
}

}  // namespace

core::SimTime last_signature(const CompiledScenario& s, LabId lab, core::SimTime t) {
  const auto& name = s.parameters.labs[lab].name;
  core::SimTime last = core::kAlways;
  for (const Contract& contract : s.registry.contracts()) {
    const Version* version = contracts::version_at(contract, t);
    if (version != nullptr && concerns(*version, name)) last = std::max(last, version->signed_on);
  }
  return last;
}

Table<AlternativeId, std::vector<Opening>> find_openings(const CompiledScenario& s,
                                                         const std::vector<AccessInterval>& access) {
  Table<AlternativeId, std::vector<Opening>> openings(s.alternatives.size());
  for (const AlternativeId a : openings.ids()) {
    bool open = false;
    for (std::size_t k = 0; k < access.size(); ++k) {
      const bool now = is_open(s, a, access[k]);
      if (now && open) openings[a].back().until = access[k].until;
      if (now && !open) {
        const auto known = std::min(last_signature(s, s.alternatives[a].lab, access[k].from), access[k].from);
        openings[a].push_back({k == 0 ? core::kAlways : known, access[k].from, access[k].until});
      }
      open = now;
    }
  }
  return openings;
}

Awareness first_awareness(const CompiledScenario& s, const std::vector<AccessInterval>& access) {
  Awareness awareness;
  const double lag = core::in_days(s.parameters.choice.belief_lag);
  if (lag <= 0) return awareness;
  awareness.openings = find_openings(s, access);
  for (const auto& openings : awareness.openings) {
    Stock share{0.0, lag};
    for (const Opening& o : openings) {
      if (o.announced == core::kAlways)
        share.level = 1.0;
      else if (o.announced < s.parameters.run.start)
        share.advance(core::in_days(s.parameters.run.start - o.announced), std::numbers::ln2 / lag);
    }
    share.level = std::min(share.level, 1.0);
    awareness.share.push_back(share);
  }
  return awareness;
}

void advance(Awareness& awareness, core::SimTime from, core::SimTime to) {
  for (const AlternativeId a : awareness.share.ids()) {
    Stock& share = awareness.share[a];
    share.advance(core::in_days(to - from),
                  is_announced(awareness.openings[a], from) ? std::numbers::ln2 / share.half_life : 0.0);
    share.level = std::min(share.level, 1.0);
  }
}

void move_awareness(Awareness& awareness, const Table<AlternativeId, AlternativeId>& alternative,
                    const CompiledScenario& s, const std::vector<AccessInterval>& access) {
  Awareness next = first_awareness(s, access);
  for (Stock& share : next.share) share.level = 0.0;
  for (const AlternativeId a : awareness.share.ids())
    if (!next.share.empty() && alternative[a].exists()) next.share[alternative[a]].level = awareness.share[a].level;
  awareness = std::move(next);
}

}  // namespace rackrate::market
