#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "sim/market/vocabulary/ids.hpp"
#include "sim/market/vocabulary/items.hpp"

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
  std::int64_t rebated = 0;  ///< of the units, what a discount leaves unpaid
  std::int64_t premium = 0;  ///< of the units, those with premium service
  ItemSet needs;             ///< of the channel's integration, by the units
};

/// The same of volume that needs items of integration, by item; what PlacementDelta says of one workload, summed.
struct NeedDelta {
  CellId cell;
  ByItem<std::int64_t> units{};
};

/// What big accounts of a segment and their clouds have at stake changes; $ a day as bargained, already expanded.
struct AgreementDelta {
  SegmentId segment;
  Money spending, reliance, at_stake, gain;
};

/// A big account pays its cloud for what it was short of its commitment, now.
struct AccountShortfall {
  CloudId cloud;
  Money amount;
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
  DecisionSums(std::size_t cells, std::size_t segments, std::size_t clouds)
      : cells_(cells), needing_(cells), needs_moved_(cells, 0), payments_(segments), shortfalls_(clouds) {}

  void add(const PlacementDelta& delta) {
    Volume& volume = cells_[delta.cell];
    add_to(delta.committed ? volume.committed_units : volume.free_units, delta.units);
    add_to(volume.ramp, delta.ramp);
    if (delta.rebated != 0) add_to(delta.committed ? volume.rebated_committed : volume.rebated_free, delta.rebated);
    if (delta.premium != 0) add_to(volume.premium, delta.premium);
    if (delta.needs.empty() || delta.units == 0) return;
    std::atomic_ref<char>(needs_moved_[delta.cell]).store(1, std::memory_order_relaxed);
    for (const Item item : ByItem<std::int64_t>::keys())
      if (delta.needs.contains(item)) add_to(needing_[delta.cell][item], delta.units);
  }
  void add(const SurplusDelta& delta) {
    Volume& volume = cells_[delta.cell];
    add_to(volume.surplus, delta.surplus);
    add_to(volume.variety, delta.variety);
  }
  void add(const RateDelta& delta) { add_to(payments_[delta.segment].governance, delta.governance); }
  void add(const AgreementDelta& delta) {
    Payments& sum = payments_[delta.segment];
    add_to(sum.spending, delta.spending);
    add_to(sum.reliance, delta.reliance);
    add_to(sum.at_stake, delta.at_stake);
    add_to(sum.gain, delta.gain);
  }
  void add(const AccountShortfall& paid) { add_to(shortfalls_[paid.cloud], paid.amount); }
  void add(const OneOffCost& cost) { add_to(payments_[cost.segment].migration, cost.migration); }

  /// Calls take(change) for every sum that is not zero, and begins again. Between two windows only.
  template <class Take>
  void hand_over(Take take) {
    for (const CellId cell : cells_.ids()) {
      if (cells_[cell].is_zero()) continue;
      const Volume sum = std::exchange(cells_[cell], {});
      if ((sum.free_units | sum.ramp | sum.rebated_free | sum.premium) != 0)
        take(PlacementDelta{cell, false, sum.free_units, sum.ramp, sum.rebated_free, sum.premium, {}});
      if ((sum.committed_units | sum.rebated_committed) != 0)
        take(PlacementDelta{cell, true, sum.committed_units, 0, sum.rebated_committed, 0, {}});
      if (sum.surplus != Money{} || sum.variety != Money{}) take(SurplusDelta{cell, sum.variety, sum.surplus});
    }
    for (const CellId cell : needing_.ids())
      if (std::exchange(needs_moved_[cell], 0) != 0) take(NeedDelta{cell, std::exchange(needing_[cell], {})});
    for (const SegmentId segment : payments_.ids()) {
      const Payments sum = std::exchange(payments_[segment], {});
      if (sum.governance != Money{}) take(RateDelta{segment, sum.governance});
      if (sum.migration != Money{}) take(OneOffCost{segment, sum.migration});
      if (sum.has_agreements()) take(AgreementDelta{segment, sum.spending, sum.reliance, sum.at_stake, sum.gain});
    }
    for (const CloudId cloud : shortfalls_.ids())
      if (const Money sum = std::exchange(shortfalls_[cloud], {}); sum != Money{}) take(AccountShortfall{cloud, sum});
  }

 private:
  struct Volume {
    std::int64_t free_units = 0, committed_units = 0, ramp = 0;
    Money surplus, variety;
    std::int64_t rebated_free = 0, rebated_committed = 0, premium = 0;
    [[nodiscard]] bool is_zero() const {
      return (free_units | committed_units | ramp | rebated_free | rebated_committed | premium) == 0 &&
             surplus == Money{} && variety == Money{};
    }
  };
  struct Payments {
    Money governance, migration;
    Money spending, reliance, at_stake, gain;  ///< of agreements
    [[nodiscard]] bool has_agreements() const {
      return spending != Money{} || reliance != Money{} || at_stake != Money{} || gain != Money{};
    }
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
  Table<CellId, ByItem<std::int64_t>> needing_;  ///< apart, because decisions seldom touch it
  Table<CellId, char> needs_moved_;              ///< so that a barrier looks at few of them
  Table<SegmentId, Payments> payments_;
  Table<CloudId, Money> shortfalls_;
};

}  // namespace rackrate::market
