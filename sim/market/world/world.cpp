#include "sim/market/world/world.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "sim/core/whole.hpp"
#include "sim/market/contracts/rollouts.hpp"
#include "sim/market/enterprise/move.hpp"
#include "sim/market/enterprise/population.hpp"
#include "sim/market/enterprise/process.hpp"
#include "sim/market/enterprise/utility.hpp"
#include "sim/market/exchange/move.hpp"
#include "sim/market/exchange/streams.hpp"
#include "sim/market/negotiation/appraisal.hpp"
#include "sim/market/pricing/unit_terms.hpp"
#include "sim/market/primitives/leadtime.hpp"
#include "sim/market/regime/regime_change.hpp"
#include "sim/market/supply/power_authority.hpp"

namespace rackrate::market {
namespace {

constexpr core::SimDuration kWeek = core::kDay * 7;
/// An order takes a week to reach a vendor (MODEL section 2).
constexpr core::SimDuration kOrderDelay = core::kDay * 7;

engine::Options options(const Parameters& parameters) {
  engine::Options options;
  options.start = parameters.run.start;
  options.window = parameters.run.window;
  return options;
}

Statistics first_statistics(const Stage& stage, const std::vector<Enterprise>& enterprises) {
  Statistics statistics;
  const auto segments = stage.setting.parameters.segments.size();
  statistics.adopters.assign(segments, 0);
  statistics.sample.assign(segments, 0);
  for (const auto& e : enterprises) {
    ++statistics.sample[static_cast<std::size_t>(e.segment)];
    if (e.adopted) ++statistics.adopters[static_cast<std::size_t>(e.segment)];
  }
  for (std::size_t g = 0; g < segments; ++g)
    statistics.digest.push_back(statistics.sample[g] > 0 ? static_cast<double>(statistics.adopters[g]) / static_cast<double>(statistics.sample[g]) : 0.0);
  return statistics;
}

/// A replication that draws how long rollouts take has a stage of its own from its first day; others share the arm's.
std::shared_ptr<const Stage> of_replication(const std::shared_ptr<const Stage>& stage, const core::Draws& draws) {
  const Parameters& written = stage->setting.parameters;
  if (!contracts::has_drawn_rollouts(written.contracts)) return stage;
  Parameters drawn = written;
  drawn.contracts = contracts::with_drawn_rollouts(std::move(drawn.contracts), draws);
  return restage(*stage, std::move(drawn));
}

}  // namespace

World::World(std::shared_ptr<const Stage> stage, std::uint64_t seed, std::uint64_t replication, Replay replay)
    : stage_(of_replication(stage, {seed, replication})), replay_(std::move(replay)), draws_(seed, replication), simulator_(stage_->process_names, options(stage_->setting.parameters)), exchange_(first_exchange(*stage_)) {
  const auto& s = stage_->setting;
  const auto& p = s.parameters;
  if (stage_ != stage) registry_.scripted = std::shared_ptr<const Parameters>(stage, &stage->setting.parameters);
  check_replay(replay_, p.vocabulary, seed, replication);
  for (int v = 0; v < static_cast<int>(p.vendors.size()); ++v) vendors_.push_back(first_vendor(s, v));
  for (int c = 0; c < static_cast<int>(p.clouds.size()); ++c) headquarters_.push_back(first_headquarters(s, c));
  for (int k = 0; k < static_cast<int>(s.pools.size()); ++k) pools_.push_back(first_pool(s, k));
  for (int l = 0; l < static_cast<int>(p.labs.size()); ++l) labs_.push_back(first_lab(s, l));
  enterprises_ = draw_population(*stage_, draws_);
  statistics_ = first_statistics(*stage_, enterprises_);
  registry_.beliefs = first_beliefs(s, stage_->access);
  publish(p.run.start);
  place_first_workloads();
  publish_enterprises();
  schedule_first_events();
}

void World::place_first_workloads() {
  const Scene scene = this->scene();
  const auto& p = scene.parameters();
  for (auto& e : enterprises_) {
    for (auto& w : e.workloads) {
      const Choice choice = choose(scene, e, w, p.run.start);
      w.alternative = choice.alternative;
      w.surplus = surplus_rate(e, w, choice.logsum);
      core::add_whole(exchange_.surplus[static_cast<std::size_t>(e.segment)], w.surplus, "the surplus of a segment, in 1e-4 $ a day,");
      if (choice.alternative == kNothing) continue;
      const auto cell = static_cast<std::size_t>(scene.setting().cell(e.segment, choice.alternative, e.region));
      core::add_whole(exchange_.units[cell], w.units, "the volume of one market, in millionths of a unit,");
      if (!exchange_.commitments.units.empty() && committed_to_seller(scene.setting(), e, choice.alternative)) exchange_.commitments.units[cell] += w.units;
      exchange_.ramp[cell] += static_cast<std::int64_t>(static_cast<double>(w.units) * unlearned(p, w, p.run.start));
    }
    if (const auto& clouds = p.clouds; !exchange_.commitments.committed.empty() && e.commitment > 0)
      exchange_.commitments.committed[static_cast<std::size_t>(e.segment) * clouds.size() + static_cast<std::size_t>(e.primary_cloud)] += e.commitment;
    e.governance = governance_rate(scene, e);
    core::add_whole(exchange_.governance[static_cast<std::size_t>(e.segment)], e.governance, "the cost of governance, in 1e-4 $ a day,");
  }
}

void World::schedule_first_events() {
  const Scene scene = this->scene();
  const auto& s = scene.setting();
  const auto& p = s.parameters;
  const auto& d = stage_->directory;
  const auto post = [&](ProcessId to, core::SimTime t, Kind kind, const Payload& payload, std::int16_t priority) {
    if (t < p.run.end) simulator_.post(to, std::max(t, p.run.start), static_cast<std::uint16_t>(kind), payload, priority);
  };
  post_breakpoints();
  wake_watch();
  post(d.statistics, p.run.start + kWeek + core::kDay, Kind::Digest, {}, priority::kStatistics);
  post(d.exchange, p.run.start, Kind::Clear, {}, priority::kClearing);
  const core::SimTime month = core::month_start(core::month_index(p.run.start));
  const core::SimTime first_month = month == p.run.start ? month : core::month_start(core::month_index(p.run.start) + 1);
  for (std::size_t v = 0; v < vendors_.size(); ++v) post(d.first_vendor + static_cast<ProcessId>(v), first_month, Kind::SupplyEpoch, {}, priority::kSupply);
  for (std::size_t c = 0; c < headquarters_.size(); ++c) {
    const auto to = d.first_cloud + static_cast<ProcessId>(c);
    if (p.clouds[c].invests) post(to, first_review(scene, s.cloud_key[c], 0), Kind::InvestmentReview, {}, priority::kDecision);
    post(to, first_review(scene, s.cloud_key[c], 1), Kind::PriceReview, {}, priority::kPrice);
  }
  for (const auto& pool : pools_)
    for (const auto& event : market::first_events(s, pool)) post(d.first_pool + static_cast<ProcessId>(pool.index), event.time, event.kind, event.payload, priority::kSupply);
  for (std::size_t l = 0; l < labs_.size(); ++l) {
    const auto to = d.first_lab + static_cast<ProcessId>(l);
    if (p.labs[l].jump_mean > 0) post(to, p.run.start + core::days(release_gap_days(scene, static_cast<int>(l), 0)), Kind::Release, {}, priority::kRelease);
    post(to, core::month_start(core::month_index(p.run.start) + 1), Kind::MonthlyNoise, {}, priority::kDecision);
    post(to, first_review(scene, s.lab_key[l], 1), Kind::PriceReview, {}, priority::kPrice);
  }
  for (std::size_t e = 0; e < enterprises_.size(); ++e)
    for (const auto& event : market::first_events(enterprises_[e], scene))
      post(d.first_enterprise + static_cast<ProcessId>(e), event.time, event.kind, event.payload, priority::kDecision);
}

void World::run_until(core::SimTime until, engine::Executor& executor, Observer* observer, const std::atomic<bool>* stop, engine::Profile* profile) {
  observer_ = observer;
  try {
    (void)simulator_.run(*this, {.until = std::min(until, exchange_.end), .stop = stop, .profile = profile}, executor);
    if (now() == exchange_.end && now() != next_boundary()) {   // the last window is cut, and no barrier follows
      tell_window(now());
      tell_findings(std::exchange(registry_.found, {}));
    }
  } catch (...) {
    observer_ = nullptr;
    throw;
  }
  observer_ = nullptr;
}

void World::end_at(core::SimTime end) {
  exchange_.end = std::max(exchange_.booked_until, std::min(end, stage_->setting.parameters.run.end));
}

void World::force_review(std::size_t enterprise, std::size_t workload, core::SimTime t) {
  simulator_.post(stage_->directory.first_enterprise + static_cast<ProcessId>(enterprise), t, static_cast<std::uint16_t>(Kind::TriggeredReview),
                  pack(WorkloadIndex{static_cast<std::int32_t>(workload), 0}), priority::kDecision);
}

void World::handle(Context& context, const Event& event) {
  const Scene scene = this->scene();
  const auto& d = stage_->directory;
  const ProcessId target = event.target;
  if (target >= d.first_enterprise)
    handle_enterprise(enterprises_[target - d.first_enterprise], scene, context, event);
  else if (target >= d.first_lab)
    handle_lab(labs_[target - d.first_lab], scene, context, event);
  else if (target >= d.first_pool)
    handle_pool(pools_[target - d.first_pool], scene, context, event);
  else if (target >= d.first_cloud)
    handle_headquarters(headquarters_[target - d.first_cloud], scene, context, event);
  else if (target >= d.first_vendor)
    handle_vendor(vendors_[target - d.first_vendor], scene, context, event);
  else if (target == d.exchange)
    handle_exchange(exchange_, scene, context, event, observer_);
  else if (target == d.statistics)
    handle_statistics(context, event);
  else if (target == d.power)
    handle_power_authority(scene, context, event);
  else
    handle_registry(registry_, scene, context, event);
}

void World::handle_statistics(Context& context, const Event& event) {
  if (static_cast<Kind>(event.kind) == Kind::Adopted) {
    ++statistics_.adopters[static_cast<std::size_t>(unpack<AdoptedMessage>(event.payload).segment)];
    return;
  }
  for (std::size_t g = 0; g < statistics_.digest.size(); ++g)
    if (statistics_.sample[g] > 0) statistics_.digest[g] = static_cast<double>(statistics_.adopters[g]) / static_cast<double>(statistics_.sample[g]);
  context.schedule(context.now() + kWeek, static_cast<std::uint16_t>(Kind::Digest), {}, priority::kStatistics);
}

core::SimDuration World::min_delay(ProcessId from, ProcessId to) const {
  const auto& d = stage_->directory;
  const auto& p = stage_->setting.parameters;
  const auto is = [&](ProcessId process, ProcessId first, ProcessId end) { return process >= first && process < end; };
  if (is(from, d.first_cloud, d.first_pool) && is(to, d.first_vendor, d.first_cloud)) return kOrderDelay;
  if (is(from, d.first_vendor, d.first_cloud) && is(to, d.first_pool, d.first_lab))
    return core::days(p.vendors[from - d.first_vendor].lead_min_days);
  if (from == d.power) return core::days(site_phase_days(p.sites.lead_min_days).front());
  return core::SimDuration{0};   // the next window, which the engine asks of every message
}

void World::at_barrier(core::SimTime window_end) {
  advance(registry_.beliefs, board_.as_of, window_end);
  hold_talks(window_end);
  tell_window(window_end);
  take_findings();
  if (registry_.next) adopt_next_stage(observer_);
  publish(window_end);
}

/// What happened in the window, up to `until`.
void World::tell_window(core::SimTime until) {
  if (observer_ != nullptr) {
    for (auto& lab : labs_) drain(lab);
    for (auto& hq : headquarters_) drain(hq);
    drain(exchange_);
    drain(registry_.found);
    tell_versions(until);
    for (const auto& hq : headquarters_) tell_decisions(hq);
    for (const auto& lab : labs_) tell_decisions(lab);
  }
  for (auto& hq : headquarters_) hq.decisions.clear();
  for (auto& hq : headquarters_) hq.notices.clear();
  for (auto& lab : labs_) lab.decisions.clear();
  for (auto& lab : labs_) lab.notices.clear();
  exchange_.notices.clear();
}

/// Alone between two windows, all state may be read: talks are held with the board as the next window will see it.
void World::hold_talks(core::SimTime window_end) {
  const auto& run = stage_->setting.parameters.run;
  const Setting& coming = registry_.next ? registry_.next->setting : stage_->setting;
  if (window_end >= run.end || !appraises(registry_.watch.talks, coming, window_end - run.window, window_end)) return;
  publish(window_end);
  market::hold_talks(registry_.watch.talks, {*stage_, coming, exchange_, enterprises_, draws_, board_, window_end}, window_end - run.window, registry_.found);
}

void World::tell_findings(const Findings& found) const {
  if (observer_ == nullptr) return;
  for (const auto& milestone : found.milestones)
    if (const auto label = index_of(stage_->setting.money_labels, milestone.label)) observer_->on_clause_date(static_cast<std::int32_t>(*label), milestone.time);
  for (const auto& gain : found.gains)
    if (const auto label = index_of(stage_->setting.money_labels, gain.label)) observer_->on_appraisal(static_cast<std::int32_t>(*label), gain.time, gain.usd_per_year);
}

/// What the registry found in the window: told, and applied to the contracts.
void World::take_findings() {
  Findings found = std::move(registry_.found);
  registry_.found = {};
  tell_findings(found);
  if (found.changes.empty()) return;
  registry_.changes.insert(registry_.changes.end(), found.changes.begin(), found.changes.end());
  recompile(registry_);
}

core::SimTime World::next_boundary() const {
  const auto& run = stage_->setting.parameters.run;
  const auto windows = (now() - run.start + run.window - core::SimDuration{1}) / run.window;
  return run.start + windows * run.window;
}

void World::recompile(RegistryState& registry) const {
  const Stage& before = registry.next ? *registry.next : *stage_;
  // Until now nothing had changed, so the stage still has the scenario's own contracts.
  if (!registry.scripted) registry.scripted = std::make_shared<const Parameters>(stage_->setting.parameters);
  registry.next = restage(before, live_parameters(registry, draws_));
}

void World::restate(const Parameters& parameters, Observer* observer) {
  RegistryState registry = registry_;
  registry.scripted = std::make_shared<const Parameters>(parameters);
  recompile(registry);
  registry_ = std::move(registry);
  if (now() == next_boundary()) adopt_next_stage(observer);
}

void World::change(const contracts::ContractChange& change, Observer* observer) {
  RegistryState registry = registry_;
  registry.changes.push_back(change);
  recompile(registry);
  registry_ = std::move(registry);
  if (now() == next_boundary()) adopt_next_stage(observer);
}

/// Alone between two windows: every index that a contract decides is moved before anybody looks again.
void World::adopt_next_stage(Observer* observer) {
  const auto next = std::move(registry_.next);
  registry_.next = nullptr;
  const StageMove move = find_move(stage_->setting, next->setting);
  move_exchange(exchange_, move, *stage_, next->setting, now());
  for (auto& enterprise : enterprises_) move_enterprise(enterprise, move);
  restate_beliefs(registry_.beliefs, move.alternative, next->setting, next->access);
  if (observer != nullptr && next->setting.money_labels != stage_->setting.money_labels) observer->on_money_labels(next->setting.money_labels);
  if (observer != nullptr) tell_taken_up(stage_->setting.registry, next->setting.registry, *observer);
  stage_ = next;
  post_breakpoints();
  wake_watch();
  publish(now());
}

void World::post_breakpoints() {
  auto& announced = registry_.announced;
  for (std::size_t k = 1; k < stage_->access.size(); ++k) {
    const auto from = stage_->access[k].from;
    if (from < now() || std::find(announced.begin(), announced.end(), from) != announced.end()) continue;
    announced.push_back(from);
    simulator_.post(stage_->directory.registry, from, static_cast<std::uint16_t>(Kind::Breakpoint), {}, priority::kContract);
  }
}

/// A run whose contracts have nothing to watch has no such event.
void World::wake_watch() {
  if (registry_.watch.awake || !has_watched_clauses(stage_->setting) || next_boundary() >= stage_->setting.parameters.run.end) return;
  registry_.watch.awake = true;
  simulator_.post(stage_->directory.registry, next_boundary(), static_cast<std::uint16_t>(Kind::Watch), {}, priority::kContract);
}

void World::publish(core::SimTime t) {
  board_.as_of = t;
  board_.interval = stage_->interval_at(t);
  board_.pools.resize(pools_.size());
  for (std::size_t k = 0; k < pools_.size(); ++k) board_.pools[k] = pools_[k].signal;
  board_.clouds.resize(headquarters_.size());
  for (std::size_t c = 0; c < headquarters_.size(); ++c) {
    board_.clouds[c] = exchange_.signals[c];
    board_.clouds[c].price_index = headquarters_[c].price_index;
  }
  board_.market = exchange_.market;
  board_.labs.resize(labs_.size());
  for (std::size_t l = 0; l < labs_.size(); ++l) board_.labs[l] = labs_[l].signal;
  board_.adoption = statistics_.digest;
  board_.drawdown = exchange_.commitments.coverage;
  board_.tenders = tender_signals(registry_.watch.tenders, t);
  publish_enterprises();
  board_.belief.clear();
  for (const Stock& share : registry_.beliefs.share) board_.belief.push_back(share.level);
  publish_unit_terms(stage_->setting, t, board_);
  board_.seats.clear();
  for (const auto& application : stage_->setting.parameters.applications) board_.seats.push_back(seats_at(stage_->setting.parameters, application, t));
}

void World::publish_enterprises() {
  board_.governance = board_.migration = 0;
  for (const auto& enterprise : enterprises_) {
    core::add_whole(board_.governance, enterprise.governance, "the cost of governance, in 1e-4 $ a day,");
    core::add_whole(board_.migration, enterprise.migration, "the cost of migration, in 1e-4 $,");
  }
}

void World::tell(const Notice& notice) const {
  observer_->on_event({notice.time, notice.kind, notice.subject, notice.text});
}

template <class Owner>
void World::drain(Owner& owner) const {
  for (const auto& notice : owner.notices) tell(notice);
}

template <class Owner>
void World::tell_decisions(const Owner& owner) const {
  for (const auto& decision : owner.decisions) observer_->on_decision(decision);
}

void World::tell_versions(core::SimTime until) {
  for (const auto& contract : stage_->setting.parameters.contracts)
    for (const auto& version : contract.versions)
      if (version.effective > noticed_through_ && version.effective <= until && version.effective < contract.terminated && version.effective > stage_->setting.parameters.run.start)
        tell({version.effective, "contract", contract.name, contract.name + " " + version.name + " takes effect"});
  for (const auto& conflict : stage_->setting.registry.conflicts())   // breaches are told by the books
    if (conflict.kind != ConflictKind::Breach && conflict.from > noticed_through_ && conflict.from <= until) tell({conflict.from, "conflict", conflict.junior, conflict.sentence});
  noticed_through_ = until;
}

/// What a change brings about at the very boundary at which it is taken up: the versions of that day have been told already.
void World::tell_taken_up(const Registry& before, const Registry& after, Observer& observer) const {
  const auto had_version = [&before](const Contract& contract, const Version& version) {
    return std::any_of(before.contracts().begin(), before.contracts().end(), [&](const Contract& c) {
      return c.name == contract.name && std::any_of(c.versions.begin(), c.versions.end(), [&](const Version& v) { return v.name == version.name && v.effective == version.effective; });
    });
  };
  for (const auto& contract : after.contracts())
    for (const auto& version : contract.versions)
      if (version.effective <= noticed_through_ && version.effective < contract.terminated && version.effective > stage_->setting.parameters.run.start && !had_version(contract, version))
        observer.on_event({version.effective, "contract", contract.name, contract.name + " " + version.name + " takes effect"});
  const auto had_conflict = [&before](const Conflict& conflict) {
    return std::any_of(before.conflicts().begin(), before.conflicts().end(), [&](const Conflict& c) {
      return c.kind == conflict.kind && c.senior == conflict.senior && c.junior == conflict.junior && c.from <= conflict.from && conflict.from < c.until;
    });
  };
  for (const auto& conflict : after.conflicts())
    if (conflict.kind != ConflictKind::Breach && conflict.from <= noticed_through_ && !had_conflict(conflict)) observer.on_event({conflict.from, "conflict", conflict.junior, conflict.sentence});
}

}  // namespace rackrate::market
