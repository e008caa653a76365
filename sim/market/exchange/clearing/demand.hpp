#pragma once
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "sim/market/exchange/terms/lease_terms.hpp"
#include "sim/market/primitives/flow.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// Tiers of service, first served first (MODEL 9.1).
enum class Tier : std::uint8_t { Interactive, Batch, Training, Research };
[[nodiscard]] Tier tier_of(Product product);

// lists of DemandTable
using ClassId = core::Index<struct DemandClassTag>;
using ReservationId = core::Index<struct ReservationTag>;
using PrimaryId = core::Index<struct PrimaryTag>;
using CommittedPairId = core::Index<struct CommittedPairTag>;
using LentPartId = core::Index<struct LentPartTag>;
// lists of its FlowNetwork
using NodeId = FlowPoolId;           ///< a pool of the network: a part of a pool of the market
using NetworkClassId = FlowClassId;  ///< a class, or the part of it that prefers a host
using ArcId = FlowArcId;

/// Demand that is served alike: same payer, hosts, region rule and tier; within it all members get the
/// same fill ratio.
struct DemandClass {
  std::uint64_t key = 0;
  std::uint64_t load_key = 0;  ///< of its load: classes that differ in their hosts alone are one
  FleetUse use = FleetUse::Labs;
  CloudId cloud;  ///< whose fleet it is a use of; none: a lab's work
  LabId lab;      ///< none: a use of a fleet
  ChannelId channel;
  RegionId region;        ///< none: no home region
  bool resident = false;  ///< only pools of its own region
  Tier tier = Tier::Interactive;
  HostSet hosts;
  Money penalty;              ///< of an H100e-hour not served
  std::vector<CellId> cells;  ///< demand cells of enterprises
  StreamId stream;            ///< or: one stream of the scenario
  PartyId payer;              ///< party that pays the host
  Layer payer_layer = Layer::Model;
};

/// The part of an arc's cost that stays the same while the table holds.
struct ArcTerms {
  CloudId host;
  Money serving_cost;          ///< per H100e-hour at the host's first prices
  double charged = 1.0;        ///< of it; less where a primary host is preferred by weight
  Money latency;               ///< per H100e-hour
  bool preferred = false;      ///< it carries the part of a class that prefers its primary host to that host
  bool own = false;            ///< it carries a lab's own work to capacity that it reserved
  double surcharge = 0.0;      ///< of the serving cost: what the customer's share of the supplier adds
  CommittedPairId commitment;  ///< that what it carries is drawn from, or none
};

/// Commitments in force between one payer and one payee, and who draws on them.
struct CommittedPair {
  PartyId payer, payee;
  std::vector<PaymentClauseId> clauses;
  std::vector<double> parts;     ///< of what is bought, by clause
  std::vector<ClassId> classes;  ///< that may be served there and paid by the payer, ascending
  std::vector<ArcId> arcs;       ///< of theirs to the payee's pools, without what is reserved
  double free = 0.0;             ///< probability that a dollar more is free (commitment_steer.hpp)
  bool planned = false;          ///< `free` has been forecast
  double costed = 0.0;           ///< the one that the costs of `arcs` were made of
};

/// What a node has of one pool for the leases between two clouds. All that one cloud leases in one region is one node
/// (two where interactive load is capped): whoever lends it, it is sold alike.
struct LentPart {
  LeasePairId pair;
  PoolId pool;  ///< of the lessor
  NodeId node;  ///< of the lessee
  std::int64_t h100e = 0;
};

// What flowed in the interval before, and what limits the next one (hosting_limits.hpp). Empty where neither a ramp nor
// a premium for concentration is in force.
using LoadId = core::Index<struct LoadTag>;
using LoadAtHostId = core::Index<struct LoadAtHostTag>;
using LoadAtNodeId = core::Index<struct LoadAtNodeTag>;

/// The flow of a class of the network, whole H100e; wanted below 0: the class is new, and these are the amounts of its
/// load.
struct LoadFlow {
  std::uint64_t key = 0;
  LabId lab;
  std::int64_t wanted = 0, served = 0;  ///< served 0: it has no place yet
};
struct LoadAtHost {
  std::uint64_t key = 0;
  LoadId load;
  CloudId host;
  std::int64_t served = 0;
};
struct LoadAtNode {
  std::uint64_t key = 0;
  LoadAtHostId at;
  NodeId node;
  std::int64_t served = 0;
};
/// The parallel arcs of a network class to a node, the cheapest first: each carries a further part of the node.
struct ArcStack {
  ArcId first;
  int steps = 1;
  NetworkClassId part;
  LoadAtNodeId at;
  bool limited = false;  ///< by the ramp: the class may go elsewhere
};

/// Classes of interactive load that may use the same open parts of pools (day_peaks.hpp).
struct PeakGroup {
  std::vector<ClassId> classes;
  std::vector<NodeId> nodes;  ///< ascending
};

