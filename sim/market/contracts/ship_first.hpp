#pragma once
#include <algorithm>
#include <span>

#include "sim/market/contracts/registry.hpp"

/// "Ships first on the holder unless the holder cannot": MODEL 5.3 as pure functions.
namespace rackrate::market::contracts {

/// What the holder brings to a release notice. Capacities in H100e, by day or window of the launch horizon.
struct LaunchCapability {
  bool port_ready = true;            ///< the model runs on the holder's hardware
  bool compliant = true;             ///< the holder may serve the scope's segments and regions
  std::span<const double> headroom;  ///< forecast capacity less what is committed
  double launch_need = 0.0;          ///< forecast launch load
  double margin = 0.0;               ///< m: spare capacity asked for, as a share of the need
};

/// The capability test: can_b = port ready, compliant, and least headroom over the horizon at least
/// (1 + m) times the launch need. An empty horizon holds no capacity test.
/// Units:  H100e.
/// Source: MODEL 5.3.
[[nodiscard]] bool holder_can(const LaunchCapability& launch);

/// What leasing the missing capacity would do for a holder that cannot.
struct CureOption {
  double gain_usd = 0.0;       ///< change of the holder's NPV if it cures
  core::SimDuration takes{0};  ///< how long the lease needs
};

/// A holder that cannot may cure within the cure period, and does so only if it gains by it.
/// Returns: true when the holder declines, i.e. does not cure.
[[nodiscard]] bool holder_declines(const CureOption& option, core::SimDuration cure_period);

/// May rivals ship at once? AND: the holder cannot and declines. OR: it cannot, or declines of its own will.
[[nodiscard]] bool exception_applies(ShipFirstReading reading, bool can, bool declines);

/// The dates of a ship-first clause.
struct ShipFirstTerms {
  core::SimDuration lead{0};  ///< delta_first
  core::SimDuration cure{0};  ///< tau_cure
  ShipFirstReading reading = ShipFirstReading::And;
};

/// The first date on which a rival may ship: kAlways under the exception, else
/// min(holder's GA, release + cure) + lead. A holder that can but never ships is deemed to waive
/// after the cure period.
/// Source: MODEL 5.3.
[[nodiscard]] core::SimTime rival_earliest(const ShipFirstTerms& terms, const Release& release);

}  // namespace rackrate::market::contracts
