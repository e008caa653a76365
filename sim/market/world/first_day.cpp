#include "sim/market/world/world.hpp"

#include <algorithm>
#include <utility>

#include "sim/market/enterprise/agreement.hpp"
#include "sim/market/enterprise/choose.hpp"
#include "sim/market/enterprise/draw.hpp"
#include "sim/market/enterprise/placement.hpp"
#include "sim/market/enterprise/process.hpp"
#include "sim/market/regime/regime_change.hpp"
#include "sim/market/view/list_prices.hpp"

namespace rackrate::market {
namespace {

engine::Options options(const Parameters& parameters) {
  engine::Options options;
  options.start = parameters.run.start;
  options.window = parameters.run.window;
  return options;
}

}  // namespace

World::World(std::shared_ptr<const Regime> regime, std::uint64_t seed, std::uint64_t replication, Replay replay)
    : regime_(regime_of_replication(regime, {seed, replication})),
      replay_(std::move(replay)),
      draws_(seed, replication),
      simulator_(regime_->process_names, options(regime_->compiled.parameters)),
      demand_(std::make_shared<const DemandFuture>(regime_->compiled, draws_)),
      exchange_(first_exchange(*regime_)),
      demand_reported_until_(regime_->compiled.parameters.run.start) {
  const auto& p = regime_->compiled.parameters;
  registry_.scripted = regime_->written;
  check_replay(replay_, p.vocabulary, seed, replication);
  create_processes();
  seats_ = first_seats(p);
  publish(p.run.start);
  place_first_workloads();
  publish_enterprises();
  schedule_first_events();
}

void World::create_processes() {
  const auto& s = regime_->compiled;
  const auto& p = s.parameters;
  for (const VendorId vendor : p.vendors.ids()) vendors_.push_back(first_vendor(s, vendor));
  for (const CloudId cloud : p.clouds.ids()) headquarters_.push_back(first_headquarters(s, cloud));
  plan_month_ = core::month_index(p.run.start);
  for (const PoolId pool : s.pools.ids()) pools_.push_back(first_pool(s, pool));
  for (const LabId lab : p.labs.ids()) labs_.push_back(first_lab(s, lab));
  enterprises_ = draw_population(*regime_, draws_);
  board_.considered = considered_shares(p, enterprises_);
  decisions_ = DecisionSums(s.cells.size(), p.segments.size(), p.clouds.size());
  adoption_ = Adoption(p.segments.size(), p.run.start, draws_, enterprises_);
  statistics_ = first_statistics(p.segments.size(), enterprises_);
  registry_.awareness = first_awareness(s, regime_->access);
}

/// As at every later review, but the exchange hears of it at once.
void World::place_first_workloads() {
  const MarketView view = this->view();
  const core::SimTime start = view.parameters().run.start;
  for (const EnterpriseId id : enterprises_.ids()) {
    if (enterprises_.is_account(id) && enterprises_[id].adopted)
      add(exchange_.demand, renew_agreement(view, offers_, enterprises_, id).sums);  // nothing is placed yet
    for (auto& w : enterprises_.workloads(id))
      place(enterprises_, id, w, choose(view, offers_, enterprises_, id, w), view, start)
          .for_each_change([&](const auto& change) { add(exchange_.demand, change); });
    const Enterprise& e = enterprises_[id];
    if (e.committed) add_commitment(exchange_.demand, e.segment, e.primary_cloud, commitment(view, enterprises_, id));
  }
}

/// Posts an event of the run; one dated before the start happens at the start.
void World::post(ProcessId to, const FirstEvent& event) {
  const auto& run = regime_->compiled.parameters.run;
  if (event.time >= run.end) return;
  FirstEvent first = event;
  first.time = std::max(event.time, run.start);
  market::post(simulator_, to, first);
}

void World::schedule_first_events() {
  const core::SimTime start = regime_->compiled.parameters.run.start;
  const auto& d = regime_->directory;
  schedule_breakpoints();
  schedule_scan();
  post(d.statistics, {first_digest(start), Digest{}});
  post(d.exchange, {start, Clear{}});
  schedule_supply();
  schedule_labs();
  schedule_enterprises();
}

void World::schedule_supply() {
  const MarketView view = this->view();
  const auto& s = view.compiled();
  const auto& d = regime_->directory;
  const core::SimTime start = s.parameters.run.start;
  const int month = core::month_index(start);
  const core::SimTime first_month = core::month_start(core::month_start(month) == start ? month : month + 1);
  for (const VendorId vendor : vendors_.ids()) post(d.of(vendor), {first_month, SupplyEpoch{}});
  for (const CloudId cloud : headquarters_.ids()) {
    if (s.parameters.clouds[cloud].invests)
      post(d.of(cloud), {first_review(view, s.cloud_key[cloud], ReviewOf::Investment,
                                      s.parameters.clouds[cloud].capital.review_months),
                         InvestmentReview{}});
    post(d.of(cloud),
         {first_review(view, s.cloud_key[cloud], ReviewOf::Price, review_months(s.parameters.prices)), PriceReview{}});
  }
  for (const PoolId pool : pools_.ids())
    for (const auto& event : first_events(s, pools_[pool])) post(d.of(pool), event);
}

void World::schedule_labs() {
  const MarketView view = this->view();
  const auto& p = view.parameters();
  for (const LabId lab : labs_.ids()) {
    const ProcessId to = regime_->directory.of(lab);
    labs_[lab].finance = first_finance(view, lab);
    if (p.labs[lab].jump_mean > 0) post(to, {p.run.start + core::days(release_gap_days(view, lab, 0)), ReleaseDue{}});
    post(to, {core::month_start(core::month_index(p.run.start) + 1), MonthlyNoise{}});
    post(to,
         {first_review(view, view.compiled().lab_key[lab], ReviewOf::Price, review_months(p.prices)), PriceReview{}});
  }
}

void World::schedule_enterprises() {
  const MarketView view = this->view();
  for (const EnterpriseId e : enterprises_.ids())
    for (const auto& event : first_events(enterprises_, e, view)) post(regime_->directory.of(e), event);
  schedule_adopters();
}

/// Those who adopt in a week that begins in the window to come. They get room for all workloads that they will bring.
void World::schedule_adopters() {
  const MarketView view = this->view();
  const core::SimTime until = board_.as_of + view.parameters().run.window;
  for (const auto& [enterprise, time] : adoption_.crossings(view, enterprises_, until)) {
    enterprises_.give_room(enterprise, workloads_by_the_end(view, enterprises_[enterprise], time));
    post(regime_->directory.of(enterprise), {time, Adopt{}});
  }
}

}  // namespace rackrate::market
