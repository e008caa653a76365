#include <map>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/capacity_terms.hpp"
#include "sim/market/exchange/settlement_run.hpp"
#include "sim/market/pricing/hosting_terms.hpp"

/// What labs, channels and applications pay the clouds for compute.
namespace rackrate::market {
namespace {

/// Who buys what kind of compute from which cloud.
struct Purchase {
  PartyId payer;
  Layer layer = Layer::Model;
  LabId lab;
  CloudId host;
  bool training = false;
  auto operator<=>(const Purchase&) const = default;
};

/// By purchase: whole H100e, without what ran on reservations.
std::map<Purchase, std::int64_t> purchases(const SettlementRun& run) {
  std::map<Purchase, std::int64_t> bought;
  const auto& served = run.in.allocation;
  for (const ClassId k : run.in.table.classes.ids()) {
    const auto& c = run.in.table.classes[k];
    for (const CloudId host : run.parameters().clouds.ids())
      if (const auto h100e = served.by_host(k, host) - served.reserved(k, host); h100e != 0)
        bought[{c.payer, c.payer_layer, c.lab, host, c.tier >= Tier::Training}] += h100e;
  }
  return bought;
}

void settle_purchase(SettlementRun& run, const Purchase& purchase, std::int64_t h100e) {
  const Side payer{purchase.payer, purchase.layer};
  const Side payee = run.parties().cloud(purchase.host);
  const bool own = payer.party == payee.party;
  const HostingTerms terms = own ? HostingTerms{run.board().clouds[purchase.host].cost_per_h100e_hour, {}}
                                 : hosting_terms(run.in.view, purchase.lab, purchase.host, run.start());
  const Category category = own ? Category::OwnHosting : purchase.training ? Category::Training : Category::Hosting;
  const LabelId label = own ? LabelId() : LabelId(terms.label);
  const Money amount = Money::from_usd(core::real(h100e) * run.in.interval.hours() * terms.price);
  run.pay(payer, payee, category, amount, label);
  if (label.exists()) run.line(label).quantity += h100e;
  if (!own) run.out.receipts.purchase(payer.party, payee.party, amount);
}

void settle_reservation(SettlementRun& run, const ReservationUse& use) {
  const auto& m = run.s().money[use.clause];
  const double price = run.s().clause_of(m).as<kinds::Reservation>().price_usd;
  const double hours = run.in.interval.hours();
  const Money due = Money::from_usd(core::real(use.delivered) * hours * price);
  run.pay({m.payer, Layer::Model}, {m.payee, Layer::Infrastructure}, Category::Reservation, due, m.label);
  run.out.receipts.purchase(m.payer, m.payee, due);
  auto& line = run.line(m.label);
  line.commitment = due;
  line.used = Money::from_usd(core::real(use.used) * hours * price);
  line.shortfall = line.commitment - line.used;
  line.quantity = use.delivered;
  line.quantity_short = use.asked - use.delivered;
  line.remaining = reservation_left(run.s(), m, run.end());
}

}  // namespace

void settle_compute(SettlementRun& run) {
  for (const auto& [purchase, h100e] : purchases(run)) settle_purchase(run, purchase, h100e);
}

/// Reserved compute is paid for whether it is used or not, as far as it is delivered.
void settle_reservations(SettlementRun& run) {
  for (const auto& use : run.in.allocation.reservations) settle_reservation(run, use);
  for (const auto& share : run.in.allocation.primaries) {
    const auto& m = run.s().money[share.clause];
    auto& line = run.line(m.label);
    line.rate = run.s().clause_of(m).as<kinds::Primary>().min_share;
    line.quantity = share.at_host;
    line.quantity_short = share.missing;
  }
}

}  // namespace rackrate::market
