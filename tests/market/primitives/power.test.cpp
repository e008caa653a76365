#include "sim/market/primitives/power.hpp"

#include <algorithm>
#include <random>

#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;

namespace {

enum : std::size_t { kA100, kH100, kB200, kTrn2 };
std::vector<FleetLine> a1() {
  return {
      {1, 20'000, .32, .9, 1.0}, {2, 50'000, 1.0, 1.4, 1.0}, {3, 30'000, 2.275, 2.0, 1.0}, {4, 40'000, .65, .95, 1.0}};
}

}  // namespace

TEST_CASE("the fleet of A1 is 150650 H100e and draws 186 MW", "[market][power][A1]") {
  // .32 x 20000 + 50000 + 2.275 x 30000 + .65 x 40000; .9 x 20 + 1.4 x 50 + 2 x 30 + .95 x 40 MW
  CHECK(installed_h100e(a1()) == 150'650);
  CHECK(test::near(facility_kw(a1()), 186'000.0));
}

TEST_CASE("120 MW run all B200 and 42857 H100, with 0.2 kW to spare", "[market][power][A2]") {
  const Powered p = power_fleet(a1(), 120'000.0);
  CHECK(p.on[kB200] == 30'000);
  CHECK(p.on[kH100] == 42'857);
  CHECK(p.on[kTrn2] == 0);
  CHECK(p.on[kA100] == 0);
  CHECK(p.powered_h100e == 111'107);
  CHECK(p.h100e == std::vector<std::int64_t>{0, 42'857, 68'250, 0});  // 2.275 x 30000
  std::vector<FleetLine> on = a1();
  for (std::size_t i = 0; i < on.size(); ++i) on[i].units = p.on[i];
  CHECK(test::near(120'000.0 - facility_kw(on), 0.2));
}

TEST_CASE("what is drawn counts whole watts a unit and never exceeds the limit", "[market][power]") {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> kw(0.3, 3.0);
  for (int round = 0; round < 200; ++round) {
    std::vector<FleetLine> fleet = a1();
    for (FleetLine& line : fleet) line.kw = kw(random);  // as a draw from a stated range gives it
    const double limit = 60'000.0 + 400.0 * round;
    const Powered p = power_fleet(fleet, limit);
    for (std::size_t i = 0; i < fleet.size(); ++i) fleet[i].units = p.on[i];
    REQUIRE(p.drawn_kw <= limit);
    REQUIRE(p.drawn_kw == facility_kw(fleet));
  }
}

TEST_CASE("units that are down are the difference between powered and up", "[market][power]") {
  std::vector<FleetLine> fleet = a1();
  for (FleetLine& f : fleet) f.availability = 0.999;
  const Powered p = power_fleet(fleet, 1e6);
  CHECK(p.powered_h100e == 150'650);
  CHECK(p.up_h100e == 150'499);  // floor of 150499.35
}

TEST_CASE("whole parts of what is powered add up, fractions of a unit included", "[market][power]") {
  // 3 x 2.275 = 6.825, 1 x .32 = .32, 5 x .65 = 3.25: 10.395 in all, of which the running sums have 6, 7 and 10.
  const std::vector<FleetLine> fleet{{1, 3, 2.275, 1.0, 1.0}, {2, 1, .32, 1.0, 1.0}, {3, 5, .65, 1.0, 1.0}};
  const Powered p = power_fleet(fleet, 1e3);
  CHECK(p.h100e == std::vector<std::int64_t>{6, 1, 3});
  CHECK(p.powered_h100e == 10);
}

TEST_CASE("failures at a known rate leave a known share running (check A10)", "[market][power][A10]") {
  // 220 failures in 54 days of 16,384 chips are .090761538 a chip and year; each takes 3 days.
  const double a_year = 220.0 / (54.0 * 16'384.0) * 365.0;
  CHECK(std::abs(a_year - 0.090761538) < 1e-9);
  const double running = 1.0 / (1.0 + a_year * 3.0 / 365.0);
  CHECK(std::abs(running - 0.999254571) < 1e-9);
  const std::vector<FleetLine> chips{{1, 16'384, 1.0, 1.4, running}};
  const Powered p = power_fleet(chips, 1e6);
  CHECK(p.powered_h100e == 16'384);
  CHECK(p.up_h100e == 16'371);  // floor of 16,371.79
}

TEST_CASE("power buys the most throughput up to one unit, in any order of lines", "[market][power][A2]") {
  std::mt19937_64 bits(9);
  for (int round = 0; round < 200; ++round) {
    std::vector<FleetLine> fleet(1 + bits() % 5);
    for (FleetLine& f : fleet)
      f = {bits(), static_cast<std::int64_t>(bits() % 40), .1 * static_cast<double>(1 + bits() % 30),
           .1 * static_cast<double>(1 + bits() % 25), 1.0};
    const double limit = static_cast<double>(bits() % 100);
    const Powered p = power_fleet(fleet, limit);
    double used = 0.0, most_kw = 0.0, relaxed = 0.0;
    for (std::size_t i = 0; i < fleet.size(); ++i) {
      used += fleet[i].kw * static_cast<double>(p.on[i]);
      most_kw = std::max(most_kw, fleet[i].kw);
    }
    REQUIRE(used <= limit + 1e-9);
    std::int64_t parts = 0;
    for (std::size_t i = 0; i < fleet.size(); ++i) {
      REQUIRE(std::abs(static_cast<double>(p.h100e[i]) - fleet[i].eta * static_cast<double>(p.on[i])) < 1.0);
      parts += p.h100e[i];
    }
    REQUIRE(parts == p.powered_h100e);
    // The bound of the divisible problem at the best price of power among the lines' own ratios (weak duality).
    double bound = 1e300;
    for (const FleetLine& marginal : fleet) {
      const double price = marginal.eta / marginal.kw;
      relaxed = price * limit;
      for (const FleetLine& f : fleet) relaxed += std::max(0.0, f.eta - price * f.kw) * static_cast<double>(f.units);
      bound = std::min(bound, relaxed);
    }
    double everything = 0.0;
    for (const FleetLine& f : fleet) everything += f.eta * static_cast<double>(f.units);
    bound = std::min(bound, everything);
    double best_ratio = 0.0;
    for (const FleetLine& f : fleet) best_ratio = std::max(best_ratio, f.eta / f.kw);
    REQUIRE(static_cast<double>(p.powered_h100e) <= bound + 1e-9);
    REQUIRE(static_cast<double>(p.powered_h100e) > bound - best_ratio * most_kw - 1.0);  // whole units lose at most one
    auto turned = fleet;
    std::reverse(turned.begin(), turned.end());
    REQUIRE(power_fleet(turned, limit).powered_h100e == p.powered_h100e);
  }
}

TEST_CASE("a fleet of negative things is refused", "[market][power]") {
  CHECK_THROWS_AS(power_fleet(a1(), -1.0), std::invalid_argument);
  auto fleet = a1();
  fleet[0].units = -1;
  CHECK_THROWS_AS(installed_h100e(fleet), std::invalid_argument);
}
