#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/vocabulary/ids.hpp"
#include "sim/market/vocabulary/items.hpp"
#include "sim/market/vocabulary/vocabulary.hpp"

namespace rackrate::market {

/// One pool as its owner publishes it; whole H100e.
struct PoolSignal {
  std::int64_t installed = 0, unpowered = 0, down = 0;
  std::int64_t available = 0;                ///< running
  double power_kw = 0.0;                     ///< drawn by what runs
  double energised_kw = 0.0;                 ///< usable facility power; -1: never binds
  double delivered_kw = 0.0;                 ///< energised since the start
  Table<ChipId, std::int64_t> chip_h100e;    ///< running
  Table<ChipId, std::int64_t> chip_powered;  ///< installed and powered; adds up to installed - unpowered
  std::int64_t received = 0;                 ///< H100e that have arrived since the start
  std::int64_t shipped = 0;                  ///< H100e that have been shipped to it since the start
  std::vector<double> paid;                  ///< $ paid for its hardware, by month of the run, internal use included
  std::vector<double> retiring;              ///< H100e that retire at the end of their life, by month of the run
  double idle_retiring = 0.0;                ///< H100e that retire early if they stay without power
};

/// What is known of a firm's debt.
struct LoanSignal {
  double net_debt = 0.0, limit = 0.0;   ///< $
  double earned = 0.0, interest = 0.0;  ///< $ a year: cash flow before capital and interest; interest
  double coverage = 0.0;                ///< of interest and repayment by that cash flow
  double hazard = 0.0;                  ///< of a default, a year
  bool defaulted = false;               ///< creditors have taken over
};

struct CloudSignal {
  double demand = 0.0;      ///< H100e wanted from it, smoothed over four weeks, unserved demand included
  double available = 0.0;   ///< H100e that run
  double leased = 0.0;      ///< H100e of that demand which other clouds' fleets serve; smoothed in the same way
  double wait_hours = 0.0;  ///< of interactive requests, smoothed over a week
  double customers_wait_hours = 0.0;  ///< of customers beyond the labs: a day for the share not served; the same
  double price_index = 1.0;           ///< of its compute list price, relative to the start
  double pull = 0.0;                  ///< ln of what AI placed there has multiplied its other revenue by
  double cost_per_h100e_hour = 0.0;   ///< own cost, depreciation included, $
  double latent =
      0.0;  ///< of an entrant: H100e that customers would want of it beyond what it runs; smoothed as demand
  core::SimTime entered = core::kAlways;  ///< kNever: it has not entered yet
  double customers = 0.0;                 ///< H100e that worked for customers beyond the labs, smoothed over four weeks
  double order_room = 0.0;                ///< H100e that customers and their new orders may use of what runs
  double order_running = 0.0;             ///< H100e of the own fleet of which that was said
  LoanSignal loan;                        ///< of a firm that borrows
};

/// What a lab's finance department decides at the start of a month.
struct FinanceSignal {
  double training = 1.0, research = 1.0;  ///< shares of its plans that it can pay for
  double default_hazard = 0.0;            ///< a year, of each contract with commitments
  bool defers = false;                    ///< it pushes out what falls short of commitments where it may
  int round_month = -1;                   ///< core::month_index of its last round that is not in the scenario
  Money round;                            ///< size of that round
};

/// What the books say of a lab's cash. Rates are means over the last month that ended, $ a day.
struct CashSignal {
  Money cash;
  int month = -1;                         ///< core::month_index of that month; -1: none has ended
  double days = 0.0;                      ///< of it that lie in the run
  double revenue = 0.0;                   ///< earned from sales
  double earned = 0.0;                    ///< all that came in less all that went out, but for the following
  double shortfall = 0.0;                 ///< paid for commitments that were not met
  double training = 0.0, research = 0.0;  ///< what its plans, not cut, would cost at the price paid
  double price = 0.0;     ///< $ of an H100e-day of training and research, when some was last bought; 0: none ever was
  double prepaid = 0.0;   ///< what commitments ask beyond what inference draws: training and research are free so far
  double reserved = 0.0;  ///< of training and research, what ran on reserved compute, which `earned` has paid for
};

struct LabSignal {
  Table<ChannelId, double> quality;        ///< of the newest model sold there
  double best = 0.0;                       ///< of the newest model anywhere
  double price_index = 1.0;                ///< of its token lists, relative to the start
  Table<ChannelId, double> channel_price;  ///< relative to its list; empty: its list everywhere
  Table<ChannelId, double> effort;         ///< utility that its effort adds to a channel; empty: none
  Table<StreamId, double> noise;           ///< log deviation from its path
  FinanceSignal finance;

