#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <tuple>

#include "sim/core/whole.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/exchange/capacity_terms.hpp"
#include "sim/market/exchange/clause_run.hpp"
#include "sim/market/exchange/drawdown.hpp"
#include "sim/market/pricing/hosting_terms.hpp"
#include "sim/market/pricing/resale_terms.hpp"
#include "sim/market/primitives/finance.hpp"

namespace rackrate::market {
namespace {

struct Settlement {
  Exchange& exchange;
  const MarketView& view;
  const Window& window;
  Receipts receipts;
  Receipts audited;  ///< by the books' other route

  const CompiledScenario& s = view.compiled();
  const Parameters& p = view.parameters();
  Books& books = exchange.books;
  double days = window.hours / 24.0;

  Side enterprises() const { return {s.enterprises, Layer::Application}; }
  Side consumers() const { return {s.consumers, Layer::Application}; }
  Side suppliers() const { return {s.suppliers, Layer::Infrastructure}; }
  Side services() const { return {s.services, Layer::Deployment}; }
  Side lab_side(int lab) const { return {s.lab_firm[static_cast<std::size_t>(lab)], Layer::Model}; }
  Side cloud_side(int cloud) const { return {s.cloud_firm[static_cast<std::size_t>(cloud)], Layer::Infrastructure}; }
};

// ---- sales -------------------------------------------------------------------------------------

/// Units served by alternative, from the classes that served them; millionths of a unit per day.
std::vector<std::int64_t> served_units(const Settlement& w) {
  std::vector<std::int64_t> served(w.s.alternatives.size(), 0);
  const auto regions = w.p.vocabulary.regions.size();
  for (std::size_t k = 0; k < w.window.classes.size(); ++k)
    for (const auto cell : w.exchange.table.classes[k].cells) {
      const auto i = static_cast<std::size_t>(cell);
      const std::int64_t volume = w.window.cell_volume[i];
      if (volume == 0) continue;
      served[i / regions % w.s.alternatives.size()] +=
          static_cast<std::int64_t>(static_cast<double>(volume) * w.window.classes[k].fill);
    }
  return served;
}

/// The same, cell by cell in cell order: what the books expect.
std::vector<std::int64_t> served_units_audited(const Settlement& w) {
  std::vector<double> fill(w.window.cell_volume.size(), 0.0);
  for (std::size_t k = 0; k < w.window.classes.size(); ++k)
    for (const auto cell : w.exchange.table.classes[k].cells)
      fill[static_cast<std::size_t>(cell)] = w.window.classes[k].fill;
  std::vector<std::int64_t> served;
  const int regions = static_cast<int>(w.p.vocabulary.regions.size());
  for (int a = 0; a < static_cast<int>(w.s.alternatives.size()); ++a) {
    std::int64_t total = 0;
    for (int segment = 0; segment < static_cast<int>(w.p.segments.size()); ++segment)
      for (int region = 0; region < regions; ++region) {
        const auto i = static_cast<std::size_t>(w.s.cell(segment, a, region));
        total += static_cast<std::int64_t>(static_cast<double>(w.window.cell_volume[i]) * fill[i]);
      }
    served.push_back(total);
  }
  return served;
}

void settle_sales(Settlement& w) {
  const auto served = served_units(w);
  const auto expected = served_units_audited(w);
  for (std::size_t a = 0; a < served.size(); ++a) {
    const auto& alternative = w.s.alternatives[a];
    const double price = w.view.board.unit_price[a] * 1e-6 * w.days;
    const Money gross = Money::from_usd(static_cast<double>(served[a]) * price);
    const Money gross_audited = Money::from_usd(static_cast<double>(expected[a]) * price);
    if (gross.tenthousandths == 0 && gross_audited.tenthousandths == 0) continue;
    const auto lab = static_cast<std::size_t>(alternative.lab);
    const auto channel = static_cast<std::size_t>(alternative.channel);
    const int seller = w.s.channel_firm[channel];
    w.receipts.by_channel[lab][channel] += gross.tenthousandths;
    w.audited.by_channel[lab][channel] += gross_audited.tenthousandths;
    if (seller < 0) {
      w.books.post(w.enterprises(), w.lab_side(alternative.lab), Category::Sale, gross);
      w.books.expect(w.enterprises(), w.lab_side(alternative.lab), Category::Sale, static_cast<double>(expected[a]),
                     price);
      w.receipts.by_lab[lab] += gross.tenthousandths;
      w.audited.by_lab[lab] += gross_audited.tenthousandths;
      continue;
    }
    const Side shop{seller, Layer::Deployment};
    w.books.post(w.enterprises(), shop, Category::Sale, gross);
    w.books.expect(w.enterprises(), shop, Category::Sale, static_cast<double>(expected[a]), price);
    const ResaleTerms terms = resale_terms(w.s, alternative.lab, alternative.channel, w.window.start);
    const Money remitted = scaled(gross, 1.0 - terms.channel_share),
                remitted_audited = scaled(gross_audited, 1.0 - terms.channel_share);
    post_clause(w.exchange, terms.label, shop, w.lab_side(alternative.lab), Category::Remittance, remitted);
    w.books.expect(shop, w.lab_side(alternative.lab), Category::Remittance, remitted_audited);
    if (terms.label >= 0) {
      auto& line = line_of(w.exchange, terms.label);
      line.base += gross.tenthousandths;
      line.rate = 1.0 - terms.channel_share;
    }
    w.receipts.by_lab[lab] += remitted.tenthousandths;
    w.audited.by_lab[lab] += remitted_audited.tenthousandths;
  }
}

void settle_streams(Settlement& w) {
  for (std::size_t k = 0; k < w.window.classes.size(); ++k) {
    const auto& c = w.exchange.table.classes[k];
    if (c.stream < 0) continue;
    const auto& ref = w.s.streams[static_cast<std::size_t>(c.stream)];
    const auto& load = w.window.streams[static_cast<std::size_t>(c.stream)];
    const auto& got = w.window.classes[k];
    if (ref.application >= 0) {
      const Side owner{ref.payer, Layer::Application};
      w.books.post(w.enterprises(), owner, Category::SeatSale, Money::from_usd(load.usd_per_day * w.days * got.fill));
      w.books.expect(w.enterprises(), owner, Category::SeatSale, load.usd_per_day * w.days, got.fill);
      continue;
    }
    const auto& stream = w.p.labs[static_cast<std::size_t>(ref.lab)].streams[static_cast<std::size_t>(ref.stream)];
    const bool consumer = ref.product == Product::Consumer;
    const Side buyer = consumer ? w.consumers() : w.enterprises();
    const Category category = consumer ? Category::ConsumerSale : Category::Sale;
    // A stream of compute earns by the H100e-hour served, a stream of users by the share of them served.
    const bool by_hour = stream.users <= 0;
    const double quantity = by_hour ? static_cast<double>(got.served) * w.window.hours : load.usd_per_day * w.days;
    const double price = by_hour ? stream.price_usd : got.fill;
    const Money earned = Money::from_usd(quantity * price);
    w.books.post(buyer, w.lab_side(ref.lab), category, earned);
    std::int64_t served_audited = 0;
    for (const auto at_host : got.by_host) served_audited += at_host;
    const Money earned_audited =
        Money::from_usd((by_hour ? static_cast<double>(served_audited) * w.window.hours : quantity) * price);
    w.books.expect(buyer, w.lab_side(ref.lab), category, earned_audited);
    w.receipts.by_lab[static_cast<std::size_t>(ref.lab)] += earned.tenthousandths;
    w.audited.by_lab[static_cast<std::size_t>(ref.lab)] += earned_audited.tenthousandths;
  }
}

// ---- compute -----------------------------------------------------------------------------------

/// Who buys what kind of compute from which cloud.
struct Purchase {
  int payer = 0;
  Layer layer = Layer::Model;
  int lab = 0, host = 0;
  bool training = false;
  auto operator<=>(const Purchase&) const = default;
};

Purchase purchase_of(const DemandClass& c, int host) {
  return {c.payer, c.payer_layer, c.lab, host, c.tier >= Tier::Training};
}

void settle_compute(Settlement& w) {
  std::map<Purchase, std::int64_t> bought, audited;
  for (std::size_t k = 0; k < w.window.classes.size(); ++k)
    for (std::size_t host = 0; host < w.window.classes[k].by_host.size(); ++host)
      if (const auto h100e = w.window.classes[k].by_host[host] - w.window.classes[k].reserved[host]; h100e != 0)
        bought[purchase_of(w.exchange.table.classes[k], static_cast<int>(host))] += h100e;
  // What the books expect comes from the flows on the arcs and the pools they end in.
  const auto& network = w.exchange.table.network;
  for (std::size_t a = 0; a < network.arcs.size(); ++a)
    if (const auto flow = w.exchange.solution.flow[a];
        flow != 0 && !w.exchange.table.own_reservation(w.s, network.arcs[a])) {
      const auto pool =
          static_cast<std::size_t>(w.exchange.table.pool_of_node[static_cast<std::size_t>(network.arcs[a].pool)]);
      const auto k = static_cast<std::size_t>(
          w.exchange.table.class_of_node[static_cast<std::size_t>(network.arcs[a].demand_class)]);
      audited[purchase_of(w.exchange.table.classes[k], w.s.pools[pool].cloud)] += flow;
    }
  for (const auto& [purchase, h100e] : audited)
    bought.try_emplace(purchase, 0);  // what only one route knows must fail the books
  for (const auto& [purchase, h100e] : bought) {
    const Side payer{purchase.payer, purchase.layer};
    const Side payee = w.cloud_side(purchase.host);
    const bool own = payer.party == payee.party;
    const HostingTerms terms =
        own ? HostingTerms{w.view.board.clouds[static_cast<std::size_t>(purchase.host)].cost_per_h100e_hour, -1}
            : hosting_terms(w.view, purchase.lab, purchase.host, w.window.start);
    const Category category = own ? Category::OwnHosting : purchase.training ? Category::Training : Category::Hosting;
    const Money amount = Money::from_usd(static_cast<double>(h100e) * w.window.hours * terms.price);
    const Money amount_audited = Money::from_usd(static_cast<double>(audited[purchase]) * w.window.hours * terms.price);
    post_clause(w.exchange, terms.label, payer, payee, category, amount);
    w.books.expect(payer, payee, category, amount_audited);
    if (terms.label >= 0) line_of(w.exchange, terms.label).quantity += h100e;
    if (own) continue;
    w.receipts.purchases[{payer.party, payee.party}] += amount.tenthousandths;
    w.audited.purchases[{payer.party, payee.party}] += amount_audited.tenthousandths;
  }
}

/// Reserved compute is paid for whether it is used or not, as far as it is delivered. What the books expect comes
/// from the network: what flowed through the reserved part of the pools, and what was left there.
void settle_reservations(Settlement& w) {
  const auto& table = w.exchange.table;
  std::vector<std::int64_t> audited(w.window.reservations.size(), 0);
  for (std::size_t a = 0; a < table.network.arcs.size(); ++a)
    if (const int r = table.reservation_of_node[static_cast<std::size_t>(table.network.arcs[a].pool)]; r >= 0)
      audited[static_cast<std::size_t>(r)] += w.exchange.solution.flow[a];
  for (std::size_t node = 0; node < table.network.pools.size(); ++node)
    if (const int r = table.reservation_of_node[node]; r >= 0)
      audited[static_cast<std::size_t>(r)] += w.exchange.solution.slack[node];
  for (std::size_t r = 0; r < audited.size(); ++r) {
    const auto& position = w.window.reservations[r];
    const auto& m = w.s.money[static_cast<std::size_t>(position.money)];
    const double price = w.s.clause_of(m).as<kinds::Reservation>().price_usd;
    const Side payer{m.payer, Layer::Model}, payee{m.payee, Layer::Infrastructure};
    const Money due = Money::from_usd(static_cast<double>(position.delivered) * w.window.hours * price);
    const Money due_audited = Money::from_usd(static_cast<double>(audited[r]) * w.window.hours * price);
    post_clause(w.exchange, m.label, payer, payee, Category::Reservation, due);
    w.books.expect(payer, payee, Category::Reservation, due_audited);
    w.receipts.purchases[{m.payer, m.payee}] += due.tenthousandths;
    w.audited.purchases[{m.payer, m.payee}] += due_audited.tenthousandths;
    auto& line = line_of(w.exchange, m.label);
    line.commitment = due.tenthousandths;
    line.used = Money::from_usd(static_cast<double>(position.used) * w.window.hours * price).tenthousandths;
    line.shortfall = line.commitment - line.used;
    line.quantity = position.delivered;
    line.quantity_short = position.asked - position.delivered;
    line.cumulative = w.exchange.clauses[static_cast<std::size_t>(m.label)].moved;
    line.remaining = reservation_left(w.s, m, w.window.end);
  }
  for (const auto& position : w.window.primaries) {
    const auto& m = w.s.money[static_cast<std::size_t>(position.money)];
    auto& line = line_of(w.exchange, m.label);
    line.rate = w.s.clause_of(m).as<kinds::Primary>().min_share;
    line.quantity = position.used;
    line.quantity_short = position.delivered;
  }
}

// ---- what the sellers pay ----------------------------------------------------------------------

void settle_running_costs(Settlement& w) {
  std::vector<std::int64_t> kwh_audited(w.p.clouds.size(), 0);
  // Whole kWh a day, whatever the length of the window, or short windows would round small pools to nothing.
  const auto kwh = [&](std::size_t pool) {
    return core::whole(std::floor(w.view.board.pools[pool].power_kw * 24.0 + 0.5), "energy, in kWh,");
  };
  for (std::size_t pool = 0; pool < w.s.pools.size(); ++pool)
    kwh_audited[static_cast<std::size_t>(w.s.pools[pool].cloud)] += kwh(pool);
  for (std::size_t c = 0; c < w.p.clouds.size(); ++c) {
    const auto& cloud = w.p.clouds[c];
    std::int64_t used = 0;
    for (const int pool : w.s.pools_of_cloud[c]) used += kwh(static_cast<std::size_t>(pool));
    const double drawn = static_cast<double>(used) * w.days,
                 drawn_audited = static_cast<double>(kwh_audited[c]) * w.days;
    const double modelled = 1.0 - cloud.internal_share;
    const double energy = cloud.energy_usd_per_mwh * 1e-3 * modelled;
    const double operations = cloud.opex_usd_per_kw_year / core::kHoursPerYear * modelled;
    const Side payer = w.cloud_side(static_cast<int>(c));
    w.books.post(payer, w.suppliers(), Category::Energy, Money::from_usd(drawn * energy));
    w.books.expect(payer, w.suppliers(), Category::Energy, drawn_audited, energy);
    w.books.post(payer, w.suppliers(), Category::Operations, Money::from_usd(drawn * operations));
    w.books.expect(payer, w.suppliers(), Category::Operations, drawn_audited, operations);
  }
}

std::int64_t worn_out(const Asset& asset, core::SimDuration age) {
  return depreciated(Money{asset.cost}, age, core::kDay * asset.life_days).tenthousandths;
}

/// What a purchase of capital comes to by its quantity and the scenario's prices: units of a chip or kilowatts of a
/// site, less the part of the fleet that serves activities outside the model. Trap: the order of the products is the
/// buyer's, or the last unit could differ.
Money capital_value(const Settlement& w, const CapitalPayment& payment) {
  const auto& cloud = w.p.clouds[static_cast<std::size_t>(payment.cloud)];
  const auto quantity = static_cast<double>(payment.quantity);
  const double usd =
      payment.chip < 0
          ? quantity * 1e-3 * cloud.facility_usd_per_mw
          : quantity * std::floor(w.p.chips[static_cast<std::size_t>(payment.chip)].unit_price_usd * 1e4 + 0.5) * 1e-4;
  return Money{core::tenthousandths(usd * (1.0 - cloud.internal_share), "a purchase of capital, in $,")};
}

void settle_capital(Settlement& w) {
  for (const auto& payment : w.exchange.capex) {
    const Side owner{payment.firm, Layer::Infrastructure};
    // A firm that builds its own silicon pays those who make it.
    const Side vendor{payment.payee == payment.firm ? w.s.suppliers.number() : payment.payee, Layer::Infrastructure};
    w.books.post(owner, vendor, Category::Capex, Money{payment.amount});
    const Money value = capital_value(w, payment);
    w.books.expect(owner, vendor, Category::Capex, value);
    for (const auto& maker : w.p.vendors) {
      const auto firm = index_of(w.p.vocabulary.firms, maker.firm);
      if (!firm || static_cast<int>(*firm) != vendor.party || maker.cost_share <= 0) continue;
      const Money cost = scaled(Money{payment.amount}, maker.cost_share);
      w.books.post(vendor, w.suppliers(), Category::OtherCost, cost);
      w.books.expect(vendor, w.suppliers(), Category::OtherCost, scaled(value, maker.cost_share));
      break;
    }
  }
  w.exchange.capex.clear();

  const core::SimDuration step = w.window.end - w.window.start;
  std::map<int, std::int64_t> worn, left_before, left_after;
  for (auto& asset : w.exchange.assets) {
    worn[asset.firm] += worn_out(asset, asset.age + step) - worn_out(asset, asset.age);
    left_before[asset.firm] += asset.cost - worn_out(asset, asset.age);
    asset.age += step;
    left_after[asset.firm] += asset.cost - worn_out(asset, asset.age);
  }
  std::erase_if(w.exchange.assets, [](const Asset& asset) { return asset.age >= core::kDay * asset.life_days; });
  for (const auto& [firm, amount] : worn) {
    const Side side{firm, Layer::Infrastructure};
    w.books.post(side, side, Category::Depreciation, Money{amount});
    w.books.expect(side, side, Category::Depreciation, Money{left_before[firm] - left_after[firm]});
  }
}

/// What it costs a lab to be sold by others. The books expect it from a count of their own, alternative by alternative.
void settle_channels(Settlement& w) {
  const auto regions = w.p.vocabulary.regions.size();
  for (std::size_t lab = 0; lab < w.p.labs.size(); ++lab) {
    const double each = w.p.labs[lab].channel_cost_usd * w.days / core::kDaysPerYear;
    if (each <= 0) continue;
    std::vector<bool> open(w.p.channels.size(), false);
    for (std::size_t a = 0; a < w.s.alternatives.size(); ++a) {
      const auto& alternative = w.s.alternatives[a];
      if (alternative.lab != static_cast<int>(lab) ||
          w.p.vocabulary.channels[static_cast<std::size_t>(alternative.channel)] == contracts::kOwnChannel)
        continue;
      for (std::size_t segment = 0; segment < w.p.segments.size(); ++segment)
        for (std::size_t region = 0; region < regions; ++region)
          if (w.view.access()
                  .cells[static_cast<std::size_t>(
                      w.s.cell(static_cast<int>(segment), static_cast<int>(a), static_cast<int>(region)))]
                  .state != Permission::No)
            open[static_cast<std::size_t>(alternative.channel)] = true;
    }
    const auto count = static_cast<double>(w.view.access().lab_channels[lab].count());
    const Side payer = w.lab_side(static_cast<int>(lab));
    w.books.post(payer, w.suppliers(), Category::OtherCost, Money::from_usd(count * each));
    w.books.expect(payer, w.suppliers(), Category::OtherCost,
                   static_cast<double>(std::count(open.begin(), open.end(), true)), each);
  }
}

void settle_other(Settlement& w) {
  const double years = years_since_start(w.p, w.window.start);
  for (std::size_t c = 0; c < w.p.clouds.size(); ++c) {
    const auto& cloud = w.p.clouds[c];
    if (cloud.base_revenue_usd <= 0) continue;
    const double per_window = cloud.base_growth.level(years) * w.days / core::kDaysPerYear;
    const Side side = w.cloud_side(static_cast<int>(c));
    const Money sale = Money::from_usd(cloud.base_revenue_usd * per_window);
    const Money cost = scaled(sale, 1.0 - cloud.base_margin);
    w.books.post(w.enterprises(), side, Category::OtherSale, sale);
    w.books.expect(w.enterprises(), side, Category::OtherSale, cloud.base_revenue_usd, per_window);
    w.books.post(side, w.suppliers(), Category::OtherCost, cost);
    w.books.expect(side, w.suppliers(), Category::OtherCost,
                   scaled(Money::from_usd(per_window * cloud.base_revenue_usd), 1.0 - cloud.base_margin));
  }
  for (std::size_t lab = 0; lab < w.p.labs.size(); ++lab) {
    const Money cost = scaled(Money{w.receipts.by_lab[lab]}, w.p.labs[lab].other_cost_share);
    w.books.post(w.lab_side(static_cast<int>(lab)), w.suppliers(), Category::OtherCost, cost);
    w.books.expect(w.lab_side(static_cast<int>(lab)), w.suppliers(), Category::OtherCost,
                   scaled(Money{w.audited.by_lab[lab]}, w.p.labs[lab].other_cost_share));
  }
  settle_channels(w);
  std::int64_t governance = 0;
  for (const auto rate : w.exchange.governance) governance += rate;
  const Money governed = Money::from_usd(static_cast<double>(governance) * 1e-4 * w.view.board.volume_growth * w.days);
  w.books.post(w.enterprises(), w.services(), Category::Governance, governed);
  // The enterprises' own running rates and payments, published at the barrier: what messages brought must agree.
  w.books.expect(
      w.enterprises(), w.services(), Category::Governance,
      Money::from_usd(static_cast<double>(w.view.board.governance) * 1e-4 * w.view.board.volume_growth * w.days));
  w.books.post(w.enterprises(), w.services(), Category::Migration, Money{w.exchange.migration});
  w.books.expect(w.enterprises(), w.services(), Category::Migration,
                 Money{w.view.board.migration - w.exchange.migration_seen});
  w.exchange.migration_seen = w.view.board.migration;
  w.exchange.migration = 0;
}

}  // namespace

void settle_window(Exchange& exchange, const MarketView& view, const Window& window, Observer* observer) {
  Settlement w{exchange, view, window, {}, {}};
  for (Receipts* receipts : {&w.receipts, &w.audited}) {
    receipts->by_lab.assign(w.p.labs.size(), 0);
    receipts->by_channel.assign(w.p.labs.size(), std::vector<std::int64_t>(w.p.channels.size(), 0));
  }
  settle_sales(w);
  settle_streams(w);
  settle_compute(w);
  settle_reservations(w);
  settle_drawdowns(exchange, view, window);
  settle_running_costs(w);
  settle_capital(w);
  settle_other(w);
  settle_clauses(exchange, view, window.start, window.end, w.receipts, w.audited, observer);
}

}  // namespace rackrate::market
