#include <algorithm>
#include <vector>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/audit_run.hpp"

namespace rackrate::market {
namespace {

/// Compute by who pays whom for what at which price: what flowed on the arcs, and the cloud of the pools they end in.
struct Delivery {
  PartyId payer;
  Layer layer = Layer::Model;
  LabId lab;
  CloudId cloud;
  bool training = false;
  auto operator<=>(const Delivery&) const = default;
};

struct Delivered {
  Delivery to;
  std::int64_t h100e = 0;
};

/// Arc by arc, then summed by whom it was delivered to.
std::vector<Delivered> deliveries(const AuditRun& run) {
  const auto& table = run.in.table;
  std::vector<Delivered> out;
  for (const ArcId a : table.arcs()) {
    const std::int64_t flow = run.in.solution.flow[a];
    if (flow == 0 || table.arc_terms[a].own) continue;
    const auto& arc = table.network.arcs[a];
    const auto& c = table.classes[table.demand_class(arc)];
    out.push_back(
        {{c.payer, c.payer_layer, c.lab, run.s().pools[table.pool(arc)].cloud, c.tier >= Tier::Training}, flow});
  }
  std::sort(out.begin(), out.end(), [](const Delivered& x, const Delivered& y) { return x.to < y.to; });
  std::size_t kept = 0;
  for (const Delivered& one : out) {
    if (kept > 0 && out[kept - 1].to == one.to)
      out[kept - 1].h100e += one.h100e;
    else
      out[kept++] = one;
  }
  out.resize(kept);
  return out;
}

}  // namespace

void audit_compute(AuditRun& run) {
  for (const auto& [delivery, h100e] : deliveries(run)) {
    const Side payee = run.parties().cloud(delivery.cloud);
    const Side payer{delivery.payer, delivery.layer};
    const auto& cloud = run.board().clouds[delivery.cloud];
    const double hours = core::real(h100e) * run.in.interval.hours();
    if (payer.party == payee.party) {
      run.expect(payer, payee, Category::OwnHosting, Money::from_usd(hours * cloud.cost_per_h100e_hour));
      continue;
    }
    const double price = run.terms.hosting_usd(delivery.lab, delivery.cloud) * cloud.price_index;
    const Money amount = Money::from_usd(hours * price);
    run.expect(payer, payee, delivery.training ? Category::Training : Category::Hosting, amount);
    run.receipts.purchase(payer.party, payee.party, amount);
  }
}

/// Reserved compute, from the network: what flowed through the reserved part of the pools, and what was left there.
void audit_reservations(AuditRun& run) {
  for (const ReservationId r : run.in.table.reservations.ids()) {
    const auto& m = run.money(run.in.table.reservations[r]);
    const double price = run.s().clause_of(m).as<kinds::Reservation>().price_usd;
    const Money due = Money::from_usd(core::real(run.flows.kept[r]) * run.in.interval.hours() * price);
    run.expect({m.payer, Layer::Model}, {m.payee, Layer::Infrastructure}, Category::Reservation, due, m.label);
    run.receipts.purchase(m.payer, m.payee, due);
  }
}

}  // namespace rackrate::market
