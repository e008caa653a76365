#include "sim/core/whole.hpp"
#include "sim/market/exchange/audit/audit_run.hpp"

namespace rackrate::market {
namespace {

/// What was kept for the leases between two clouds: what flowed through the nodes of the lessee and what was left
/// there, divided by what its lessors lent. By lessor and lessee.
Grid<CloudId, CloudId, std::int64_t> kept_for_leases(const AuditRun& run) {
  const auto& table = run.in.table;
  const std::size_t clouds = run.parameters().clouds.size();
  Table<NodeId, std::int64_t> at_node = run.in.solution.slack;
  for (const ArcId a : run.in.solution.used)
    at_node[DemandTable::node(table.network.arcs[a])] += run.in.solution.flow[a];
  Table<NodeId, std::int64_t> lent(at_node.size(), 0), before(lent);
  for (const LentPart& part : table.lent) lent[part.node] += part.h100e;
  Grid<CloudId, CloudId, std::int64_t> kept(clouds, clouds, 0);
  for (const LentPart& part : table.lent) {
    if (part.h100e == 0) continue;
    const auto upto = [&] { return core::share_of_whole(at_node[part.node], before[part.node], lent[part.node]); };
    const std::int64_t below = upto();
    before[part.node] += part.h100e;
    kept(run.s().pools[part.pool].cloud, table.host_of_node[part.node]) += upto() - below;
  }
  return kept;
}

}  // namespace

/// Lease by lease: its part is what is kept up to it less what was kept before it.
void audit_leases(AuditRun& run) {
  if (run.in.leases.empty()) return;
  const double weight = run.parameters().leases.weight;
  const auto kept_between = kept_for_leases(run);
  const std::size_t clouds = run.parameters().clouds.size();
  Grid<CloudId, CloudId, std::int64_t> agreed(clouds, clouds, 0), agreed_before(clouds, clouds, 0);
  for (const Lease& lease : run.in.leases)
    if (lease.in_force(run.start())) agreed(lease.lessor, lease.lessee) += lease.h100e;
  for (const Lease& lease : run.in.leases) {
    if (!lease.in_force(run.start())) continue;
    const std::int64_t kept = kept_between(lease.lessor, lease.lessee), all = agreed(lease.lessor, lease.lessee);
    std::int64_t& before = agreed_before(lease.lessor, lease.lessee);
    const std::int64_t part =
        core::share_of_whole(kept, before + lease.h100e, all) - core::share_of_whole(kept, before, all);
    before += lease.h100e;
    const double price = lease.cost + weight * (lease.list_price - lease.cost);  // as stated, to the last bit
    run.expect(run.parties().cloud(lease.lessee), run.parties().cloud(lease.lessor), Category::Lease,
               Money::from_usd(core::real(part) * run.in.interval.hours() * price));
  }
}

}  // namespace rackrate::market
