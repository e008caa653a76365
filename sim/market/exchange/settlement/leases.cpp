#include <vector>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/clearing/leases.hpp"
#include "sim/market/exchange/settlement/settlement_run.hpp"
#include "sim/market/exchange/whole_parts.hpp"

namespace rackrate::market {

/// A lease is paid for as far as it is delivered; what is delivered between two clouds divides by what was agreed.
void settle_leases(SettlementRun& run) {
  const auto& table = run.in.table;
  for (const LeasePairId l : table.leased.ids()) {
    std::vector<const Lease*> leases;
    std::vector<std::int64_t> agreed;
    for (const Lease& lease : run.in.leases)
      if (lease.in_force(run.start()) && lease.lessor == table.leased[l].lessor &&
          lease.lessee == table.leased[l].lessee) {
        leases.push_back(&lease);
        agreed.push_back(lease.h100e);
      }
    const auto parts = split_whole(run.in.allocation.leases[l].delivered, agreed);
    for (std::size_t i = 0; i < leases.size(); ++i) {
      const double price = lease_price(leases[i]->cost, leases[i]->list_price, run.parameters().leases.weight);
      const double hours = core::real(parts[i]) * run.in.interval.hours();
      run.pay(run.parties().cloud(leases[i]->lessee), run.parties().cloud(leases[i]->lessor), Category::Lease,
              Money::from_usd(hours * price));
    }
  }
}

}  // namespace rackrate::market
