#include "sim/market/regime/access.hpp"

#include <algorithm>

#include "sim/market/contracts/roles.hpp"
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {
namespace {

bool is_direct(const CompiledScenario& s, ChannelId channel) { return s.parameters.channels[channel].name == "direct"; }

struct Permitted {
  HostSet hosts;
  CloudId best;
  Verdict verdict;  ///< of the best host
};

/// All hosts at which the tuple is permitted, the best first: general availability before preview,
/// then the lab's own order.
Permitted permitted_hosts(const CompiledScenario& s, Tuple tuple, const std::vector<CloudId>& candidates,
                          bool runtime_is_host, core::SimTime t) {
  Permitted out;
  for (const CloudId host : candidates) {
    if (s.ported_from(tuple.lab, host) > t) continue;
    tuple.host = host;
    if (runtime_is_host) tuple.runtime = host;
    const Verdict verdict = s.registry.decide(tuple, t);
    if (verdict.state == Permission::No) continue;
    out.hosts.insert(host);
    if (!out.best.exists() || verdict.state > out.verdict.state) {
      out.best = host;
      out.verdict = verdict;
    }
  }
  return out;
}

Tuple tuple_of(const CompiledScenario& s, SegmentId segment, const Alternative& a, RegionId region) {
  Tuple tuple;
  tuple.lab = a.lab;
  tuple.model_class = s.parameters.labs[a.lab].model_class;
  tuple.product = a.product;
  tuple.channel = a.channel;
  tuple.segment = segment;
  tuple.region = region;
  tuple.runtime = a.cloud;
  return tuple;
}

Access access_of(const CompiledScenario& s, SegmentId segment, const Alternative& a, RegionId region, core::SimTime t) {
  const Tuple tuple = tuple_of(s, segment, a, region);
  const auto& all = s.hosts_of_lab[a.lab];
  Permitted permitted;
  if (a.cloud.exists()) {
    // A cloud that sells a model runs it at home when it may; only a seller without the right to
    // host sends the work elsewhere (Frontier on Bedrock, hosted on Azure).
    const bool at_home = std::find(all.begin(), all.end(), a.cloud) != all.end();
    if (at_home) permitted = permitted_hosts(s, tuple, {a.cloud}, false, t);
    if (permitted.hosts.empty()) permitted = permitted_hosts(s, tuple, all, false, t);
  } else {
    permitted = permitted_hosts(s, tuple, all, true, t);
  }
  Access access;
  if (permitted.hosts.empty()) return access;
  access.state = permitted.verdict.state;
  access.host = permitted.best;
  access.hosts = permitted.hosts;
  access.allowlist = static_cast<float>(permitted.verdict.allowlist);
  access.token_cap = static_cast<float>(permitted.verdict.token_cap);
  return access;
}

HostSet stream_hosts(const CompiledScenario& s, const StreamRef& stream, core::SimTime t) {
  Tuple tuple;
  tuple.lab = stream.lab;
  tuple.model_class = s.parameters.labs[stream.lab].model_class;
  tuple.product = stream.product;
  tuple.channel = stream.channel;
  tuple.region = stream.region;
  const auto& all = s.hosts_of_lab[stream.lab];
  if (stream.application.exists()) {  // a licensed application runs on its owner's clouds
    std::vector<CloudId> own;
    for (const CloudId host : all)
      if (s.cloud_firm[host] == stream.payer) own.push_back(host);
    return permitted_hosts(s, tuple, own, false, t).hosts;
  }
  if (!is_direct(s, stream.channel)) {
    const CloudId home = s.channel_cloud[stream.channel];
    tuple.runtime = home;
    if (home.exists())  // a channel such as m365 is no cloud's
      if (const auto at_home = permitted_hosts(s, tuple, {home}, false, t); !at_home.hosts.empty())
        return at_home.hosts;
  }
  return permitted_hosts(s, tuple, all, true, t).hosts;
}

}  // namespace

const AccessInterval& access_at(const std::vector<AccessInterval>& intervals, core::SimTime t) {
  const auto after = std::upper_bound(intervals.begin(), intervals.end(), t,
                                      [](core::SimTime at, const AccessInterval& i) { return at < i.from; });
  return after == intervals.begin() ? intervals.front() : *(after - 1);
}

Table<LabId, char> labs_affected(const std::vector<Contract>& before, const std::vector<Contract>& after,
                                 const Vocabulary& vocabulary) {
  Table<LabId, char> affected(vocabulary.labs.size(), false);
  const auto mark = [&](const Contract& contract, const std::vector<Contract>& others) {
    if (std::find(others.begin(), others.end(), contract) != others.end()) return;
    for (const Version& version : contract.versions)
      for (const Clause& clause : version.clauses)
        for (const LabId lab : affected.ids()) {
          if (!contracts::decides_permission(clause) && !clause.is<kinds::Custom>()) break;
          const auto& named = clause.scope.labs;
          if (named.empty() || std::find(named.begin(), named.end(), vocabulary.labs[lab.position()]) != named.end())
            affected[lab] = true;
        }
  };
  for (const Contract& contract : before) mark(contract, after);
  for (const Contract& contract : after) mark(contract, before);
  return affected;
}

namespace {

/// Dates at which some answer may change.
std::vector<core::SimTime> dates_of_change(const CompiledScenario& s, core::SimTime start, core::SimTime end) {
  std::vector<core::SimTime> dates{start};
  const auto add = [&](core::SimTime t) {
    if (t > start && t < end) dates.push_back(t);
  };
  for (const auto t : s.registry.breakpoints()) add(t);
  for (const auto t : s.ported_from_.cells()) add(t);
  std::sort(dates.begin(), dates.end());
  dates.erase(std::unique(dates.begin(), dates.end()), dates.end());
  return dates;
}

/// What customers use as an exclusive begins to bar it is still served to them for its migration window.
void serve_on(const CompiledScenario& s, const Cell& cell, const Access& before, core::SimTime date, Access& access) {
  core::SimTime until = before.served_until;
  if (before.state != Permission::No) {
    const Alternative& a = s.alternatives[cell.alternative];
    Tuple tuple = tuple_of(s, cell.segment, a, cell.region);
    tuple.host = before.host;
    if (!a.cloud.exists()) tuple.runtime = before.host;
    const Verdict verdict = s.registry.decide(tuple, date);
    if (verdict.step == Step::Exclusive) until = s.registry.served_until(verdict.by);
  }
  if (until <= date) return;
  access.host = before.host;
  access.hosts = before.hosts;
  access.served_until = until;
}

/// The answer for a cell from `date` on; generally available since `date` unless it was already in the interval before.
Access cell_access(const CompiledScenario& s, CellId id, core::SimTime date, const AccessInterval* before) {
  const Cell cell = s.cells.decode(id);
  Access access = access_of(s, cell.segment, s.alternatives[cell.alternative], cell.region, date);
  if (access.state == Permission::No && before != nullptr) serve_on(s, cell, before->cells[id], date, access);
  if (access.state != Permission::Ga) return access;
  const bool already = before != nullptr && before->cells[id].state == Permission::Ga;
  access.since = already ? before->cells[id].since : before == nullptr ? core::kAlways : date;
  return access;
}

/// Where each lab runs and sells, over all cells and streams.
void summarise_labs(const CompiledScenario& s, AccessInterval& interval) {
  interval.lab_hosts.assign(s.parameters.labs.size(), {});
  interval.lab_channels.assign(s.parameters.labs.size(), {});
  for (const CellId id : interval.cells.ids()) {
    const auto& a = s.alternatives[s.cells.decode(id).alternative];
    const Access& access = interval.cells[id];
    interval.lab_hosts[a.lab] |= access.hosts;
    if (access.state != Permission::No && !is_direct(s, a.channel))
      interval.lab_channels[a.lab].set(a.channel.position());
  }
  for (const StreamId k : s.streams.ids()) interval.lab_hosts[s.streams[k].lab] |= interval.stream_hosts[k];
}

/// The answers from `date` on. `before`: those of the interval before; null: there is none.
AccessInterval interval_from(const CompiledScenario& s, core::SimTime date, const AccessInterval* before,
                             const KnownAccess* known) {
  AccessInterval next;
  next.from = date;
  const AccessInterval* const same = known != nullptr ? &access_at(known->intervals, date) : nullptr;
  const auto changed = [&](LabId lab) { return known == nullptr || known->lab_changed[lab]; };
  next.cells.resize(s.cells.size());
  for (const CellId id : s.cells.ids()) {
    const Cell cell = s.cells.decode(id);
    const bool stands = !changed(s.alternatives[cell.alternative].lab) && known->alternative[cell.alternative].exists();
    next.cells[id] =
        stands ? same->cells[known->compiled.cell(cell.segment, known->alternative[cell.alternative], cell.region)]
               : cell_access(s, id, date, before);
  }
  for (const StreamId k : s.streams.ids())
    next.stream_hosts.push_back(changed(s.streams[k].lab) ? stream_hosts(s, s.streams[k], date)
                                                          : same->stream_hosts[k]);
  summarise_labs(s, next);
  return next;
}

}  // namespace

std::vector<AccessInterval> compile_access(const CompiledScenario& s, core::SimTime start, core::SimTime end,
                                           const KnownAccess* known) {
  std::vector<AccessInterval> intervals;
  for (const auto date : dates_of_change(s, start, end)) {
    AccessInterval next = interval_from(s, date, intervals.empty() ? nullptr : &intervals.back(), known);
    next.until = end;
    if (!intervals.empty() && intervals.back().cells == next.cells &&
        intervals.back().stream_hosts == next.stream_hosts)
      continue;
    if (!intervals.empty()) intervals.back().until = date;
    intervals.push_back(std::move(next));
  }
  return intervals;
}

}  // namespace rackrate::market
