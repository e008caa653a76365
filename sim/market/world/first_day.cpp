#include "sim/market/world/world.hpp"

#include <algorithm>
#include <utility>

#include "sim/core/whole.hpp"
#include "sim/market/contracts/rollouts.hpp"
#include "sim/market/enterprise/population.hpp"
#include "sim/market/enterprise/process.hpp"
#include "sim/market/enterprise/utility.hpp"
#include "sim/market/regime/regime_change.hpp"

namespace rackrate::market {
namespace {

engine::Options options(const Parameters& parameters) {
  engine::Options options;
  options.start = parameters.run.start;
  options.window = parameters.run.window;
  return options;
}
/// A replication that draws how long rollouts take has a regime of its own from its first day; others share the arm's.
std::shared_ptr<const Regime> of_replication(const std::shared_ptr<const Regime>& regime, const core::Draws& draws) {
  const Parameters& written = regime->compiled.parameters;
  if (!contracts::has_drawn_rollouts(written.contracts)) return regime;
  Parameters drawn = written;
  drawn.contracts = contracts::with_drawn_rollouts(std::move(drawn.contracts), draws);
  return next_regime(*regime, std::move(drawn));
}

}  // namespace

World::World(std::shared_ptr<const Regime> regime, std::uint64_t seed, std::uint64_t replication, Replay replay)
    : regime_(of_replication(regime, {seed, replication})),
      replay_(std::move(replay)),
      draws_(seed, replication),
      simulator_(regime_->process_names, options(regime_->compiled.parameters)),
      exchange_(first_exchange(*regime_)) {
  const auto& s = regime_->compiled;
  const auto& p = s.parameters;
  if (regime_ != regime) registry_.scripted = std::shared_ptr<const Parameters>(regime, &regime->compiled.parameters);
  check_replay(replay_, p.vocabulary, seed, replication);
  for (int v = 0; v < static_cast<int>(p.vendors.size()); ++v) vendors_.push_back(first_vendor(s, v));
  for (int c = 0; c < static_cast<int>(p.clouds.size()); ++c) headquarters_.push_back(first_headquarters(s, c));
  for (int k = 0; k < static_cast<int>(s.pools.size()); ++k) pools_.push_back(first_pool(s, k));
  for (int l = 0; l < static_cast<int>(p.labs.size()); ++l) labs_.push_back(first_lab(s, l));
  enterprises_ = draw_population(*regime_, draws_);
  statistics_ = first_statistics(p.segments.size(), enterprises_);
  registry_.awareness = first_awareness(s, regime_->access);
  publish(p.run.start);
  place_first_workloads();
  publish_enterprises();
  schedule_first_events();
}

void World::place_first_workloads() {
  const MarketView view = this->view();
  const auto& p = view.parameters();
  for (auto& e : enterprises_) {
    for (auto& w : e.workloads) {
      const Choice choice = choose(view, e, w, p.run.start);
      w.alternative = choice.alternative;
      w.surplus = surplus_rate(e, w, choice.logsum);
      auto& demand = exchange_.demand;
      core::add_whole(demand.surplus[e.segment], w.surplus, "the surplus of a segment, in 1e-4 $ a day,");
      if (choice.alternative == kNothing) continue;
      const CellId cell = view.compiled().cell(e.segment, choice.alternative, e.region);
      core::add_whole(demand.units[cell], w.units, "the volume of one market, in millionths of a unit,");
      if (!demand.committed_units.empty() && committed_to_seller(view.compiled(), e, choice.alternative))
        demand.committed_units[cell] += w.units;
      demand.ramp[cell] += static_cast<std::int64_t>(static_cast<double>(w.units) * unlearned(p, w, p.run.start));
    }
    if (!exchange_.demand.committed.empty() && e.commitment > 0)
      exchange_.demand.committed(e.segment, e.primary_cloud) += e.commitment;
    e.governance = governance_rate(view, e);
    core::add_whole(exchange_.demand.governance[e.segment], e.governance, "the cost of governance, in 1e-4 $ a day,");
  }
}

void World::schedule_first_events() {
  const MarketView view = this->view();
  const auto& s = view.compiled();
  const auto& p = s.parameters;
  const auto& d = regime_->directory;
  const auto post = [&](ProcessId to, core::SimTime t, Kind kind, const Payload& payload, std::int16_t priority) {
    if (t < p.run.end)
      simulator_.post(to, std::max(t, p.run.start), static_cast<std::uint16_t>(kind), payload, priority);
  };
  post_breakpoints();
  wake_watch();
  post(d.statistics, first_digest(p.run.start), Kind::Digest, {}, priority::kStatistics);
  post(d.exchange, p.run.start, Kind::Clear, {}, priority::kClearing);
  const core::SimTime month = core::month_start(core::month_index(p.run.start));
  const core::SimTime first_month =
      month == p.run.start ? month : core::month_start(core::month_index(p.run.start) + 1);
  for (std::size_t v = 0; v < vendors_.size(); ++v)
    post(d.first_vendor + static_cast<ProcessId>(v), first_month, Kind::SupplyEpoch, {}, priority::kSupply);
  for (std::size_t c = 0; c < headquarters_.size(); ++c) {
    const auto to = d.first_cloud + static_cast<ProcessId>(c);
    if (p.clouds[c].invests)
      post(to, first_review(view, s.cloud_key[c], 0), Kind::InvestmentReview, {}, priority::kDecision);
    post(to, first_review(view, s.cloud_key[c], 1), Kind::PriceReview, {}, priority::kPrice);
  }
  for (const auto& pool : pools_)
    for (const auto& event : market::first_events(s, pool))
      post(d.first_pool + static_cast<ProcessId>(pool.index), event.time, event.kind, event.payload, priority::kSupply);
  for (std::size_t l = 0; l < labs_.size(); ++l) {
    const auto to = d.first_lab + static_cast<ProcessId>(l);
    if (p.labs[l].jump_mean > 0)
      post(to, p.run.start + core::days(release_gap_days(view, static_cast<int>(l), 0)), Kind::Release, {},
           priority::kRelease);
    post(to, core::month_start(core::month_index(p.run.start) + 1), Kind::MonthlyNoise, {}, priority::kDecision);
    post(to, first_review(view, s.lab_key[l], 1), Kind::PriceReview, {}, priority::kPrice);
  }
  for (std::size_t e = 0; e < enterprises_.size(); ++e)
    for (const auto& event : market::first_events(enterprises_[e], view))
      post(d.first_enterprise + static_cast<ProcessId>(e), event.time, event.kind, event.payload, priority::kDecision);
}

}  // namespace rackrate::market
