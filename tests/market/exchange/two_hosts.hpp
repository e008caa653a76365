#pragma once
#include <memory>
#include <string>

#include "sim/market/exchange/exchange.hpp"
#include "sim/market/world/world.hpp"
#include "sim/scenario/scenario.hpp"

namespace rackrate::test {

using namespace market;

/// One lab whose consumers want 700 H100e, at two clouds of other firms: near (1000 H100e at 1 $/H100e-h) and far (500
/// at 1.1 $). Prices are frozen. `more` is added to the text: what a test is about.
inline std::string two_hosts(const std::string& more) {
  return R"(
title = "Two hosts"
source = "own"
grade = "A"
[sources.own]
title = "Worked example"
[run]
start = 2026-01-01
end = 2027-01-01
valuation_date = 2026-01-01
[regions.one]
title = "The only region"
[firms.near]
[firms.far]
[firms.lab]
[firms.maker]
[supply.maker]
firm = "maker"
[supply.maker.h100]
h100e = 1
facility_power = "1 kW"
unit_price = "1461 $"
life = "4 y"
[clouds.near]
firm = "near"
invests = false
price = "1 $/H100e-h"
[clouds.near.regions.one]
share = 1
[clouds.near.regions.one.fleet]
h100 = 1000
[clouds.far]
firm = "far"
invests = false
price = "1.1 $/H100e-h"
[clouds.far.regions.one]
share = 1
[clouds.far.regions.one.fleet]
h100 = 500
[channels.direct]
[labs.lab]
firm = "lab"
[labs.lab.streams.app]
product = "consumer"
compute = "700 H100e"
price = "6 $/H100e-h"
efficiency_applies = false
[labs.lab.routes.near]
[labs.lab.routes.far]
[prices]
rule = "frozen"
[clearing]
rho_max = 1
latency = "0 $/H100e-h"
[contracts.hosting]
parties = ["lab", "near", "far"]
[contracts.hosting.versions.first]
signed = 2025-01-01
effective = 2025-01-01
[contracts.hosting.versions.first.clauses]
near = { kind = "grant", role = ["HOST", "TRAIN"], grantee = "near", scope = { labs = ["lab"] } }
far = { kind = "grant", role = ["HOST", "TRAIN"], grantee = "far", scope = { labs = ["lab"] } }
)" + more;
}

/// A month is 30.4375 days: the floor is one H100e a day.
inline const std::string kRamp = "[hosting]\nramp = \"100 %/mo\"\nramp_floor = \"30.4375 H100e/mo\"\n";

/// That market, cleared day by day; nothing is booked.
class TwoHosts {
 public:
  explicit TwoHosts(const std::string& more = {}, const std::string& base = two_hosts(""))
      : regime_(std::make_shared<const Regime>(
            build_regime(scenario::Scenario::parse(base + more, "two-hosts.toml", {}).parameters()))),
        world(regime_, 1, 0),
        board(world.board()),
        exchange(world.exchange()) {}

  [[nodiscard]] const CompiledScenario& s() const { return regime_->compiled; }
  [[nodiscard]] MarketView view() const { return {*regime_, world.draws(), board}; }
  [[nodiscard]] CloudId cloud(const std::string& name) const {
    return CloudId(*index_of(s().parameters.vocabulary.clouds, name));
  }
  [[nodiscard]] Interval day(int number) const {
    const core::SimTime start = s().parameters.run.start + number * core::kDay;
    return {start, start + core::kDay};
  }
  [[nodiscard]] SettledInterval clear_day(int number) { return settle_interval(exchange, view(), day(number)); }
  [[nodiscard]] static std::int64_t at(const SettledInterval& day, CloudId host) {
    std::int64_t sum = 0;
    for (const ClassId k : day.allocation.classes.ids()) sum += day.allocation.by_host(k, host);
    return sum;
  }
  void set_price(const std::string& name, double index) { board.clouds[cloud(name)].price_index = index; }
  /// So many of a cloud's H100e run, the others are down.
  void set_running(const std::string& name, std::int64_t h100e) {
    set_capacity(name, h100e);
    for (const PoolId pool : s().pools_of_cloud[cloud(name)])
      board.pools[pool].down = board.pools[pool].installed - h100e;
  }
  void set_capacity(const std::string& name, std::int64_t h100e) {
    for (const PoolId pool : s().pools_of_cloud[cloud(name)]) board.pools[pool].available = h100e;
  }

 private:
  std::shared_ptr<const Regime> regime_;

 public:
  World world;
  Board board;
  Exchange exchange;
};

}  // namespace rackrate::test
