#include "sim/market/contracts/access.hpp"

#include <algorithm>

#include "sim/market/setting.hpp"

namespace rackrate::market {
namespace {

bool is_direct(const Setting& s, int channel) {
  return s.parameters.vocabulary.channels[static_cast<std::size_t>(channel)] == "direct";
}

struct Permitted {
  std::uint32_t hosts = 0;
  int best = -1;
  Verdict verdict;      ///< of the best host
};

/// All hosts at which the tuple is permitted, the best first: general availability before preview,
/// then the lab's own order.
Permitted permitted_hosts(const Setting& s, Tuple tuple, const std::vector<int>& candidates, bool runtime_is_host, core::SimTime t) {
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

Access access_of(const Setting& s, int segment, const Alternative& a, int region, core::SimTime t) {
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

std::uint32_t stream_hosts(const Setting& s, const StreamRef& stream, core::SimTime t) {
  Tuple tuple;
  tuple.lab = stream.lab;
  tuple.model_class = s.parameters.labs[static_cast<std::size_t>(stream.lab)].model_class;
  tuple.product = stream.product;
  tuple.channel = stream.channel;
  tuple.region = stream.region;
  const auto& all = s.hosts_of_lab[static_cast<std::size_t>(stream.lab)];
  if (stream.application >= 0) {   // a licensed application runs on its owner's clouds
    std::vector<int> own;
    for (const int host : all)
      if (s.cloud_firm[static_cast<std::size_t>(host)] == stream.payer) own.push_back(host);
    return permitted_hosts(s, tuple, own, false, t).hosts;
  }
  if (!is_direct(s, stream.channel)) {
    const int home = s.channel_cloud[static_cast<std::size_t>(stream.channel)];
    tuple.runtime = home;
    const auto at_home = permitted_hosts(s, tuple, {home}, false, t);
    if (at_home.hosts != 0) return at_home.hosts;
  }
  return permitted_hosts(s, tuple, all, true, t).hosts;
}

}  // namespace

std::vector<AccessInterval> compile_access(const Setting& s, core::SimTime start, core::SimTime end) {
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
    for (int segment = 0; segment < segments; ++segment)
      for (std::size_t a = 0; a < s.alternatives.size(); ++a)
        for (int region = 0; region < regions; ++region) {
          const auto cell = static_cast<std::size_t>(s.cell(segment, static_cast<int>(a), region));
          Access access = access_of(s, segment, s.alternatives[a], region, date);
          if (access.state == Permission::Ga) {
            const bool before = !intervals.empty() && intervals.back().cells[cell].state == Permission::Ga;
            access.since = before ? intervals.back().cells[cell].since : intervals.empty() ? core::kAlways : date;
          }
          next.cells[cell] = access;
        }
    for (const auto& stream : s.streams) next.stream_hosts.push_back(stream_hosts(s, stream, date));
    next.lab_hosts.assign(s.parameters.labs.size(), 0);
    for (std::size_t cell = 0; cell < next.cells.size(); ++cell)
      next.lab_hosts[static_cast<std::size_t>(s.alternatives[cell / static_cast<std::size_t>(regions) % s.alternatives.size()].lab)] |= next.cells[cell].hosts;
    for (std::size_t k = 0; k < s.streams.size(); ++k) next.lab_hosts[static_cast<std::size_t>(s.streams[k].lab)] |= next.stream_hosts[k];
    if (!intervals.empty() && intervals.back().cells == next.cells && intervals.back().stream_hosts == next.stream_hosts) continue;
    if (!intervals.empty()) intervals.back().until = date;
    intervals.push_back(std::move(next));
  }
  return intervals;
}

}  // namespace rackrate::market
