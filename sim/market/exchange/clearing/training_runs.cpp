#include "sim/market/exchange/clearing/training_runs.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "sim/core/error.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/exchange/clearing/load.hpp"
#include "sim/market/exchange/clearing/network.hpp"
#include "sim/market/exchange/clearing/run_queue.hpp"
#include "sim/market/exchange/whole_parts.hpp"

namespace rackrate::market {
namespace {

std::int64_t size_of(const CompiledScenario& s, RunId run) {
  return core::whole(s.terms_of(run).h100e, "the size of a training run, in H100e,");
}

/// What the run can use in an interval: on its last day no more than is left of it.
std::int64_t wanted(const CompiledScenario& s, RunId run, const RunState& state, const Interval& interval) {
  const std::int64_t length = interval.length().count();
  return std::min(size_of(s, run), (state.left + length - 1) / length);
}

/// The parts of a run, one for each class of its lab's training.
std::span<const RunPart> parts_of(const DemandTable& table, RunId run) {
  const auto before = [](const RunPart& part, RunId id) { return part.run < id; };
  const auto after = [](RunId id, const RunPart& part) { return id < part.run; };
  const auto first = std::lower_bound(table.run_parts.begin(), table.run_parts.end(), run, before);
  return {first, std::upper_bound(first, table.run_parts.end(), run, after)};
}

template <class Act>
void for_arcs_of(const RunPart& part, Act act) {
  for (std::size_t i = 0; i < part.arcs; ++i) act(ArcId(part.first.position() + i));
}

bool reaches(const DemandTable& table, const RunPart& part, PoolId pool) {
  bool found = false;
  for_arcs_of(part, [&](ArcId a) { found = found || table.pool(table.network.arcs[a]) == pool; });
  return found;
}

std::int64_t served(const DemandTable& table, const FlowSolution& solution, RunId run) {
  std::int64_t flow = 0;
  for (const RunPart& part : parts_of(table, run)) for_arcs_of(part, [&](ArcId a) { flow += solution.flow[a]; });
  return flow;
}

bool is_over(const RunState& state) { return state.ended < core::kNever; }

std::string pool_text(const CompiledScenario& s, PoolId pool) {
  return s.parameters.clouds[s.pools[pool].cloud].name + " in " +
         s.parameters.vocabulary.regions[s.pools[pool].region.position()];
}

/// Days with at most one decimal.
std::string days_text(core::SimDuration length) {
  const auto tenths = core::whole(core::in_days(length) * 10.0 + 0.5, "the length of a run, in tenths of a day,");
  return std::to_string(tenths / 10) + (tenths % 10 != 0 ? "." + std::to_string(tenths % 10) : "") + " d";
}

core::SimDuration time_left(const CompiledScenario& s, RunId run, const RunState& state) {
  const std::int64_t size = size_of(s, run);
  return core::SimDuration{(state.left + size - 1) / size};
}

}  // namespace

RunCalendar first_calendar(const CompiledScenario& s) {
  RunCalendar calendar;
  for (const RunId run : s.runs.ids()) {
    RunState state;
    state.left = core::whole(core::real(size_of(s, run)) * s.terms_of(run).days * core::real(core::kDay.count()),
                             "the work of a training run, in H100e-ms,");
    calendar.runs.push_back(state);
    if (s.terms_of(run).holds_releases) calendar.release_waits.assign(s.parameters.labs.size(), 0);
  }
  return calendar;
}

Money run_priority(const ClearingParameters& clearing) {
  const auto of = [&](Tier tier) { return clearing.penalty_usd[static_cast<std::size_t>(tier)]; };
  return Money::from_usd(0.5 * (of(Tier::Batch) - of(Tier::Training)), "the priority of a training run, in $,");
}

bool may_run_in(const CompiledScenario& s, RunId run, PoolId pool) {
  const TrainingRun& terms = s.terms_of(run);
  const auto allows = [](const std::vector<std::string>& names, const std::string& name) {
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
  };
  return allows(terms.clouds, s.parameters.clouds[s.pools[pool].cloud].name) &&
         allows(terms.regions, s.parameters.vocabulary.regions[s.pools[pool].region.position()]);
}

namespace {

/// Runs that have a place, in order of their beginning; those of today last.
std::vector<RunId> with_a_place(const RunCalendar& calendar) {
  std::vector<RunId> runs;
  for (const RunId run : calendar.runs.ids())
    if (calendar.runs[run].at.exists()) runs.push_back(run);
  std::stable_sort(runs.begin(), runs.end(),
                   [&](RunId a, RunId b) { return calendar.runs[a].started < calendar.runs[b].started; });
  return runs;
}

/// What the class asks for beside its runs.
std::int64_t other_demand(const DemandTable& table, ClassId k) {
  const auto& classes = table.network.classes;
  const NetworkClassId preferring = table.preferring[k];
  return classes[table.free_part[k]].demand + (preferring.exists() ? classes[preferring].demand : 0);
}

/// A run at a primary host counts for the share that its lab owes it.
void take(const CompiledScenario& s, DemandTable& table, const RunPart& part, std::int64_t h100e, CloudId host) {
  auto& classes = table.network.classes;
  NetworkClassId first = table.free_part[part.of], second = table.preferring[part.of];
  if (second.exists() && s.money[table.primaries[table.primary_of_class[part.of]]].host == host)
    std::swap(first, second);
  const std::int64_t taken = std::min(h100e, classes[first].demand);
  classes[first].demand -= taken;
  if (second.exists()) classes[second].demand -= h100e - taken;
  classes[part.part].demand = h100e;
}

void send_back(const CompiledScenario& s, const Interval& interval, RunId run, RunCalendar& calendar) {
  RunState& state = calendar.runs[run];
  calendar.notices.push_back({interval.start, "run", s.runs[run].name,
                              "may no longer train at " + pool_text(s, state.at) +
                                  ": it waits for another place with " + days_text(time_left(s, run, state)) +
                                  " left"});
  state.at = {};
}

}  // namespace

void ask_for_runs(const CompiledScenario& s, const Interval& interval, Network& network) {
  auto& table = network.table;
  for (const RunPart& part : table.run_parts) table.network.classes[part.part].demand = 0;
  if (table.run_parts.empty()) return;
  for (const RunId run : with_a_place(network.runs)) {
    const RunState& state = network.runs.runs[run];
    std::vector<const RunPart*> parts;
    std::vector<std::int64_t> rooms;
    std::int64_t room = 0;
    for (const RunPart& part : parts_of(table, run)) {
      if (!reaches(table, part, state.at)) continue;
      parts.push_back(&part);
      rooms.push_back(other_demand(table, part.of));
      room += rooms.back();
    }
    if (parts.empty()) {
      send_back(s, interval, run, network.runs);
      continue;
    }
    const auto amounts = split_whole(std::min(room, wanted(s, run, state, interval)), rooms);
    for (std::size_t i = 0; i < parts.size(); ++i) take(s, table, *parts[i], amounts[i], s.pools[state.at].cloud);
  }
}

void open_run_places(Network& network) {
  for (const RunPart& part : network.table.run_parts) {
    const PoolId at = network.runs.runs[part.run].at;
    for_arcs_of(part, [&](ArcId a) {
      auto& arc = network.table.network.arcs[a];
      arc.capacity = !at.exists() || network.table.pool(arc) == at ? kUncapped : 0;
    });
  }
}

std::int64_t limit_runs(DemandTable& table, const PortedPart& part, std::int64_t most) {
  if (table.run_parts.empty()) return most;
  const auto demand = [&](const ArcStack& stack) { return table.network.classes[stack.part].demand; };
  for (const std::size_t i : part.stacks) {
    const ArcStack& stack = table.stacks[i];
    if (!table.is_run(stack.part) || demand(stack) == 0) continue;
    const LoadAtNode& node = table.at_nodes[stack.at];
    const std::int64_t missing = std::max<std::int64_t>(0, demand(stack) - table.at_hosts[node.at].served);
    auto& arc = table.network.arcs[stack.first];
    arc.capacity = std::min({arc.capacity, most, node.served + missing});
    most -= arc.capacity;
  }
  for (const std::size_t i : part.stacks)
    if (const ArcStack& stack = table.stacks[i]; table.is_run(stack.part) && demand(stack) == 0)
      table.network.arcs[stack.first].capacity = std::min(table.network.arcs[stack.first].capacity, most);
  return most;
}

namespace {

/// What runs could have of each part of a pool: all that is not used by what ranks above training, by other runs, or by
/// the work of who reserved it.
class RoomForRuns {
 public:
  RoomForRuns(const CompiledScenario& s, const DemandTable& table, const FlowSolution& solution)
      : s_(s), table_(table), free_(table.network.pools.size(), 0), own_(free_) {
    for (const NodeId node : table.nodes()) free_[node] = table.network.pools[node].capacity;
    for (const ArcId a : solution.used) {
      const FlowArc& arc = table.network.arcs[a];
      if (table.is_run(arc.demand_class) || table.classes[table.demand_class(arc)].tier < Tier::Training)
        free_[arc.pool] -= solution.flow[a];
      else if (table.arc_terms[a].own)
        own_[arc.pool] += solution.flow[a];
    }
  }
  [[nodiscard]] std::int64_t at(LabId lab, NodeId node) const {
    const ReservationId r = table_.reservation_of_node[node];
    const bool its_own = r.exists() && s_.money[table_.reservations[r]].lab == lab;
    return free_[node] - (its_own ? 0 : own_[node]);
  }

