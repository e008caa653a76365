#include "sim/market/view/integration.hpp"

#include <algorithm>
#include <array>

#include "sim/core/math.hpp"
#include "sim/core/name_hash.hpp"

namespace rackrate::market {
namespace {

constexpr double kMostLag = 1e6;      // days: after any run
constexpr int kDemandedQuarters = 3;  // 25, 50 or 75 % of full depth, equally likely. Assumption.
constexpr double kRounding = 1e-9;    // of a sum of weights

/// Days from the listing to the item; 0: it comes with it.
double drawn_lag(const MarketView& view, core::EntityKey pair, Item item, bool missed) {
  const ItemParameters& p = view.parameters().integration.items[item];
  const auto bits = view.draws.block(at(pair, Purpose::ItemLag, static_cast<std::uint64_t>(item)));
  if (!missed && core::to_unit(bits[0]) < p.with_listing) return 0.0;
  return std::min(kMostLag, p.lag_days * -core::math::log(core::to_unit(bits[1])));
}

/// Of an item whose date the scenario does not give.
core::SimTime drawn_date(const MarketView& view, core::EntityKey pair, Item item, bool missed, const Access& access) {
  const bool always = access.since == core::kAlways && access.state == Permission::Ga;
  if (always && !missed) return core::kAlways;
  const double lag = drawn_lag(view, pair, item, missed);
  if (lag <= 0) return core::kAlways;
  if (access.state != Permission::Ga) return core::kNever;
  return (always ? view.parameters().run.start : access.since) + core::days(lag);
}

/// The lab's dates for the channel; null: none are given.
const ChannelItems* given_dates(const Lab& lab, const std::string& channel) {
  const auto found = std::find_if(lab.items.begin(), lab.items.end(),
                                  [&channel](const ChannelItems& items) { return items.channel == channel; });
  return found == lab.items.end() ? nullptr : &*found;
}

}  // namespace

ByItem<core::SimTime> ship_dates(const MarketView& view, const Alternative& a, const Access& access) {
  const Channel& channel = view.parameters().channels[a.channel];
  const ChannelItems* given = given_dates(view.parameters().labs[a.lab], channel.name);
  const core::EntityKey pair =
      core::name_hash(channel.name, core::name_hash(view.parameters().labs[a.lab].name, core::name_hash("items")));
  ByItem<core::SimTime> dates;
  for (const Item item : dates.keys()) {
    const bool missed = std::find(channel.missing.begin(), channel.missing.end(), item) != channel.missing.end();
    dates[item] = given != nullptr && given->date[item] != core::kAlways ? given->date[item]
                                                                         : drawn_date(view, pair, item, missed, access);
  }
  return dates;
}

ItemSet missing_at(const ByItem<core::SimTime>& dates, core::SimTime t) {
  ItemSet missing;
  for (const Item item : dates.keys())
    if (t < dates[item]) missing.insert(item);
  return missing;
}

double integration_depth(const IntegrationParameters& p, ItemSet missing) {
  if (missing.empty()) return 1.0;
  double shipped = 0.0, all = 0.0;
  for (const Item item : p.items.keys()) {
    all += p.items[item].weight;
    if (!missing.contains(item)) shipped += p.items[item].weight;
  }
  return shipped / all;
}

std::uint8_t depth_quarters(double depth) { return static_cast<std::uint8_t>(4.0 * depth + kRounding); }

double control_score(ItemSet missing) {
  double controls = 0.0, shipped = 0.0;
  for (const Item item : ByItem<int>::keys()) {
    if (!is_control(item)) continue;
    controls += 1.0;
    if (!missing.contains(item)) shipped += 1.0;
  }
  return shipped / controls;
}

double need_probability(const Parameters& p, const Segment& segment, Product product, Item item) {
  const ItemParameters& i = p.integration.items[item];
  const double by_kind = product == Product::AgentStateful ? i.needed_by_agents : i.needed;
  return is_control(item) ? 1.0 - (1.0 - by_kind) * (1.0 - segment.controls) : by_kind;
}

double demand_probability(const IntegrationParameters& p, Product product, int quarters) {
  const double some = product == Product::AgentStateful ? p.demanding_agents : p.demanding;
  return some * std::clamp(kDemandedQuarters + 1 - quarters, 0, kDemandedQuarters) / kDemandedQuarters;
}

Needs draw_needs(const MarketView& view, const Segment& segment, Product product, core::EntityKey workload) {
  constexpr std::size_t kWords = 4;  // of a block; there are seven items and a depth
  const std::array blocks{view.draws.block(at(workload, Purpose::ItemNeed, 0)),
                          view.draws.block(at(workload, Purpose::ItemNeed, 1))};
  const auto uniform = [&blocks](std::size_t k) { return core::to_unit(blocks[k / kWords][k % kWords]); };
  Needs needs;
  for (const Item item : ByItem<int>::keys())
    if (uniform(static_cast<std::size_t>(item)) < need_probability(view.parameters(), segment, product, item))
      needs.items.insert(item);
  const double u = uniform(kItems);
  const auto& p = view.parameters().integration;
  while (needs.least_depth < kDemandedQuarters && u < demand_probability(p, product, needs.least_depth + 1))
    ++needs.least_depth;
  return needs;
}

}  // namespace rackrate::market
