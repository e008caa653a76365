#pragma once
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "sim/market/regime/regime.hpp"
#include "sim/market/view/board.hpp"

namespace rackrate::market {

enum class ActorKind : std::uint8_t { Firm, Vendor, Cloud, Pool, Lab, Channel };
inline constexpr std::array<std::string_view, 6> kActorKindNames{"firm", "vendor", "cloud", "pool", "lab", "channel"};

/// What one actor has from another. An edge runs from the one who provides to the one who depends.
enum class TieKind : std::uint8_t {
  Ownership,  ///< a firm has a vendor, a cloud, a lab or a channel; a cloud has its pools
  Supply,     ///< a vendor's chips run in a pool
  Hosting,    ///< a pool may run a lab's models
  Selling,    ///< a lab may be bought through a channel
  Payment,    ///< a payer's money reaches a payee under a clause
};
inline constexpr std::array<std::string_view, 5> kTieKindNames{"ownership", "supply", "hosting", "selling", "payment"};

using ActorNodeId = core::Index<struct ActorNodeTag>;

struct ActorNode {
  std::string name;
  ActorKind kind = ActorKind::Firm;
};

struct Tie {
  ActorNodeId from, to;
  TieKind kind = TieKind::Ownership;
  std::string label;                                        ///< of a payment: "contract/clause"
  std::string clause;                                       ///< and its kind
  double h100e = std::numeric_limits<double>::quiet_NaN();  ///< supply: for sale on these chips; hosting: in this pool
  double share = std::numeric_limits<double>::quiet_NaN();  ///< of all that the receiver has of this kind
};

struct DependencyGraph {
  Table<ActorNodeId, ActorNode> actors;  ///< by kind, then in the order of the scenario
  std::vector<Tie> ties;                 ///< by kind, then by provider and receiver
};

/// The contracts and supplies of one instant as a graph: what the contracts permit at t, and the pools as published.
///
/// Units:   H100e for sale: running, less internal use.
/// Order:   that of the scenario; two ties may join the same actors (two clauses).
[[nodiscard]] DependencyGraph dependency_graph(const Regime& regime, const Table<PoolId, PoolSignal>& pools,
                                               core::SimTime t);

/// Of all pairs of other actors that are joined by some way along the ties, the share whose shortest ways lead through
/// the actor; several shortest ways count in parts. 0 to 1, by actor. Ties of one pair count once.
/// Source: Brandes (2001), J. Math. Sociol. 25, 163-177, by Boost.Graph; divided by the number of joined pairs.
[[nodiscard]] Table<ActorNodeId, double> betweenness(const DependencyGraph& graph);

/// The share of the H100e that may run a lab's models and that hangs on an actor: chips of a vendor, pools of a cloud
/// or a firm. By lab (in their order), then by actor; 0 where nothing does.
[[nodiscard]] std::vector<Table<ActorNodeId, double>> lab_dependency(const DependencyGraph& graph);

}  // namespace rackrate::market
