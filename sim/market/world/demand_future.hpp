#pragma once
#include <vector>

#include "sim/market/primitives/decaying_jumps.hpp"
#include "sim/market/primitives/growth_chain.hpp"
#include "sim/market/view/market_view.hpp"
#include "sim/market/view/notice.hpp"

namespace rackrate::market {

/// All of demand that nobody decides, drawn for the whole run when a world begins: it depends on the scenario's names,
/// its `shocks` and the replication, on nothing that anybody does. The world publishes the part that has happened, so
/// nobody can act on the rest. Addresses are by name: another lab or cloud changes no other's fortune.
class DemandFuture {
 public:
  DemandFuture() = default;
  DemandFuture(const CompiledScenario& compiled, const core::Draws& draws);

  /// As it stands at t, a time of the run.
  [[nodiscard]] DemandSignal at(core::SimTime t) const;
  /// Hits and changes of growth in (from, until], in order of time.
  [[nodiscard]] std::vector<Notice> notices(const Parameters& parameters, core::SimTime from,
                                            core::SimTime until) const;

  [[nodiscard]] const GrowthChain& growth() const { return growth_; }
  [[nodiscard]] const DecayingJumps& hits(LabId lab, WorkKind kind) const { return hits_[lab][kind]; }
  /// The AR(1) part of the common factor in the month of t.
  [[nodiscard]] double common_level(core::SimTime t) const;

 private:
  int first_month_ = 0;
  std::vector<double> common_;  ///< by month of the run; empty: no common factor
  GrowthChain growth_;
  Table<CloudId, GrowthChain> other_business_;
  Table<VendorId, GrowthChain> supply_;
  Table<LabId, ByWorkKind<DecayingJumps>> hits_;
  bool any_hits_ = false, any_other_ = false, any_supply_ = false;
};

}  // namespace rackrate::market
