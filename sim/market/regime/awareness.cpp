#include "sim/market/regime/awareness.hpp"

#include <algorithm>
#include <string>

#include "sim/market/contracts/roles.hpp"
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {
namespace {

constexpr double kLn2 = 0.693147180559945309417;

bool speaks_of(const Version& version, const std::string& lab) {
  return std::any_of(version.clauses.begin(), version.clauses.end(), [&lab](const Clause& clause) {
    const auto& labs = clause.scope.labs;
    return contracts::decides_permission(clause) && clause.enabled &&
           (labs.empty() || std::find(labs.begin(), labs.end(), lab) != labs.end());
  });
}

/// Since when it is known what a lab's contracts permit at t: the latest signature among the versions then in force
/// that speak of it.
core::SimTime last_signature(const CompiledScenario& s, int lab, core::SimTime t) {
  const auto& name = s.parameters.vocabulary.labs[static_cast<std::size_t>(lab)];
  core::SimTime last = core::kAlways;
  const auto& contracts = s.registry.contracts();
  for (std::size_t c = 0; c < contracts.size(); ++c) {
    const int v = s.registry.version_in_force(static_cast<int>(c), t);
    if (v < 0) continue;
    const Version& version = contracts[c].versions[static_cast<std::size_t>(v)];
    if (speaks_of(version, name)) last = std::max(last, version.signed_on);
  }
  return last;
}

bool is_open(const CompiledScenario& s, int alternative, const AccessInterval& interval) {
  for (int segment = 0; segment < static_cast<int>(s.parameters.segments.size()); ++segment)
    for (int region = 0; region < static_cast<int>(s.parameters.vocabulary.regions.size()); ++region)
      if (interval.cells[static_cast<std::size_t>(s.cell(segment, alternative, region))].state != Permission::No)
        return true;
  return false;
}

bool reckoned_with(const std::vector<Opening>& openings, core::SimTime t) {
  return std::any_of(openings.begin(), openings.end(),
                     [t](const Opening& o) { return o.announced <= t && t < o.until; });
}

}  // namespace

std::vector<std::vector<Opening>> find_openings(const CompiledScenario& s, const std::vector<AccessInterval>& access) {
  std::vector<std::vector<Opening>> openings(s.alternatives.size());
  for (std::size_t a = 0; a < openings.size(); ++a) {
    bool open = false;
    for (std::size_t k = 0; k < access.size(); ++k) {
      const bool now = is_open(s, static_cast<int>(a), access[k]);
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
        share.advance(core::in_days(s.parameters.run.start - o.announced), kLn2 / lag);
    }
    share.level = std::min(share.level, 1.0);
    awareness.share.push_back(share);
  }
  return awareness;
}

void advance(Awareness& awareness, core::SimTime from, core::SimTime to) {
  for (std::size_t a = 0; a < awareness.share.size(); ++a) {
    Stock& share = awareness.share[a];
    share.advance(core::in_days(to - from), reckoned_with(awareness.openings[a], from) ? kLn2 / share.half_life : 0.0);
    share.level = std::min(share.level, 1.0);
  }
}

void restate_awareness(Awareness& awareness, const std::vector<std::int32_t>& alternative, const CompiledScenario& s,
                       const std::vector<AccessInterval>& access) {
  Awareness next = first_awareness(s, access);
  for (Stock& share : next.share) share.level = 0.0;
  for (std::size_t a = 0; a < awareness.share.size(); ++a)
    if (!next.share.empty() && alternative[a] >= 0)
      next.share[static_cast<std::size_t>(alternative[a])].level = awareness.share[a].level;
  awareness = std::move(next);
}

}  // namespace rackrate::market
