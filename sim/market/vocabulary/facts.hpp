#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/core/sim_time.hpp"
#include "sim/market/vocabulary/ids.hpp"
#include "sim/market/vocabulary/vocabulary.hpp"

/// Facts that the market reports to observers. Observers change nothing (promise P8); the market
/// writes no file. Indices refer to the run's Vocabulary; parties to the extended firm list below.
namespace rackrate::market {

/// Why money moved. Every posting is one entry from a payer to a payee.
enum class Category : std::uint8_t {
  Sale,             ///< enterprise -> seller of record, gross
  ConsumerSale,     ///< consumers -> lab
  SeatSale,         ///< enterprises -> application firm
  OtherSale,        ///< enterprises -> cloud, not AI
  Remittance,       ///< channel -> lab: the sale less the channel's share
  Hosting,          ///< lab or channel -> host cloud, inference
  Training,         ///< lab -> host cloud, training and research
  OwnHosting,       ///< inside one firm, at cost
  Revshare,         ///< by clause
  Shortfall,        ///< take-or-pay, by clause
  Energy,           ///< cloud -> suppliers
  Operations,       ///< cloud -> suppliers
  OtherCost,        ///< any firm -> suppliers
  Depreciation,     ///< firm -> its own capital account
  Capex,            ///< a firm's capital account -> vendor or suppliers
  Migration,        ///< enterprise -> services
  Governance,       ///< enterprise -> services
  Reservation,      ///< lab -> host cloud: reserved compute, used or not, by clause
  Investment,       ///< investor's capital account -> firm's, by clause or in a funding round; nobody's revenue
  Damages,          ///< who broke or left a contract -> the other side, by clause
  Transfer,         ///< agreed in a renegotiation, by clause
  Drawdown,         ///< cloud -> enterprises: what would have been owed on their commitments, by clause
  CustomerHosting,  ///< enterprises -> cloud: compute of AI customers beyond the labs, at list
  OwnProducts,      ///< enterprises -> cloud's firm: what the compute of its own products brings
  Lease,            ///< cloud -> cloud: capacity leased for a term, used or not
  Interest,         ///< cloud that borrows -> services, for its lenders
  Discount,         ///< cloud -> enterprises: off the list, as big accounts have agreed
  Crossing,         ///< enterprises -> services: work around items of integration that are missing
  RuntimeFee        ///< enterprises -> firm of the channel that keeps the state of agents
};
inline constexpr std::array<std::string_view, 29> kCategoryNames{
    "sale",       "consumer_sale", "seat_sale", "other_sale", "remittance",       "hosting",
    "training",   "own_hosting",   "revshare",  "shortfall",  "energy",           "operations",
    "other_cost", "depreciation",  "capex",     "migration",  "governance",       "reservation",
    "investment", "damages",       "transfer",  "drawdown",   "customer_hosting", "own_products",
    "lease",      "interest",      "discount",  "crossing",   "runtime_fee"};

/// Does revenue of this category compete for its layer's market? Own hosting never meets a market, other sales are not
/// AI, chips, sites and leases between clouds are markets of their own, and what a contract's end or its renegotiation
/// moves sells nothing.
[[nodiscard]] constexpr bool counts_for_market_share(Category category) {
  return category != Category::OwnHosting && category != Category::OtherSale && category != Category::Capex &&
         category != Category::Depreciation && category != Category::Investment && category != Category::Damages &&
         category != Category::Transfer && category != Category::OwnProducts && category != Category::Lease &&
         category != Category::Interest;
}

/// Parties beyond the scenario's firms, in this order after Vocabulary::firms. Those that earn and spend like firms
/// come first; rest_of_world buys the chips that no cloud of the scenario buys.
inline constexpr std::array<std::string_view, 6> kOutsideParties{"suppliers",   "services",  "rest_of_world",
                                                                 "enterprises", "consumers", "investors"};
inline constexpr std::size_t kOutsideFirms = 3;

/// One double-entry posting.
struct EntryFact {
  core::SimTime day;  ///< start of the interval it was booked in
  PartyId from, to;
  Layer from_layer = Layer::Infrastructure;  ///< ignored for enterprises and consumers
  Layer to_layer = Layer::Infrastructure;
  Category category = Category::Sale;
  LabelId clause;  ///< label of the payment clause that moved it
  Money amount;
  core::SimDuration length = core::kDay;  ///< of that interval: a flow is spread over it where it is discounted
};

/// One capacity pool (cloud, region) over one window, whole H100e. The identity
/// installed = unpowered + down + internal + customers + served + idle holds exactly (H2).
struct PoolFact {
  CloudId cloud;
  RegionId region;
  std::int64_t installed = 0, unpowered = 0, down = 0;
  std::int64_t internal = 0;          ///< worked for products of the firm's own
  std::int64_t served = 0, idle = 0;  ///< served: worked for labs
  Money rent;                         ///< scarcity rent of an H100e-hour
  double wait_hours = 0.0;            ///< mean wait of interactive requests
  std::int64_t customers = 0;         ///< worked for AI customers beyond the labs
  std::int64_t lost_at_peaks = 0;     ///< interactive load turned away although its mean would have fitted
};

/// What is powered of one kind of chip in all pools of a cloud over one window, whole H100e. Over the chips it adds up
/// to installed - unpowered of the cloud's pools.
struct ChipFact {
  CloudId cloud;
  ChipId chip;
  std::int64_t powered = 0;
};

/// Who a fleet works for: the labs of the model, products of its own firm, or AI customers beyond the labs.
enum class FleetUse : std::uint8_t { Labs, Own, Customers };

/// One use of a cloud's fleet over one window, whole H100e.
struct FleetUseFact {
  CloudId cloud;
  FleetUse use = FleetUse::Own;
  std::int64_t demand = 0, served = 0;
};

/// Demand of one (lab, product, channel, region) over one window, whole H100e. Of one (lab, product) where the observer
/// does not ask for more (Observer::reads_markets); channel and region are none then.
struct DemandFact {
  LabId lab;
  ChannelId channel;
  RegionId region;
  Product product = Product::Consumer;
  std::int64_t demand = 0, served = 0;
};

/// Compute that one lab's product got at one host over one window, whole H100e.
struct ServiceFact {
  LabId lab;
  CloudId host;
  Product product = Product::Consumer;
  std::int64_t served = 0;
};

/// A lab at a host where some of its work may run, over one window. Amounts of money are those of an hour.
struct HostingFact {
  LabId lab;
  CloudId host;
  std::int64_t served = 0;  ///< whole H100e, all products
  std::int64_t inside = 0;  ///< the part of it that the host's own firm pays for, at cost
  Money price;              ///< in routing, of an H100e-hour, before latency, commitments and the surcharge below
  Money surcharge;          ///< in routing, of all that was served: what shares of a supplier add
  Money dearest;            ///< the same if all of a class in a part of a pool were on the dearest step that it uses
};

/// Volume placed by one segment's enterprises, work units per day (expanded to the whole segment).
struct PlacementFact {
  SegmentId segment;
  LabId lab;
  ChannelId channel;
  CloudId host, runtime;
  Product product = Product::ApiStateless;
  double units_per_day = 0.0;
};

struct SegmentFact {
  SegmentId segment;
  double adopters = 0.0;              ///< share of enterprises
  double surplus_usd_per_day = 0.0;   ///< on served volume, net of governance and migration
  double variety_usd_per_day = 0.0;   ///< the part of it that tastes for the one chosen add
  double spending_usd_per_day = 0.0;  ///< at list, on served volume
  double discount_usd_per_day = 0.0;  ///< that big accounts do not pay of it
  // Of big accounts as they bargained last, $ a day; 0: there are none
  double account_spending = 0.0;  ///< at their clouds, at list
  double reliance = 0.0;          ///< what doing without the cloud would have cost them
  double at_stake = 0.0;          ///< margin of the clouds, and what commitment and service add
  double gain = 0.0;              ///< of the accounts over buying at list
};

struct LabFact {
  LabId lab;
  double quality = 0.0;                           ///< of the best released model
  double users = 0.0;                             ///< of all its user streams
  double kappa = 0.0;                             ///< H100e-hours per Mtok
  std::optional<Money> cash;                      ///< at the end of the window; none: the lab keeps no account
  Money funding;                                  ///< received in the window, by rounds and by tranches
  double funded = 1.0;                            ///< share of its planned training and research that it can pay for
  std::size_t training_places = 0;                ///< pools in which it trains
  ByWorkKind<double> hits{{1.0, 1.0, 1.0, 1.0}};  ///< what hits and flops multiply demand by
};

/// What a customer still owes a cloud under signed commitments and reservations.
struct BacklogFact {
  CloudId cloud;
  PartyId payer;
  Money usd;
};

/// What a lab's models can run on at a cloud to which they are ported: share of what runs there, by kind of chip.
struct PortFact {
  LabId lab;
  CloudId host;
  double share = 1.0;
};

/// An application of seats over one window.
struct ApplicationFact {
  ApplicationId application;
  double seats = 0.0;                ///< paid
  double added = 0.0, lapsed = 0.0;  ///< as published at its beginning: of as long a time before
  double usd = 0.0;                  ///< paid for what was served
};

/// List prices in force: dollars per reference work unit by (lab, channel), per H100e-hour by cloud.
struct PriceFact {
  LabId lab;
  ChannelId channel;
  double usd_per_unit = 0.0;
  double effort = 0.0;      ///< utility that the lab's effort adds there
  double agents_usd = 0.0;  ///< paid at list in the window for work of agents with state
};
/// How a channel integrates a lab's models, and what that means for the work of all enterprises.
struct IntegrationFact {
  LabId lab;
  ChannelId channel;
  double depth = 0.0;               ///< weighted share of the items
  double control = 0.0;             ///< share of the controls
  double eligible = 0.0;            ///< of agents' work, what would find all that it needs
  double unmet = 0.0;               ///< of all work, what demands more depth
  double nativeness = 0.0;          ///< depth x control over the cost of all work with its crossings here
  std::optional<double> crossings;  ///< per unit of the work that is placed there; none: there is none
};
struct ComputePriceFact {
  CloudId cloud;
  double usd_per_h100e_hour = 0.0;
};

/// What one clause on money or capacity did in one window, and where it stood after it: a line of its contract's
/// statement. Compute in whole H100e over the window. What it moved is in its entries.
struct ClauseFact {
  LabelId clause;
  double rate = 0.0;  ///< share of the base; a stake
  Money base;         ///< what the rate is taken of
  Money cumulative;   ///< counted so far, against the cap where there is one
  std::optional<Money> cap;
  Money commitment;  ///< of the settlement periods that ended with this window
  Money used;
  Money shortfall;
  Money credit_created, credit_used, credit_expired;  ///< memo lines: no money moves when one expires
  std::optional<Money> remaining;                     ///< committed and not bought yet; none: nothing is committed
  std::int64_t quantity = 0, quantity_short = 0;
  Money income;   ///< equity method: a share of another firm's profit; may be negative
  PartyId owner;  ///< the party whose income it is
};

/// Everything one clearing interval states. It lies in one month: the exchange cuts windows at month ends and at the
/// run's end.
struct WindowFact {
  core::SimTime start;
  core::SimDuration length;
  std::span<const PoolFact> pools;
  std::span<const ChipFact> chips;  ///< what is not zero; empty: nobody says
  std::span<const DemandFact> demand;
  std::span<const ServiceFact> service;
  std::span<const HostingFact> hosting;
  std::span<const FleetUseFact> uses;
  std::span<const PlacementFact> placements;     ///< only on the last window of a month, else empty
  std::span<const BacklogFact> backlog;          ///< only on the last window of a month, else empty
  std::span<const PortFact> ports;               ///< only on the last window of a month, else empty
  std::span<const IntegrationFact> integration;  ///< only on the last window of a month, else empty
  std::span<const SegmentFact> segments;         ///< every window
  std::span<const LabFact> labs;
  std::span<const PriceFact> prices;
  std::span<const ComputePriceFact> compute_prices;
  std::span<const ClauseFact> clauses;  ///< every window, those in force and those that were settled
  std::span<const ApplicationFact> applications;
  double demand_common = 1.0;  ///< what the common factor multiplies AI demand by
};

/// Something dated that a timeline shows: "contract", "release", "conflict", "breach", "notice", "cap", "budget",
/// "limit", "orders", "cash", "default", "entry", "hit", "regime", "talks", "channel", "prices", "peak", "port",
/// "integration", "run".
struct EventFact {
  core::SimTime time;
  std::string_view kind;
  std::string_view subject;
  std::string_view text;
};

/// What was decided at a quarterly review: the reviewer's list from then on, a lab's price on one channel relative to
/// its list, or what it orders and builds.
enum class DecisionKind : std::uint8_t { CloudPrice, LabPrice, Investment };
struct DecisionFact {
  core::SimTime time;
  DecisionKind kind = DecisionKind::CloudPrice;
  std::int32_t actor = 0;     ///< position of the cloud or lab
  double price_index = 1.0;   ///< prices: relative to the start
  double order_h100e = 0.0;   ///< investment: wanted from the vendors, before whole units; below 1: none
  double site_kw = 0.0;       ///< investment: power of sites started; 0: none
  std::int32_t channel = -1;  ///< of a lab's price on one channel, its position; else -1
  friend bool operator==(const DecisionFact&, const DecisionFact&) = default;
};

/// What a cloud's firm paid for AI capacity.
enum class CapitalKind : std::uint8_t { Chips, Shells, Power };
struct CapitalFact {
  core::SimTime time;
  CloudId cloud;
  CapitalKind kind = CapitalKind::Chips;
  double usd = 0.0;
};

/// A cloud's capital plan at the end of a month.
struct CapitalPlanFact {
  core::SimTime month;  ///< its first day
  CloudId cloud;
  double budget_usd = 0.0;      ///< of that month
  double committed_usd = 0.0;   ///< ordered or under way, to be paid later
  double prior_usd = 0.0;       ///< to be paid in that month, by plan, for what was ordered before the start
  double carried_usd = 0.0;     ///< due by its end and still to be paid: what comes late
  double advanced_usd = 0.0;    ///< paid by its end and not due by then, at the prices of the plan
  double dearer_usd = 0.0;      ///< paid beyond planned prices since a review of the year, or since the year began
  double refused_usd = 0.0;     ///< wanted in reviews of that month and not ordered because of the budget
  double planned_usd = 0.0;     ///< ordered in reviews of that month because it was announced, needed by no forecast
  double site_kw = 0.0;         ///< power of sites started in that month
  double demand_h100e = 0.0;    ///< as the cloud sees it
  bool borrows = false;         ///< its firm keeps an account of its debt
  double net_debt_usd = 0.0;    ///< of that firm
  double debt_limit_usd = 0.0;  ///< that its lenders allow
  double debt_coverage = 0.0;   ///< of interest and repayment by cash flow
  double usd_per_mw = 0.0;      ///< chips and site, of a megawatt built now; 0: nobody sells it chips
  bool may_enter = false;       ///< it was not there on the first day; what follows is said of no other cloud
  core::SimTime entered = core::kAlways;  ///< kNever: it has not entered
  std::optional<double> entry_value;      ///< of its least scale, over its capital, at the last review outside
  double funding_gap_usd = 0.0;           ///< then
  /// What it lacked for want of each input at its last review of that month, H100e; none: there was no review.
  std::optional<ByInput<double>> short_h100e;
};

/// A training run that has begun, or ended.
struct RunFact {
  RunId run;
  core::SimTime submitted;  ///< at the start of the simulation where it was earlier
  core::SimTime started;
  core::SimTime ended;  ///< kNever: it runs
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_entry(const EntryFact&) {}
  virtual void on_window(const WindowFact&) {}
  /// Does it read demand by channel and region? Asked at every window; what nobody reads is not made.
  [[nodiscard]] virtual bool reads_markets() const { return true; }
  virtual void on_event(const EventFact&) {}
  virtual void on_decision(const DecisionFact&) {}         ///< reported at the end of the window
  virtual void on_capital(const CapitalFact&) {}           ///< reported at the end of the window
  virtual void on_capital_plan(const CapitalPlanFact&) {}  ///< at the end of the month's last window
  /// A clause (index into money_labels) acted for the first time: a trigger fired, a renegotiation was agreed, notice
  /// was given, a breach began, a tender was awarded.
  virtual void on_clause_date(LabelId, core::SimTime) {}
  /// What the sides of a renegotiation clause (index into money_labels) would gain by agreeing at that time, $ a year.
  virtual void on_appraisal(LabelId, core::SimTime, double) {}
  virtual void on_run(const RunFact&) {}
  /// Contracts changed in mid-run: from now on EntryFact::clause counts in these labels.
  virtual void on_money_labels(std::span<const std::string>) {}
};

}  // namespace rackrate::market
