#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "sim/market/vocabulary/ids.hpp"

/// From the decisions of enterprises to the exchange. There are many of them a window and only their sums matter, so
/// they are no messages: they are added up where they are made, and the barrier hands the sums over.
namespace rackrate::market {

/// Volume moves into (or, negative, out of) a demand cell. Millionths of a work unit per day, already expanded; `ramp`
/// is the part not yet learned at the start of the window in which it takes effect.
struct PlacementDelta {
  CellId cell;
  bool committed = false;  ///< the buyer has a commitment to the seller's cloud
  std::int64_t units = 0;
  std::int64_t ramp = 0;
};

/// Surplus that goes into (or, negative, out of) a demand cell, per day at full volume, already expanded; `variety` is
/// the part of it that a taste for the one chosen adds.
struct SurplusDelta {
  CellId cell;
  Money variety;
  Money surplus;
};

/// Change of a segment's running rate of governance per day, already expanded.
struct RateDelta {
  SegmentId segment;
  Money governance;
};

/// A migration paid now.
struct OneOffCost {
  SegmentId segment;
  Money migration;
};

/// Sums of the running window. Sums of whole units are the same in any order, so threads may add at one time.
class DecisionSums {
 public:
  DecisionSums() = default;
  DecisionSums(std::size_t cells, std::size_t segments) : cells_(cells), payments_(segments) {}

  void add(const PlacementDelta& delta) {
    Volume& volume = cells_[delta.cell];
    add_to(delta.committed ? volume.committed_units : volume.free_units, delta.units);
    add_to(volume.ramp, delta.ramp);
  }
  void add(const SurplusDelta& delta) {
    Volume& volume = cells_[delta.cell];
    add_to(volume.surplus, delta.surplus);
    add_to(volume.variety, delta.variety);
  }
  void add(const RateDelta& delta) { add_to(payments_[delta.segment].governance, delta.governance); }
  void add(const OneOffCost& cost) { add_to(payments_[cost.segment].migration, cost.migration); }

  /// Calls take(change) for every sum that is not zero, and begins again. Between two windows only.
  template <class Take>
  void hand_over(Take take) {
    for (const CellId cell : cells_.ids()) {
      if (cells_[cell].is_zero()) continue;
      const Volume sum = std::exchange(cells_[cell], {});
      if (sum.free_units != 0 || sum.ramp != 0) take(PlacementDelta{cell, false, sum.free_units, sum.ramp});
      if (sum.committed_units != 0) take(PlacementDelta{cell, true, sum.committed_units, 0});
      if (sum.surplus != Money{} || sum.variety != Money{}) take(SurplusDelta{cell, sum.variety, sum.surplus});
    }
    for (const SegmentId segment : payments_.ids()) {
      const Payments sum = std::exchange(payments_[segment], {});
      if (sum.governance != Money{}) take(RateDelta{segment, sum.governance});
      if (sum.migration != Money{}) take(OneOffCost{segment, sum.migration});
    }
  }

 private:
  struct Volume {
    std::int64_t free_units = 0, committed_units = 0, ramp = 0;
    Money surplus, variety;
    [[nodiscard]] bool is_zero() const {
      return (free_units | committed_units | ramp) == 0 && surplus == Money{} && variety == Money{};
    }
  };
  struct Payments {
    Money governance, migration;
  };
  static void add_to(std::int64_t& sum, std::int64_t more) {
    std::atomic_ref<std::int64_t>(sum).fetch_add(more, std::memory_order_relaxed);
  }
  static void add_to(Money& sum, Money amount) {
    if (amount == Money{}) return;
    const std::atomic_ref<Money> shared(sum);
    Money before = shared.load(std::memory_order_relaxed);
    while (!shared.compare_exchange_weak(before, before + amount, std::memory_order_relaxed)) {}
  }

  Table<CellId, Volume> cells_;
  Table<SegmentId, Payments> payments_;
};

}  // namespace rackrate::market
