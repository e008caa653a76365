#include <algorithm>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/window.hpp"
#include "sim/market/primitives/concentration.hpp"

namespace rackrate::market {
namespace {

/// Time constants: of a shortage that contracts look at, and of market shares, which are read over a quarter.
constexpr double kShortageMemoryDays = 28.0, kShareMemoryDays = 91.0;

double gain(const MarketView& view, const Window& window, double memory_days) {
  return window.start == view.parameters().run.start ? 1.0 : std::min(1.0, window.hours / 24.0 / memory_days);
}

/// An application's own use of a lab's models is its owner's load, not the lab's.
void add_shortage(Exchange& exchange, const MarketView& view, const Window& window) {
  auto& signal = exchange.market;
  std::vector<std::int64_t> load(signal.load.size(), 0), missing(signal.load.size(), 0);
  for (std::size_t k = 0; k < window.classes.size(); ++k) {
    const auto& c = exchange.table.classes[k];
    if (c.payer_layer == Layer::Application) continue;
    load[static_cast<std::size_t>(c.lab)] += window.classes[k].demand;
    missing[static_cast<std::size_t>(c.lab)] += window.classes[k].demand - window.classes[k].served;
  }
  const double step = gain(view, window, kShortageMemoryDays);
  for (std::size_t lab = 0; lab < load.size(); ++lab) {
    const auto wanted = static_cast<double>(load[lab]);
    const double unserved = load[lab] > 0 ? static_cast<double>(missing[lab]) / wanted : 0.0;
    signal.load[lab] += step * (wanted - signal.load[lab]);
    signal.unserved[lab] += step * (unserved - signal.unserved[lab]);
  }
}

void add_shares(Exchange& exchange, const MarketView& view, const Window& window) {
  auto& signal = exchange.market;
  const double step = gain(view, window, kShareMemoryDays);
  for (const Layer layer : signal.hhi.keys()) {
    auto& revenue = exchange.market_revenue[layer];
    double all = 0.0;
    for (const PartyId firm : revenue.ids()) {
      const double taken =
          core::real(exchange.books.market_revenue(layer, firm).tenthousandths) / (window.hours / 24.0);
      revenue[firm] += step * (taken - revenue[firm]);
      all += revenue[firm];
    }
    for (const PartyId firm : revenue.ids()) signal.share[layer][firm] = all > 0 ? revenue[firm] / all : 0.0;
    signal.hhi[layer] = hhi(revenue.rows());
  }
}

}  // namespace

MarketSignal first_market_signal(const CompiledScenario& s) {
  MarketSignal signal;
  signal.unserved.assign(s.parameters.labs.size(), 0.0);
  signal.load.assign(s.parameters.labs.size(), 0.0);
  for (auto& share : signal.share) share.assign(s.parameters.vocabulary.firms.size(), 0.0);
  signal.revenue.assign(s.parameters.labs.size(), -1.0);
  return signal;
}

void publish_market(Exchange& exchange, const MarketView& view, const Window& window) {
  add_shortage(exchange, view, window);
  add_shares(exchange, view, window);
  for (std::size_t lab = 0; lab < exchange.market.revenue.size(); ++lab)
    if (const std::int64_t month = exchange.last_lab_revenue[lab]; month >= 0)
      exchange.market.revenue[lab] = static_cast<double>(month) * 1e-4 * 12.0;
}

}  // namespace rackrate::market
