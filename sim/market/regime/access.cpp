#include "sim/market/regime/access.hpp"

#include <algorithm>

#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {
namespace {

bool is_direct(const CompiledScenario& s, int channel) {
  return s.parameters.vocabulary.channels[static_cast<std::size_t>(channel)] == "direct";
}

struct Permitted {
  std::uint32_t hosts = 0;
  int best = -1;
  Verdict verdict;  ///< of the best host
};

/// All hosts at which the tuple is permitted, the best first: general availability before preview,
/// then the lab's own order.
Permitted permitted_hosts(const CompiledScenario& s, Tuple tuple, const std::vector<int>& candidates,
                          bool runtime_is_host, core::SimTime t) {
  Permitted out;
  for (const int host : candidates) {
    if (s.ported_from(tuple.lab, host) > t) continue;
    tuple.host = host;
    if (runtime_is_host) tuple.runtime = host;
    const Verdict verdict = s.registry.decide(tuple, t);
    if (verdict.state == Permission::No) continue;
    out.hosts |= 1U << host;
    if (out.best < 0 || verdict.state > out.verdict.state) {
      out.best = host;
      out.verdict = verdict;
    }
  }
  return out;
}

Access access_of(const CompiledScenario& s, int segment, const Alternative& a, int region, core::SimTime t) {
  Tuple tuple;
  tuple.lab = a.lab;
  tuple.model_class = s.parameters.labs[static_cast<std::size_t>(a.lab)].model_class;
  tuple.product = a.product;
  tuple.channel = a.channel;
  tuple.segment = segment;
  tuple.region = region;
  tuple.runtime = a.cloud;
  const auto& all = s.hosts_of_lab[static_cast<std::size_t>(a.lab)];
  Permitted permitted;
  if (a.cloud >= 0) {
    // A cloud that sells a model runs it at home when it may; only a seller without the right to
    // host sends the work elsewhere (Frontier on Bedrock, hosted on Azure).
    const bool at_home = std::find(all.begin(), all.end(), a.cloud) != all.end();
    if (at_home) permitted = permitted_hosts(s, tuple, {a.cloud}, false, t);
    if (permitted.hosts == 0) permitted = permitted_hosts(s, tuple, all, false, t);
  } else {
    permitted = permitted_hosts(s, tuple, all, true, t);
  }
  Access access;
  if (permitted.hosts == 0) return access;
  access.state = permitted.verdict.state;
  access.host = static_cast<std::int8_t>(permitted.best);
  access.hosts = permitted.hosts;
  access.allowlist = static_cast<float>(permitted.verdict.allowlist);
  access.token_cap = static_cast<float>(permitted.verdict.token_cap);
  return access;
}

std::uint32_t stream_hosts(const CompiledScenario& s, const StreamRef& stream, core::SimTime t) {
  Tuple tuple;
  tuple.lab = stream.lab;
  tuple.model_class = s.parameters.labs[static_cast<std::size_t>(stream.lab)].model_class;
  tuple.product = stream.product;
  tuple.channel = stream.channel;
  tuple.region = stream.region;
  const auto& all = s.hosts_of_lab[static_cast<std::size_t>(stream.lab)];
  if (stream.application >= 0) {  // a licensed application runs on its owner's clouds
    std::vector<int> own;
    for (const int host : all)
      if (s.cloud_firm[static_cast<std::size_t>(host)] == stream.payer) own.push_back(host);
    return permitted_hosts(s, tuple, own, false, t).hosts;
  }
  if (!is_direct(s, stream.channel)) {
    const int home = s.channel_cloud[static_cast<std::size_t>(stream.channel)];
    tuple.runtime = home;
    if (home >= 0)  // a channel such as m365 is no cloud's
      if (const auto at_home = permitted_hosts(s, tuple, {home}, false, t); at_home.hosts != 0) return at_home.hosts;
  }
  return permitted_hosts(s, tuple, all, true, t).hosts;
}

}  // namespace

const AccessInterval& access_at(const std::vector<AccessInterval>& intervals, core::SimTime t) {
  const auto after = std::upper_bound(intervals.begin(), intervals.end(), t,
                                      [](core::SimTime at, const AccessInterval& i) { return at < i.from; });
  return after == intervals.begin() ? intervals.front() : *(after - 1);
}

