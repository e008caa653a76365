#include "sim/market/exchange/clearing/fleet_use.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/exchange/clearing/clear.hpp"
#include "sim/market/exchange/clearing/load.hpp"
#include "sim/market/exchange/ledger/sides.hpp"
#include "sim/market/primitives/nested_shares.hpp"
#include "sim/market/regime/first_use.hpp"
#include "sim/market/view/demand_factor.hpp"
#include "sim/market/view/selling.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

double own_level(const Cloud& cloud, double years) {
  GrowthPath growth = cloud.own_use.growth;
  if (growth.rate <= -1.0) growth.rate = cloud.expected_growth;
  return growth.level(years);
}

/// Own products answer what an hour costs the firm, as published; before anything is published there is no answer.
double own_response(const MarketView& view, core::SimTime t, CloudId c, double first_cost) {
  const double cost = view.board.clouds[c].cost_per_h100e_hour;
  if (t == view.parameters().run.start || first_cost <= 0 || cost <= 0) return 1.0;
  return math::pow(cost / first_cost, -view.parameters().clouds[c].own_use.price_elasticity);
}

/// Customers take clouds that sell models for alike, and clouds that sell compute alone.
int nest_of(const Cloud& cloud) { return cloud.channel.empty() ? 1 : 0; }

double customers_level(const Parameters& p, const Cloud& cloud, double years) {
  const GrowthPath& own = cloud.customers_growth;
  return (own.rate <= -1.0 ? p.customers.growth : own).level(years);
}

/// Compute wanted by customers of each of these sellers, of which the first day knew what `alike` sums up. Whoever has
/// come since adds a choice: what it takes it takes from the others, but for what a choice more adds to the market.
std::vector<double> wanted_of(const MarketView& view, const std::vector<SharedSeller>& sellers, double alike) {
  const auto& p = view.parameters();
  const auto& terms = p.customers;
  const NestedShares market = nested_shares(sellers, terms.lambda);
  double all = alike * common_factor(view.board, p.shocks.exposure.customers), with_entrants = 0.0;
  for (const auto& seller : sellers) with_entrants += seller.first;
  const double more = with_entrants > alike && alike > 0 ? math::log(with_entrants / alike) : 0.0;
  if (terms.price_sensitivity > 0)
    all *= math::exp(terms.volume_elasticity / terms.price_sensitivity * (market.inclusive + more));
  std::vector<double> wanted;
  for (const double share : market.share) wanted.push_back(all * share);
  return wanted;
}

/// What customers want of each cloud. Of one that must enter they want no more than runs, at the list of the first day:
/// who has no capacity wins no customers. `latent`: what they would want of it beyond that, had it the capacity.
void add_customers(const MarketView& view, double years, WantedFleetUse& wanted) {
  const auto& s = view.compiled();
  const auto& terms = s.parameters.customers;
  std::vector<SharedSeller> sellers;
  std::vector<double> with_capacity;  // what an entrant would be signed up for
  double wanted_alike = 0.0;          // at the prices and waits of the first day
  bool any_entrant = false;
  for (const CloudId c : s.parameters.clouds.ids()) {
    const auto& signal = view.board.clouds[c];
    const double wait = math::log1p(signal.customers_wait_hours / s.parameters.choice.wait_scale_hours);
    const double wanted_first = s.first_use[c].customers / (1.0 - s.parameters.clouds[c].customers_waiting);
    const double signed_up = wanted_first * customers_level(s.parameters, s.parameters.clouds[c], years);
    const bool entrant = must_enter(s.parameters.clouds[c]);
    sellers.push_back({entrant ? std::min(signed_up, running_h100e(view, c)) : signed_up,
                       -terms.price_sensitivity * math::log(signal.price_index) - terms.wait_sensitivity * wait,
                       nest_of(s.parameters.clouds[c])});
    with_capacity.push_back(signed_up);
    any_entrant = any_entrant || entrant;
    if (!entrant) wanted_alike += signed_up;
  }
  for (const double h100e : wanted_of(view, sellers, wanted_alike)) wanted.customers.push_back(h100e);
  if (!any_entrant) return;
  wanted.latent.assign(sellers.size(), 0.0);
  for (const CloudId c : s.parameters.clouds.ids()) {
    if (!must_enter(s.parameters.clouds[c])) continue;
    const double now = std::exchange(sellers[c.position()].first, with_capacity[c.position()]);
    wanted.latent[c] = std::max(0.0, wanted_of(view, sellers, wanted_alike)[c.position()] - wanted.customers[c]);
    sellers[c.position()].first = now;
  }
}

/// H100e that customers of a cloud may use, their new orders included.
double room_for_customers(const MarketView& view, CloudId c) {
  const auto& s = view.compiled();
  const double headroom = s.parameters.customers.headroom;
  if (headroom < 0) return std::numeric_limits<double>::infinity();
  const auto& signal = view.board.clouds[c];
  if (signal.order_running <= 0 && !must_enter(s.parameters.clouds[c]))
    return s.first_use[c].customers;  // nothing has been published yet
  return signal.order_room + (1.0 - headroom) * std::max(0.0, running_h100e(view, c) - signal.order_running);
}