 private:
  const CompiledScenario& s_;
  const DemandTable& table_;
  Table<NodeId, std::int64_t> free_, own_;
};

/// The pools where the run may be, those of the least cost first. `missing`: by pool, what runs there did not get.
std::vector<RunPlace> places_of(const CompiledScenario& s, const DemandTable& table, const RoomForRuns& rooms,
                                const Table<PoolId, std::int64_t>& missing, RunId run) {
  struct Offer {
    std::int64_t rank = kUncapped, room = 0;  ///< rank: the least cost of an arc there, in the flow's unit
  };
  std::map<PoolId, Offer> offers;
  std::set<NodeId> seen;
  for (const RunPart& part : parts_of(table, run))
    for_arcs_of(part, [&](ArcId a) {
      const FlowArc& arc = table.network.arcs[a];
      Offer& offer = offers[table.pool(arc)];
      offer.rank = std::min(offer.rank, arc.cost);
      if (seen.insert(arc.pool).second) offer.room += std::min(arc.capacity, rooms.at(s.runs[run].lab, arc.pool));
    });
  std::vector<std::pair<std::int64_t, RunPlace>> by_rank;
  for (const auto& [pool, offer] : offers) by_rank.push_back({offer.rank, {pool, offer.room - missing[pool]}});
  std::stable_sort(by_rank.begin(), by_rank.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<RunPlace> places;
  for (const auto& [rank, place] : by_rank) places.push_back(place);
  return places;
}

std::vector<RunId> in_queue(const CompiledScenario& s, const RunCalendar& calendar, core::SimTime t) {
  std::vector<RunId> runs;
  for (const RunId run : calendar.runs.ids())
    if (!calendar.runs[run].at.exists() && !is_over(calendar.runs[run]) && s.terms_of(run).submitted <= t)
      runs.push_back(run);
  std::stable_sort(runs.begin(), runs.end(),
                   [&](RunId a, RunId b) { return s.terms_of(a).submitted < s.terms_of(b).submitted; });
  return runs;
}

/// What labs plan to train beside runs that have a place.
Table<LabId, std::int64_t> plans_left(const CompiledScenario& s, const DemandTable& table) {
  Table<LabId, std::int64_t> plans(s.parameters.labs.size(), 0);
  for (const ClassId k : table.classes.ids())
    if (table.classes[k].lab.exists() && table.classes[k].tier == Tier::Training)
      plans[table.classes[k].lab] += other_demand(table, k);
  return plans;
}

/// Gives a place to each run that begins.
std::vector<RunId> begin_runs(const MarketView& view, const Interval& interval, Network& network) {
  const auto& s = view.compiled();
  const auto& table = network.table;
  auto& states = network.runs.runs;
  const auto queue = in_queue(s, network.runs, interval.start);
  if (queue.empty()) return {};
  const RoomForRuns rooms(s, table, network.solution);
  Table<PoolId, std::int64_t> missing(s.pools.size(), 0);
  std::vector<RunningRun> running;
  for (const RunId run : with_a_place(network.runs)) {
    const RunState& state = states[run];
    running.push_back({s.runs[run].lab, state.at, size_of(s, run), interval.start + time_left(s, run, state)});
    missing[state.at] += wanted(s, run, state, interval) - served(table, network.solution, run);
  }
  std::vector<WaitingRun> waiting;
  for (const RunId run : queue)
    waiting.push_back({run, s.runs[run].lab, size_of(s, run), time_left(s, run, states[run]),
                       places_of(s, table, rooms, missing, run)});
  std::vector<RunId> begun;
  for (const RunStart& start :
       runs_that_begin(waiting, running, plans_left(s, table), interval.start, s.parameters.clearing.run_order)) {
    states[start.run].at = start.pool;
    begun.push_back(start.run);
  }
  return begun;
}

}  // namespace

bool settle_runs(const MarketView& view, const Interval& interval, std::optional<std::vector<RunId>>& begun,
                 Network& network) {
  if (network.table.run_parts.empty()) return false;
  if (!begun) {
    begun = begin_runs(view, interval, network);
    return !begun->empty();
  }
  const auto got_less = [&](RunId run) {
    RunState& state = network.runs.runs[run];
    if (served(network.table, network.solution, run) == wanted(view.compiled(), run, state, interval)) return false;
    state.at = {};
    return true;
  };
  return std::erase_if(*begun, got_less) > 0;
}

namespace {

void tell(const CompiledScenario& s, core::SimTime t, RunId run, const std::string& text, RunCalendar& calendar) {
  calendar.notices.push_back({t, "run", s.runs[run].name, text});
}

core::SimTime submission(const CompiledScenario& s, RunId run) {
  return std::max(s.terms_of(run).submitted, s.parameters.run.start);
}

void count_start(const CompiledScenario& s, const Interval& interval, RunId run, RunCalendar& calendar) {
  RunState& state = calendar.runs[run];
  state.started = interval.start;
  const auto waited = state.started - submission(s, run);
  calendar.facts.push_back({run, submission(s, run), state.started, state.ended});
  tell(s, interval.start, run,
       "starts on " + std::to_string(size_of(s, run)) + " H100e of " + pool_text(s, state.at) + ", " +
           days_text(waited) + " after it was submitted",
       calendar);
}

void count_end(const CompiledScenario& s, core::SimTime t, RunId run, RunCalendar& calendar) {
  RunState& state = calendar.runs[run];
  state.ended = t;
  state.at = {};
  calendar.facts.push_back({run, submission(s, run), state.started, state.ended});
  const auto took = state.ended - state.started;
  const auto longer = took - core::days(s.terms_of(run).days);
  tell(s, t, run,
       "ends after " + days_text(took) +
           (longer > core::SimDuration{1} ? ", " + days_text(longer) + " longer than at its full size" : ""),
       calendar);
}

void count_work(const CompiledScenario& s, const Interval& interval, RunId run, std::int64_t got,
                RunCalendar& calendar) {
  RunState& state = calendar.runs[run];
  const std::int64_t wants = wanted(s, run, state, interval), done = got * interval.length().count();
  if (state.started == core::kNever) count_start(s, interval, run, calendar);
  if (done >= state.left) {
    state.left = 0;
    count_end(s, interval.end, run, calendar);
    return;
  }
  state.left -= done;
  if (got < wants && !state.slowed)
    tell(s, interval.start, run,
         "gets " + std::to_string(got) + " of " + std::to_string(wants) + " H100e of " + pool_text(s, state.at) +
             " and will take longer",
         calendar);
  state.slowed = got < wants;
}

/// What the run got at its pool.
std::int64_t checked_service(const CompiledScenario& s, const Interval& interval, const Network& network, RunId run) {
  const RunState& state = network.runs.runs[run];
  std::int64_t here = 0, elsewhere = 0;
  for (const RunPart& part : parts_of(network.table, run))
    for_arcs_of(part, [&](ArcId a) {
      const bool at_its_pool = state.at.exists() && network.table.pool(network.table.network.arcs[a]) == state.at;
      (at_its_pool ? here : elsewhere) += network.solution.flow[a];
    });
  if (elsewhere > 0)
    throw core::LedgerError("training run " + s.runs[run].name + " was served " + std::to_string(elsewhere) +
                            " H100e outside its place; expected 0");
  const std::int64_t most = state.at.exists() ? wanted(s, run, state, interval) : 0;
  if (here > most)
    throw core::LedgerError("training run " + s.runs[run].name + " was served " + std::to_string(here) +
                            " H100e; expected at most " + std::to_string(most));
  return here;
}

void announce(const CompiledScenario& s, const DemandTable& table, core::SimTime t, RunId run, RunCalendar& calendar) {
  RunState& state = calendar.runs[run];
  if (state.announced || is_over(state) || s.terms_of(run).submitted > t) return;
  state.announced = true;
  const std::int64_t size = size_of(s, run), planned = plans_left(s, table)[s.runs[run].lab];
  tell(s, t, run,
       "waits for " + std::to_string(size) + " H100e in one pool, for " + days_text(time_left(s, run, state)) +
           (planned < size ? ": its lab plans " + std::to_string(planned) + " H100e of training beside its other runs"
                           : ": no pool has room for it yet"),
       calendar);
}

void hold_releases(const CompiledScenario& s, core::SimTime t, RunCalendar& calendar) {
  for (char& waits : calendar.release_waits) waits = 0;
  for (const RunId run : s.runs.ids())
    if (s.terms_of(run).holds_releases && s.terms_of(run).submitted < t && !is_over(calendar.runs[run]))
      calendar.release_waits[s.runs[run].lab] = 1;
}

}  // namespace

void count_runs(const MarketView& view, const Interval& interval, Network& network) {
  const auto& s = view.compiled();
  auto& calendar = network.runs;
  Table<PoolId, std::int64_t> together(s.runs.empty() ? 0 : s.pools.size(), 0);
  for (const RunId run : s.runs.ids()) {
    const RunState& state = calendar.runs[run];
    const std::int64_t got = checked_service(s, interval, network, run);
    if (state.at.exists()) {
      together[state.at] += got;
      count_work(s, interval, run, got, calendar);
    } else {
      announce(s, network.table, interval.start, run, calendar);
    }
  }
  hold_releases(s, interval.end, calendar);
  for (const PoolId pool : together.ids())
    if (together[pool] > view.board.pools[pool].available)
      throw core::LedgerError("training runs got " + std::to_string(together[pool]) + " H100e of " +
                              pool_text(s, pool) + "; expected at most " +
                              std::to_string(view.board.pools[pool].available) + ", all that runs there");
}

}  // namespace rackrate::market
