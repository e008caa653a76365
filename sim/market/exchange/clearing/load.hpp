#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/market/exchange/clearing/network.hpp"
#include "sim/market/exchange/clearing/streams.hpp"
#include "sim/market/exchange/demand_state.hpp"

/// Step 1 of 5: what every class wants.
namespace rackrate::market {

/// What a class wants.
struct ClassLoad {
  std::int64_t demand = 0;       ///< whole H100e
  ByProduct<std::int64_t> load;  ///< of a lab's products, millionths of an H100e
  std::int64_t other = 0;        ///< of a use of a fleet (fleet_use.hpp), the same
};

/// A cell from which something is wanted.
struct CellLoad {
  CellId cell;
  ClassId demand_class;
  AlternativeId alternative;
  std::int64_t volume = 0;  ///< as in Load::cell_volume
};

/// What a lab's plans of training and research ask for, H100e, and the shares of them that it pays for today.
struct ResearchPlan {
  double training = 0.0, research = 0.0;
  double training_share = 1.0, research_share = 1.0;

  [[nodiscard]] double share_of(Product product) const {
    return product == Product::Training ? training_share : product == Product::Research ? research_share : 1.0;
  }
  [[nodiscard]] bool is_cut() const { return training_share < 1.0 || research_share < 1.0; }
  /// Of all that it plans.
  [[nodiscard]] double funded() const {
    const double planned = training + research;
    return planned > 0 ? (training * training_share + research * research_share) / planned
                       : std::min(training_share, research_share);
  }
};

struct Load {
  Table<ClassId, ClassLoad> classes;
  std::vector<CellLoad> cells;              ///< in order of cells; the others want nothing
  Table<CellId, std::int64_t> cell_volume;  ///< millionths of a work unit per day wanted in this interval
  Table<StreamId, StreamLoad> streams;
  Table<LabId, ResearchPlan> plans;
  Table<CloudId, std::int64_t> waiting;  ///< H100e that customers want of a cloud which takes no more orders
  Table<CloudId, double> latent;         ///< WantedFleetUse::latent
};

/// Volume per cell and load per class: (full volume - unlearned) x growth x hits x price response, times compute per
/// work unit (MODEL 6.2, 6.0). A class asks for whole H100e; `carry` keeps the rest for the next interval. Throws:
/// core::LedgerError where a volume exceeds the range of a run.
[[nodiscard]] Load load(const MarketView& view, const Interval& interval, const DemandState& demand,
                        const DemandTable& table, Carry& carry);

}  // namespace rackrate::market
