#include <cmath>

#include "sim/core/error.hpp"
#include "sim/record/monthly_recorder.hpp"
#include "tests/record/small_world.hpp"
#include "tests/support/catch.hpp"

using namespace small_world;
using record::Var;

namespace {

market::WindowFact window(core::SimTime start, core::SimDuration length = core::kDay) {
  market::WindowFact w;
  w.start = start;
  w.length = length;
  return w;
}

}  // namespace

TEST_CASE("two unequal windows give time-weighted pools by hand", "[record][windows]") {
  // Pool az: 18 h with 100 installed (10 unpowered, 10 down, 20 internal, 40 served, 20 idle) at a rent of 2 $, wait 1
  // h;
  //           6 h with 200 installed (none unpowered or down, 50 internal, 150 served), no rent, wait 3 h.
  //   capacity (18*100 + 6*200)/24 = 125; powered (18*90 + 6*200)/24 = 117.5;
  //   utilisation (18*60 + 6*200)/(18*80 + 6*200) = 2280/2640; rent 2*18/24 = 1.5; scarce 0.75;
  //   wait (1*18*80 + 3*6*200)/2640 = 5040/2640.
  record::MonthlyRecorder r(parameters());
  const market::PoolFact first[] = {
      {market::CloudId(0), market::RegionId(0), 100, 10, 10, 20, 40, 20, core::Money{20'000}, 1.0}};
  const market::PoolFact second[] = {
      {market::CloudId(0), market::RegionId(0), 200, 0, 0, 50, 150, 0, core::Money{}, 3.0}};
  market::WindowFact w = window(core::date(2026, 1, 15), 18 * core::kHour);
  w.pools = first;
  r.on_window(w);
  w = window(core::date(2026, 1, 15) + 18 * core::kHour, 6 * core::kHour);
  w.pools = second;
  r.on_window(w);
  const record::RunSeries run = r.series("base", 0);
  CHECK(value(run, Var::Capacity, {0, 0, 0}) == 125.0);
  CHECK(value(run, Var::Powered, {0, 0, 0}) == 117.5);
  CHECK(value(run, Var::Utilisation, {0, 0, 0}) == static_cast<double>(static_cast<float>(2280.0 / 2640.0)));
  CHECK(value(run, Var::ScarcityRent, {0, 0, 0}) == 1.5);
  CHECK(value(run, Var::ScarceDays, {0, 0, 0}) == 0.75);
  CHECK(std::abs(value(run, Var::Wait, {0, 0}) - 5040.0 / 2640.0) < 1e-12);
  CHECK(std::isnan(value(run, Var::Capacity, {1, 0, 0})));  // aws has no pool
  CHECK(std::isnan(value(run, Var::Capacity, {0, 0, 1})));  // February has not come
}

namespace {

/// The small world with two kinds of chip.
market::Parameters two_chips() {
  market::Parameters p = parameters();
  for (const char* name : {"new", "old"}) {
    market::Chip chip;
    chip.vendor = "maker";
    chip.name = name;
    p.chips.push_back(chip);
  }
  return p;
}

}  // namespace

TEST_CASE("what is powered of each kind of chip is a mean over the month by hand", "[record][windows]") {
  // az, of 100 installed: 18 h with 60 new and 30 old (10 wait for power), 6 h with 100 new.
  //   new (18*60 + 6*100)/24 = 70, old 18*30/24 = 22.5; together powered, 92.5. aws has none of either.
  record::MonthlyRecorder r(two_chips());
  const market::CloudId az(0), aws(1);
  const market::ChipId fresh(0), old(1);
  market::PoolFact pool{az, market::RegionId(0), 100, 10, 0, 0, 90, 0, {}, 0.0};
  const market::ChipFact mixed[] = {{az, fresh, 60}, {az, old, 30}, {aws, fresh, 0}, {aws, old, 0}};
  const market::ChipFact all_new[] = {{az, fresh, 100}, {az, old, 0}, {aws, fresh, 0}, {aws, old, 0}};
  market::WindowFact w = window(core::date(2026, 1, 15), 18 * core::kHour);
  w.pools = {&pool, 1};
  w.chips = mixed;
  r.on_window(w);
  w = window(core::date(2026, 1, 15) + 18 * core::kHour, 6 * core::kHour);
  pool.unpowered = 0;
  pool.served = 100;
  w.pools = {&pool, 1};
  w.chips = all_new;
  r.on_window(w);
  const record::RunSeries run = r.series("base", 0);
  CHECK(run.axes.labels[static_cast<std::size_t>(record::Dim::Chip)] ==
        std::vector<std::string>{"maker/new", "maker/old"});
  CHECK(value(run, Var::FleetChips, {0, 0, 0}) == 70.0);
  CHECK(value(run, Var::FleetChips, {0, 1, 0}) == 22.5);
  CHECK(value(run, Var::Powered, {0, 0, 0}) == 92.5);
  CHECK(value(run, Var::FleetChips, {1, 0, 0}) == 0.0);
  CHECK(std::isnan(value(run, Var::FleetChips, {0, 0, 1})));  // February has not come
}

TEST_CASE("kinds of chip that are not what the pools have powered are refused", "[record][windows]") {
  record::MonthlyRecorder r(two_chips());
  const market::PoolFact pools[] = {{market::CloudId(0), market::RegionId(0), 100, 10, 0, 0, 90, 0, {}, 0.0}};
  const market::ChipFact short_of_one[] = {{market::CloudId(0), market::ChipId(0), 89}};
  market::WindowFact w = window(core::date(2026, 1, 15));
  w.pools = pools;
  w.chips = short_of_one;
  CHECK_THROWS_WITH(r.on_window(w), Catch::Contains("cloud 0") && Catch::Contains("89 H100e; expected the 90"));
  const market::ChipFact unknown[] = {{market::CloudId(0), market::ChipId(2), 90}};
  w.chips = unknown;
  CHECK_THROWS_AS(r.on_window(w), core::LedgerError);
}

TEST_CASE("demand is served plus unserved, in H100e-hours", "[record][windows]") {
  // Two days of 10 asked for and 7 served: 336 served, 144 unserved; 7 at az all day: mean 7 H100e.
  record::MonthlyRecorder r(parameters());
  const market::DemandFact demand[] = {
      {market::LabId(0), market::ChannelId(1), market::RegionId(0), market::Product::Consumer, 10, 7}};
  const market::ServiceFact service[] = {{market::LabId(0), market::CloudId(0), market::Product::Consumer, 7}};
  for (int d = 0; d < 2; ++d) {
    market::WindowFact w = window(core::date(2026, 1, 15) + d * core::kDay);
    w.demand = demand;
    w.service = service;
    r.on_window(w);
  }
  const record::RunSeries run = r.series("base", 0);
  CHECK(value(run, Var::Served, {0, 0, 0}) == 336.0);
  CHECK(value(run, Var::Unserved, {0, 0, 0}) == 144.0);
  CHECK(value(run, Var::Served, {0, 1, 0}) == 0.0);
  CHECK(value(run, Var::LabCompute, {0, 0, 0}) == 7.0);
}

TEST_CASE("a surcharge is a mean over H100e-hours, a price in routing over time", "[record][windows]") {
  // 18 h with 100 H100e at .2 $ each (20 $ an hour; .5 on the dearest step), 40 of them inside, at a price of 2 $; 6 h
  // with 300 without a surcharge, none inside, at 1 $.
  //   surcharge 18*20/(18*100 + 6*300) = .1, dearest 18*50/3600 = .25; price (18*2 + 6)/24 = 1.75; inside 18*40/24
  //   = 30.
  record::MonthlyRecorder r(parameters());
  const auto usd = [](double amount) { return core::Money::from_usd(amount); };
  const market::HostingFact first[] = {{market::LabId(0), market::CloudId(0), 100, 40, usd(2), usd(20), usd(50)}};
  const market::HostingFact second[] = {{market::LabId(0), market::CloudId(0), 300, 0, usd(1), {}, {}}};
  market::WindowFact w = window(core::date(2026, 1, 15), 18 * core::kHour);
  w.hosting = first;
  r.on_window(w);
  w = window(core::date(2026, 1, 15) + 18 * core::kHour, 6 * core::kHour);
  w.hosting = second;
  r.on_window(w);
  const record::RunSeries run = r.series("base", 0);
  const auto single = [](double v) { return static_cast<double>(static_cast<float>(v)); };
  CHECK(value(run, Var::HostingSurcharge, {0, 0, 0}) == single(0.1));
  CHECK(value(run, Var::SurchargeDearest, {0, 0, 0}) == single(0.25));
  CHECK(value(run, Var::RoutingPrice, {0, 0, 0}) == 1.75);
  CHECK(value(run, Var::ComputeInside, {0, 0, 0}) == 30.0);
  CHECK(std::isnan(value(run, Var::HostingSurcharge, {0, 1, 0})));  // nothing runs at aws
  CHECK(std::isnan(value(run, Var::RoutingPrice, {0, 1, 0})));      // nor may it
  CHECK(value(run, Var::ComputeInside, {0, 1, 0}) == 0.0);

  const market::HostingFact more[] = {{market::LabId(0), market::CloudId(0), 10, 11, {}, {}, {}}};
  w.hosting = more;
  CHECK_THROWS_AS(r.on_window(w), core::LedgerError);
}

TEST_CASE("placement shares are of the month's last window and of placed volume", "[record][windows]") {
  // First a window that is replaced; then 30 via bedrock at aws with runtime aws, 10 via direct at az without a
  // runtime.
  record::MonthlyRecorder r(parameters());
  const market::PlacementFact early[] = {{market::SegmentId(0), market::LabId(0), market::ChannelId(1),
                                          market::CloudId(0), market::CloudId(), market::Product::ApiStateless, 99.0}};
  const market::PlacementFact late[] = {{market::SegmentId(0), market::LabId(0), market::ChannelId(0),
                                         market::CloudId(1), market::CloudId(1), market::Product::AgentStateful, 20.0},
                                        {market::SegmentId(0), market::LabId(0), market::ChannelId(0),
                                         market::CloudId(1), market::CloudId(1), market::Product::EntApp, 10.0},
                                        {market::SegmentId(0), market::LabId(0), market::ChannelId(1),
                                         market::CloudId(0), market::CloudId(), market::Product::ApiStateless, 10.0}};
  market::WindowFact w = window(core::date(2026, 1, 30));
  w.placements = early;
  r.on_window(w);
  w = window(core::date(2026, 1, 31));
  w.placements = late;
  r.on_window(w);
  const record::RunSeries run = r.series("base", 0);
  CHECK(value(run, Var::PlacedUnits, {0, 0}) == 40.0);
  CHECK(value(run, Var::PlacementShare, {0, 0, 0, 1, 0}) == 0.75);
  CHECK(value(run, Var::PlacementShare, {0, 0, 1, 0, 0}) == 0.25);
  CHECK(value(run, Var::PlacementShare, {0, 0, 0, 0, 0}) == 0.0);
  CHECK(value(run, Var::RuntimeShare, {0, 0, 1, 0}) == 0.75);
  CHECK(value(run, Var::RuntimeShare, {0, 0, 0, 0}) == 0.0);
}

TEST_CASE("states take the last window, prices the mean, surplus the sum", "[record][windows]") {
  // Surplus 24 $/d for a day, then 48 $/d for half a day: 24 + 24 = 48.  Price 1 then 4: (24*1 + 12*4)/36 = 2.
  market::Parameters p = parameters();
  p.applications.push_back({});
  p.applications.rows().back().name = "suite";
  record::MonthlyRecorder r(p);
  for (const bool late : {false, true}) {
    const market::SegmentFact segments[] = {
        {market::SegmentId(0), late ? 0.5 : 0.25, late ? 48.0 : 24.0, late ? 8.0 : 4.0, late ? 80.0 : 40.0}};
    const market::LabFact labs[] = {{market::LabId(0), late ? 2.0 : 1.0, late ? 1e9 : 9e8, 0.5, {}, {}}};
    const market::PriceFact prices[] = {{market::LabId(0), market::ChannelId(1), late ? 4.0 : 1.0}};
    const market::ComputePriceFact compute[] = {{market::CloudId(1), late ? 4.0 : 1.0}};
    market::WindowFact w = window(core::date(2026, 1, late ? 16 : 15), late ? 12 * core::kHour : core::kDay);
    w.segments = segments;
    w.labs = labs;
    w.prices = prices;
    w.compute_prices = compute;
    const market::ApplicationFact applications[] = {{market::ApplicationId(0), late ? 20.0 : 10.0, 3.0, 1.0, 7.0}};
    w.applications = applications;
    r.on_window(w);
  }
  const record::RunSeries run = r.series("base", 0);
  CHECK(value(run, Var::Seats, {0}) == 20.0);
  CHECK(value(run, Var::AppSeats, {0, 0}) == 20.0);
  CHECK(value(run, Var::SeatsAdded, {0, 0}) == 6.0);
  CHECK(value(run, Var::SeatsLapsed, {0, 0}) == 2.0);
  CHECK(value(run, Var::AppRevenue, {0, 0}) == 14.0);
  CHECK(value(run, Var::Surplus, {0, 0}) == 48.0);
  CHECK(value(run, Var::SurplusVariety, {0, 0}) == 8.0);
  CHECK(value(run, Var::EnterpriseSpending, {0, 0}) == 80.0);
  CHECK(value(run, Var::Adoption, {0, 0}) == 0.5);
  CHECK(value(run, Var::Quality, {0, 0}) == 2.0);
  CHECK(value(run, Var::Users, {0, 0}) == 1e9);
  CHECK(value(run, Var::Seats, {0}) == 20.0);
  CHECK(value(run, Var::Price, {0, 1, 0}) == 2.0);
  CHECK(std::isnan(value(run, Var::Price, {0, 0, 0})));
  CHECK(value(run, Var::ComputePrice, {1, 0}) == 2.0);
}

TEST_CASE("a pool that loses one accelerator is an error that names it", "[record][windows]") {
  record::MonthlyRecorder r(parameters());
  const market::PoolFact pools[] = {
      {market::CloudId(0), market::RegionId(0), 100, 10, 10, 20, 40, 19, core::Money{}, 0.0}};
  market::WindowFact w = window(core::date(2026, 1, 15));
  w.pools = pools;
  CHECK_THROWS_WITH(
      r.on_window(w),
      "pool (cloud 0, region 0) in the window of 2026-01-15: installed is 100; expected unpowered + down + "
      "internal + customers + served + idle = 99 H100e");
}

TEST_CASE("a window may not serve more than was asked for, lie outside the run or name the unknown",
          "[record][windows]") {
  record::MonthlyRecorder r(parameters());
  const market::DemandFact too_much[] = {
      {market::LabId(0), market::ChannelId(0), market::RegionId(0), market::Product::Consumer, 5, 6}};
  market::WindowFact w = window(core::date(2026, 1, 15));
  w.demand = too_much;
  CHECK_THROWS_AS(r.on_window(w), core::LedgerError);
  CHECK_THROWS_AS(r.on_window(window(core::date(2026, 3, 10))), core::LedgerError);
  const market::LabFact unknown[] = {{market::LabId(1), 0.0, 0.0, 0.0, {}, {}}};
  w = window(core::date(2026, 1, 15));
  w.labs = unknown;
  CHECK_THROWS_AS(r.on_window(w), core::LedgerError);
}

TEST_CASE("a window that reaches into another month or beyond the run is refused", "[record][windows]") {
  // The exchange cuts windows there; a recorder that booked one whole would put money into the wrong month.
  record::MonthlyRecorder r(parameters());  // 15 January to 10 March
  CHECK_THROWS_AS(r.on_window(window(core::date(2026, 1, 31), 2 * core::kDay)), core::LedgerError);
  CHECK_THROWS_AS(r.on_window(window(core::date(2026, 3, 9), 36 * core::kHour)), core::LedgerError);
  CHECK_NOTHROW(r.on_window(window(core::date(2026, 1, 31), core::kDay)));
  CHECK_NOTHROW(r.on_window(window(core::date(2026, 3, 9), core::kDay)));
}

TEST_CASE("recording twice, and asking in the middle, changes nothing", "[record][windows]") {
  const auto feed = [](record::MonthlyRecorder& r, bool ask) {
    for (int d = 0; d < 54; ++d) {
      const market::PoolFact pools[] = {
          {market::CloudId(0), market::RegionId(0), 100 + d, 0, 0, 0, 60, 40 + d, core::Money{d * 100}, 0.01 * d}};
      market::WindowFact w = window(parameters().run.start + d * core::kDay);
      w.pools = pools;
      r.on_window(w);
      if (ask) (void)r.series("x", 0);
    }
  };
  record::MonthlyRecorder once(parameters()), again(parameters());
  feed(once, false);
  feed(again, true);
  CHECK(record::fingerprint(once.series("a", 0)) == record::fingerprint(again.series("b", 1)));
}
