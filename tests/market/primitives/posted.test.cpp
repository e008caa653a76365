#include "sim/market/primitives/posted.hpp"

#include <cmath>

#include "tests/support/catch.hpp"

using namespace rackrate::market;

TEST_CASE("posted: a step of 0 is the identity, and so is a value that is not positive", "[market][price][posted]") {
  for (const double v : {1e-3, 0.7, 1.0, 1.2345, 99.0}) CHECK(posted(v, 0.0) == v);
  CHECK(posted(0.0, 0.01) == 0.0);
  CHECK(posted(-1.0, 0.01) == -1.0);
  CHECK(posted_evenly(0.123, 0.0) == 0.123);
}

TEST_CASE("posted: the nearest point of a grid through 1", "[market][price][posted]") {
  CHECK(posted(1.0, 0.01) == 1.0);
  CHECK(posted(1.0049, 0.01) == 1.0);  // the middle of the first step is sqrt(1.01) = 1.00499
  CHECK(std::fabs(posted(1.0051, 0.01) - 1.01) < 1e-15);
  CHECK(std::fabs(posted(2.0, 0.01) - std::pow(1.01, 70)) < 1e-12);  // ln 2 / ln 1.01 = 69.66
  CHECK(posted_evenly(0.0149, 0.01) == 0.01);
  CHECK(posted_evenly(0.015, 0.01) == 0.02);
}

TEST_CASE("posted: up and down are treated alike, and what is posted stays", "[market][price][posted]") {
  for (int i = 1; i < 400; ++i) {
    const double v = std::exp(0.0071 * i);
    CHECK(std::fabs(posted(v, 0.013) * posted(1.0 / v, 0.013) - 1.0) < 1e-12);
    CHECK(posted(posted(v, 0.013), 0.013) == posted(v, 0.013));
    CHECK(posted_evenly(-v, 0.013) == -posted_evenly(v, 0.013));
  }
}

TEST_CASE("posted: a list that moves through many steps is posted without drift", "[market][price][posted]") {
  const double step = 0.02, width = std::log1p(step);
  double off = 0.0, worst = 0.0;
  const int n = 50000;
  for (int i = 0; i < n; ++i) {
    const double list = -0.5 * width + 50.0 * width * (i + 0.5) / n;  // its logarithm, through fifty whole steps
    const double error = std::log(posted(std::exp(list), step)) - list;
    off += error / n;
    worst = std::max(worst, std::fabs(error));
  }
  CHECK(std::fabs(off) < 1e-4 * width);
  CHECK(worst <= 0.5 * width + 1e-12);
}

TEST_CASE("posted: a small difference is seen as often as its part of a step", "[market][price][posted]") {
  const double step = 0.01, width = std::log1p(step), difference = 1e-3;  // of a step
  int seen = 0;
  const int n = 100000;
  for (int i = 0; i < n; ++i) {
    const double at = (i + 0.5) / n * 7.0 * width;
    seen += posted(std::exp(at), step) != posted(std::exp(at + difference * width), step) ? 1 : 0;
  }
  CHECK(std::fabs(seen / (difference * n) - 1.0) < 0.02);
}