/// The work of a lab that does not run on every kind of chip, or its training alone, at one part of a pool
/// (chip_ports.hpp).
struct PortedPart {
  LabId lab;
  NodeId node;
  bool training = false;
  std::vector<std::size_t> stacks;  ///< places in DemandTable::stacks, ascending
};

/// Training that needs a least size in one pool, at one pool (gangs.hpp).
struct GangPlace {
  NetworkClassId part;
  std::uint64_t key = 0;
  std::int64_t block = 0;           ///< H100e
  std::vector<std::size_t> stacks;  ///< places in DemandTable::stacks, ascending
};

/// The part of a class of training that one of its lab's runs asks for (training_runs.hpp).
struct RunPart {
  RunId run;
  ClassId of;
  NetworkClassId part;
  ArcId first;  ///< of `arcs`, one to each part of a pool where it may be
  std::size_t arcs = 0;
};

/// The classes of one access interval, and the network between them and the pools.
struct DemandTable {
  Table<ClassId, DemandClass> classes;
  Table<CellId, ClassId> class_of_cell;
  FlowNetwork network;                 ///< costs and quantities are filled in day by day
  Table<NodeId, PoolId> pool_of_node;  ///< network pool -> pool of the market; none: leased, in parts of several pools
  Table<NodeId, RegionId> region_of_node;
  Table<NodeId, NodeId> place_of_node;  ///< the first node of the same pool, or of what is leased in the same region
  Table<ArcId, ArcTerms> arc_terms;
  Table<CloudId, double> first_cost;  ///< of an H100e-hour of each cloud's fleet on the first day, $
  Table<CloudId, double> priced_at;   ///< price indices at which the costs were set; empty: not set yet

  // terms that steer the network (capacity_terms.hpp)
  Table<ReservationId, PaymentClauseId> reservations;  ///< in force
  Table<PrimaryId, PaymentClauseId> primaries;         ///< in force
  Table<CommittedPairId, CommittedPair> committed;     ///< in force
  Money preference;                                    ///< of a primary host's arcs
  Money first_call;                                    ///< of arcs to what a lab reserved
  Table<NodeId, ReservationId> reservation_of_node;    ///< none: open to all
  Table<LeasePairId, LeasePair> leased;                ///< in force between two clouds
  Table<LentPartId, LentPart> lent;                    ///< node by node
  Table<NodeId, CloudId> host_of_node;                 ///< who sells it: the pool's cloud, or who leases it
  Table<NodeId, char> node_is_open;                    ///< interactive load may use it
  Table<NetworkClassId, ClassId> class_of_part;
  Table<ClassId, NetworkClassId> free_part;    ///< the part that goes wherever it costs least
  Table<ClassId, NetworkClassId> preferring;   ///< the part that prefers its primary host, or none
  Table<ClassId, PrimaryId> primary_of_class;  ///< where there is a preferring part

  Table<LoadId, LoadFlow> loads;
  Table<LoadAtHostId, LoadAtHost> at_hosts;
  Table<LoadAtNodeId, LoadAtNode> at_nodes;
  std::vector<ArcStack> stacks;
  std::vector<PeakGroup> peak_groups;    ///< none where nothing swings
  std::vector<GangPlace> gang_places;    ///< those of a part of a class stand together
  std::vector<std::uint64_t> closed;     ///< keys of gang places that train nothing until the month's end, ascending
  std::vector<PortedPart> ported_parts;  ///< none where every lab runs on every chip
  std::vector<RunPart> run_parts;        ///< by run; they are the last parts of the network
  // asked for single keys only: their order reaches no result
  std::unordered_map<std::uint64_t, LoadId> load_of_key;
  std::unordered_map<std::uint64_t, LoadAtHostId> at_host_of_key;
  std::unordered_map<std::uint64_t, LoadAtNodeId> at_node_of_key;

  [[nodiscard]] auto arcs() const { return network.arcs.ids(); }
  [[nodiscard]] auto nodes() const { return pool_of_node.ids(); }
  [[nodiscard]] static NodeId node(const FlowArc& arc) { return arc.pool; }
  [[nodiscard]] PoolId pool(const FlowArc& arc) const { return pool_of_node[node(arc)]; }
  [[nodiscard]] bool is_run(NetworkClassId part) const {
    return !run_parts.empty() && !(part < run_parts.front().part);
  }
  [[nodiscard]] bool is_leased(NodeId n) const { return !pool_of_node[n].exists(); }
  [[nodiscard]] ClassId demand_class(const FlowArc& arc) const { return class_of_part[arc.demand_class]; }
  [[nodiscard]] CloudId host(const FlowArc& arc) const { return host_of_node[node(arc)]; }
  [[nodiscard]] ReservationId reservation(const FlowArc& arc) const { return reservation_of_node[node(arc)]; }
};

/// The classes and the network under the permissions and terms in force at t.
[[nodiscard]] DemandTable build_demand(const MarketView& view, core::SimTime t, Table<LeasePairId, LeasePair> leased);

}  // namespace rackrate::market
