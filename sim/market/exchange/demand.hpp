#pragma once
#include <cstdint>
#include <vector>

#include "sim/market/primitives/flow.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// Tiers of service, first served first (MODEL 9.1).
enum class Tier : std::uint8_t { Interactive, Batch, Training, Research };
[[nodiscard]] Tier tier_of(Product product);

/// Demand that is served alike: same payer, hosts, region rule and tier; within it all members get the
/// same fill ratio.
struct DemandClass {
  std::uint64_t key = 0;
  int lab = 0, channel = 0, region = -1;  ///< region -1: no home region
  bool resident = false;                  ///< only pools of its own region
  Tier tier = Tier::Interactive;
  HostSet hosts;
  std::int64_t penalty = 0;         ///< 1e-4 $ per H100e-hour
  std::vector<std::int32_t> cells;  ///< demand cells of enterprises
  int stream = -1;                  ///< or: one stream of the setting
  int payer = 0;                    ///< party that pays the host
  Layer payer_layer = Layer::Model;
};

/// The classes of one access interval, and the network between them and the pools.
struct DemandTable {
  std::vector<DemandClass> classes;
  FlowNetwork network;                     ///< costs and quantities are filled in day by day
  std::vector<std::int32_t> pool_of_node;  ///< network pool -> pool of the setting
  std::vector<std::int32_t> arc_host;      ///< network arc -> cloud

  // terms that steer the network (positions.hpp)
  std::vector<int> reservations, primaries;       ///< in force, indices into CompiledScenario::money
  std::vector<std::int32_t> reservation_of_node;  ///< network pool -> reservations; -1: open to all
  std::vector<char> node_is_open;                 ///< network pool: interactive load may use it
  std::vector<std::int32_t> class_of_node;        ///< network class -> class
  std::vector<std::int32_t> preferring;        ///< class -> the network class that prefers its primary host; -1: none
  std::vector<std::int32_t> primary_of_class;  ///< class -> primaries, where there is a preferring one
  /// Does the arc carry a lab's own work to what the lab reserved?
  [[nodiscard]] bool own_reservation(const CompiledScenario& compiled, const FlowArc& arc) const;
};

[[nodiscard]] DemandTable build_demand(const MarketView& view, core::SimTime t);

}  // namespace rackrate::market
