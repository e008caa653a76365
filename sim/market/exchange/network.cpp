#include "sim/market/exchange/network.hpp"

#include <algorithm>
#include <utility>

#include "sim/market/exchange/hosting_limits.hpp"

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

void refresh(Network& network, const MarketView& view, core::SimTime t) {
  if (network.interval == view.board.interval && t < network.terms_until) return;
  DemandTable table = build_demand(view, t);
  carry_flows(network.table, table);
  network.table = std::move(table);
  network.terms = settlement_terms(view.compiled(), network.table, t);
  network.interval = view.board.interval;
  network.terms_until = next_terms_change(view.compiled(), t);
}

}  // namespace rackrate::market
