#include "sim/core/whole.hpp"
#include "sim/market/exchange/settlement_run.hpp"

/// What customers pay: enterprises for work units, users and buyers of compute for streams.
namespace rackrate::market {
namespace {

/// Units served by alternative, from the classes that served them; millionths of a unit per day.
Table<AlternativeId, std::int64_t> served_units(const SettlementRun& run) {
  const auto& s = run.s();
  Table<AlternativeId, std::int64_t> served(s.alternatives.size(), 0);
  for (const ClassId k : run.in.table.classes.ids())
    for (const CellId cell : run.in.table.classes[k].cells) {
      const std::int64_t volume = run.in.load.cell_volume[cell];
      if (volume == 0) continue;
      served[s.cells.decode(cell).alternative] += core::whole(core::real(volume) * run.in.allocation.classes[k].fill,
                                                              "volume served, in millionths of a unit,");
    }
  return served;
}

/// A sale through a channel with a seller of its own: the seller keeps its share and remits the rest to the lab.
void settle_resale(SettlementRun& run, const Alternative& alternative, PartyId seller, Money gross) {
  const Side shop{seller, Layer::Deployment};
  const Side lab = run.parties().lab(alternative.lab);
  run.pay(run.parties().enterprises(), shop, Category::Sale, gross);
  const ResaleTerms& terms = run.in.terms.resale(alternative.lab, alternative.channel);
  const LabelId label(terms.label);
  const Money remitted = scaled(gross, 1.0 - terms.channel_share);
  run.pay(shop, lab, Category::Remittance, remitted, label);
  run.out.receipts.revenue(alternative.lab, remitted);
  if (!label.exists()) return;
  auto& line = run.line(label);
  line.base += gross;
  line.rate = 1.0 - terms.channel_share;
}

void settle_seats(SettlementRun& run, ClassId k, const StreamRef& ref) {
  const Side owner{ref.payer, Layer::Application};
  const double usd_per_day = run.in.load.streams[run.in.table.classes[k].stream].usd_per_day;
  run.pay(run.parties().enterprises(), owner, Category::SeatSale,
          Money::from_usd(usd_per_day * run.in.interval.days() * run.in.allocation.classes[k].fill));
}

/// A stream of compute earns by the H100e-hour served, a stream of users by the share of them served.
Money earned(const SettlementRun& run, ClassId k, const Stream& stream) {
  const auto& got = run.in.allocation.classes[k];
  if (stream.users <= 0) return Money::from_usd(core::real(got.served) * run.in.interval.hours() * stream.price_usd);
  const auto& load = run.in.load.streams[run.in.table.classes[k].stream];
  return Money::from_usd(load.usd_per_day * run.in.interval.days() * got.fill);
}

}  // namespace

void settle_sales(SettlementRun& run) {
  const auto& s = run.s();
  const auto served = served_units(run);
  for (const AlternativeId a : s.alternatives.ids()) {
    const auto& alternative = s.alternatives[a];
    const double price = run.board().unit_price[a] * 1e-6 * run.in.interval.days();
    const Money gross = Money::from_usd(core::real(served[a]) * price);
    if (gross == Money{}) continue;
    run.out.receipts.sale(alternative.lab, alternative.channel, gross);
    if (const PartyId seller = s.channel_firm[alternative.channel]; seller.exists()) {
      settle_resale(run, alternative, seller, gross);
    } else {
      run.pay(run.parties().enterprises(), run.parties().lab(alternative.lab), Category::Sale, gross);
      run.out.receipts.revenue(alternative.lab, gross);
    }
  }
}

void settle_streams(SettlementRun& run) {
  const auto& s = run.s();
  for (const ClassId k : run.in.table.classes.ids()) {
    const StreamId stream = run.in.table.classes[k].stream;
    if (!stream.exists()) continue;
    const auto& ref = s.streams[stream];
    if (ref.application.exists()) {
      settle_seats(run, k, ref);
      continue;
    }
    const bool consumer = ref.product == Product::Consumer;
    const Side buyer = consumer ? run.parties().consumers() : run.parties().enterprises();
    const Money amount = earned(run, k, stream_terms(s.parameters, ref));
    run.pay(buyer, run.parties().lab(ref.lab), consumer ? Category::ConsumerSale : Category::Sale, amount);
    run.out.receipts.revenue(ref.lab, amount);
  }
}

}  // namespace rackrate::market
