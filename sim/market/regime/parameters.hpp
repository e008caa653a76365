#pragma once
#include <array>
#include <map>
#include <string>
#include <vector>

#include "sim/market/actors/actors.hpp"
#include "sim/market/contracts/contract.hpp"
#include "sim/market/contracts/custom_kind.hpp"
#include "sim/market/regime/integration_parameters.hpp"
#include "sim/market/regime/shock_parameters.hpp"

/// Everything a World is built from, as plain values: what a scenario file says after units are
/// resolved. Names are kept as text; the World compiles them to indices. Units stand in the names;
/// money is nominal US dollars, compute H100-equivalents (H100e), rates are per year of 365.25 days.
/// The key paths, units, ranges and meanings of all fields are in sim/scenario/schema_*.cpp.
namespace rackrate::market {

/// How lists follow utilisation: with thresholds, not at all, or a little at each review (primitives/list_price.hpp);
/// or, of labs, the equilibrium of their competition (labs/list_equilibrium.hpp).
enum class PriceRule : std::uint8_t { Quarterly, Frozen, Smooth, Bertrand };
inline constexpr std::array<std::string_view, 4> kPriceRuleNames{"quarterly", "frozen", "smooth", "bertrand"};

/// How often routing forecasts anew what commitments leave to pay.
enum class Replan : std::uint8_t { Daily, Weekly, Monthly };
inline constexpr std::array<std::string_view, 3> kReplanNames{"daily", "weekly", "monthly"};

struct RunParameters {
  SimTime start, end;
  SimTime valuation_date;           ///< t0 of every NPV
  SimDuration window = core::kDay;  ///< lookahead and clearing interval
  double discount_rate = 0.10;      ///< per year, compounded yearly
  int enterprises = 0;              ///< simulated enterprises
};

/// How money enters the utility of an alternative at price P: -epsilon ln P, whose elasticities are the same at any
/// level of prices, or -alpha P.
enum class UtilityForm : std::uint8_t { Log, Linear };
inline constexpr std::array<std::string_view, 2> kUtilityFormNames{"log", "linear"};

struct ChoiceParameters {
  UtilityForm form = UtilityForm::Log;
  double free_at_most = 0.9;  ///< of a price by drawing a commitment, in the logarithmic form
  double lambda_lab = 0.5, lambda_cloud = 0.6;
  double beta_quality = 1.0, beta_gravity = 1.0, beta_runtime = 1.0, beta_integration = 1.0;
  double beta_wait = 0.0, wait_scale_hours = 1.0;
  double outside = 0.0;           ///< utility of no deployment or self-hosted open weights, on the first day
  double outside_pace = 0.0;      ///< share of the frontier's gain that it follows
  double outside_lag_days = 0.0;  ///< half-life in which it does
  double taste_sigma = 0.5;       ///< nu_{e,l}
  double switching = 0.0;         ///< K in utility
  double switching_usd = 0.0;     ///< one-off cost per unit of daily volume
  double review_days = 180.0;     ///< mean of the exogenous review clock
  double refresh = 0.3;           ///< r_ref: probability that shocks are drawn afresh at a review
  double response_days = 60.0;    ///< mean delay of a triggered review
  double gravity_concentration = 30.0;
  SimDuration belief_lag{0};     ///< half-life in which customers become aware of a new alternative; 0: at once
  double learning_days = 180.0;  ///< tau_learn of volume
  double elasticity = 0.3;       ///< epsilon of volume
  double governance_first = 0.0, governance_pair = 0.0;  ///< gamma_1, gamma_2: shares of the enterprise's AI spend
  double release_gap_trigger = 0.2;                      ///< g*: quality gap that triggers a review
  double preview_discount = 0.5;                         ///< utility cost of a preview
  double volume_growth_rate = 0.0;                       ///< work units of every workload, factor per year minus 1
  double volume_growth_half_life = 2.0;
  double autonomy_rate = 0.0;  ///< work of agents with state beside it, factor per year minus 1
  double autonomy_half_life = 2.0;
  // Answers to the inclusive value of what is offered, per unit of utility
  double adoption_response = 0.0;   ///< of the hazard of adoption
  double pilot_response = 0.0;      ///< of the hazard from pilot to production
  double volume_response = 0.0;     ///< of the volume of every workload
  double pilot_days = 0.0;          ///< mean time in pilot on the first day's terms; 0: no pilots
  double pilot_share = 0.1;         ///< of its full volume that a workload has in pilot
  double considered = -1.0;         ///< clouds that an account of 1 M$ a year considers beside its own; negative: all
  double considered_by_size = 0.0;  ///< more, for ten times the size
  // Architectures of enterprises, in utility unless stated
  double split_governance = 1.0;  ///< of what governing one more cloud costs others
  double split_aversion = 0.0;    ///< to a cloud that has other models' work of the enterprise
  double consolidate_pull = 0.0;  ///< of the clouds that it governs
  double native_pull = 0.0;       ///< of its primary cloud
};

/// Enterprises that bargain with their cloud (enterprise/agreement.hpp, primitives/account_bargain.hpp).
struct BuyerParameters {
  double least_size_usd = -1.0;     ///< a year, of the work it may have, at 1 $ a unit; negative: nobody bargains
  int term_years = 3;               ///< of a contract
  double weight = 0.5;              ///< in the bargain, of an account that spends as much
  double weight_by_spend = 0.0;     ///< more, for ten times as much spending
  double most_discount = 0.3;       ///< d_max
  double planning_value = 0.0;      ///< g
  double shortfall_aversion = 0.0;  ///< r
  double spend_spread = 0.4;        ///< sigma
  double service_value = 0.0;       ///< mean v, exponential over accounts
  double service_cost = 0.0;        ///< h
};

struct PriceParameters {
  PriceRule rule = PriceRule::Quarterly;
  double eta = 0.5, clip = 0.15, menu = 0.03;
  double channel_elasticity = 3.0;  ///< of a channel's sales to its own price, as a setter of prices believes
  double token_pass_through = 0.5;  ///< share of serving-efficiency gains passed on to lists
  double cost_pass_through = 0.0;   ///< theta: of a compute list to the cost of new capacity
  double markup_reversion = 0.0;    ///< of what use has added to a compute list, lost in a quarter
  double posted_step = 0.0;         ///< in which lists, waits and efforts are published; 0: exactly
};

struct EfficiencyParameters {
  double serving_rate = 1.0;  ///< factor per year minus 1: more tokens per H100e
  double serving_half_life_years = 2.0;
};

struct SiteParameters {
  double lead_median_days = 730.0, lead_sigma = 0.508, lead_min_days = 180.0, lead_max_days = 2556.75;
};

/// Which training runs that wait may begin before others that were submitted earlier (exchange/clearing/run_queue.hpp).
enum class RunOrder : std::uint8_t { Fcfs, Backfill };
inline constexpr std::array<std::string_view, 2> kRunOrderNames{"fcfs", "backfill"};

struct ClearingParameters {
  /// Value of a lost H100e-hour by tier: interactive, batch, training, research.
  std::array<double, 4> penalty_usd{60.0, 45.0, 30.0, 15.0};
  double latency_usd = 0.2;   ///< per H100e-h served in another region
  double rho_max = 0.85;      ///< interactive load is capped at this share of a pool, at any hour
  ByProduct<double> swing{};  ///< of interactive products within the day: their load is 1 + swing x sine
  RunOrder run_order = RunOrder::Backfill;
};

/// What keeps hosting where it is, and what spreads it over several suppliers.
struct HostingParameters {
  double ramp_per_month = -1.0;   ///< what a lab's load at a host may grow by in a month; negative: no limit
  double ramp_floor_h100e = 0.0;  ///< and what a lab may add there in a month beside it, from nothing too
  double spread_free = 0.3;       ///< share of a supplier's capacity that a customer takes at its price (s0)
  double spread_premium = 0.0;    ///< a: what the whole capacity adds to the price in routing, by (1 - s0)^b
  double spread_power = 2.0;      ///< b
  Replan replan = Replan::Daily;  ///< how often what a commitment leaves to pay is forecast anew
  double block_kept = 1.0;        ///< share of a training block below which a run that has begun ends
};

/// AI customers beyond the labs: one market in which clouds compete.
struct CustomerParameters {
  GrowthPath growth;               ///< of what they want at the prices and waits of the first day
  double price_sensitivity = 1.5;  ///< epsilon: of a cloud's share to its price
  double wait_sensitivity = 0.3;   ///< per log of its wait
  double lambda = 0.6;             ///< of the nests: clouds that sell models, and clouds that sell compute alone
  double volume_elasticity = 0.5;  ///< eta: of all they want to the price index of the market
  double value_usd = 35.0;         ///< of an H100e-hour, in clearing
  double headroom = -1.0;          ///< share of what runs that new orders leave free; negative: none is refused
};

/// Idle capacity that clouds lease to one another.
struct LeaseParameters {
  double offered = 0.0;  ///< share of what a cloud had idle that it offers; 0: nobody leases
  double term_months = 12.0;
  double weight = 0.5;          ///< bargaining weight of the lessor
  double least_h100e = 1000.0;  ///< no lease is smaller
};

/// Other cloud spending that AI pulls along: where enterprises place AI, they move other work.
struct PullParameters {
  double elasticity = 0.0;  ///< of a cloud's other revenue to its share of what enterprises pay for AI
  double half_life_months = 12.0;
};

/// A scenario's values, ready for a World.
struct Parameters {
  std::string name, title;
  RunParameters run;
  Vocabulary vocabulary;
  Table<ChipId, Chip> chips;
  Table<VendorId, Vendor> vendors;
  Table<CloudId, Cloud> clouds;  ///< in vocabulary order, like labs, channels and segments
  Table<LabId, Lab> labs;
  Table<ChannelId, Channel> channels;
  Table<ApplicationId, SeatApplication> applications;
  Table<SegmentId, Segment> segments;
  std::vector<Contract> contracts;
  contracts::CustomKinds custom_kinds;  ///< clause kinds defined outside; shared and never changed
  ChoiceParameters choice;
  IntegrationParameters integration;
  BuyerParameters buyers;
  PriceParameters prices;
  EfficiencyParameters efficiency;
  SiteParameters sites;
  ClearingParameters clearing;
  HostingParameters hosting;
  CustomerParameters customers;
  LeaseParameters leases;
  PullParameters pull;
  ShockParameters shocks;
  std::map<std::string, int> fiscal_year_end;  ///< firm -> last month of its fiscal year, 1..12

  [[nodiscard]] Actors actors() const { return {vocabulary, chips, clouds, labs, channels}; }
};

}  // namespace rackrate::market
