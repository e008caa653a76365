#include "sim/market/supply/vendor.hpp"

#include <cmath>

#include "sim/market/supply/rest_of_world.hpp"
#include "tests/market/support/one_process.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

SupplyLine line(const std::string& chip, double units_per_month) {
  SupplyLine line;
  line.chip = chip;
  line.from = test::kStart;
  line.units_per_month = units_per_month;
  return line;
}

/// A vendor of two chips: 100 a month of 1 H100e, 1.4 kW and 30,000 $; 50 of 2 H100e, 2 kW and 50,000 $.
Parameters two_chips() {
  Parameters p = test::small_parameters();
  p.chips[ChipId(0)].unit_price_usd = 30e3;
  Chip big;
  big.name = "big";
  big.vendor = "maker";
  big.h100e = 2.0;
  big.facility_kw = 2.0;
  big.unit_price_usd = 50e3;
  p.chips.push_back(big);
  p.vendors[VendorId(0)].lines = {line("chip", 100.0), line("big", 50.0)};
  for (auto& cloud : p.clouds) cloud.silicon = {{"maker", 1.0}};
  return p;
}

}  // namespace

TEST_CASE("a supply line ramps up, grows and ends", "[market][supply]") {
  SupplyLine one = line("chip", 100.0);
  one.ramp_months = 4.0;
  one.until = core::date(2027, 6, 1);
  CHECK(planned_units(one, core::date(2025, 12, 31)) == 0.0);
  CHECK(planned_units(one, test::kStart) == 25.0);  // the first of four months
  CHECK(planned_units(one, core::date(2026, 9, 1)) == 100.0);
  CHECK(planned_units(one, core::date(2027, 6, 1)) == 0.0);
  one.growth = {1.0, 1e9};  // doubles every year
  CHECK(std::abs(planned_units(one, test::kStart + core::years(1)) - 200.0) < 1e-4);
}

TEST_CASE("a supply line that is phased out falls in equal steps", "[market][supply]") {
  SupplyLine one = line("chip", 100.0);
  one.until = test::kStart + core::years(1);
  one.phase_out_months = 6.0;
  CHECK(planned_units(one, test::kStart + core::years(0.5)) == 100.0);
  CHECK(std::abs(planned_units(one, test::kStart + core::years(0.75)) - 50.0) < 1e-9);
  CHECK(std::abs(planned_units(one, test::kStart + core::years(11.0 / 12)) - 100.0 / 6) < 1e-6);
  one.until = core::kNever;
  CHECK(planned_units(one, test::kStart + core::years(20)) == 100.0);
}

TEST_CASE("what the rest of the world orders grows by itself and answers the price of an H100e", "[market][supply]") {
  Parameters p = two_chips();  // 200 H100e a month, of which 100 cost 30,000 $ and 100 25,000 $
  auto& maker = p.vendors[VendorId(0)];
  maker.outside_share = 0.25;
  maker.outside_growth = {1.0, 1e9};  // doubles every year
  maker.outside_price_elasticity = 2.0;
  const core::SimTime year_two = test::kStart + core::years(1);
  CHECK(outside_h100e(test::SmallMarket(p).compiled(), VendorId(0), year_two) == 50.0);  // a share of what is made
  maker.outside_orders = OutsideOrders::Path;
  CHECK(outside_h100e(test::SmallMarket(p).compiled(), VendorId(0), test::kStart) == 50.0);
  CHECK(std::abs(outside_h100e(test::SmallMarket(p).compiled(), VendorId(0), year_two) - 100.0) < 1e-4);
  // Half of what is made no longer sells: twice the H100e of before are at 25,000 $, for 27,500 $.
  maker.lines[0].until = year_two;
  const double cheaper = 27'500.0 / 25'000.0;
  CHECK(std::abs(outside_h100e(test::SmallMarket(p).compiled(), VendorId(0), year_two) - 100.0 * cheaper * cheaper) <
        1e-4);
  // One who makes nothing yet is asked for nothing; the share is that of its first month.
  for (auto& l : maker.lines) {
    l.from = year_two;
    l.until = core::kNever;
  }
  CHECK(outside_h100e(test::SmallMarket(p).compiled(), VendorId(0), test::kStart) == 0.0);
  CHECK(outside_h100e(test::SmallMarket(p).compiled(), VendorId(0), year_two) == 50.0);
}

