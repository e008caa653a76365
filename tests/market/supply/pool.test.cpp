#include "sim/market/supply/pool.hpp"

#include <cmath>

#include "sim/market/supply/power_authority.hpp"
#include "tests/market/support/one_process.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/near.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

const PoolId kNorthPool{0};

/// 100 chips of 1 H100e and 1.4 kW in north's pool.
Parameters fleet(double power_mw, double availability) {
  Parameters p = test::small_parameters();
  auto& cloud = p.clouds[test::kNorth];
  cloud.availability = availability;
  cloud.regions.front().power_mw = power_mw;
  return p;
}

}  // namespace

TEST_CASE("a pool offers what is powered and up", "[market][supply]") {
  const test::SmallMarket market(fleet(-1.0, 0.75));
  const PoolSignal signal = first_pool(market.compiled(), kNorthPool).signal;
  CHECK(signal.installed == 100);
  CHECK(signal.unpowered == 0);
  CHECK(signal.down == 25);
  CHECK(signal.available == 75);
  CHECK(std::abs(signal.power_kw - 140.0) < 1e-9);
  CHECK(signal.energised_kw == -1.0);
}

TEST_CASE("chips without power wait", "[market][supply]") {
  const test::SmallMarket market(fleet(0.07, 1.0));
  const PoolSignal signal = first_pool(market.compiled(), kNorthPool).signal;
  CHECK(signal.unpowered == 50);  // 70 kW run 50 chips
  CHECK(signal.available == 50);
  CHECK(signal.chip_powered[ChipId(0)] == 50);
}

