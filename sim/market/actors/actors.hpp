#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/primitives/rationing.hpp"
#include "sim/market/vocabulary/ids.hpp"
#include "sim/market/vocabulary/items.hpp"
#include "sim/market/vocabulary/vocabulary.hpp"

/// Vendors, clouds, labs, channels and buyers as a scenario describes them on its first day. Names are text, units
/// stand in the names of the fields; the keys, ranges and meanings are in sim/scenario/schema_*.cpp.
namespace rackrate::market {

using core::SimDuration;
using core::SimTime;

/// How a cloud sizes its fleet: by today's demand, its trend, its true path, or by what a marginal unit earns.
enum class ForecastRule : std::uint8_t { Naive, Holt, Perfect, Npv };
/// What a cloud had on order at its vendors before the start: what the scenario states, or what its order rule would
/// have had there.
enum class FirstOrders : std::uint8_t { Stated, Rule };
inline constexpr std::array<std::string_view, 2> kFirstOrdersNames{"stated", "rule"};
inline constexpr std::array<std::string_view, 4> kForecastRuleNames{"naive", "holt", "perfect", "npv"};
/// Of the four rules in primitives/rationing.hpp the two that need no tiers or sales history of buyers.
inline constexpr std::array<std::string_view, 2> kRationingRuleNames{"proportional", "uniform"};

/// A level whose yearly log growth decays with a half-life: no series grows exponentially for ever.
struct GrowthPath {
  double rate = 0.0;  ///< factor per year minus 1 at the start date
  double half_life_years = 2.0;
  /// Factor reached after `years` (primitives/growth.hpp).
  [[nodiscard]] double level(double years) const;
  /// d ln level / dt after `years`, a year.
  [[nodiscard]] double log_rate(double years) const;
};

struct Chip {
  std::string name, vendor;
  double h100e = 1.0;        ///< eta: H100e per unit
  double facility_kw = 1.4;  ///< all-in per unit, PUE included
  double unit_price_usd = 0.0;
  double life_years = 6.0;
};

/// One generation's supply: units per month from `from`, with decaying growth, until `until`.
struct SupplyLine {
  std::string chip;
  SimTime from, until = core::kNever;
  double units_per_month = 0.0;   ///< at `from`, after the ramp
  double ramp_months = 0.0;       ///< linear ramp from 0
  double phase_out_months = 0.0;  ///< linear fall to 0 before `until`
  GrowthPath growth;
};

/// What buyers beyond the scenario order of a vendor: a share of what it makes, or amounts that grow by themselves.
enum class OutsideOrders : std::uint8_t { Share, Path };
inline constexpr std::array<std::string_view, 2> kOutsideOrdersNames{"share", "path"};

struct Vendor {
  std::string name, firm;
  RationingRule rationing = RationingRule::Proportional;
  double volatility = 0.0;     ///< sigma of the monthly lognormal supply noise
  double outside_share = 0.0;  ///< share of supply that the rest of the world orders (supply/rest_of_world.hpp)
  OutsideOrders outside_orders = OutsideOrders::Share;
  GrowthPath outside_growth;  ///< of `Path`
  double outside_price_elasticity = 0.0;
  double lead_min_days = 28.0, lead_shape = 4.0, lead_scale_days = 14.0;  ///< L_min + Gamma(k, theta)
  double cost_share = 0.0;  ///< vendor's own cost per dollar of sales (paid to suppliers)
  std::vector<SupplyLine> lines;
};

struct FleetEntry {
  std::string chip;
  double units = 0.0;
};
struct ScriptedLot {
  std::string name, chip;
  double units = 0.0;
  SimTime arrives;
};
struct ScriptedPower {
  std::string name;
  double megawatts = 0.0;
  SimTime energised;
};

struct CloudRegion {
  std::string name;                  ///< a region of the vocabulary
  double share = 0.0;                ///< of the cloud's new capacity
  double power_mw = -1.0;            ///< usable facility power at the start; negative: never binds
  double build_limit_mw = -1.0;      ///< sites that may be started there in a year; negative: no limit
  std::vector<FleetEntry> fleet;     ///< installed at the start
  std::vector<ScriptedLot> lots;     ///< in transit at the start, with their arrival
  std::vector<ScriptedPower> sites;  ///< under way at the start
};

/// Spending on AI capacity that a firm has announced for a span of time, internal use included.
struct Guidance {
  std::string name;
  SimTime from, until;
  double usd_per_year = 0.0;
};

/// Demand for a cloud on a day, for the forecast that knows it.
struct KnownDemand {
  std::string name;
  SimTime date;
  double h100e = 0.0;
};

/// How a cloud's firm spends on AI capacity: one budget for chips, shells and power, and how orders follow a gap.
struct CapitalRule {
  double usd_per_year = 0.0;  ///< at the start, where no guidance speaks
  GrowthPath growth;
  std::vector<Guidance> guidance;    ///< the least of all spans that cover a day counts
  double guidance_error = 0.0;       ///< sigma of the log of what a firm means to spend over what it announced
  double plan_share = 0.0;           ///< of what was announced and nothing needs, ordered all the same
  double operating_cash_usd = -1.0;  ///< a year, at the start; negative: cash is no limit
  GrowthPath operating_cash_growth;
  double cash_share = 1.0;        ///< of operating cash, for AI capacity
  double debt_limit_usd = 0.0;    ///< spent beyond that cash since the start, at most
  double shell_share = 0.0;       ///< of the cost of a site; paid while it is built, the rest with its power
  double deposit_share = 0.0;     ///< of the shell; paid when a site is started
  double adjustment = 1.0;        ///< kappa: share of a gap that is ordered within a quarter
  double review_months = 3.0;     ///< between two reviews
  double horizon_days = 36525.0;  ///< no forecast looks farther ahead
  double hurdle_rate = 0.12;      ///< a year: what a unit must earn; rule npv
  double idle_risk = 0.3;         ///< sigma of ln demand after a year; rule npv
  double price_erosion = 0.0;     ///< a year: expected fall of the price of compute; rule npv
  FirstOrders first_orders = FirstOrders::Stated;
  double idle_retirement_days = -1.0;   ///< chips without power for so long retire; negative: never
  std::vector<KnownDemand> known_path;  ///< rule perfect
};

/// What a cloud's firm computes for products of its own: search, advertising, feeds, assistants.
struct OwnUse {
  double h100e = -1.0;            ///< on the first day; negative: what customers leave of internal_share
  GrowthPath growth{-1.0, 2.0};   ///< rate -1: as the cloud's expected_growth
  double price_elasticity = 0.3;  ///< to what an hour costs the firm
  double value_usd = 40.0;        ///< of an H100e-hour
  double weight = 1.0;            ///< of that value in the firm's objective
  double income_usd = -1.0;       ///< of an H100e-hour; negative: what it costs
};

/// What a cloud's firm does beside AI: what it spends on capital, and what its customers have signed.
struct OtherBusiness {
  double capex_usd = 0.0;  ///< a year, at the start
  GrowthPath capex_growth;
  double capex_volatility = 0.0;  ///< sigma of the log of a quarter's spending, whose mean stays
  double capex_drift = 0.0;       ///< sigma of what that log has gained or lost for good after a year; the mean stays
  double cloud_share = 0.0;       ///< of it, for what base_revenue is earned with
  double life_years = 8.0;        ///< of what that part buys
  double contracted_usd = 0.0;    ///< revenue a year, at the start, under contracts of longer than a year
  GrowthPath contracted_growth;
  double contract_years = 3.0;
  double renewed_early = 0.0;  ///< share of a contract's length that is left when it is renewed
};

/// What a cloud's firm borrows for its capital, what that costs, and what happens when it cannot pay. A firm states it
/// at one of its clouds.
struct Borrowing {
  double net_debt_usd = -1.0;            ///< debt less cash on the first day; negative: the firm keeps no account
  double base_rate = 0.0, spread = 0.0;  ///< a year; their sum is the interest on net debt
  double term_years = 5.0;               ///< in which lenders expect net debt back
  double per_backlog = 0.0;              ///< what they lend for a dollar that customers have contracted
  double limit_usd = 0.0;                ///< and beyond that
  double default_hazard = 0.0;           ///< a year, with no cash flow at all
  double recovery = 1.0;                 ///< of net debt after a default
  double creditor_discount = 0.0;        ///< off the list of compute once creditors own it
};

/// A cloud that is not there on the first day and comes where that pays (supply/entry.hpp).
struct EntryRule {
  double scale_mw = 0.0;         ///< power of the site that it begins with, the least that it builds; 0: it is there
  double equity_usd = 0.0;       ///< what its owners put in on the day on which it enters
  double hurdle_multiple = 1.0;  ///< value over capital, both as of the day of decision, at which it enters
  double hazard = -1.0;          ///< of entering, a year, per 100 % above that; negative: it enters at once
};

struct Cloud {
  std::string name, firm;
  std::string channel;  ///< its own sales channel, empty for a cloud that sells none
  std::vector<CloudRegion> regions;
  double fleet_age_years = 0.0;  ///< mean age of the fleet at the start
  double internal_share = 0.0;  ///< of the fleet running on the first day: own use and customers, where they state none
  OwnUse own_use;
  double customers_h100e = -1.0;           ///< AI customers beyond the labs, first day; negative: by share
  double customers_share = 0.0;            ///< of internal_share
  GrowthPath customers_growth{-1.0, 2.0};  ///< of what they want of this cloud; rate -1: as all customers
  double customers_waiting = 0.0;          ///< share of what they want of it on the first day that waits for capacity
  double customers_contracted = 0.0;       ///< share of their compute under contract
  double customers_contract_years = 1.0;
  double availability = 1.0;  ///< A_g: running share of powered units
  double price_usd = 0.0;     ///< list price of an H100e-hour, wholesale, at the start
  double energy_usd_per_mwh = 0.0;
  double opex_usd_per_kw_year = 0.0;  ///< operations other than energy
  double facility_usd_per_mw = 0.0;   ///< capex of new sites
  double facility_life_years = 20.0;
  double target_utilisation = 0.8;  ///< u*
  double replica_h100e = 16.0;      ///< H100e per serving replica, for waits
  double backlog_h100e = 0.0;       ///< ordered before the start and not yet allocated
  double expected_growth = 0.0;     ///< of demand, per year, as believed on the first day
  CapitalRule capital;
  Borrowing borrowing;
  EntryRule entry;
  bool invests = true;
  ForecastRule forecast = ForecastRule::Holt;
  std::map<std::string, double> silicon;  ///< vendor -> share of new capacity
  double base_revenue_usd = 0.0;          ///< other cloud revenue per year at the start (not AI)
  double base_margin = 0.0;
  GrowthPath base_growth;
  OtherBusiness other;
};

/// Does its firm keep an account of its debt?
[[nodiscard]] inline bool borrows(const Cloud& cloud) { return cloud.borrowing.net_debt_usd >= 0; }

/// Must it enter before it owns, builds or sells anything?
[[nodiscard]] inline bool must_enter(const Cloud& cloud) { return cloud.entry.scale_mw > 0; }

/// Demand of a lab that does not come through enterprises: consumers, developers, research.
/// Either compute (`compute_h100e`, `price_usd` per H100e-h) or users with compute and revenue each.
struct Stream {
  std::string name;
  Product product = Product::Consumer;
  std::string channel = "direct";
  double compute_h100e = 0.0;            ///< average load at the start
  double price_usd = 0.0;                ///< revenue per served H100e-hour (compute streams)
  double users = 0.0;                    ///< or: users at the start...
  double users_ceiling = 0.0;            ///< ...growing logistically to this
  double user_growth = 0.0;              ///< per year, initial rate
  double h100e_per_million_users = 0.0;  ///< at the start
  double usd_per_user_month = 0.0;
  GrowthPath revenue;                 ///< growth of revenue per user
  GrowthPath intensity;               ///< growth of compute per user (or of the compute stream), before efficiency
  double price_elasticity = 0.0;      ///< of the load to the compute price of the lab's hosts; 1: a budget in dollars
  bool efficiency_applies = true;     ///< serving efficiency lowers the load
  double volatility = 0.0;            ///< sigma of the monthly AR(1) log noise
  double unserved_penalty_usd = 0.0;  ///< per H100e-h; 0: the tier's
  std::map<std::string, double> regions;  ///< region -> share; empty: all regions serve it alike
};

/// A cloud that a lab's models run on, from the day they are ported.
struct Route {
  std::string host;
  double serving_cost_usd = -1.0;
  bool ported = true;
  SimTime from = core::kAlways;
};

/// A kind of chip, those of one vendor, that a lab's models run on.
struct ChipPort {
  std::string vendor;
  SimTime from = core::kAlways;  ///< since when
  double months = 6.0;           ///< of work before it, over which the cost is spread
  double cost_usd = 0.0;
  double training_least = 0.0;  ///< H100e of one unit: it trains on no weaker chip of this vendor
};

/// When items of a lab on a channel ship; kAlways: as drawn (view/integration.hpp).
struct ChannelItems {
  std::string channel;
  ByItem<SimTime> date{
      {core::kAlways, core::kAlways, core::kAlways, core::kAlways, core::kAlways, core::kAlways, core::kAlways}};
};

/// Money that investors outside the scenario have promised a lab.
struct FundingRound {
  std::string name;
  SimTime date;
  double amount_usd = 0.0;
};

/// What a lab has to spend beside its revenue, and how it behaves when that runs short (labs/finance.hpp).
struct LabCash {
  double opening_usd = -1.0;          ///< at the start; negative: it keeps no account, its firm pays whatever it costs
  bool limits = true;                 ///< false: the account is kept, and nothing follows from it
  double overdraft_usd = 0.0;         ///< credit line: how far below zero cash may fall
  double buffer_months = 1.0;         ///< with cash and credit for less, training and research are cut day by day
  double horizon_months = 18.0;       ///< over which cash and expected funding are spent
  double share = 1.0;                 ///< of them, for training and research
  double research_floor = 0.1;        ///< of its plans, below which its budget does not go while cash lasts
  double restart_months = 6.0;        ///< in which what was cut to nothing returns in full
  double runway_months = 6.0;         ///< with cash for less it defers commitments and may default
  double default_hazard = 0.0;        ///< a year, of each contract with commitments, at no cash at all
  std::vector<FundingRound> rounds;   ///< promised
  double round_gap_months = 0.0;      ///< mean time between later rounds, Gamma(k = 4); 0: there are none
  double round_per_growth = 0.0;      ///< $ of such a round per $ by which yearly revenue has grown in a year
  double round_spread = 0.0;          ///< sigma of the log of its size, whose mean stays
  double round_covers_months = -1.0;  ///< of plans that cash pays for after a round, at most; negative: any
};

/// A training run with a date: so much compute in one pool until its work is done
/// (exchange/clearing/training_runs.hpp).
struct TrainingRun {
  std::string name;
  SimTime submitted;
  double h100e = 0.0;
  double days = 0.0;                 ///< at full size; its work is size x duration
  std::vector<std::string> clouds;   ///< where it may run; empty: wherever the lab trains
  std::vector<std::string> regions;  ///< the same
  bool holds_releases = false;       ///< no model of the lab is released from its submission until its end
};

/// How a lab prices its models on a channel whose price it sets: at its list, less where it keeps more, or as the best
/// reply to all other prices (labs/channel_prices.hpp).
enum class ChannelPricing : std::uint8_t { Parity, Margin, BestReply };
inline constexpr std::array<std::string_view, 3> kChannelPricingNames{"parity", "margin", "best_reply"};

/// How a lab favours the channels on which it earns more (labs/steering.hpp).
struct Steering {
  double strength = 0.0;     ///< utility of a channel per 100 % of the price that the lab earns more there; 0: none
  double bound = 0.3;        ///< most utility, either way
  double months = 6.0;       ///< time constant of the effort
  double cost_share = 0.02;  ///< of the lab's revenue, at full effort for one channel
  double launch = 0.0;       ///< share of a port's time, per 100 % of the price, that it hurries or takes its time
};

struct Lab {
  std::string name, firm;
  ModelClass model_class = ModelClass::Closed;
  double quality = 0.0;               ///< at the start, in units of utility
  double release_gap_days = 120.0;    ///< Gamma(k=2) renewal
  double frontier_probability = 1.0;  ///< pi
  double jump_mean = 0.0;             ///< delta
  double gap_mean = 0.5;              ///< how far a non-frontier release stays behind, mean
  double port_days_mean = 30.0;       ///< release to a channel other than its own, Gamma(k=2)
  double launch_h100e = 0.0;          ///< what a launch needs at the ship-first holder (capability test)
  double kappa = 0.0;                 ///< H100e-hours per Mtok at the start
  double kappa_growth =
      0.0;  ///< compute per token of ever larger models, factor per year minus 1; fades as efficiency does
  double list_price_usd = 0.0;   ///< per reference work unit, relative to the reference model's $1
  double tokens_per_unit = 1.0;  ///< Mtok per work unit relative to the reference
  ByProduct<double> product_price{{1, 1, 1, 1, 1, 1, 1, 1, 1}};  ///< multiplier of the list price
  double channel_fee = 0.0;                                      ///< default resale fee where no resale clause speaks
  double brand = 0.0;                                            ///< taste constant of the lab
  std::map<std::string, double> segment_brand;
  double other_cost_share = 0.0;  ///< costs other than compute, per dollar of revenue
  double channel_cost_usd = 0.0;  ///< a year, of every channel but its own through which anything of it may be bought
  ChannelPricing channel_pricing = ChannelPricing::Parity;
  double channel_price_pass = 0.5;   ///< margin rule: share of a difference in margin that the price makes up for
  double channel_price_bound = 0.1;  ///< largest relative difference from the list
  Steering steering;
  LabCash cash;
  std::vector<Stream> streams;
  std::vector<Route> routes;                 ///< where it can run; a host that is not listed needs a port
  std::vector<std::string> host_preference;  ///< order in which equal hosts are taken
  std::vector<ChipPort> chips;               ///< empty: its models run on every kind
  std::vector<ChannelItems> items;           ///< dates of items that are not drawn
  double training_block_h100e = 0.0;         ///< least training in one pool; 0: it may be split at will
  std::vector<TrainingRun> runs;             ///< a calendar of what it trains; its plan of training pays for them
};

struct Channel {
  std::string name;
  std::string cloud;    ///< empty: direct or m365
  std::string firm;     ///< seller of record; empty: the lab itself
  double appeal = 0.0;  ///< taste constant of the channel
  /// Of a channel without a cloud: how near it is to everybody, as gravity is; 1 is as near as a primary cloud.
  double reach = 0.0;           ///< at the start
  double reach_ceiling = -1.0;  ///< approached with `reach_months`; negative: it stays
  double reach_months = 24.0;
  double runtime_fee = 0.0;  ///< for the state of agents, per dollar of list; of a cloud's channel
  std::vector<Item>
      missing;  ///< items that do not come with a listing, and that what it always sold lacks at the start
  [[nodiscard]] double reach_at(double years) const;
};

/// Seats of an application built on licensed models (Copilot).
struct SeatApplication {
  std::string name, firm, lab, channel = "m365";
  std::map<std::string, double> routing;  ///< lab -> share of its work; empty: all of it is `lab`'s
  std::string surface;                    ///< applications of one surface compete for the same workers
  double rivalry = 0.0;                   ///< share of the rivals' seats that it cannot have
  double quality_response = 0.0;          ///< of attachment and renewal to the lead of its models over the rivals'
  double term_months = 12.0;              ///< of a licence
  double lapse = 0.0;                     ///< share not renewed at the end of a term, by who has no habit
  double habit_effect = 0.0;              ///< share of those lapses that a full habit prevents
  double habit = 0.0;                     ///< of the seats of the first day, 0 to 1
  double habit_half_life_months = 6.0;
  double seats = 0.0, installed_base = 0.0, ceiling_share = 0.2;
  double bass_p = 0.0, bass_q = 0.0;  ///< per year
  double usd_per_seat_month = 30.0;
  double h100e_per_million_seats = 0.0;
  GrowthPath intensity;
};

struct Segment {
  std::string name;
  double enterprises = 0.0;                 ///< real ones it stands for
  double sample_share = 0.0;                ///< of the simulated enterprises
  double size_sigma = 1.0;                  ///< lognormal, mean 1
  std::map<std::string, double> incumbent;  ///< cloud -> mean share of its estate
  std::map<std::string, double> regions;    ///< region -> share
  std::map<std::string, double> products;   ///< product -> probability that a workload is of it
  bool resident = false;                    ///< data must stay in its region
  double adopters = 0.0;                    ///< share that has adopted at the start
  double bass_p = 0.0, bass_q = 0.0;        ///< per year
  double committed = 0.0;                   ///< share with a yearly commitment to their primary cloud
  double commitment_usd_per_year = 0.0;     ///< of one of them, mean; grows with size
  double controls = 0.0;                    ///< probability that work which needs no control by its kind needs it here
  double unburned = 0.1;                    ///< share of it that ordinary use leaves: owed anyway, unless drawn
  double workloads_per_year = 0.0;          ///< Poisson rate after adoption
  double max_workloads = 8;
  double units_per_day = 0.0;      ///< work units per day of a workload at full volume, mean
  double price_sensitivity = 1.0;  ///< alpha per reference dollar, mean
  double price_sensitivity_sigma = 0.3;
  double split = 0.0, native = 0.0;  ///< shares of enterprises by architecture; the rest consolidates
};

/// Who there is: what contracts are checked against.
struct Actors {
  const Vocabulary& vocabulary;
  const Table<ChipId, Chip>& chips;
  const Table<CloudId, Cloud>& clouds;
  const Table<LabId, Lab>& labs;
  const Table<ChannelId, Channel>& channels;
};

}  // namespace rackrate::market
