#include "sim/market/primitives/queueing.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "sim/core/random.hpp"
#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using test::near;

namespace {

constexpr double kPrinted = 5e-10;

/// B by the recursion in extended precision, independent of the program's choice of method.
double recursion(int servers, double load) {
  long double b = 1.0L;
  for (int c = 1; c <= servers; ++c) b = load * b / (c + load * b);
  return static_cast<double>(b);
}

/// Mean wait of n customers of a single-server queue by Lindley's recursion W' = max(0, W + S - A), service mean 1.
double lindley(std::uint64_t stream, double rho, int n) {
  const core::Draws draws(2026, 0);
  double wait = 0.0, sum = 0.0;
  for (int i = 0; i < n; ++i) {
    sum += wait;
    const double service = draws.exponential({stream, 1, static_cast<std::uint64_t>(i), 0});
    const double gap = draws.exponential({stream, 2, static_cast<std::uint64_t>(i), 0}) / rho;
    wait = std::max(0.0, wait + service - gap);
  }
  return sum / n;
}

}  // namespace

TEST_CASE("Erlang's formulas give the table of E2", "[market][queueing][E2]") {
  struct Row {
    double c, rho, b, wait_probability, wait, queue;
  };
  const std::vector<Row> table{{1, .8, 0.444444444, 0.800000000, 4.000000000, 3.200000000},
                               {2, .8, 0.329896907, 0.711111111, 1.777777778, 2.844444444},
                               {10, .9, 0.167963226, 0.668731524, 0.668731524, 6.018583717},
                               {50, .9, 0.054104472, 0.363864467, 0.072772893, 3.274780205},
                               {100, .95, 0.048804206, 0.506456854, 0.101291371, 9.622680224},
                               {500, .98, 0.023550297, 0.546673272, 0.054667327, 26.786990338}};
  for (const Row& r : table) {
    const double load = r.c * r.rho;
    CHECK(near(erlang_b(r.c, load), r.b, kPrinted));
    CHECK(near(erlang_c(r.c, load), r.wait_probability, kPrinted));
    CHECK(near(erlang_wait(r.c, load), r.wait, kPrinted));
    CHECK(near(load * erlang_wait(r.c, load), r.queue, kPrinted));
  }
}

TEST_CASE("a simulated single-server queue waits as long as the formula says", "[market][queueing][E2]") {
  // M/M/1 at 0.8: mean wait 4; the asymptotic variance of the mean over n customers is 1976/n (check G6).
  constexpr int kCustomers = 1'000'000;
  CHECK(std::fabs(lindley(1, 0.8, kCustomers) - erlang_wait(1, 0.8)) < 4.0 * std::sqrt(1976.0 / kCustomers));
}

TEST_CASE("Allen and Cunneen's correction gives the waits of E3", "[market][queueing][E3]") {
  CHECK(near(allen_cunneen(20, 17, 1, 1), 0.128352077, kPrinted));
  CHECK(near(allen_cunneen(20, 17, 1, 2), 0.192528115, kPrinted));
  CHECK(near(allen_cunneen(20, 17, 1, 0), 0.064176038, kPrinted));
  CHECK(near(allen_cunneen(1, 0.8, 1, 2), 6.0));  // Pollaczek-Khinchine: rho/(1 - rho) (1 + 2)/2
}

TEST_CASE("one pool of twenty waits 2.4 times less than two of ten", "[market][queueing][E4]") {
  const double apart = erlang_wait(10, 9);
  const double pooled = erlang_wait(20, 18);
  CHECK(near(apart, 0.668731524, kPrinted));
  CHECK(near(pooled, 0.275384502, kPrinted));
  CHECK(near(apart / pooled, 2.428355693, 5e-9));
}

TEST_CASE("the quadrature agrees with the recursion from one server to thousands", "[market][queueing][E2]") {
  for (const int c : {300, 1000, 5000}) {
    for (const double rho : {0.7, 0.95, 1.0, 1.2})
      CHECK(near(erlang_b(c, c * rho), recursion(c, c * rho), 1e-280, 1e-11));
  }
  // The recursion also holds for fractions: from c to c + 1, both by quadrature.
  for (const double c : {0.1, 0.5, 3.7, 20.25, 255.5}) {
    for (const double a : {0.05, 1.0, 17.0, 300.0}) {
      const double b = erlang_b(c, a);
      CHECK(near(erlang_b(c + 1.0, a), a * b / (c + 1.0 + a * b), 0.0, 1e-11));
    }
  }
}

TEST_CASE("Erlang's loss of fractional and huge pools matches 30-digit values", "[market][queueing]") {
  // mpmath: 1 / (exp(a) a^-c Gamma(c + 1, a))
  CHECK(near(erlang_b(0.5, 0.2), 0.439411364878173659, 0.0, 1e-10));
  CHECK(near(erlang_b(3.7, 2.5), 0.183692085533796057, 0.0, 1e-10));
  CHECK(near(erlang_b(20.25, 30), 0.372991882703149248, 0.0, 1e-10));
  CHECK(near(erlang_b(1000.5, 950), 0.00354933093383896192, 0.0, 1e-10));
  CHECK(near(erlang_b(100000, 99000), 8.22577559850422232e-6, 0.0, 1e-10));
  CHECK(near(erlang_b(1000000, 1000000), 0.000797460306855561014, 0.0, 1e-10));
  CHECK(near(erlang_b(1000000, 1100000), 0.0909181798192409866, 0.0, 1e-10));
}

TEST_CASE("more servers never lengthen a wait, more load never shortens it", "[market][queueing][H6]") {
  for (const double load : {0.3, 5.0, 80.0, 900.0}) {
    double last = std::numeric_limits<double>::infinity();
    for (double c = load + 0.1; c < load * 1.5 + 5.0; c += 0.05 * load) {
      const double wait = erlang_wait(c, load);
      REQUIRE(wait <= last);
      REQUIRE(erlang_wait(c, load * 0.99) <= wait);
      last = wait;
    }
  }
}

TEST_CASE("the least staffing for a wait probability is close to the square-root rule", "[market][queueing][E5]") {
  // Halfin and Whitt: [1 + beta Phi(beta)/phi(beta)]^-1 = 0.2 at beta = 1.0617, so c is near a + beta sqrt(a).
  for (const double load : {1e4, 1e6}) {
    double c = std::ceil(load + 0.9 * std::sqrt(load));
    REQUIRE(erlang_c(c, load) > 0.2);
    while (erlang_c(c, load) > 0.2) c += 1.0;
    const double beta = (c - load) / std::sqrt(load);
    const double phi = std::exp(-0.5 * beta * beta) / std::sqrt(2.0 * 3.14159265358979);
    const double upper = 0.5 * std::erfc(-beta / std::sqrt(2.0));
    CHECK(std::fabs(1.0 / (1.0 + beta * upper / phi) - 0.2) < 1.0 / std::sqrt(load));
  }
}

TEST_CASE("a pool's wait scales with service time, vanishes idle and has no end when full", "[market][queueing]") {
  const PoolQueue q{20.0, 0.85, 3.0, 1.0, 2.0};
  CHECK(near(mean_wait(q), 3.0 * 0.192528115, 2e-9));
  CHECK(mean_wait({20.0, 0.0}) == 0.0);
  CHECK(mean_wait({0.0, 0.5}) == 0.0);
  CHECK(mean_wait({20.0, 1.0}) == std::numeric_limits<double>::infinity());
  CHECK_THROWS_AS(mean_wait({20.0, -0.1}), std::invalid_argument);
  CHECK_THROWS_AS(erlang_b(-1, 1), std::invalid_argument);
}