  [[nodiscard]] double price_on(ChannelId channel) const {
    return channel_price.empty() ? 1.0 : channel_price[channel];
  }
  [[nodiscard]] double effort_on(ChannelId channel) const { return effort.empty() ? 0.0 : effort[channel]; }
};

/// How concentrated and how short the market is, smoothed: conditions of contracts.
struct MarketSignal {
  Table<LabId, double> unserved;  ///< share of its load, over four weeks
  Table<LabId, double> load;      ///< H100e it wants, over four weeks
  /// By firm: share of the layer's revenue, over a quarter; 0 while there was none.
  ByLayer<Table<PartyId, double>> share;
  ByLayer<double> hhi;                  ///< 0 to 10,000
  Grid<LabId, ChannelId, double> sold;  ///< $ a day, over four weeks
  Table<LabId, double> revenue;         ///< twelve times that of the last full month, $; negative: there was none
};

/// What moves demand and is nobody's decision, as it stands: logs of what it multiplies the scenario's paths by.
struct DemandSignal {
  double common = 0.0;                    ///< all AI demand: level and growth
  bool fast = false;                      ///< AI demand grows fast just now
  Table<LabId, ByWorkKind<double>> hits;  ///< hits and flops that are not forgotten yet; empty: there were none
  Table<VendorId, double> supply;         ///< what a vendor can make; empty: as planned
  Table<CloudId, double> other_business;  ///< a cloud's revenue that is not AI; empty: on its path
};

/// Paid seats of an application, and what they moved by in the window before.
struct SeatSignal {
  double seats = 0.0;
  double added_per_day = 0.0, lapsed_per_day = 0.0;
};

/// What the work of all enterprises needs of integration, wherever it is placed; work units a day at full volume. Known
/// at the start of a month.
struct WorkNeeds {
  int month = -1;  ///< core::month_index
  double all = 0.0;
  double agents = 0.0;                 ///< with state
  ByItem<double> needing{};            ///< of all, those that need the item
  std::array<double, 4> demanding{};   ///< of all, by the least depth that production demands, in quarters
  std::vector<double> agents_needing;  ///< of agents, by ItemSet::bits() and that depth: 4 x bits + quarters
};

/// H100e that a lab requested in failed tenders and still lacks.
struct TenderSignal {
  std::string label;  ///< "contract/clause" of the tender
  std::int64_t short_h100e = 0;
};

/// What every process can see: written only at the barrier between two windows, from what each owner
/// published, and constant while a window runs. It is how one process learns of another without a
/// message, at the cost of one window's delay.
struct Board {
  core::SimTime as_of;
  IntervalId interval;  ///< of the permissions that hold
  Table<PoolId, PoolSignal> pools;
  Table<CloudId, CloudSignal> clouds;
  Table<VendorId, std::int64_t> orders;  ///< H100e ordered of each vendor and not yet shipped
  Table<LabId, LabSignal> labs;
  Table<LabId, CashSignal> cash;     ///< of labs that keep an account
  Table<LabId, char> release_waits;  ///< the lab's next release waits for a training run; empty: none does
  MarketSignal market;
  DemandSignal demand;
  std::vector<TenderSignal> tenders;          ///< those that have failed, by label
  Table<LabId, double> kappa;                 ///< compute need of its work relative to the start
  Table<AlternativeId, double> unit_price;    ///< $ per work unit
  Table<AlternativeId, double> unit_compute;  ///< H100e-hours per work unit
  double volume_growth = 1.0;                 ///< of every workload's volume since the start
  double autonomy = 1.0;                      ///< of the volume of agents beside it
  Table<CellId, ItemSet> missing;             ///< items that the channel lacks for the lab; empty: nothing is missing
  WorkNeeds needs;
  Table<SegmentId, double> adoption;  ///< share of enterprises; last weekly digest
  double outside_gain = 0.0;          ///< utility that the outside option has gained since the start
  /// Inclusive value of what is offered, over the outside option, less what it was on the first day: of a workload of
  /// this kind, and of the segment's mix of workloads. Empty: nothing answers it.
  ByProduct<Grid<SegmentId, RegionId, double>> pull;
  Table<SegmentId, double> segment_pull;
  Table<ApplicationId, SeatSignal> seats;
  /// Share of a committed enterprise's spend that draws its commitment; empty while no contract has a drawdown clause.
  Grid<SegmentId, AlternativeId, double> drawdown;
  /// Of a host's price to a lab, relative to the first day: the list's index, or that of the last renewal where a
  /// contract holds the price. Empty: the list's.
  Grid<LabId, CloudId, double> hosting_index;
  Money governance;  ///< all enterprises' running rates, per day
  Money migration;   ///< all enterprises ever paid
  Table<CloudId, Money>
      account_shortfalls;  ///< big accounts ever paid for what they were short of commitments; or empty
  Grid<SegmentId, CloudId, double> considered;  ///< share of a segment that considers the cloud; empty: all
  Table<AlternativeId, double> awareness;       ///< share of customers that consider it; empty: all

  /// What multiplies the volume of a workload of the product.
  [[nodiscard]] double growth_of(Product product) const {
    return product == Product::AgentStateful ? volume_growth * autonomy : volume_growth;
  }
  [[nodiscard]] double price_index_for(LabId lab, CloudId host) const {
    return hosting_index.empty() ? clouds[host].price_index : hosting_index(lab, host);
  }
};

}  // namespace rackrate::market
