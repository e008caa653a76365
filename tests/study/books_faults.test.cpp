#include <string>

#include "sim/core/error.hpp"
#include "sim/market/world/world.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

namespace rackrate::market {
/// Reaches into a world to break its books by one unit.
struct WorldFault {
  static Exchange& exchange(World& world) { return world.exchange_; }
};
}  // namespace rackrate::market

using namespace rackrate;

namespace {

/// Runs to a day, breaks something, goes on to the end. Returns what the books said; empty: nothing.
template <class Break>
std::string broken(const scenario::Scenario& scenario, core::SimTime day, Break&& breaks) {
  const auto regime = std::make_shared<const market::Regime>(market::build_regime(scenario.parameters()));
  market::World world(regime, 1, 0);
  const auto serial = engine::make_serial_executor();
  world.run_until(day, *serial);
  breaks(market::WorldFault::exchange(world), regime->compiled);
  try {
    world.run_until(scenario.parameters().run.end, *serial);
  } catch (const core::LedgerError& error) {
    return error.what();
  }
  return {};
}

market::LabelId label(const market::CompiledScenario& s, const std::string& name) {
  return market::LabelId(*market::index_of(s.money_labels.rows(), name));
}
bool says(const std::string& all, const std::string& part) { return all.find(part) != std::string::npos; }
const core::SimTime kDay3 = core::date(2026, 1, 4);

}  // namespace

TEST_CASE("the books of a sound run close", "[study][books]") {
  CHECK(broken(test::load("toy-10"), kDay3, [](market::Exchange&, const market::CompiledScenario&) {}).empty());
}

TEST_CASE("a revenue share that counts one unit too many fails the books", "[study][books]") {
  // 5 units at 20 % are one unit more against the cap, which is then reached one unit early.
  const auto text = broken(test::load("toy-10"), kDay3, [](market::Exchange& e, const market::CompiledScenario& s) {
    CHECK(e.accounts.clauses[label(s, "oai-az/share")].share.post(market::Money{5}) == market::Money{1});
  });
  CHECK(says(text, "revshare"));
  CHECK(says(text, "moved by"));
}

TEST_CASE("a commitment that counts one unit of use too many fails the books", "[study][books]") {
  const auto text = broken(test::load("toy-10"), kDay3, [](market::Exchange& e, const market::CompiledScenario& s) {
    e.accounts.clauses[label(s, "oai-az/commitment")].commitment.spend(kDay3, market::Money{1});
  });
  CHECK(says(text, "shortfall"));
}

TEST_CASE("a purchase of capital one unit off its quantity times price fails the books", "[study][books]") {
  // 7 units at 100 $ are 700 $; the buyer states a unit of 1e-4 $ more.
  const auto scenario = test::load("toy-10", {{"supply.maker.h100.unit_price", "\"100 $\""}});
  const auto buy = [&](std::int64_t amount) {
    return broken(scenario, kDay3, [&](market::Exchange& e, const market::CompiledScenario& s) {
      e.capital.payments.push_back({s.cloud_firm[market::CloudId(0)], s.vendor_firm[market::VendorId(0)],
                                    market::CloudId(0), market::ChipId(0), 7, market::Money{amount}});
    });
  };
  CHECK(buy(7'000'000).empty());
  CHECK(says(buy(7'000'001), "capex"));
}

TEST_CASE("governance and migration that enterprises did not report fail the books", "[study][books]") {
  const auto scenario = test::small("openai-azure-amended", {{"run.end", "2025-09-01"}});
  const auto day = core::date(2025, 8, 10);
  CHECK(says(broken(scenario, day,
                    [](market::Exchange& e, const market::CompiledScenario&) {
                      e.demand.governance[market::SegmentId(0)] += market::Money{1};
                    }),
             "governance"));
  CHECK(
      says(broken(scenario, day,
                  [](market::Exchange& e, const market::CompiledScenario&) { e.demand.migration += market::Money{1}; }),
           "migration"));
}

TEST_CASE("a tranche that pays one unit more than it promised fails the books", "[study][books]") {
  const auto scenario = scenario::Scenario::parse(
      "extends = \"toy-10\"\n[contracts.oai-aws.versions.first.clauses]\ntranche = { kind = \"tranche\", payer = "
      "\"aws\", payee = \"oai\", amount = \"1000 $\", from = 2026-01-08 }\n",
      "more.toml", test::library());
  CHECK(broken(scenario, kDay3, [](market::Exchange&, const market::CompiledScenario&) {}).empty());
  // A payment that no promise stands behind: the tranche was marked as paid, and is paid by hand.
  const auto text = broken(scenario, kDay3, [](market::Exchange& e, const market::CompiledScenario& s) {
    e.books.post({{s.cloud_firm[market::CloudId(0)], market::Layer::Model},
                  {s.lab_firm[market::LabId(0)], market::Layer::Model},
                  market::Category::Investment,
                  market::Money{1},
                  {}},
                 kDay3);
  });
  CHECK(says(text, "investment"));
}
