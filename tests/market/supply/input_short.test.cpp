#include "sim/market/supply/input_short.hpp"

#include "sim/core/error.hpp"
#include "sim/core/whole.hpp"
#include "tests/market/support/buyer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/near.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

/// North wants a fleet of 200 H100e of 1.4 kW; 160 are installed, so many without power, and so much power is there.
test::SmallMarket north(const Parameters& parameters, std::int64_t unpowered, double energised_kw) {
  test::SmallMarket market(parameters);
  market.board.clouds[test::kNorth].demand = 100.0;
  auto& pool = market.board.pools[PoolId(0)];
  pool.installed = 160;
  pool.unpowered = unpowered;
  pool.power_kw = energised_kw < 0 ? 0.0 : 1.4 * static_cast<double>(160 - unpowered);
  pool.energised_kw = energised_kw;
  return market;
}

/// What a head office without a past lacks after so many reviews.
Headquarters reviewed(const test::SmallMarket& market, int reviews = 1) {
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  for (int k = 0; k < reviews; ++k) (void)test::review(market, hq);
  return hq;
}

void check_lacks(const Headquarters& hq, const std::array<double, 5>& expected) {
  REQUIRE(hq.review);
  const ByInput<double> lacks = input_short(*hq.review);
  for (const Input input : ByInput<double>::keys()) {
    INFO(kInputNames[static_cast<std::size_t>(input)]);
    CHECK(lacks[input] == test::near(expected[static_cast<std::size_t>(input)], 1e-5));
  }
}

}  // namespace

TEST_CASE("a cloud that gets what it wants lacks no input", "[market][supply]") {
  const Headquarters hq = reviewed(north(test::buyer(), 0, -1.0));
  CHECK(hq.review->ordered_h100e == 40.0);
  check_lacks(hq, {0, 0, 0, 0, 0});
  CHECK(own_pace(*hq.review).orders == 0.0);
}

TEST_CASE("capital is short by what the budget refuses", "[market][supply]") {
  Parameters p = test::buyer();
  p.clouds[test::kNorth].capital.usd_per_year = 1.2e6;
  const Headquarters hq = reviewed(north(p, 0, -1.0));
  // 295,688 $ until March buy 9.8563 of 40 H100e (headquarters.test.cpp).
  check_lacks(hq, {0, 0, 40 - 9.8563, 0, 0});
  CHECK(input_short(*hq.review)[Input::Capital] * 30e3 == test::near(hq.refused_usd));
}

TEST_CASE("power is short by what would stand idle, and by what does", "[market][supply]") {
  check_lacks(reviewed(north(test::buyer(), 0, 238.0)), {0, 30, 0, 0, 0});    // 14 kW for 10 of 40 chips of 1.4 kW
  check_lacks(reviewed(north(test::buyer(), 60, 140.0)), {0, 100, 0, 0, 0});  // 60 wait for it, 40 are not ordered
  test::SmallMarket ample = north(test::buyer(), 60, 140.0);
  ample.board.clouds[test::kNorth].demand = 60.0;  // a fleet of 120 is wanted: of the 60 that wait 20 are missed
  check_lacks(reviewed(ample), {0, 20, 0, 0, 0});
}

TEST_CASE("sites are short by what no region can build", "[market][supply]") {
  Parameters p = test::buyer();
  p.clouds[test::kNorth].regions.front().build_limit_mw = 0.056;
  const test::SmallMarket market = north(p, 0, 224.0);
  // A fleet of 200 needs 56 kW more. The first review waits a quarter; the second starts a quarter of 56 kW, ten H100e.
  check_lacks(reviewed(market, 1), {0, 40, 0, 0, 0});
  CHECK(own_pace(*reviewed(market, 1).review).sites == test::near(40.0));
  check_lacks(reviewed(market, 2), {0, 40, 0, 30, 0});
}

TEST_CASE("sites are short of capital where there is no money for a fleet that needs them", "[market][supply]") {
  Parameters p = test::buyer();
  p.clouds[test::kNorth].capital.usd_per_year = 0.0;
  check_lacks(reviewed(north(p, 0, 224.0)), {0, 40, 0, 0, 40});
  // Power for 10 H100e is left: the budget refuses these, and sites for the other 30.
  check_lacks(reviewed(north(p, 0, 238.0)), {0, 30, 10, 0, 30});
}

TEST_CASE("chips are short by what vendors would have shipped without a queue", "[market][supply]") {
  test::SmallMarket market = north(test::buyer(), 0, -1.0);
  Headquarters hq = reviewed(market);  // 40 are ordered on 10 January and reach the vendor on the 17th
  const auto lacks_on = [&](core::SimTime date) {
    (void)test::review(market, hq, date);
    return input_short(*hq.review);
  };
  CHECK(lacks_on(core::date(2026, 1, 31))[Input::Chips] == 0.0);  // it allocates on 1 February
  CHECK(lacks_on(core::date(2026, 2, 10))[Input::Chips] == 40.0);
  market.board.pools[PoolId(0)].shipped = 15;
  CHECK(lacks_on(core::date(2026, 2, 20))[Input::Chips] == 25.0);
  market.board.clouds[test::kNorth].demand = 85.0;  // a fleet of 170 is wanted, and 200 are there or ordered
  CHECK(lacks_on(core::date(2026, 2, 22))[Input::Chips] == 0.0);
  market.board.clouds[test::kNorth].demand = 95.0;
  CHECK(lacks_on(core::date(2026, 2, 24))[Input::Chips] == 15.0);  // of 190, 175 are there or in transit
}

