#pragma once
#include <vector>

#include "sim/market/exchange/finance/cash.hpp"
#include "sim/market/exchange/settlement/settle.hpp"

namespace rackrate::market {

/// The facts of an interval that observers receive in addition to its entries.
struct IntervalFacts {
  Table<PoolId, PoolFact> pools;
  std::vector<ChipFact> chips;
  std::vector<DemandFact> demand;
  std::vector<ServiceFact> service;
  std::vector<HostingFact> hosting;
  std::vector<FleetUseFact> uses;
  std::vector<PlacementFact> placements;  ///< only in the last interval of a month
  std::vector<SegmentFact> segments;
  std::vector<LabFact> labs;
  Table<ApplicationId, ApplicationFact> applications;
  std::vector<BacklogFact> backlog;          ///< only in the last interval of a month
  std::vector<PortFact> ports;               ///< only in the last interval of a month
  std::vector<IntegrationFact> integration;  ///< only in the last interval of a month
  std::vector<PriceFact> prices;
  std::vector<ComputePriceFact> compute_prices;
  std::vector<ClauseFact> clauses;
};

/// What is kept from one interval to the next, after this one.
struct Kept {
  const Accounts& accounts;
  const Table<LabId, CashAccount>& cash;
};

/// What the facts of an interval are to say, beside what is cheap to say.
struct FactDetail {
  bool markets = true;      ///< demand by channel and region (Observer::reads_markets)
  bool month_ends = false;  ///< placements and backlog, in the last interval of a month
};

/// `input` as settlement had it.
[[nodiscard]] IntervalFacts interval_facts(const SettlementInput& input, const Settlement& settlement, const Kept& kept,
                                           Table<PoolId, PoolFact> pools, FactDetail detail);
/// Passes the facts to the observer.
void report(Observer& observer, const IntervalFacts& facts, const Interval& interval, const Board& board);

}  // namespace rackrate::market
