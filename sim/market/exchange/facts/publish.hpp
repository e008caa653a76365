#pragma once
#include <optional>
#include <vector>

#include "sim/market/exchange/settlement/settle.hpp"

/// Step 5 of 5: the public signals of the interval.
namespace rackrate::market {

/// What the exchange publishes at the next barrier.
struct Signals {
  Table<CloudId, CloudSignal> clouds;
  MarketSignal market;
  Table<CloudId, double>
      first_ai_share;  ///< of what enterprises pay for AI, on the first day; empty before the first interval
  ByLayer<Table<PartyId, double>> revenue;  ///< smoothed, 1e-4 $ a day: what market shares are taken of
};

/// What publishing reads.
struct PublishInput {
  const MarketView& view;
  const Interval& interval;
  const DemandTable& table;
  const Load& load;
  const Allocation& allocation;
  const Table<PoolId, PoolFact>& pools;
  const std::vector<Entry>& entries;  ///< posted in the interval
  const Receipts& receipts;           ///< of the interval
  const std::vector<Asset>& assets;   ///< after the interval
  const Table<LabId, std::optional<Money>>&
      month_revenue;  ///< of the labs, in the last full month; none: there was none
};

/// Signals before anything was sold.
[[nodiscard]] Signals first_signals(const CompiledScenario& compiled);

/// State of the pools. Idle capacity is the solver's slack.
/// Throws: core::LedgerError where unpowered, down, internal, customers, served and idle are not what is installed, or
/// where what runs draws more power than is energised.
[[nodiscard]] Table<PoolId, PoolFact> pool_facts(const MarketView& view, const Allocation& allocation,
                                                 const Network& network);

/// The signals after the interval: demand and waits at each cloud, its own unit cost, and how short and how
/// concentrated the market was.
[[nodiscard]] Signals publish(const PublishInput& input, const Signals& before);

/// Other spending follows the AI that enterprises place at a cloud (MODEL 6.9): ln of the factor moves, by half in each
/// half-life, towards elasticity x ln((s + s') / (s0 + s')), with s the cloud's share of what enterprises pay for AI
/// through all channels, s0 that of the first day, and s' = 1 %, so that no share is nothing.
void publish_pull(const PublishInput& input, Signals& signals);
/// How short and how concentrated the market was.
void publish_market(const PublishInput& input, Signals& signals);

}  // namespace rackrate::market
