#include "sim/core/whole.hpp"
#include "sim/market/exchange/settlement/settlement_run.hpp"
#include "sim/market/exchange/terms/capacity_terms.hpp"

/// What labs, channels and applications pay the clouds for compute.
namespace rackrate::market {
namespace {

/// What a buyer takes from a host: whole H100e, without what ran on reservations.
struct Purchase {
  std::int64_t inference = 0, training = 0;
};

Grid<BuyerId, CloudId, Purchase> purchases(const SettlementRun& run) {
  Grid<BuyerId, CloudId, Purchase> bought(run.in.terms.buyers.size(), run.parameters().clouds.size());
  const auto& served = run.in.allocation;
  for (const ClassId k : run.in.table.classes.ids()) {
    if (!run.in.terms.buyer_of_class[k].exists()) continue;
    const bool training = run.in.table.classes[k].tier >= Tier::Training;
    for (const CloudId host : served.classes[k].hosts.members()) {
      auto& purchase = bought(run.in.terms.buyer_of_class[k], host);
      (training ? purchase.training : purchase.inference) += served.by_host(k, host) - served.reserved(k, host);
    }
  }
  return bought;
}

void settle_purchase(SettlementRun& run, const Buyer& buyer, CloudId host, std::int64_t h100e, Category category) {
  const Side payer{buyer.payer, buyer.layer};
  const Side payee = run.parties().cloud(host);
  const double hours = core::real(h100e) * run.in.interval.hours();
  if (payer.party == payee.party) {
    run.pay(payer, payee, Category::OwnHosting, Money::from_usd(hours * run.board().clouds[host].cost_per_h100e_hour));
    return;
  }
  const HostingTerms& terms = run.in.terms.hosting(buyer.lab, host);
  const double price = terms.price * run.board().price_index_for(buyer.lab, host);
  const Money amount = Money::from_usd(hours * price);
  run.pay(payer, payee, category, amount, terms.label);
  if (terms.label.exists()) run.line(terms.label).quantity += h100e;
  run.out.receipts.purchase(payer.party, payee.party, amount);
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

/// Says that a reservation begins: intervals are cut where it does.
void notice_reservation(SettlementRun& run, const ReservationUse& use) {
  const auto& s = run.s();
  const auto& m = s.money[use.clause];
  if (m.from != run.start() || run.start() <= run.parameters().run.start) return;
  run.out.notices.push_back({run.start(), "reservation", s.money_labels[m.label],
                             s.parties[m.payer] + " begins to pay " + s.parties[m.payee] + " for " +
                                 std::to_string(use.asked) + " H100e reserved at " + s.parameters.clouds[m.host].name +
                                 ", of which " + std::to_string(use.delivered) + " are there"});
}

}  // namespace

void settle_compute(SettlementRun& run) {
  const auto bought = purchases(run);
  const auto& buyers = run.in.terms.buyers;
  for (const BuyerId buyer : buyers.ids())
    for (const CloudId host : run.parameters().clouds.ids()) {
      const auto& [inference, training] = bought(buyer, host);
      if (inference != 0) settle_purchase(run, buyers[buyer], host, inference, Category::Hosting);
      if (training != 0) settle_purchase(run, buyers[buyer], host, training, Category::Training);
    }
}

/// Reserved compute is paid for whether it is used or not, as far as it is delivered.
void settle_reservations(SettlementRun& run) {
  for (const auto& use : run.in.allocation.reservations) {
    notice_reservation(run, use);
    settle_reservation(run, use);
  }
  for (const auto& share : run.in.allocation.primaries) {
    const auto& m = run.s().money[share.clause];
    auto& line = run.line(m.label);
    line.rate = run.s().clause_of(m).as<kinds::Primary>().min_share;
    line.quantity = share.at_host;
    line.quantity_short = share.missing;
  }
}

}  // namespace rackrate::market
