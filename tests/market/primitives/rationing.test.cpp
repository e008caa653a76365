#include "sim/market/primitives/rationing.hpp"

#include <algorithm>
#include <numeric>
#include <random>

#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
using test::near;

namespace {

constexpr RationingRule kRules[] = {RationingRule::Proportional, RationingRule::Uniform, RationingRule::Tiered,
                                    RationingRule::TurnAndEarn};

std::vector<Claim> a3(double first_order = 100) {
  return {{11, first_order, 1, .3}, {12, 250, 0, .2}, {13, 50, 1, .1}, {14, 400, 0, .3}, {15, 200, 2, .1}};
}

}  // namespace

TEST_CASE("largest remainders split A4 as 11, 21, 30, 38", "[market][rationing][A4]") {
  CHECK(largest_remainder(std::vector<double>{10.6, 20.7, 30.2, 38.5}, 100) ==
        std::vector<std::int64_t>{11, 21, 30, 38});
}

TEST_CASE("equal remainders go to the lower key, whatever the order of claims", "[market][rationing]") {
  const std::vector<double> equal{1, 1, 1};
  CHECK(largest_remainder(equal, 4, std::vector<std::uint64_t>{9, 3, 5}) == std::vector<std::int64_t>{1, 2, 1});
  CHECK(largest_remainder(equal, 5, std::vector<std::uint64_t>{3, 5, 9}) == std::vector<std::int64_t>{2, 2, 1});
  CHECK(largest_remainder(equal, -4) == std::vector<std::int64_t>{-1, -1, -2});
}

TEST_CASE("a split is exact at the largest amounts, where products need 128 bits", "[market][rationing]") {
  const std::int64_t all = INT64_MAX;
  const auto parts = largest_remainder(std::vector<double>{1e-3, 1.0, 7e5, 3e5}, all);
  CHECK(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}) == all);
  CHECK(near(static_cast<double>(parts[2]) / static_cast<double>(parts[3]), 7.0 / 3.0));
}

TEST_CASE("the four rules divide a supply of 600 as in A3", "[market][rationing][A3]") {
  const auto claims = a3();
  CHECK(near(ration(RationingRule::Proportional, claims, 600), {60, 150, 30, 240, 120}));
  CHECK(near(ration(RationingRule::Uniform, claims, 600), {100, 150, 50, 150, 150}));
  CHECK(near(ration(RationingRule::Tiered, claims, 600), {0.0, 230.769231, 0.0, 369.230769, 0.0}, 5e-7));
  CHECK(near(ration(RationingRule::TurnAndEarn, claims, 600), {100, 150, 50, 225, 75}));
}

TEST_CASE("inflating an order pays under proportional rationing and not under a uniform one",
          "[market][rationing][A3b]") {
  const auto inflated = a3(200);
  CHECK(near(ration(RationingRule::Proportional, inflated, 600)[0], 109.0909, 5e-5));
  // The level rises to 137.5, but the buyer's true need of 100 was met before.
  CHECK(near(ration(RationingRule::Uniform, inflated, 600)[0], 137.5));
  CHECK(ration(RationingRule::Uniform, a3(), 600)[0] == 100.0);
}

TEST_CASE("every rule hands out the supply, exceeds no order and is generous when it can be",
          "[market][rationing][A3]") {
  std::mt19937_64 bits(3);
  for (int round = 0; round < 400; ++round) {
    std::vector<Claim> claims(1 + bits() % 8);
    double asked = 0.0;
    for (Claim& c : claims) {
      c = {bits(), static_cast<double>(bits() % 500), static_cast<int>(bits() % 3),
           bits() % 3 == 0 ? 0.0 : static_cast<double>(bits() % 100) / 100};
      asked += c.order;
    }
    const auto supply = static_cast<std::int64_t>(bits() % 2000);
    const double handed_out = std::min(asked, static_cast<double>(supply));
    for (const RationingRule rule : kRules) {
      const auto parts = ration(rule, claims, static_cast<double>(supply));
      const auto units = ration_units(rule, claims, supply);
      REQUIRE(near(std::accumulate(parts.begin(), parts.end(), 0.0), handed_out, 1e-9));
      REQUIRE(std::accumulate(units.begin(), units.end(), std::int64_t{0}) == static_cast<std::int64_t>(handed_out));
      for (std::size_t i = 0; i < claims.size(); ++i) {
        REQUIRE(parts[i] >= 0.0);
        REQUIRE(parts[i] <= claims[i].order * (1 + 1e-12));
        REQUIRE(units[i] >= 0);
        REQUIRE(static_cast<double>(units[i]) <= claims[i].order);
        REQUIRE(std::abs(static_cast<double>(units[i]) - parts[i]) < 1.0);
      }
      auto turned = claims;
      std::reverse(turned.begin(), turned.end());
      auto answer = ration_units(rule, turned, supply);
      std::reverse(answer.begin(), answer.end());
      REQUIRE(answer == units);
    }
  }
}

TEST_CASE("buyers without a past share get what earners leave", "[market][rationing]") {
  // Earner wants 100 of 150 and gets it; newcomers share the other 50 equally.
  const std::vector<Claim> claims{{1, 100, 0, 1.0}, {2, 80, 0, 0.0}, {3, 40, 0, 0.0}};
  CHECK(near(ration(RationingRule::TurnAndEarn, claims, 150), {100, 25, 25}));
}

TEST_CASE("rationing refuses negative and fractional nonsense", "[market][rationing]") {
  CHECK_THROWS_AS(largest_remainder(std::vector<double>{-1, 2}, 3), std::invalid_argument);
  CHECK_THROWS_AS(largest_remainder(std::vector<double>{0, 0}, 3), std::invalid_argument);
  CHECK_THROWS_AS(ration(RationingRule::Uniform, a3(), -1), std::invalid_argument);
  CHECK_THROWS_AS(ration_units(RationingRule::Uniform, a3(0.5), 10), std::invalid_argument);
}

TEST_CASE("the parts of a split sum to the whole, each within a unit of its quota", "[market][rationing]") {
  std::mt19937_64 bits(5);
  for (int round = 0; round < 300; ++round) {
    std::vector<double> weights(1 + bits() % 12);
    double sum = 0.0;
    for (double& w : weights) sum += w = static_cast<double>(bits() % 1000);
    if (sum == 0.0) continue;
    const auto whole = static_cast<std::int64_t>(bits() % 2'000'000'001) - 1'000'000'000;
    const std::vector<std::int64_t> parts = largest_remainder(weights, whole);
    std::int64_t total = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      total += parts[i];
      REQUIRE(std::abs(static_cast<double>(parts[i]) - static_cast<double>(whole) * weights[i] / sum) < 1.0);
    }
    REQUIRE(total == whole);
  }
}
