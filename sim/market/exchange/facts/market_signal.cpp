#include <algorithm>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/facts/publish.hpp"
#include "sim/market/primitives/concentration.hpp"

namespace rackrate::market {
namespace {

/// Time constants of the smoothing: of unserved load, a condition of contracts, and of market shares (a quarter).
constexpr double kShortageMemoryDays = 28.0, kShareMemoryDays = 91.0;

double gain(const PublishInput& in, double memory_days) {
  return in.interval.start == in.view.parameters().run.start ? 1.0 : std::min(1.0, in.interval.days() / memory_days);
}

/// An application's own use of a lab's models is its owner's load, not the lab's.
void add_shortage(const PublishInput& in, MarketSignal& signal) {
  Table<LabId, std::int64_t> load(signal.load.size(), 0), missing(signal.load.size(), 0);
  for (const ClassId k : in.table.classes.ids()) {
    const auto& c = in.table.classes[k];
    if (!c.lab.exists() || c.payer_layer == Layer::Application) continue;
    load[c.lab] += in.load.classes[k].demand;
    missing[c.lab] += in.load.classes[k].demand - in.allocation.classes[k].served;
  }
  const double step = gain(in, kShortageMemoryDays);
  for (const LabId lab : load.ids()) {
    const double wanted = core::real(load[lab]);
    const double unserved = load[lab] > 0 ? core::real(missing[lab]) / wanted : 0.0;
    signal.load[lab] += step * (wanted - signal.load[lab]);
    signal.unserved[lab] += step * (unserved - signal.unserved[lab]);
  }
}

/// Revenue of each firm in a layer, as far as it counts for market shares.
ByLayer<Table<PartyId, Money>> market_revenue(const std::vector<Entry>& entries, std::size_t firms) {
  ByLayer<Table<PartyId, Money>> taken;
  for (auto& layer : taken) layer.assign(firms, Money{});
  for (const Entry& entry : entries)
    if (counts_for_market_share(entry.category) && entry.to.party.position() < firms)
      taken[entry.to.layer][entry.to.party] += entry.amount;
  return taken;
}

void add_shares(const PublishInput& in, Signals& signals) {
  const std::size_t firms = in.view.parameters().vocabulary.firms.size();
  const auto taken = market_revenue(in.entries, firms);
  const double step = gain(in, kShareMemoryDays);
  for (const Layer layer : taken.keys()) {
    auto& revenue = signals.revenue[layer];
    double all = 0.0;
    for (const PartyId firm : taken[layer].ids()) {
      const double per_day = core::real(taken[layer][firm].tenthousandths()) / in.interval.days();
      revenue[firm] += step * (per_day - revenue[firm]);
      all += revenue[firm];
    }
    for (const PartyId firm : revenue.ids()) signals.market.share[layer][firm] = all > 0 ? revenue[firm] / all : 0.0;
    signals.market.hhi[layer] = hhi(revenue.rows());
  }
}

void add_sales(const PublishInput& in, Grid<LabId, ChannelId, double>& sold) {
  const double step = gain(in, kShortageMemoryDays);
  for (const LabId lab : in.view.parameters().labs.ids())
    for (const ChannelId channel : in.view.parameters().channels.ids()) {
      const double per_day = core::real(in.receipts.sales(lab, channel).tenthousandths()) * 1e-4 / in.interval.days();
      sold(lab, channel) += step * (per_day - sold(lab, channel));
    }
}

}  // namespace

Signals first_signals(const CompiledScenario& s) {
  const auto& p = s.parameters;
  const std::size_t firms = p.vocabulary.firms.size();
  Signals signals;
  for (const auto& cloud : p.clouds) {
    CloudSignal signal;
    signal.cost_per_h100e_hour = cloud.price_usd;
    signals.clouds.push_back(signal);
  }
  signals.market.unserved.assign(p.labs.size(), 0.0);
  signals.market.load.assign(p.labs.size(), 0.0);
  signals.market.sold = {p.labs.size(), p.channels.size()};
  for (auto& share : signals.market.share) share.assign(firms, 0.0);
  signals.market.revenue.assign(p.labs.size(), -1.0);
  for (auto& revenue : signals.revenue) revenue.assign(firms, 0.0);
  return signals;
}

void publish_market(const PublishInput& input, Signals& signals) {
  add_shortage(input, signals.market);
  add_shares(input, signals);
  add_sales(input, signals.market.sold);
  for (const LabId lab : input.month_revenue.ids())
    if (const auto month = input.month_revenue[lab])
      signals.market.revenue[lab] = core::real(month->tenthousandths()) * 1e-4 * 12.0;
}

}  // namespace rackrate::market
