#include <algorithm>
#include <vector>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/audit/audit_run.hpp"

namespace rackrate::market {
namespace {

/// Who pays for compute, and for which lab.
struct Payer {
  PartyId party;
  Layer layer = Layer::Model;
  LabId lab;
  friend bool operator==(const Payer&, const Payer&) = default;
};
using PayerId = core::Index<struct PayerTag>;

struct Payers {
  Table<PayerId, Payer> all;
  Table<ClassId, PayerId> of_class;
};

/// Classes with one payer mostly stand next to each other, and there are few payers.
Payers payers(const AuditRun& run) {
  Payers out;
  for (const auto& c : run.in.table.classes) {
    const Payer payer{c.payer, c.payer_layer, c.lab};
    if (!out.of_class.empty() && out.all[out.of_class.back()] == payer) {
      out.of_class.push_back(PayerId(out.of_class.back()));
      continue;
    }
    const auto known = std::find(out.all.begin(), out.all.end(), payer) - out.all.begin();
    const PayerId id(known);
    if (id == out.all.next()) out.all.push_back(payer);
    out.of_class.push_back(id);
  }
  return out;
}

/// Whole H100e.
struct Delivered {
  std::int64_t inference = 0, training = 0;
};

/// What flowed on the arcs, and the cloud of the pools they end in.
Grid<PayerId, CloudId, Delivered> deliveries(const AuditRun& run, const Payers& payers) {
  const auto& table = run.in.table;
  Grid<PayerId, CloudId, Delivered> out(payers.all.size(), run.parameters().clouds.size());
  for (const ArcId a : run.in.solution.used) {
    const std::int64_t flow = run.in.solution.flow[a];
    if (table.arc_terms[a].own) continue;
    const auto& arc = table.network.arcs[a];
    const ClassId k = table.demand_class(arc);
    if (!table.classes[k].lab.exists()) continue;
    auto& delivered = out(payers.of_class[k], table.host(arc));
    (table.classes[k].tier >= Tier::Training ? delivered.training : delivered.inference) += flow;
  }
  return out;
}

void expect_delivery(AuditRun& run, const Payer& to, CloudId from, std::int64_t h100e, Category category) {
  if (h100e == 0) return;
  const Side payee = run.parties().cloud(from);
  const Side payer{to.party, to.layer};
  const auto& cloud = run.board().clouds[from];
  const double hours = core::real(h100e) * run.in.interval.hours();
  if (payer.party == payee.party)
    return run.expect(payer, payee, Category::OwnHosting, Money::from_usd(hours * cloud.cost_per_h100e_hour));
  const double price = run.terms.hosting_usd(to.lab, from) * run.board().price_index_for(to.lab, from);
  const Money amount = Money::from_usd(hours * price);
  run.expect(payer, payee, category, amount);
  run.receipts.purchase(payer.party, payee.party, amount);
}

}  // namespace

void audit_compute(AuditRun& run) {
  const Payers all = payers(run);
  const auto delivered = deliveries(run, all);
  for (const PayerId payer : all.all.ids())
    for (const CloudId cloud : run.parameters().clouds.ids()) {
      const auto& [inference, training] = delivered(payer, cloud);
      expect_delivery(run, all.all[payer], cloud, inference, Category::Hosting);
      expect_delivery(run, all.all[payer], cloud, training, Category::Training);
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