TEST_CASE("what the rest of the world orders and does not get stays ordered", "[market][supply]") {
  Parameters p = two_chips();
  p.vendors[VendorId(0)].outside_share = 0.5;
  p.vendors[VendorId(0)].outside_orders = OutsideOrders::Path;
  const test::SmallMarket market(p);
  VendorState vendor = first_vendor(market.compiled(), VendorId(0));
  vendor.backlog[CloudId(0)] = 300;  // with the 100 of the rest of the world twice what is made
  const auto sent = test::run_process(
      market.regime, market.regime.directory.of(VendorId(0)), {{test::kStart, SupplyEpoch{}}}, core::date(2026, 1, 15),
      [&](Context& context, const Event& event) { handle_vendor(vendor, market.view(), context, event); });
  CHECK(!sent.empty());
  CHECK(vendor.backlog[CloudId(0)] == 150);
  CHECK(vendor.outside == 50);
  CHECK(total_orders(vendor) == 200);
}

TEST_CASE("a quoted wait is the queue over what is left for the clouds", "[market][supply]") {
  Parameters p = two_chips();  // 200 H100e a month
  p.vendors[VendorId(0)].outside_share = 0.25;
  const test::SmallMarket market(p);
  const VendorId maker(0);
  const double month = core::kDaysPerYear / 12.0;
  CHECK(quoted_wait_days(market.compiled(), maker, 0, test::kStart) == 0.0);
  CHECK(std::abs(quoted_wait_days(market.compiled(), maker, 225, test::kStart) - 1.5 * month) < 1e-9);  // 150 a month
  CHECK(quoted_wait_days(market.compiled(), maker, 1'000'000'000, test::kStart) == 24.0 * month);
  CHECK(quoted_wait_days(market.compiled(), maker, 225, core::date(2020, 1, 1)) == 0.0);  // it ships nothing yet
}

TEST_CASE("what is not made yet is not ordered", "[market][supply]") {
  Parameters p = two_chips();
  Vendor later = p.vendors[VendorId(0)];
  later.name = "later";
  for (auto& l : later.lines) l.from = test::kStart + core::years(1);
  p.vendors.push_back(later);
  p.clouds[CloudId(0)].silicon = {{"maker", 0.6}, {"later", 0.4}};
  const test::SmallMarket market(p);
  const auto& cloud = market.compiled().parameters.clouds[CloudId(0)];
  const auto now = silicon_on_sale(market.compiled(), cloud, test::kStart);
  REQUIRE(now.size() == 1);
  CHECK(now[0].vendor == VendorId(0));
  CHECK(std::abs(now[0].share - 1.0) < 1e-12);
  CHECK(silicon_on_sale(market.compiled(), cloud, test::kStart + core::years(2)).size() == 2);
  CHECK(silicon_on_sale(market.compiled(), cloud, core::date(2020, 1, 1)).size() == 2);  // none ships: as written
}

TEST_CASE("what a vendor ships is weighted by H100e", "[market][supply]") {
  const test::SmallMarket market(two_chips());
  const VendorId maker(0);
  CHECK(planned_h100e(market.compiled(), maker, test::kStart) == 200.0);
  CHECK(price_per_h100e(market.compiled(), maker, test::kStart) == 27.5e3);             // (100 x 30 + 50 x 50) / 200 k$
  CHECK(std::abs(kw_per_h100e(market.compiled(), maker, test::kStart) - 1.2) < 1e-12);  // (140 + 100) / 200
  CHECK(price_per_h100e(market.compiled(), maker, core::date(2025, 1, 1)) == 0.0);      // nothing is shipped yet
}

TEST_CASE("a vendor begins with its share of what clouds had ordered before", "[market][supply]") {
  Parameters p = two_chips();
  p.clouds[test::kNorth].backlog_h100e = 100.0;
  p.clouds[test::kNorth].silicon = {{"maker", 0.25}, {"other", 0.75}};
  p.clouds[test::kSouth].backlog_h100e = 100.0;
  p.clouds[test::kSouth].silicon = {};
  Vendor other = p.vendors[VendorId(0)];
  other.name = "other";
  p.vendors.push_back(other);
  const auto backlog = [&p] { return first_vendor(test::SmallMarket(p).compiled(), VendorId(0)).backlog; };
  CHECK(backlog()[test::kNorth] == 25);
  CHECK(backlog()[test::kSouth] == 0);
  // What the other does not make yet was ordered here.
  for (auto& one : p.vendors[VendorId(1)].lines) one.from = core::date(2027, 1, 1);
  CHECK(backlog()[test::kNorth] == 100);
}

TEST_CASE("a month's supply goes to the backlog as lots of each chip, after the lead time", "[market][supply]") {
  Parameters p = two_chips();
  p.clouds[test::kNorth].backlog_h100e = 120.0;
  const test::SmallMarket market(p);
  VendorState vendor = first_vendor(market.compiled(), VendorId(0));
  const auto& directory = market.regime.directory;
  const auto sent = test::run_process(market.regime, directory.of(VendorId(0)), {{test::kStart, SupplyEpoch{}}},
                                      core::date(2026, 12, 1), [&](Context& context, const Event& event) {
                                        if (context.now() < core::date(2026, 2, 1))
                                          handle_vendor(vendor, market.view(), context, event);
                                      });
  // Without noise 200 H100e are made, more than the 120 wanted: half of each in H100e, 60 chips and 30 big ones.
  CHECK(vendor.backlog[test::kNorth] == 0);
  REQUIRE(sent.size() == 4);  // two lots, each shipped and paid at once
  std::int64_t units = 0, h100e = 0;
  for (const auto& event : sent) {
    CHECK(event.target == directory.of(PoolId(0)));
    if (event_kind(event) == EventKind::LotShipped) {
      CHECK(event.time == test::kStart + core::kDay);
      continue;
    }
    CHECK(event_kind(event) == EventKind::LotArrives);
    CHECK(event.time >= test::kStart + core::days(p.vendors[VendorId(0)].lead_min_days));
    const auto lot = receive<LotArrives>(event);
    CHECK(lot.unit_price == (lot.chip == ChipId(0) ? Money{300'000'000} : Money{500'000'000}));
    units += lot.units;
    h100e += lot.units * (lot.chip == ChipId(0) ? 1 : 2);
  }
  CHECK(units == 90);
  CHECK(h100e == 120);
}

TEST_CASE("the rest of the world pays for what it is granted, chip by chip", "[market][supply]") {
  Parameters p = two_chips();
  p.vendors[VendorId(0)].outside_share = 0.5;
  const test::SmallMarket market(p);
  VendorState vendor = first_vendor(market.compiled(), VendorId(0));
  const auto sent = test::run_process(
      market.regime, market.regime.directory.of(VendorId(0)), {{test::kStart, SupplyEpoch{}}}, core::date(2026, 1, 15),
      [&](Context& context, const Event& event) { handle_vendor(vendor, market.view(), context, event); });
  // Half of 200 H100e: 50 chips at 30,000 $ and 25 big ones at 50,000 $.
  REQUIRE(sent.size() == 2);
  Money paid;
  for (const auto& event : sent) {
    const auto purchase = receive<CapexPaid>(event);
    CHECK(event.target == market.regime.directory.exchange);
    CHECK_FALSE(CloudId(purchase.cloud).exists());
    paid += purchase.amount;
  }
  CHECK(paid == Money::from_usd(50 * 30'000.0 + 25 * 50'000.0));
}

TEST_CASE("an order adds to the backlog of its cloud", "[market][supply]") {
  const test::SmallMarket market(two_chips());
  VendorState vendor = first_vendor(market.compiled(), VendorId(0));
  (void)test::run_process(
      market.regime, market.regime.directory.of(VendorId(0)), {{test::kStart, Order{test::kSouth, 0, 40}}},
      core::date(2026, 1, 3),
      [&](Context& context, const Event& event) { handle_vendor(vendor, market.view(), context, event); });
  CHECK(vendor.backlog[test::kSouth] == 40);
  CHECK(vendor.backlog[test::kNorth] == 0);
}
