#include "sim/core/money.hpp"

#include <algorithm>
#include <cfenv>
#include <cmath>
#include <limits>
#include <random>
#include <type_traits>

#include "sim/core/error.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using core::Money;

// A bare number is no amount, and a product that must be rounded says so.
static_assert(!std::is_convertible_v<std::int64_t, Money> && !std::is_constructible_v<Money, double>);
template <class A, class B>
concept Multiplies = requires(A a, B b) {
  a* b;
};
static_assert(Multiplies<Money, std::int64_t> && !Multiplies<Money, double> && !Multiplies<double, Money>);
static_assert(std::is_trivially_copyable_v<Money> && sizeof(Money) == 8);  // it travels in messages

namespace {
constexpr Money kMost{std::numeric_limits<std::int64_t>::max()}, kLeast{std::numeric_limits<std::int64_t>::min()};
}  // namespace

TEST_CASE("dollars become whole units, halves away from zero on both sides", "[core][money]") {
  for (const std::int64_t n : {0, 2, 3, 312, 99'999}) {
    const double usd = (core::real(n) + 0.5) / 1e4;
    REQUIRE(usd * 1e4 == core::real(n) + 0.5);  // a half it is, as a double too
    CHECK(Money::from_usd(usd) == Money{n + 1});
    CHECK(Money::from_usd(-usd) == Money{-n - 1});
  }
  CHECK(Money::from_usd(0.000049) == Money{});
  CHECK(Money::from_usd(-0.000049) == Money{});
  CHECK(Money::from_usd(12.3456) == Money{123'456});
  // 1/2 less 2^-54 plus 1/2 is 1 as a double: a rule that adds a half and cuts gives one unit too many.
  CHECK(core::nearest_whole(std::nextafter(0.5, 0.0)) == 0);
  CHECK(core::nearest_whole(-std::nextafter(0.5, 0.0)) == 0);
  // An odd number of units beyond 2^52: plus a half is a tie between two even ones.
  CHECK(core::nearest_whole(0x1p52 + 1) == (std::int64_t{1} << 52) + 1);
}

TEST_CASE("an amount and its opposite round to opposites, in every rounding mode", "[core][money]") {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> size(0.0, 14.0), share(0.0, 1.0);
  const int mode = std::fegetround();
  for (const int other : {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
    std::fesetround(other);
    bool opposite = true;
    for (int i = 0; i < 2000; ++i) {
      const double units = std::floor(std::pow(10.0, size(random))) + 0.5 * (i % 3);
      opposite = opposite && core::nearest_whole(-units) == -core::nearest_whole(units);
    }
    std::fesetround(mode);
    CHECK(opposite);
  }
  for (int i = 0; i < 2000; ++i) {
    const double usd = std::pow(10.0, size(random)), factor = share(random);
    const Money amount = Money::from_usd(usd);
    CHECK(Money::from_usd(-usd) == -amount);
    CHECK(scaled(-amount, factor) == -scaled(amount, factor));
    CHECK(scaled(-amount, 1 + i, 2000) == -scaled(amount, 1 + i, 2000));
    CHECK(accrued(-amount, 1 + i, 2000) == -accrued(amount, 1 + i, 2000));
  }
}

TEST_CASE("an amount is scaled by a share, or exactly by a ratio", "[core][money]") {
  CHECK(scaled(Money{3}, 0.5) == Money{2});
  CHECK(scaled(Money{-3}, 0.5) == Money{-2});
  CHECK(scaled(Money{5}, 1, 2) == Money{3});
  CHECK(scaled(Money{-5}, 1, 2) == Money{-3});
  CHECK(scaled(Money{10}, 1, 3) == Money{3});
  CHECK(scaled(Money{-10}, 2, 3) == Money{-7});
  CHECK(accrued(Money{5}, 1, 2) == Money{2});
  CHECK(accrued(Money{-5}, 1, 2) == Money{-2});
  // 9e18 x 3e12 is far beyond 64 bits, and its quotient is exact all the same.
  constexpr std::int64_t century = 3'155'760'000'000;
  CHECK(scaled(Money{9'000'000'000'000'000'001}, century, century) == Money{9'000'000'000'000'000'001});
  CHECK(accrued(Money{9'000'000'000'000'000'001}, century - 1, century) == Money{8'999'999'999'997'148'073});
  CHECK(3 * Money{7} == Money{21});
  CHECK(Money{7} * -3 == Money{-21});
}

TEST_CASE("what accrues step by step adds up to the amount", "[core][money]") {
  std::mt19937_64 random(11);
  for (int round = 0; round < 200; ++round) {
    const Money amount{static_cast<std::int64_t>(random() % 2'000'001) - 1'000'000};
    const auto whole = static_cast<std::int64_t>(1 + random() % 5000);
    Money sum;
    std::int64_t at = 0;
    while (at < whole) {
      const std::int64_t next = std::min(whole, at + 1 + static_cast<std::int64_t>(random() % 400));
      sum += accrued(amount, next, whole) - accrued(amount, at, whole);
      at = next;
    }
    CHECK(sum == amount);
  }
}

TEST_CASE("money beyond the range is refused by a sentence", "[core][money]") {
  CHECK(Money::from_usd(9.2e14) == Money{9'200'000'000'000'000'000});
  for (const double usd : {1e15, -1e15, std::numeric_limits<double>::infinity(), __builtin_nan("")})
    CHECK_THROWS_AS(Money::from_usd(usd), core::LedgerError);
  CHECK_THROWS_WITH(Money::from_usd(1e15, "a penalty, in $,"),
                    "a penalty, in $, grew to 1e+15, more than a run can count");
  CHECK_THROWS_AS(kMost + Money{1}, core::LedgerError);
  CHECK_THROWS_AS(kLeast - Money{1}, core::LedgerError);
  CHECK_THROWS_AS(-kLeast, core::LedgerError);
  CHECK_THROWS_AS(kMost * 2, core::LedgerError);
  CHECK_THROWS_AS(scaled(kMost, 1.5), core::LedgerError);
  CHECK_THROWS_AS(scaled(kMost, 3, 2), core::LedgerError);
  CHECK_THROWS_AS(accrued(kLeast, 3, 2), core::LedgerError);
  CHECK_THROWS_WITH(kMost + kMost, "a sum of money leaves the range of +-9.2e14 $");
  Money kept = kMost;
  CHECK_THROWS_AS(kept += Money{1}, core::LedgerError);
  CHECK(kept == kMost);  // what is refused changes nothing
  CHECK(kMost + kLeast == Money{-1});
}

TEST_CASE("dollars and money go back and forth unchanged", "[core][money]") {
  std::mt19937_64 random(5);
  for (int i = 0; i < 10'000; ++i) {  // below 2^52 units, 4.5e11 $, a double holds every unit
    const Money amount{static_cast<std::int64_t>(random() >> 12) - (std::int64_t{1} << 51)};
    CHECK(Money::from_usd(amount.usd()) == amount);
  }
  CHECK(to_string(Money{-12'345'678}) == "-1234.5678 $");
  CHECK(to_string(Money{5}) == "0.0005 $");
  CHECK(to_string(kLeast) == "-922337203685477.5808 $");
}
