#include "sim/market/exchange/clearing/load.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/exchange/clearing/fleet_use.hpp"
#include "sim/market/exchange/finance/research_funds.hpp"
#include "sim/market/primitives/expenditure.hpp"
#include "sim/market/view/demand_factor.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

/// Growth x price response x hits, by alternative. Found when somebody wants it: an alternative may have no buyer.
class VolumeFactors {
 public:
  explicit VolumeFactors(const MarketView& view)
      : view_(view), factors_(view.compiled().alternatives.size(), kUnknown) {}

  double operator[](AlternativeId a) {
    if (factors_[a] != kUnknown) return factors_[a];
    const auto& alternative = view_.compiled().alternatives[a];
    return factors_[a] =
               view_.board.growth_of(alternative.product) *
               hit_factor(view_.board, alternative.lab, alternative.product) *
               price_response(view_.board.unit_price[a], alternative.price, view_.parameters().choice.elasticity);
  }

 private:
  static constexpr double kUnknown = -1.0;
  const MarketView& view_;
  Table<AlternativeId, double> factors_;
};

/// Volume of a segment's workloads of a product in a region relative to the first day's, as what is offered to them
/// asks for.
class OfferResponse {
 public:
  explicit OfferResponse(const MarketView& view) : response_(view.board.pull) {
    const auto& p = view.parameters();
    for (auto& of_product : response_) {
      if (of_product.empty()) continue;
      for (const SegmentId segment : p.segments.ids())
        for (const RegionId region : core::indices<RegionId>(p.vocabulary.regions.size()))
          of_product(segment, region) = math::exp(p.choice.volume_response * of_product(segment, region));
    }
  }
  double operator()(Product product, SegmentId segment, RegionId region) const {
    return response_[product].empty() ? 1.0 : response_[product](segment, region);
  }

 private:
  ByProduct<Grid<SegmentId, RegionId, double>> response_;
};

/// Share of the volume that is served at all: contracts cap previews.
double admitted(const Access& access) { return access.state == Permission::Preview ? access.token_cap : 1.0; }

/// Cells with learned volume. A cell has some or none like the toss of a coin, so this has no branches.
std::vector<CellId> cells_with_volume(const DemandState& demand) {
  std::vector<CellId> found(demand.units.size() + 1);
  std::size_t count = 0;
  for (const CellId cell : demand.units.ids()) {
    found[count] = cell;
    count += static_cast<std::size_t>(demand.units[cell] > demand.ramp[cell]);
  }
  found.resize(count);
  return found;
}

void load_cells(const MarketView& view, const DemandState& demand, const DemandTable& table, Load& out) {
  const auto& s = view.compiled();
  const auto& access = view.access().cells;
  VolumeFactors factor(view);
  const OfferResponse response(view);
  out.cell_volume.assign(demand.units.size(), 0);
  const auto cells = cells_with_volume(demand);
  out.cells.reserve(cells.size());
  for (const CellId cell : cells) {
    const auto [segment, a, region] = s.cells.decode(cell);
    const ClassId k = table.class_of_cell[cell];
    const auto volume = core::whole(core::real(demand.units[cell] - demand.ramp[cell]) * factor[a] *
                                        response(s.alternatives[a].product, segment, region) * admitted(access[cell]),
                                    "the volume of one market, in millionths of a unit,");
    if (volume == 0) continue;
    out.cell_volume[cell] = volume;
    out.cells.push_back({cell, k, a, volume});
    out.classes[k].load[s.alternatives[a].product] += core::whole(
        core::real(volume) * view.board.unit_compute[a] / 24.0, "the load of one market, in millionths of an H100e,");
  }
}

void load_streams(const MarketView& view, core::SimTime t, const DemandTable& table, Load& out) {
  const auto& s = view.compiled();
  for (const StreamId k : s.streams.ids()) out.streams.push_back(stream_load(view, k, t));
  fund_research(view, out);
  for (const ClassId k : table.classes.ids()) {
    const StreamId stream = table.classes[k].stream;
    if (!stream.exists()) continue;
    out.classes[k].load[s.streams[stream].product] = core::whole(std::floor(out.streams[stream].h100e * 1e6 + 0.5),
                                                                 "the load of a stream, in millionths of an H100e,");
  }
}

/// Workloads are smaller than one H100e: a class asks for whole H100e and carries the remainder to the next interval.
/// The remainder is kept as compute, because the next interval may have another length; at most one H100e is added at
/// once.
void ask_for_whole(const DemandTable& table, core::SimDuration interval, Load& out, Carry& carry) {
  const std::int64_t length = interval.count();
  for (const ClassId k : table.classes.ids()) {
    std::int64_t total = out.classes[k].other;
    for (const auto load : out.classes[k].load) total += load;
    if (total == 0) continue;
    auto& kept = carry.of(k, table.classes[k].key);
    const std::int64_t back = std::min<std::int64_t>(kept / length, 999'999);
    total += back;
    out.classes[k].demand = total / 1'000'000;
    kept += (total % 1'000'000 - back) * length;
  }
}

}  // namespace

Load load(const MarketView& view, const Interval& interval, const DemandState& demand, const DemandTable& table,
          Carry& carry) {
  Load out;
  out.classes.resize(table.classes.size());
  load_cells(view, demand, table, out);
  load_streams(view, interval.start, table, out);
  load_fleet_uses(view, interval.start, table, out);
  ask_for_whole(table, interval.length(), out, carry);
  return out;
}

}  // namespace rackrate::market
