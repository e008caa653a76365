#include "sim/market/contracts/allowlist.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"

using namespace rackrate;
using market::contracts::admitted;

namespace {

std::vector<bool> admissions(std::uint64_t seed, double share, core::EntityKey preview = core::name_hash("bedrock")) {
  const core::Draws draws(seed, 0);
  std::vector<bool> in;
  for (int i = 0; i < 10'000; ++i)
    in.push_back(admitted(draws, core::name_hash("enterprise/" + std::to_string(i)), share, preview));
  return in;
}
long count(const std::vector<bool>& in) { return std::count(in.begin(), in.end(), true); }

}  // namespace

TEST_CASE("a preview for a fifth of the accounts admits about a fifth (check B8)", "[contracts][b8]") {
  // Binomial(10,000, 0.2): mean 2000, sd 40, four of them 160.
  CHECK(std::abs(count(admissions(1, 0.2)) - 2000) <= 160);
  CHECK(std::abs(count(admissions(2, 0.2)) - 2000) <= 160);
}

TEST_CASE("the same accounts are admitted in every scenario with the same seed (check B8)", "[contracts][b8]") {
  const auto first = admissions(7, 0.2);
  CHECK(first == admissions(7, 0.2));
  CHECK(first != admissions(8, 0.2));
  // Another preview has a list of its own: the overlap of two independent fifths is 1/25, sd 19.6, four of them 78.
  const auto other = admissions(7, 0.2, core::name_hash("vertex"));
  long both = 0;
  for (std::size_t i = 0; i < first.size(); ++i) both += first[i] && other[i] ? 1 : 0;
  CHECK(std::abs(both - 400) <= 78);
}

TEST_CASE("a larger allowlist keeps everybody it had, and general availability admits all (check B8)",
          "[contracts][b8]") {
  const auto small = admissions(7, 0.2), large = admissions(7, 0.5), all = admissions(7, 1.0);
  for (std::size_t i = 0; i < small.size(); ++i) {
    if (small[i]) REQUIRE(large[i]);
    if (large[i]) REQUIRE(all[i]);
  }
  CHECK(count(all) == 10'000);
  CHECK(count(admissions(7, 0.0)) == 0);
}