TEST_CASE("a scripted lot waits in no queue, orders of before the start do", "[market][supply]") {
  Parameters p = test::buyer();
  auto& cloud = p.clouds[test::kNorth];
  cloud.backlog_h100e = 10.0;
  cloud.regions.front().lots = {{"lot", "chip", 20.0, core::date(2026, 9, 1)}};
  test::SmallMarket market = north(p, 0, -1.0);
  check_lacks(reviewed(market), {10, 0, 0, 0, 0});
}

TEST_CASE("a slow firm's own pace is no want of an input", "[market][supply]") {
  Parameters p = test::buyer();
  p.clouds[test::kNorth].capital.adjustment = 0.25;
  Headquarters hq = reviewed(north(p, 0, -1.0));  // it orders 10 of 40
  check_lacks(hq, {0, 0, 0, 0, 0});
  CHECK(own_pace(*hq.review).orders == test::near(30.0));
  // Power for 4 of the 10: the 6 that are cut are a quarter of a gap of 24.
  hq = reviewed(north(p, 0, 229.6));
  check_lacks(hq, {0, 24, 0, 0, 0});
  CHECK(own_pace(*hq.review).orders == test::near(40.0 - 4.0 - 24.0));
}

TEST_CASE("what inputs explain and the firm's own pace sum to the gap less what was ordered", "[market][supply]") {
  for (std::int64_t k = 0; k < 300; ++k) {
    Parameters p = test::buyer();
    auto& cloud = p.clouds[test::kNorth];
    cloud.facility_usd_per_mw = 10e6;
    cloud.capital.adjustment = k % 3 == 0 ? 1.0 : 0.3;
    cloud.capital.usd_per_year = 1e6 * static_cast<double>(k % 5 == 0 ? 1'000'000 : k % 7);
    cloud.regions.front().build_limit_mw = k % 4 == 0 ? -1.0 : 0.02 * static_cast<double>(k % 6);
    const std::int64_t idle = k % 11 * 9;
    const double energised_kw = k % 8 == 0 ? -1.0 : 1.4 * static_cast<double>(160 - idle) + static_cast<double>(k % 13);
    const test::SmallMarket market = north(p, energised_kw < 0 ? 0 : idle, energised_kw);
    Headquarters hq = reviewed(market);
    // 200 are wanted, 160 installed, and what the first review ordered is on its way.
    const double missing = 40.0 - hq.ordered, gap = missing + (energised_kw < 0 ? 0.0 : core::real(idle));
    (void)test::review(market, hq);
    INFO(k);
    const ByInput<double> lacks = input_short(*hq.review);
    const OwnPace pace = own_pace(*hq.review);
    for (const double lack : lacks) CHECK(lack >= 0.0);
    CHECK(pace.orders >= -1e-9);
    CHECK(pace.sites >= -1e-9);
    CHECK(hq.review->missing_h100e == test::near(missing));
    // A naive forecast orders the share k of what is missing; x H100e fewer leave x / k of it for want of an input.
    const double ordered = hq.decisions.back().order_h100e, explained = gap - ordered / cloud.capital.adjustment;
    CHECK(lacks[Input::Chips] + lacks[Input::Power] + lacks[Input::Capital] == test::near(explained));
    CHECK(pace.orders == test::near(gap - ordered - explained));
    const double site_gap = std::max(0.0, hq.review->site_gap_kw) / 1.4;
    const double started = hq.decisions.back().site_kw / 1.4;
    CHECK(lacks[Input::Sites] + lacks[Input::SiteCapital] + pace.sites + started == test::near(site_gap, 1e-6));
  }
}

TEST_CASE("a month tells what its last review lacked, once", "[market][supply]") {
  const test::SmallMarket market = north(test::buyer(), 0, 238.0);
  Headquarters hq = reviewed(market);
  const int month = core::month_index(test::kStart);
  const auto told = close_month(hq, market.view(), month).short_h100e;
  REQUIRE(told);
  CHECK((*told)[Input::Power] == test::near(30.0));
  CHECK_FALSE(close_month(hq, market.view(), month + 1).short_h100e);
}

TEST_CASE("a review whose steps do not fall is refused by the name of its cloud", "[market][supply]") {
  const auto refused = [](const ReviewSteps& review, const std::string& words) {
    try {
      check_review(review, "north");
    } catch (const core::LedgerError& error) {
      return std::string(error.what()).find(words) != std::string::npos;
    }
    return false;
  };
  ReviewSteps review;
  review.missing_h100e = review.asked_h100e = 10.0;
  review.housed_h100e = 12.0;
  CHECK(refused(review, "north: H100e to order"));
  review.housed_h100e = 8.0;
  review.ordered_h100e = 9.0;
  CHECK(refused(review, "north: H100e ordered"));
  review.ordered_h100e = 8.0;
  check_review(review, "north");
  review.asked_kw = 5.0;
  review.paid_kw = 5.0;
  review.built_kw = 6.0;
  CHECK(refused(review, "north: kilowatts of sites"));
}