std::vector<bool> labs_affected(const std::vector<Contract>& before, const std::vector<Contract>& after,
                                const Vocabulary& vocabulary) {
  std::vector<bool> affected(vocabulary.labs.size(), false);
  const auto mark = [&](const Contract& contract, const std::vector<Contract>& others) {
    if (std::find(others.begin(), others.end(), contract) != others.end()) return;
    for (const Version& version : contract.versions)
      for (const Clause& clause : version.clauses)
        for (std::size_t lab = 0; lab < affected.size(); ++lab) {
          const auto& named = clause.scope.labs;
          if (named.empty() || std::find(named.begin(), named.end(), vocabulary.labs[lab]) != named.end())
            affected[lab] = true;
        }
  };
  for (const Contract& contract : before) mark(contract, after);
  for (const Contract& contract : after) mark(contract, before);
  return affected;
}

std::vector<AccessInterval> compile_access(const CompiledScenario& s, core::SimTime start, core::SimTime end,
                                           const KnownAccess* known) {
  std::vector<core::SimTime> dates{start};
  for (const auto t : s.registry.breakpoints())
    if (t > start && t < end) dates.push_back(t);
  for (const auto& lab : s.ported_from_)
    for (const auto t : lab)
      if (t > start && t < end) dates.push_back(t);
  std::sort(dates.begin(), dates.end());
  dates.erase(std::unique(dates.begin(), dates.end()), dates.end());
  std::vector<AccessInterval> intervals;
  const int segments = static_cast<int>(s.parameters.segments.size());
  const int regions = static_cast<int>(s.parameters.vocabulary.regions.size());
  for (const auto date : dates) {
    AccessInterval next;
    next.from = date;
    next.until = end;
    next.cells.resize(static_cast<std::size_t>(s.cells()));
    const AccessInterval* const same = known != nullptr ? &access_at(known->intervals, date) : nullptr;
    const auto changed = [&](int lab) { return known == nullptr || known->lab_changed[static_cast<std::size_t>(lab)]; };
    for (int segment = 0; segment < segments; ++segment)
      for (std::size_t a = 0; a < s.alternatives.size(); ++a)
        for (int region = 0; region < regions; ++region) {
          const auto cell = static_cast<std::size_t>(s.cell(segment, static_cast<int>(a), region));
          if (!changed(s.alternatives[a].lab) && known->alternative[a] >= 0) {
            next.cells[cell] =
                same->cells[static_cast<std::size_t>(known->compiled.cell(segment, known->alternative[a], region))];
            continue;
          }
          Access access = access_of(s, segment, s.alternatives[a], region, date);
          if (access.state == Permission::Ga) {
            const bool before = !intervals.empty() && intervals.back().cells[cell].state == Permission::Ga;
            access.since = before ? intervals.back().cells[cell].since : intervals.empty() ? core::kAlways : date;
          }
          next.cells[cell] = access;
        }
    for (std::size_t k = 0; k < s.streams.size(); ++k)
      next.stream_hosts.push_back(changed(s.streams[k].lab) ? stream_hosts(s, s.streams[k], date)
                                                            : same->stream_hosts[k]);
    next.lab_hosts.assign(s.parameters.labs.size(), 0);
    for (std::size_t cell = 0; cell < next.cells.size(); ++cell)
      next.lab_hosts[static_cast<std::size_t>(
          s.alternatives[cell / static_cast<std::size_t>(regions) % s.alternatives.size()].lab)] |=
          next.cells[cell].hosts;
    next.lab_channels.assign(s.parameters.labs.size(), {});
    for (std::size_t cell = 0; cell < next.cells.size(); ++cell) {
      const auto& a = s.alternatives[cell / static_cast<std::size_t>(regions) % s.alternatives.size()];
      if (next.cells[cell].state != Permission::No && !is_direct(s, a.channel))
        next.lab_channels[static_cast<std::size_t>(a.lab)].set(static_cast<std::size_t>(a.channel));
    }
    for (std::size_t k = 0; k < s.streams.size(); ++k)
      next.lab_hosts[static_cast<std::size_t>(s.streams[k].lab)] |= next.stream_hosts[k];
    if (!intervals.empty() && intervals.back().cells == next.cells &&
        intervals.back().stream_hosts == next.stream_hosts)
      continue;
    if (!intervals.empty()) intervals.back().until = date;
    intervals.push_back(std::move(next));
  }
  return intervals;
}

}  // namespace rackrate::market
