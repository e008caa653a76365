#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/engine/event.hpp"
#include "sim/market/primitives/choice.hpp"
#include "sim/market/regime/access.hpp"
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {

using engine::ProcessId;

/// Numbers of the logical processes. Fixed by the scenario, never by threads or shards.
struct Directory {
  ProcessId registry = 0, power = 1, statistics = 2, exchange = 3;
  ProcessId first_vendor = 4, first_cloud = 0, first_pool = 0, first_lab = 0, first_enterprise = 0, count = 0;

  [[nodiscard]] ProcessId of(VendorId vendor) const { return from(first_vendor, vendor); }
  [[nodiscard]] ProcessId of(CloudId cloud) const { return from(first_cloud, cloud); }  ///< its headquarters
  [[nodiscard]] ProcessId of(PoolId pool) const { return from(first_pool, pool); }
  [[nodiscard]] ProcessId of(LabId lab) const { return from(first_lab, lab); }
  [[nodiscard]] ProcessId of(EnterpriseId enterprise) const { return from(first_enterprise, enterprise); }

  // Whose process is it? None where it is not one of that kind.
  [[nodiscard]] VendorId vendor(ProcessId process) const { return in<VendorId>(process, first_vendor, first_cloud); }
  [[nodiscard]] CloudId cloud(ProcessId process) const { return in<CloudId>(process, first_cloud, first_pool); }
  [[nodiscard]] PoolId pool(ProcessId process) const { return in<PoolId>(process, first_pool, first_lab); }
  [[nodiscard]] LabId lab(ProcessId process) const { return in<LabId>(process, first_lab, first_enterprise); }
  [[nodiscard]] EnterpriseId enterprise(ProcessId process) const {
    return in<EnterpriseId>(process, first_enterprise, count);
  }
  /// Processes of all enterprises, in order.
  [[nodiscard]] auto enterprises() const {
    return core::sequence(count - first_enterprise,
                          [first = first_enterprise](std::size_t i) { return static_cast<ProcessId>(first + i); });
  }

 private:
  template <class Id>
  [[nodiscard]] static ProcessId from(ProcessId first, Id id) {
    return first + static_cast<ProcessId>(id.number());
  }
  template <class Id>
  [[nodiscard]] static Id in(ProcessId process, ProcessId first, ProcessId end) {
    return process >= first && process < end ? Id(process - first) : Id();
  }
};

/// A scenario compiled for simulation: the compiled scenario, its permissions by interval, and the choice set of each
/// product.
/// Immutable and shared by every World of an arm until contracts change in one of them (regime_change.hpp).
struct Regime {
  std::int32_t generation = 0;  ///< how often this run's contracts have changed
  CompiledScenario compiled;
  std::vector<AccessInterval> access;
  ByProduct<ChoiceSet> choice_sets;  ///< its alternatives, then the outside option
  Directory directory;
  std::vector<std::string> process_names;
  /// The scenario as written, where rollouts of this regime were drawn for one replication; null: nothing was drawn.
  std::shared_ptr<const Parameters> written;

  /// Which of `access` answers at t.
  [[nodiscard]] IntervalId interval_at(core::SimTime t) const {
    IntervalId interval(0);
    for (std::size_t k = 0; k < access.size(); ++k)
      if (access[k].from <= t) interval = IntervalId(k);
    return interval;
  }
};

[[nodiscard]] Regime build_regime(const Parameters& parameters);
/// By product: its alternatives, then the outside option.
[[nodiscard]] ByProduct<ChoiceSet> choice_sets(const CompiledScenario& compiled);

}  // namespace rackrate::market