TEST_CASE("a pool's first events are scripted lots and sites, just before their dates, and retirements",
          "[market][supply]") {
  Parameters p = fleet(-1.0, 1.0);
  p.chips[ChipId(0)].life_years = 6.0;
  p.clouds[test::kNorth].fleet_age_years = 2.0;
  auto& region = p.clouds[test::kNorth].regions.front();
  region.lots = {{"lot", "chip", 20.0, core::date(2026, 3, 1)}};
  region.sites = {{"site", 5.0, core::date(2026, 6, 1)}};
  const test::SmallMarket market(p);
  const auto events = first_events(market.compiled(), first_pool(market.compiled(), kNorthPool));
  REQUIRE(events.size() == 3);
  CHECK(events[0].time == core::date(2026, 3, 1) - core::SimDuration{1});
  CHECK(unpack<LotArrives>(events[0].payload).units == 20);
  CHECK(events[1].time == core::date(2026, 6, 1) - core::SimDuration{1});
  CHECK(unpack<PowerOn>(events[1].payload).kilowatts == 5'000);
  CHECK(events[2].time == test::kStart + core::years(4));
  CHECK(unpack<RetireDue>(events[2].payload).cohort == CohortId(0));
}

TEST_CASE("a lot is paid when it is shipped, and runs and wears out from its arrival", "[market][supply]") {
  Parameters p = fleet(-1.0, 1.0);
  p.chips[ChipId(0)].life_years = 1.0;
  const test::SmallMarket market(p);
  Pool pool = first_pool(market.compiled(), kNorthPool);
  std::vector<std::int64_t> installed;
  const LotShipped shipped{ChipId(0), PartyId(1), 20, Money{300'000'000}};
  const LotArrives lot{ChipId(0), PartyId(1), 20, Money{300'000'000}};
  const auto sent = test::run_process(market.regime, market.regime.directory.of(kNorthPool),
                                      {{test::kStart, shipped}, {core::date(2026, 2, 1), lot}}, core::date(2027, 6, 1),
                                      [&](Context& context, const Event& event) {
                                        handle_pool(pool, market.view(), context, event);
                                        installed.push_back(pool.signal.installed);
                                      });
  CHECK(installed == std::vector<std::int64_t>{100, 120, 100});
  CHECK(pool.signal.shipped == 20);
  CHECK(pool.signal.received == 20);
  REQUIRE(sent.size() == 2);
  const auto paid = receive<CapexPaid>(sent.front());
  CHECK(CloudId(paid.cloud) == test::kNorth);
  CHECK(PartyId(paid.payee) == PartyId(1));
  CHECK(paid.chip == ChipId(0));
  CHECK(paid.quantity == 20);
  CHECK(paid.amount == Money{6'000'000'000});  // 20 x 30,000 $
  const auto installed_lot = receive<LotInService>(sent.back());
  CHECK(installed_lot.cloud == test::kNorth);
  CHECK(installed_lot.cost == paid.amount);
}

TEST_CASE("a scripted lot that was shipped before the start was paid before it", "[market][supply]") {
  Parameters p = fleet(-1.0, 1.0);
  auto& vendor = p.vendors[VendorId(0)];
  vendor.lead_min_days = 28.0;
  vendor.lead_shape = 4.0;
  vendor.lead_scale_days = 14.0;  // 84 days
  p.clouds[test::kNorth].regions.front().lots = {{"early", "chip", 20.0, core::date(2026, 3, 1)},
                                                 {"late", "chip", 30.0, core::date(2026, 6, 1)}};
  const test::SmallMarket market(p);
  std::vector<core::SimTime> shipped;
  for (const auto& event : first_events(market.compiled(), first_pool(market.compiled(), kNorthPool)))
    if (event.kind == static_cast<std::uint16_t>(EventKind::LotShipped)) shipped.push_back(event.time);
  CHECK(shipped == std::vector<core::SimTime>{core::date(2026, 3, 9) - core::SimDuration{1}});
}

TEST_CASE("power that is energised lets waiting chips run, and is paid to suppliers", "[market][supply]") {
  Parameters p = fleet(0.07, 1.0);
  p.clouds[test::kNorth].facility_usd_per_mw = 1e6;
  const test::SmallMarket market(p);
  Pool pool = first_pool(market.compiled(), kNorthPool);
  const auto sent = test::run_process(
      market.regime, market.regime.directory.of(kNorthPool), {{test::kStart, PowerOn{14}}}, core::date(2026, 1, 3),
      [&](Context& context, const Event& event) { handle_pool(pool, market.view(), context, event); });
  CHECK(pool.signal.unpowered == 40);  // 14 kW more run ten chips
  CHECK(pool.signal.delivered_kw == 14.0);
  REQUIRE(sent.size() == 1);
  const auto paid = receive<CapexPaid>(sent.front());
  CHECK(!paid.chip.exists());
  CHECK(PartyId(paid.payee) == market.compiled().suppliers);
  CHECK(paid.amount == Money{140'000'000});  // 0.014 MW x 1 M$
}

TEST_CASE("a new site is energised in four phases that add up", "[market][supply]") {
  const test::SmallMarket market;
  const auto& directory = market.regime.directory;
  const auto sent = test::run_process(
      market.regime, directory.power, {{test::kStart, SiteStart{kNorthPool, 672, 1'003}}}, core::date(2040, 1, 1),
      [&](Context& context, const Event& event) { handle_power_authority(market.view(), context, event); });
  REQUIRE(sent.size() == 4);
  std::int64_t kilowatts = 0;
  for (std::size_t k = 0; k < sent.size(); ++k) {
    CHECK(sent[k].target == directory.of(kNorthPool));
    CHECK(receive<PowerOn>(sent[k]).kilowatts == (k < 3 ? 250 : 253));
    if (k > 0) CHECK(sent[k - 1].time < sent[k].time);
    kilowatts += receive<PowerOn>(sent[k]).kilowatts;
  }
  CHECK(kilowatts == 1'003);
}

TEST_CASE("a site is paid as its shell is built and as its power comes on, to the kilowatt", "[market][supply]") {
  Parameters p = fleet(0.07, 1.0);
  p.clouds[test::kNorth].facility_usd_per_mw = 1e6;
  p.clouds[test::kNorth].capital.shell_share = 0.4;
  p.clouds[test::kNorth].capital.deposit_share = 0.25;
  p.sites.lead_median_days = 120.0;
  p.sites.lead_min_days = 30.0;
  const test::SmallMarket market(p);
  Pool pool = first_pool(market.compiled(), kNorthPool);
  const auto end_of_january = core::date(2026, 2, 1) - core::SimDuration{1};
  const auto sent = test::run_process(market.regime, market.regime.directory.of(kNorthPool),
                                      {{test::kStart, SiteBegun{core::month_index(test::kStart), 0, 1'000}},
                                       {end_of_january, PoolMonth{}},
                                       {core::date(2026, 4, 1), PowerOn{1'000}}},
                                      core::date(2026, 8, 1), [&](Context& context, const Event& event) {
                                        handle_pool(pool, market.view(), context, event);
                                      });
  // 400 kW are shell: 100 in January, then 75 in each of four months; 600 with the power.
  std::vector<std::int64_t> kilowatts;
  for (const auto& event : sent) kilowatts.push_back(receive<CapexPaid>(event).quantity);
  CHECK(kilowatts == std::vector<std::int64_t>{100, 75, 75, 600, 75, 75});
  REQUIRE(pool.payments.size() == 6);
  CHECK(pool.payments.front().kind == CapitalKind::Shells);
  CHECK(pool.payments[3].kind == CapitalKind::Power);
  double usd = 0.0;
  for (const auto& payment : pool.payments) usd += payment.usd;
  CHECK(usd == test::near(1e6));
  CHECK(pool.signal.paid[0] == test::near(100e3));
  CHECK(pool.signal.paid[3] == test::near(675e3));
}

TEST_CASE("chips that get no power beside better ones retire early, the oldest first", "[market][supply]") {
  Parameters p = fleet(0.014, 1.0);  // 14 kW
  Chip better = p.chips[ChipId(0)];
  better.name = "chip-2";
  better.h100e = 2.0;
  p.chips.push_back(better);
  auto& cloud = p.clouds[test::kNorth];
  cloud.regions.front().fleet = {{"chip", 30.0}, {"chip-2", 8.0}};
  cloud.capital.idle_retirement_days = 60.0;
  const test::SmallMarket market(p);
  Pool pool = first_pool(market.compiled(), kNorthPool);
  CHECK(pool.signal.installed == 46);
  CHECK(pool.signal.unpowered == 28);  // 8 better ones and two old ones run
  std::vector<std::int64_t> installed;
  (void)test::run_process(market.regime, market.regime.directory.of(kNorthPool),
                          {{core::date(2026, 2, 1) - core::SimDuration{1}, PoolMonth{}}}, core::date(2026, 4, 1),
                          [&](Context& context, const Event& event) {
                            handle_pool(pool, market.view(), context, event);
                            installed.push_back(pool.signal.installed);
                          });
  // Idle in January and in February: 60 days; the first look expects it.
  CHECK(installed == std::vector<std::int64_t>{46, 18, 18});
  CHECK(pool.signal.idle_retiring == 0.0);
  CHECK(pool.cohorts[CohortId(0)].units == 2);
}
