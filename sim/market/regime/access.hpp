#pragma once
#include <bitset>
#include <cstdint>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/contracts/box.hpp"
#include "sim/market/contracts/registry.hpp"
#include "sim/market/vocabulary/host_set.hpp"
#include "sim/market/vocabulary/ids.hpp"

namespace rackrate::market {

struct CompiledScenario;

/// What the contracts permit for one (segment, alternative, region) during one interval.
struct Access {
  Permission state = Permission::No;
  CloudId host;                         ///< the best permitted host; where the runtime of agents is the channel's cloud
  HostSet hosts;                        ///< all permitted hosts
  float allowlist = 1.0F;               ///< PREVIEW: share of accounts admitted
  float token_cap = 1.0F;               ///< PREVIEW: share of volume served
  core::SimTime since = core::kAlways;  ///< when this alternative became generally available
  /// State NO: until when those who used it as an exclusive began are still served at `hosts`.
  core::SimTime served_until = core::kAlways;
  friend bool operator==(const Access&, const Access&) = default;
};

/// F between two breakpoints, for everything the market may ask: compiled once per scenario, a lookup
/// costs an index. Cells as in CompiledScenario::cells; streams as in CompiledScenario::streams.
struct AccessInterval {
  core::SimTime from, until;
  Table<CellId, Access> cells;
  Table<StreamId, HostSet> stream_hosts;
  Table<LabId, HostSet> lab_hosts;  ///< where anything of it may run
  Table<LabId, std::bitset<contracts::kMaxNames>>
      lab_channels;  ///< other channels than its own through which anybody may buy anything of it
};

/// Answers to reuse when a run's contracts change: those for labs that no changed contract concerns, and for
/// alternatives that existed before.
struct KnownAccess {
  const CompiledScenario& compiled;
  const std::vector<AccessInterval>& intervals;
  Table<LabId, char> lab_changed;
  Table<AlternativeId, AlternativeId> alternative;  ///< by alternative now: which one it was, or none
};

/// The intervals that cover [start, end), each beginning where some answer changes. Dates on
/// which no permission changes begin no interval, so a clause that never binds changes no result.
[[nodiscard]] std::vector<AccessInterval> compile_access(const CompiledScenario& compiled, core::SimTime start,
                                                         core::SimTime end, const KnownAccess* known = nullptr);
/// The interval in force at t.
[[nodiscard]] const AccessInterval& access_at(const std::vector<AccessInterval>& intervals, core::SimTime t);
/// By lab: does a contract that differs between the two lists concern it?
[[nodiscard]] Table<LabId, char> labs_affected(const std::vector<Contract>& before, const std::vector<Contract>& after,
                                               const Vocabulary& vocabulary);

}  // namespace rackrate::market
