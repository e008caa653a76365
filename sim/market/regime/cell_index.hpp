#pragma once
#include <cstddef>

#include "sim/market/vocabulary/ids.hpp"

namespace rackrate::market {

/// What a demand cell stands for: enterprises of one segment and region that buy one alternative.
struct Cell {
  SegmentId segment;
  AlternativeId alternative;
  RegionId region;
  friend bool operator==(const Cell&, const Cell&) = default;
};

/// Numbers the demand cells of a regime: by segment, within it by alternative, within that by region.
class CellIndex {
 public:
  CellIndex() = default;
  CellIndex(std::size_t segments, std::size_t alternatives, std::size_t regions)
      : segments_(segments), alternatives_(alternatives), regions_(regions) {
    for (const SegmentId segment : core::indices<SegmentId>(segments))
      for (const AlternativeId a : core::indices<AlternativeId>(alternatives))
        for (const RegionId region : core::indices<RegionId>(regions)) cells_.push_back({segment, a, region});
  }

  [[nodiscard]] std::size_t size() const { return segments_ * alternatives_ * regions_; }
  [[nodiscard]] auto ids() const { return core::indices<CellId>(size()); }
  [[nodiscard]] CellId encode(SegmentId segment, AlternativeId alternative, RegionId region) const {
    return CellId((segment.position() * alternatives_ + alternative.position()) * regions_ + region.position());
  }
  [[nodiscard]] CellId encode(const Cell& cell) const { return encode(cell.segment, cell.alternative, cell.region); }
  [[nodiscard]] const Cell& decode(CellId id) const { return cells_[id]; }
  /// All cells of one alternative. A view of this index: it must outlive what is returned.
  [[nodiscard]] auto of(AlternativeId alternative) const {
    return core::sequence(segments_ * regions_, [this, alternative](std::size_t i) {
      return encode(SegmentId(i / regions_), alternative, RegionId(i % regions_));
    });
  }

 private:
  std::size_t segments_ = 0, alternatives_ = 0, regions_ = 0;
  core::Table<CellId, Cell> cells_;  ///< asked for thousands of times a day
};

}  // namespace rackrate::market
