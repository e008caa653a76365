#include "sim/market/exchange/clearing/network.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "sim/market/exchange/clearing/commitment_steer.hpp"
#include "sim/market/exchange/clearing/hosting_limits.hpp"

namespace rackrate::market {
namespace {

/// Only a clause that begins or ends can change who pays the host within an access interval.
core::SimTime next_terms_change(const CompiledScenario& s, core::SimTime t) {
  core::SimTime next = core::kNever;
  for (const auto date : s.registry.breakpoints())
    if (date > t) next = std::min(next, date);
  for (const auto& m : s.money)
    for (const auto date : {m.from, m.until})
      if (date > t) next = std::min(next, date);
  return next;
}

/// Lessor by lessor, in the order of the list of clouds.
Table<LeasePairId, LeasePair> pairs_at(std::span<const Lease> leases, core::SimTime t) {
  std::map<std::pair<CloudId, CloudId>, std::int64_t> agreed;
  for (const Lease& lease : leases)
    if (lease.in_force(t)) agreed[{lease.lessor, lease.lessee}] += lease.h100e;
  Table<LeasePairId, LeasePair> pairs;
  for (const auto& [sides, h100e] : agreed) pairs.push_back({sides.first, sides.second, h100e});
  return pairs;
}

bool same_sides(const Table<LeasePairId, LeasePair>& a, const Table<LeasePairId, LeasePair>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const LeasePair& x, const LeasePair& y) {
    return x.lessor == y.lessor && x.lessee == y.lessee;
  });
}

}  // namespace

std::int64_t& Carry::of(ClassId place, std::uint64_t key) {
  const std::size_t at = place.position();
  if (at >= row_of_place_.size()) row_of_place_.resize(at + 1, rows_.size());
  std::size_t& row = row_of_place_[at];
  if (row >= rows_.size() || rows_[row].key != key) {
    row = row_of_key_.try_emplace(key, rows_.size()).first->second;
    if (row == rows_.size()) rows_.push_back({key, 0});
  }
  return rows_[row].kept;
}

void refresh(Network& network, const MarketView& view, core::SimTime t, std::span<const Lease> leases) {
  auto leased = pairs_at(leases, t);
  if (network.interval == view.board.interval && t < network.terms_until && same_sides(leased, network.table.leased)) {
    network.table.leased = std::move(leased);  // the same nodes, of other sizes
    return;
  }
  DemandTable table = build_demand(view, t, std::move(leased));
  carry_flows(network.table, table);
  carry_forecasts(network.table, table);
  table.closed = network.table.closed;
  network.table = std::move(table);
  network.terms = settlement_terms(view.compiled(), network.table, t);
  network.interval = view.board.interval;
  network.terms_until = next_terms_change(view.compiled(), t);
}

}  // namespace rackrate::market
