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

bool breached(const Registry& registry, int contract, core::SimTime t) {
  const auto& all = registry.breaches();
  return std::any_of(all.begin(), all.end(),
                     [&](const Breach& b) { return b.broken == contract && b.from <= t && t < b.until; });
}

namespace {

/// Is there a placement in both boxes at which the bar binds an actor other than its holder? Asked point by point.
bool reaches(const Cell& cell, const Rule& opened, const Rule& bar, int own_channel) {
  const Box both = intersection(opened.box, bar.box);
  if (empty(both)) return false;
  for (int actor = 0; actor < static_cast<int>(kMaxNames); ++actor) {
    if (!both.actors[static_cast<std::size_t>(actor)] || actor == bar.holder ||
        (bar.role == Role::Channel && actor == own_channel))
      continue;
    for (std::size_t segment = 0; segment < kMaxNames; ++segment)
      for (std::size_t region = 0; region < kMaxNames && both.segments[segment]; ++region)
        for (unsigned product = 0; product < kProductNames.size() && both.regions[region]; ++product)
          for (unsigned kind = 0; kind < kModelClassNames.size() && (both.products >> product & 1U) != 0; ++kind)
            if ((both.model_classes >> kind & 1U) != 0 &&
                cell.binds(
                    bar,
                    {segment, region, static_cast<std::uint16_t>(1U << product), static_cast<std::uint8_t>(1U << kind)},
                    actor))
              return true;
  }
  return false;
}

}  // namespace
}  // namespace contracts

std::vector<int> Registry::breakers(int contract, core::SimTime t) const {
  using contracts::Action;
  std::vector<int> found;
  const auto interval =
      static_cast<std::size_t>(std::upper_bound(breakpoints_.begin(), breakpoints_.end(), t) - breakpoints_.begin());
  for (std::size_t lab = 0; lab < compiled_.labs; ++lab)
    for (std::size_t role = 0; role < kRoleNames.size(); ++role) {
      const contracts::Cell cell(compiled_, interval, static_cast<int>(lab), static_cast<Role>(role));
      for (const std::uint32_t r : cell.rules(Action::Exempt)) {
        const contracts::Rule& opened = cell.rule(r);
        if (opened.price_version < 0 || opened.bars_of != contract ||
            std::find(found.begin(), found.end(), opened.contract) != found.end())
          continue;
        const auto bars = cell.rules(Action::Bar);
        if (std::any_of(bars.begin(), bars.end(), [&](std::uint32_t b) {
              return cell.rule(b).contract == contract &&
                     contracts::reaches(cell, opened, cell.rule(b), compiled_.own_channel);
            }))
          found.push_back(opened.contract);
      }
    }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace rackrate::market
