#pragma once
#include "sim/market/contracts/ship_first.hpp"
#include "sim/market/view/market_view.hpp"

/// A release and the holder of a ship-first right: can the holder serve the launch, and is it profitable (MODEL 5.3)?
namespace rackrate::market {

struct ShipFirstRule {
  const kinds::ShipFirst* terms = nullptr;  ///< null: no right in force
  const Scope* scope = nullptr;             ///< of its clause
  ChannelId holder;                         ///< its channel
};

/// The ship-first clause in force for this lab at t.
[[nodiscard]] ShipFirstRule ship_first_in_force(const CompiledScenario& compiled, LabId lab, core::SimTime t);

/// The holder's side of one launch, computed from what is public on the day of the release notice.
struct LaunchCase {
  bool port_ready = true;       ///< the lab's models run on the holder's hardware
  bool compliant = true;        ///< the holder may sell everything in the right's scope to somebody
  double headroom_h100e = 0.0;  ///< least spare capacity over the launch horizon
  double need_h100e = 0.0;      ///< launch load with its margin
  /// By the holder on an H100e-hour of the lab's models, through its own resale and hosting terms.
  double earned_usd = 0.0;
  double unit_cost_usd = 0.0;  ///< of an H100e-hour of its own
  double lease_usd = -1.0;     ///< price of an H100e-hour of spill-over capacity; negative: nobody has enough

  [[nodiscard]] double missing_h100e() const { return need_h100e > headroom_h100e ? need_h100e - headroom_h100e : 0.0; }
};

[[nodiscard]] LaunchCase launch_case(const MarketView& view, LabId lab, core::SimTime released,
                                     const ShipFirstRule& rule);

/// Change of the holder's NPV if it leases what it lacks for the launch horizon: missing H100e-hours x (earned -
/// lease). Units: $, undiscounted (the horizon is a quarter).
[[nodiscard]] double cure_gain_usd(const LaunchCase& launch);

/// The four cases of check B2: the holder can and ships; it can, but would sell at a loss and declines; it cannot and
/// leases the missing capacity, if that pays and is in time; it cannot and declines.
/// `port` is when its own port is done; it ships then, after the lease if it needs one, or, declining, with the others.
[[nodiscard]] Release decide_launch(const LaunchCase& launch, core::SimTime released, core::SimTime port,
                                    core::SimDuration cure);

}  // namespace rackrate::market
