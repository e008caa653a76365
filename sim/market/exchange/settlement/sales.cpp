#include "sim/core/whole.hpp"
#include "sim/market/exchange/settlement/settlement_run.hpp"

/// What customers pay: enterprises for work units, users and buyers of compute for streams.
namespace rackrate::market {
namespace {

/// Units served by alternative, from the classes that served them; millionths of a unit per day.
Table<AlternativeId, std::int64_t> served_units(const SettlementRun& run) {
  Table<AlternativeId, std::int64_t> served(run.s().alternatives.size(), 0);
  for (const CellLoad& cell : run.in.load.cells)
    served[cell.alternative] += core::whole(core::real(cell.volume) * run.in.allocation.classes[cell.demand_class].fill,
                                            "volume served, in millionths of a unit,");
  return served;
}

/// What was sold of a lab through a channel, and the part of it that a seller of its own remits to the lab.
struct Sold {
  Money gross, remitted, runtime;
};

/// Each alternative is rounded by itself, then summed by who is paid.
Grid<LabId, ChannelId, Sold> sold_by_channel(const SettlementRun& run) {
  const auto& s = run.s();
  const auto served = served_units(run);
  Grid<LabId, ChannelId, Sold> all(run.parameters().labs.size(), run.parameters().channels.size());
  for (const AlternativeId a : s.alternatives.ids()) {
    if (served[a] == 0) continue;
    const auto& alternative = s.alternatives[a];
    const double price = run.board().unit_price[a] * 1e-6 * run.in.interval.days();
    const Money gross = Money::from_usd(core::real(served[a]) * price);
    auto& sold = all(alternative.lab, alternative.channel);
    sold.gross += gross;
    sold.runtime += scaled(gross, s.runtime_fee(a));
    if (s.channel_firm[alternative.channel].exists())
      sold.remitted += scaled(gross, 1.0 - run.in.terms.resale(alternative.lab, alternative.channel).channel_share);
  }
  return all;
}

/// A sale through a channel with a seller of its own: the seller keeps its share and remits the rest to the lab.
void settle_resale(SettlementRun& run, LabId lab, ChannelId channel, const Sold& sold) {
  const Side shop{run.s().channel_firm[channel], Layer::Deployment};
  run.pay(run.parties().enterprises(), shop, Category::Sale, sold.gross);
  run.pay(run.parties().enterprises(), shop, Category::RuntimeFee, sold.runtime);
  const ResaleTerms& terms = run.in.terms.resale(lab, channel);
  const LabelId label(terms.label);
  run.pay(shop, run.parties().lab(lab), Category::Remittance, sold.remitted, label);
  run.out.receipts.revenue(lab, sold.remitted);
  if (!label.exists()) return;
  auto& line = run.line(label);
  line.base += sold.gross;
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

/// One payment for all that was sold of a lab through a channel.
void settle_sales(SettlementRun& run) {
  const auto all = sold_by_channel(run);
  for (const LabId lab : run.parameters().labs.ids())
    for (const ChannelId channel : run.parameters().channels.ids()) {
      const Sold& sold = all(lab, channel);
      if (sold.gross == Money{}) continue;
      run.out.receipts.sale(lab, channel, sold.gross);
      if (run.s().channel_firm[channel].exists()) {
        settle_resale(run, lab, channel, sold);
      } else {
        run.pay(run.parties().enterprises(), run.parties().lab(lab), Category::Sale, sold.gross);
        run.out.receipts.revenue(lab, sold.gross);
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
