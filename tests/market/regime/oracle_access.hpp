#pragma once
#include "sim/market/regime/access.hpp"
#include "sim/market/regime/compiled_scenario.hpp"
#include "tests/market/contracts/oracle_feasibility.hpp"

/// What the market may do at t, asked host by host of the slow reading: who runs a sale, and how far it is open.
namespace oracle {

/// A cloud that sells runs the work at home when it may; otherwise, and for the lab's own channel, every
/// permitted host of the lab's list serves, the most advanced first, then in the lab's order.
inline Access access(const CompiledScenario& s, const std::vector<Contract>& contracts, SegmentId segment,
                     const Alternative& a, RegionId region, core::SimTime t) {
  const Vocabulary& v = s.parameters.vocabulary;
  const Lab& lab = s.parameters.labs[a.lab];
  Question q;
  q.lab = lab.name;
  q.channel = v.channels[a.channel.position()];
  q.segment = v.segments[segment.position()];
  q.region = v.regions[region.position()];
  q.model_class = lab.model_class;
  q.product = a.product;
  const std::string home = s.parameters.channels[a.channel].cloud;

  const auto at = [&](const std::string& host) {
    Question asked = q;
    asked.host = host;
    asked.runtime = home.empty() ? host : home;
    return ask(contracts, v, asked, t, {});
  };
  const auto ported = [&](const std::string& host) {
    for (const Route& route : lab.routes)
      if (route.host == host && route.from <= t) return true;
    return false;
  };
  std::vector<std::string> hosts;  // where it may run
  if (!home.empty() && ported(home) && at(home).text.rfind("NO", 0) != 0) hosts = {home};
  if (hosts.empty())
    for (const std::string& host : lab.host_preference)
      if (ported(host) && at(host).text.rfind("NO", 0) != 0) hosts.push_back(host);

  Access out;
  for (const char* wanted : {"GA", "PREVIEW"})
    for (const std::string& host : hosts) {
      const Answer answer = at(host);
      const CloudId cloud(*index_of(v.clouds, host));
      out.hosts.insert(cloud);
      if (out.host.exists() || answer.text != wanted) continue;
      out.host = cloud;
      out.state = answer.text == "GA" ? Permission::Ga : Permission::Preview;
      out.allowlist = static_cast<float>(answer.allowlist);
      out.token_cap = static_cast<float>(answer.token_cap);
    }
  return out;
}

}  // namespace oracle