DemandClass class_of(const CompiledScenario& s, CloudId cloud, FleetUse use) {
  const auto& p = s.parameters;
  const bool own = use == FleetUse::Own;
  DemandClass c;
  c.use = use;
  c.cloud = cloud;
  c.tier = Tier::Batch;  // it may fill a pool; the waits of interactive requests are those of the labs' users
  c.hosts = HostSet::only(cloud);
  const double value = own ? p.clouds[cloud].own_use.value_usd * p.clouds[cloud].own_use.weight : p.customers.value_usd;
  c.penalty = Money::from_usd(value, "the value of an H100e-hour, in $,");
  const Side payer = own ? Side{s.cloud_firm[cloud], Layer::Application} : Parties{s}.enterprises();
  c.payer = payer.party;
  c.payer_layer = payer.layer;
  c.key = core::name_hash(own ? "own use" : "customers", s.cloud_key[cloud]);
  return c;
}

}  // namespace

Table<CloudId, double> first_costs(const CompiledScenario& s) {
  Table<CloudId, double> costs;
  for (const CloudId c : s.parameters.clouds.ids()) {
    const auto& cloud = s.parameters.clouds[c];
    double usd_per_day = 0.0;
    for (const auto& region : cloud.regions)
      for (const auto& entry : region.fleet)
        for (const auto& chip : s.parameters.chips)
          if (chip.name == entry.chip && chip.life_years > cloud.fleet_age_years)
            usd_per_day += entry.units * chip.unit_price_usd / (chip.life_years * core::kDaysPerYear);
    const RunningFleet running = running_on_first_day(s, c);
    usd_per_day +=
        running.kw * 24.0 * (cloud.energy_usd_per_mwh * 1e-3 + cloud.opex_usd_per_kw_year / core::kHoursPerYear);
    costs.push_back(running.h100e > 0 ? usd_per_day / (running.h100e * 24.0) : 0.0);
  }
  return costs;
}

WantedFleetUse wanted_fleet_use(const MarketView& view, core::SimTime t, const Table<CloudId, double>& first_cost) {
  const auto& s = view.compiled();
  const double years = years_since_start(s.parameters, t);
  WantedFleetUse wanted;
  for (const CloudId c : s.parameters.clouds.ids()) {
    const auto& cloud = s.parameters.clouds[c];
    wanted.own.push_back(s.first_use[c].own * own_level(cloud, years) *
                         common_factor(view.board, s.parameters.shocks.exposure.own_products) *
                         own_response(view, t, c, first_cost[c]));
  }
  add_customers(view, years, wanted);
  return wanted;
}

void add_fleet_uses(const MarketView& view, Table<ClassId, DemandClass>& classes) {
  const auto& s = view.compiled();
  for (const CloudId c : s.parameters.clouds.ids()) {
    if (s.first_use[c].own > 0) classes.push_back(class_of(s, c, FleetUse::Own));
    if (s.first_use[c].customers > 0) classes.push_back(class_of(s, c, FleetUse::Customers));
  }
}

void load_fleet_uses(const MarketView& view, core::SimTime t, const DemandTable& table, Load& load) {
  const WantedFleetUse wanted = wanted_fleet_use(view, t, table.first_cost);
  load.waiting.assign(view.parameters().clouds.size(), 0);
  load.latent = wanted.latent;
  for (const ClassId k : table.classes.ids()) {
    const auto& c = table.classes[k];
    if (c.use == FleetUse::Labs) continue;
    double h100e = c.use == FleetUse::Own ? wanted.own[c.cloud] : wanted.customers[c.cloud];
    if (c.use == FleetUse::Customers) {
      const double granted = std::min(h100e, room_for_customers(view, c.cloud));
      load.waiting[c.cloud] = core::whole(std::floor(h100e - granted), "orders that wait, in H100e,");
      h100e = granted;
    }
    load.classes[k].other = core::whole(std::floor(h100e * 1e6 + 0.5), "a use of a fleet, in millionths of an H100e,");
  }
}

void tell_orders(const MarketView& view, core::SimTime t, const DemandTable& table, const Load& load,
                 const Allocation& allocation, Table<CloudId, std::uint8_t>& refusing, std::vector<Notice>& notices) {
  constexpr double kWorthTelling = 0.02, kOver = 0.01;
  if (view.parameters().customers.headroom < 0) return;
  for (const ClassId k : table.classes.ids()) {
    const auto& c = table.classes[k];
    if (c.use != FleetUse::Customers) continue;
    const double waiting = core::real(load.waiting[c.cloud] + load.classes[k].demand - allocation.classes[k].served);
    const double wanted = core::real(load.waiting[c.cloud] + load.classes[k].demand);
    const double share = wanted > 0 ? waiting / wanted : 0.0;
    const bool before = refusing[c.cloud] != 0;
    if (before ? share >= kOver : share < kWorthTelling) continue;
    refusing[c.cloud] = before ? 0 : 1;
    const std::string& name = view.parameters().clouds[c.cloud].name;
    notices.push_back({t, "orders", name,
                       before ? name + " has room for new orders again"
                              : name + " has no room for new orders: " + std::to_string(std::llround(1e2 * share)) +
                                    " % of what AI customers want of it waits for capacity"});
  }
}

}  // namespace rackrate::market
