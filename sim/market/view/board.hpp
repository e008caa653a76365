#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/vocabulary/ids.hpp"

namespace rackrate::market {

/// One pool as its owner publishes it; whole H100e.
struct PoolSignal {
  std::int64_t installed = 0, unpowered = 0, down = 0, internal = 0;
  std::int64_t available = 0;              ///< for sale: running less internal use
  double power_kw = 0.0;                   ///< drawn by what runs
  double energised_kw = 0.0;               ///< usable facility power; -1: never binds
  double delivered_kw = 0.0;               ///< energised since the start
  Table<ChipId, std::int64_t> chip_h100e;  ///< running, less internal use
  std::int64_t received = 0;               ///< H100e that have arrived since the start
  std::vector<double> paid;                ///< $ paid for its hardware, by month of the run, internal use included
  std::vector<double> retiring;            ///< H100e that retire at the end of their life, by month of the run
  double idle_retiring = 0.0;              ///< H100e that retire early if they stay without power
};

struct CloudSignal {
  double demand = 0.0;               ///< H100e wanted from it, smoothed over four weeks, unserved demand included
  double available = 0.0;            ///< H100e for sale
  double wait_hours = 0.0;           ///< smoothed over a week
  double price_index = 1.0;          ///< of its compute list price, relative to the start
  double cost_per_h100e_hour = 0.0;  ///< own cost, depreciation included, $
};

struct LabSignal {
  Table<ChannelId, double> quality;  ///< of the newest model sold there
  double best = 0.0;                 ///< of the newest model anywhere
  double price_index = 1.0;          ///< of its token lists, relative to the start
  Table<StreamId, double> noise;     ///< log deviation from its path
};

/// How concentrated and how short the market is, smoothed: conditions of contracts.
struct MarketSignal {
  Table<LabId, double> unserved;  ///< share of its load, over four weeks
  Table<LabId, double> load;      ///< H100e it wants, over four weeks
  /// By firm: share of the layer's revenue, over a quarter; 0 while there was none.
  ByLayer<Table<PartyId, double>> share;
  ByLayer<double> hhi;           ///< 0 to 10,000
  Table<LabId, double> revenue;  ///< twelve times that of the last full month, $; negative: there was none
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
  Table<LabId, LabSignal> labs;
  MarketSignal market;
  std::vector<TenderSignal> tenders;          ///< those that have failed, by label
  Table<LabId, double> kappa;                 ///< compute need of its work relative to the start
  Table<AlternativeId, double> unit_price;    ///< $ per work unit
  Table<AlternativeId, double> unit_compute;  ///< H100e-hours per work unit
  double volume_growth = 1.0;                 ///< of every workload's volume since the start
  Table<SegmentId, double> adoption;          ///< share of enterprises; last weekly digest
  Table<ApplicationId, double> seats;
  /// Share of a committed enterprise's spend that draws its commitment; empty while no contract has a drawdown clause.
  Grid<SegmentId, AlternativeId, double> drawdown;
  Money governance;                        ///< all enterprises' running rates, per day
  Money migration;                         ///< all enterprises ever paid
  Table<AlternativeId, double> awareness;  ///< share of customers that consider it; empty: all
};

}  // namespace rackrate::market
