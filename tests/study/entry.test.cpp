#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;

namespace {

/// Five years of one cloud that builds nothing and one that may enter. Customers want `demand` H100e of the first,
/// which has 10,000 and moves its list by use; of the second they would want as much. A site takes a year, and 10 MW
/// hold 10,000 chips of 20,000 $.
std::string market_without(const std::string& demand) {
  return R"(
title = "One cloud, and one that may enter"
source = "own"
grade = "A"
[sources.own]
title = "Worked example"
[run]
start = 2026-01-01
end = 2031-01-01
[regions.one]
title = "The only region"
[sites]
lead_median = "365 d"
lead_sigma = 0.1
[firms.old]
[firms.new]
[firms.maker]
[supply.maker]
firm = "maker"
[supply.maker.chip]
h100e = 1
facility_power = "1 kW"
unit_price = "20000 $"
life = "6 y"
units_per_month = 5000
[clouds.old]
firm = "old"
invests = false
price = "2 $/H100e-h"
[clouds.old.customers]
compute = ")" +
         demand + R"( H100e"
[clouds.old.regions.one]
share = 1
[clouds.old.regions.one.fleet]
chip = 10000
[prices]
rule = "smooth"
)";
}

const std::string kEntrant = R"(
[clouds.new]
firm = "new"
price = "2 $/H100e-h"
energy_price = "60 $/MWh"
opex = "200 $/kW-y"
facility_cost = "10 M$/MW"
capex = "1 B$/y"
forecast = "naive"
[clouds.new.capital]
hurdle_rate = "12 %/y"
price_erosion = "20 %/y"
review_interval = "1 mo"
shell_share = 0.3
deposit = 0.1
[clouds.new.customers]
compute = "10000 H100e"
[clouds.new.borrowing]
net_debt = "0 $"
base_rate = "4 %/y"
spread = "6 %/y"
term = "5 y"
limit = "150 M$"
default_hazard = "10 %/y"
recovery = 0.6
[clouds.new.entry]
least_scale = "10 MW"
equity = "200 M$"
hurdle_multiple = 1.2
[clouds.new.silicon]
maker = 1
[clouds.new.regions.one]
share = 1
power = "0 MW"
)";

scenario::Scenario world(const std::string& demand, const std::string& more = kEntrant) {
  return scenario::Scenario::parse(market_without(demand) + more, "entry.toml", {});
}
scenario::Scenario scarce() { return world("14000"); }

/// Keeps what is said of the cloud that may enter, and of the market.
struct Listener : test::Tape {
  std::vector<std::string> texts;
  std::vector<market::CapitalPlanFact> plans;
  std::vector<market::DecisionFact> decisions;
  core::SimTime entered = core::kNever, sold = core::kNever, powered = core::kNever;
  market::CloudId cloud{0};  ///< "new", by name before "old", where there is it
  void on_event(const market::EventFact& event) override {
    if (event.kind == "entry") texts.emplace_back(event.text);
  }
  void on_capital_plan(const market::CapitalPlanFact& plan) override {
    if (plan.cloud == cloud) plans.push_back(plan);
  }
  void on_decision(const market::DecisionFact& decision) override {
    if (decision.kind == market::DecisionKind::Investment && decision.actor == cloud.number())
      decisions.push_back(decision);
  }
  void on_window(const market::WindowFact& window) override {
    Tape::on_window(window);
    for (const auto& pool : window.pools)
      if (pool.cloud == cloud && pool.installed > 0) powered = std::min(powered, window.start);
    for (const auto& use : window.uses)
      if (use.cloud == cloud && use.served > 0) sold = std::min(sold, window.start);
  }
};

struct Run {
  explicit Run(const scenario::Scenario& scenario, std::uint64_t replication = 0)
      : regime(std::make_shared<const market::Regime>(market::build_regime(scenario.parameters()))),
        world(regime, 1, replication) {
    const auto serial = engine::make_serial_executor();
    world.run_until(scenario.parameters().run.end, *serial, &heard);
    if (market::must_enter(scenario.parameters().clouds[heard.cloud]))
      heard.entered = world.board().clouds[heard.cloud].entered;
  }
  std::shared_ptr<const market::Regime> regime;
  market::World world;
  Listener heard;
};

bool of_firm(const market::EntryFact& entry, market::PartyId firm) { return entry.from == firm || entry.to == firm; }

}  // namespace

TEST_CASE("a cloud enters under scarcity, and nothing of it is ordered, built, paid or sold before", "[study][entry]") {
  const Run run(scarce());
  const Listener& heard = run.heard;
  const auto& s = run.regime->compiled;
  const market::PartyId firm = s.cloud_firm[heard.cloud];
  REQUIRE(heard.entered < core::date(2029, 1, 1));
  REQUIRE(heard.sold != core::kNever);
  CHECK(heard.entered + core::days(0.7 * 365 * 0.7) < heard.sold);  // its first power takes about as long
  CHECK(heard.powered <= heard.sold);
  for (const auto& decision : heard.decisions)
    if (decision.time < heard.entered) CHECK(decision.order_h100e + decision.site_kw == 0.0);
  for (const auto& paid : heard.capital)
    if (paid.cloud == heard.cloud) CHECK(paid.time >= heard.entered);
  market::Money equity, sales;
  for (const auto& entry : heard.entries) {
    if (!of_firm(entry, firm) || entry.amount == market::Money{}) continue;
    CHECK(entry.day >= heard.entered);
    if (entry.category == market::Category::Investment) equity += entry.amount;
    if (entry.category == market::Category::CustomerHosting) {
      CHECK(entry.day >= heard.sold);
      sales += entry.amount;
    }
  }
  CHECK(equity == market::Money::from_usd(200e6));  // once, and all of it
  CHECK(sales > market::Money{});
  for (const auto& plan : heard.plans)
    if (core::month_start(core::month_index(plan.month) + 1) <= heard.entered)
      CHECK(plan.budget_usd + plan.committed_usd + plan.net_debt_usd + plan.site_kw == 0.0);
  REQUIRE(heard.texts.size() >= 2);
  CHECK(heard.texts.front().find("new stays outside: its least scale is worth") == 0);
  CHECK(heard.texts.back().find("new enters with a site of 10 MW") == 0);
}

TEST_CASE("without scarcity none enters, and one that never enters changes nothing", "[study][entry]") {
  const Run with(world("8000")), without(world("8000", ""));
  CHECK(with.heard.entered == core::kNever);
  CHECK(with.heard.sold == core::kNever);
  const auto payments = [](const Run& run) {
    std::vector<std::pair<std::string, market::Money>> out;
    for (const auto& entry : run.heard.entries)
      if (entry.amount != market::Money{}) out.emplace_back(run.regime->compiled.parties[entry.from], entry.amount);
    return out;
  };
  CHECK(payments(with) == payments(without));
}

TEST_CASE("entry is the same on any number of threads, forked and in odd steps", "[study][entry][determinism]") {
  const auto scenario = scarce();
  study::Simulation straight(scenario, 1, 0), stepped(scenario, 1, 0), threads(scenario, 1, 0);
  straight.run();
  threads.run(3);
  CHECK(threads.fingerprint() == straight.fingerprint());
  for (const auto date : {core::date(2026, 3, 2), core::date(2027, 2, 17), core::date(2028, 4, 27)})
    stepped.run_until(date);
  study::Simulation fork = stepped;
  stepped.run();
  fork.run();
  CHECK(stepped.fingerprint() == straight.fingerprint());
  CHECK(fork.fingerprint() == straight.fingerprint());
}
