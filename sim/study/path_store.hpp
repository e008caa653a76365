#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "sim/market/view/replay.hpp"

namespace rackrate::study {

/// The decision paths that arms of one study replay from other arms of the same replication. The first caller
/// computes a path; the others wait for it. A path is a few kilobytes and stays until the study ends.
class PathStore {
 public:
  using Path = std::shared_ptr<const market::DecisionPath>;
  using Key = std::pair<std::size_t, std::int64_t>;  ///< (arm, replication)

  /// The path of a run, computed by `run` unless it exists. An exception of `run` passes through
  /// and stores nothing.
  Path get(const Key& key, const std::function<market::DecisionPath()>& run) {
    Slot& slot = slot_of(key);
    const std::lock_guard lock(slot.mutex);
    if (!slot.path) slot.path = std::make_shared<const market::DecisionPath>(run());
    return slot.path;
  }

 private:
  struct Slot {
    std::mutex mutex;
    Path path;
  };
  Slot& slot_of(const Key& key) {
    const std::lock_guard lock(mutex_);
    auto& slot = slots_[key];
    if (!slot) slot = std::make_unique<Slot>();
    return *slot;
  }

  std::mutex mutex_;
  std::map<Key, std::unique_ptr<Slot>> slots_;
};

}  // namespace rackrate::study
