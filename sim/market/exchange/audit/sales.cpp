#include "sim/core/whole.hpp"
#include "sim/market/exchange/audit/audit_run.hpp"
#include "sim/market/exchange/clearing/streams.hpp"
#include "sim/market/view/demand_factor.hpp"

namespace rackrate::market {
namespace {

/// Units served by alternative, cell by cell in cell order; millionths of a unit per day.
Table<AlternativeId, std::int64_t> served_by_cell(const AuditRun& run) {
  const auto& s = run.s();
  Table<ClassId, double> fill;
  for (const ClassId k : run.in.table.classes.ids()) fill.push_back(run.flows.fill(k));
  Table<AlternativeId, std::int64_t> served(s.alternatives.size(), 0);
  for (const CellId cell : s.cells.ids())
    served[s.cells.decode(cell).alternative] +=
        core::whole(core::real(run.in.cell_volume[cell]) * fill[run.in.table.class_of_cell[cell]],
                    "volume served, in millionths of a unit,");
  return served;
}

/// What a seller of its own takes in, and what it owes to each lab.
struct ShopSales {
  Money taken, runtime;
  Table<LabId, Money> to_lab;
};

void expect_shops(AuditRun& run, const Table<ChannelId, ShopSales>& shops) {
  for (const ChannelId channel : shops.ids()) {
    const Side shop{run.s().channel_firm[channel], Layer::Deployment};
    run.expect(run.parties().enterprises(), shop, Category::Sale, shops[channel].taken);
    run.expect(run.parties().enterprises(), shop, Category::RuntimeFee, shops[channel].runtime);
    for (const LabId lab : shops[channel].to_lab.ids())
      run.expect(shop, run.parties().lab(lab), Category::Remittance, shops[channel].to_lab[lab]);
  }
}

/// What a stream should earn in the interval: the scenario's price of an H100e-hour, of a user or of a seat.
Money stream_revenue(const AuditRun& run, ClassId k, StreamId id) {
  const auto& ref = run.s().streams[id];
  const auto& p = run.parameters();
  const double days = run.in.interval.days();
  if (ref.application.exists()) {
    const auto& application = p.applications[ref.application];
    const double seats = run.board().seats[ref.application].seats * routed_share(run.in.view, id);
    const double usd_per_day = seats * application.usd_per_seat_month * 12.0 / core::kDaysPerYear;
    return Money::from_usd(usd_per_day * days * run.flows.fill(k));
  }
  const auto& stream = stream_terms(p, ref);
  if (stream.users <= 0)
    return Money::from_usd(core::real(run.flows.served[k]) * run.in.interval.hours() * stream.price_usd);
  const double years = years_since_start(p, run.start());
  const double users = users_after(stream, years) * demand_factor(p, run.board(), ref.lab, ref.product) * ref.share;
  const double usd_per_day =
      users * stream.usd_per_user_month * stream.revenue.level(years) * 12.0 / core::kDaysPerYear;
  return Money::from_usd(usd_per_day * days * run.flows.fill(k));
}

}  // namespace

/// What is sold through a shop is expected of the shop as a whole, what a lab sells itself of each alternative.
void audit_sales(AuditRun& run) {
  const auto& s = run.s();
  const auto served = served_by_cell(run);
  const auto& p = run.parameters();
  Table<ChannelId, ShopSales> shops(p.channels.size(), {Money{}, Money{}, Table<LabId, Money>(p.labs.size())});
  for (const AlternativeId a : s.alternatives.ids()) {
    if (served[a] == 0) continue;
    const auto& [lab, channel] = std::pair{s.alternatives[a].lab, s.alternatives[a].channel};
    const double price = run.board().unit_price[a] * 1e-6 * run.in.interval.days();
    const Money gross = Money::from_usd(core::real(served[a]) * price);
    run.receipts.sale(lab, channel, gross);
    const bool by_shop = s.channel_firm[channel].exists();
    const Money to_lab = by_shop ? scaled(gross, 1.0 - run.terms.channel_share(lab, channel)) : gross;
    run.receipts.revenue(lab, to_lab);
    if (by_shop) {
      shops[channel].taken += gross;
      if (s.alternatives[a].product == Product::AgentStateful)
        shops[channel].runtime += scaled(gross, p.channels[channel].runtime_fee);
      shops[channel].to_lab[lab] += to_lab;
    } else {
      run.expect(run.parties().enterprises(), run.parties().lab(lab), Category::Sale, gross);
    }
  }
  expect_shops(run, shops);
}

void audit_streams(AuditRun& run) {
  const Parties parties = run.parties();
  for (const ClassId k : run.in.table.classes.ids()) {
    const StreamId stream = run.in.table.classes[k].stream;
    if (!stream.exists()) continue;
    const auto& ref = run.s().streams[stream];
    const Money amount = stream_revenue(run, k, stream);
    if (ref.application.exists()) {
      run.expect(parties.enterprises(), {ref.payer, Layer::Application}, Category::SeatSale, amount);
      continue;
    }
    if (ref.product == Product::Consumer)
      run.expect(parties.consumers(), parties.lab(ref.lab), Category::ConsumerSale, amount);
    else
      run.expect(parties.enterprises(), parties.lab(ref.lab), Category::Sale, amount);
    run.receipts.revenue(ref.lab, amount);
  }
}

}  // namespace rackrate::market
