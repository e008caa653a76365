#include "sim/market/enterprise/utility.hpp"

#include <bit>

#include "sim/core/math.hpp"
#include "sim/market/contracts/allowlist.hpp"

namespace rackrate::market {
namespace math = core::math;

double governance_cost(double first, double pair, int clouds) {
  return clouds < 2 ? 0.0 : first * (clouds - 1) + pair * clouds * (clouds - 1) / 2.0;
}

HostSet governed_clouds(const MarketView& view, const Enterprise& enterprise, const Workload* except) {
  HostSet set = HostSet::only(enterprise.primary_cloud);
  for (const auto& workload : enterprise.workloads) {
    if (&workload == except || workload.alternative == kNothing) continue;
    const CloudId cloud = view.compiled().alternatives[workload.alternative].cloud;
    if (cloud.exists()) set.insert(cloud);
  }
  return set;
}

void utilities(const MarketView& view, const Enterprise& enterprise, const Workload& workload, core::SimTime now,
               std::span<double> utility) {
  const auto& s = view.compiled();
  const auto& c = view.parameters().choice;
  const auto& segment = view.parameters().segments[static_cast<std::size_t>(enterprise.segment)];
  const auto& list = s.alternatives_of_product[static_cast<std::size_t>(workload.product)];
  const bool agent = workload.product == Product::AgentStateful;
  const HostSet governed = governed_clouds(view, enterprise, &workload);
  const int count = governed.size();
  // Marginal cost of one more cloud, as a share of the spend on this workload.
  const double one_more = governance_cost(c.governance_first, c.governance_pair, count + 1) -
                          governance_cost(c.governance_first, c.governance_pair, count);

  for (std::size_t k = 0; k < list.size(); ++k) {
    const int index = list[k];
    const auto& a = s.alternatives[static_cast<std::size_t>(index)];
    const auto& access =
        view.access().cells[static_cast<std::size_t>(s.cell(enterprise.segment, index, enterprise.region))];
    utility[k] = kInfeasible;
    if (access.state == Permission::No) continue;
    if (access.state == Permission::Preview &&
        !contracts::admitted(view.draws, enterprise.key, static_cast<double>(access.allowlist), a.key))
      continue;
    if (!view.board.awareness.empty() && workload.alternative != index &&
        view.draws.uniform(at(enterprise.key, Purpose::Awareness, 0, a.key)) >=
            view.board.awareness[static_cast<std::size_t>(index)])
      continue;  // has not heard that this can be bought

    const auto lab = static_cast<std::size_t>(a.lab);
    const auto& l = view.parameters().labs[lab];
    const auto& signal = view.board.labs[lab];
    double v = c.beta_quality * signal.quality[static_cast<std::size_t>(a.channel)] + l.brand +
               view.parameters().channels[static_cast<std::size_t>(a.channel)].appeal +
               static_cast<double>(enterprise.taste[lab]);
    if (const auto it = l.segment_brand.find(segment.name); it != l.segment_brand.end()) v += it->second;
    double price = view.board.unit_price[static_cast<std::size_t>(index)];
    if (a.cloud >= 0 && !governed.contains(a.cloud)) price *= 1.0 + one_more;
    // What draws a commitment that would be owed anyway costs nothing more.
    if (!view.board.drawdown.empty() && committed_to_seller(s, enterprise, index))
      price *= 1.0 - view.board.drawdown[static_cast<std::size_t>(enterprise.segment) * s.alternatives.size() +
                                         static_cast<std::size_t>(index)];
    v -= enterprise.alpha * price;
    if (a.cloud >= 0) {
      const auto host = static_cast<std::size_t>(access.host);
      v += c.beta_gravity * static_cast<double>(enterprise.gravity[host]);
      if (agent) v += c.beta_runtime * static_cast<double>(enterprise.gravity[static_cast<std::size_t>(a.cloud)]);
    }
    double depth = c.integration_start;
    if (access.state == Permission::Ga) {
      depth =
          access.since == core::kAlways
              ? 1.0
              : 1.0 - (1.0 - c.integration_start) * math::exp(-core::in_days(now - access.since) / c.integration_days);
    } else {
      v -= c.preview_discount;
    }
    v += c.beta_integration * depth;
    v -= c.beta_wait *
         math::log1p(view.board.clouds[static_cast<std::size_t>(access.host)].wait_hours / c.wait_scale_hours);
    if (workload.alternative != kNothing && workload.alternative != index) v -= c.switching;
    utility[k] = v;
  }
  utility[list.size()] = c.outside;
}

}  // namespace rackrate::market
