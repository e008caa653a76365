#include "sim/market/exchange/clearing/day_peaks.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/whole.hpp"
#include "tests/market/exchange/two_hosts.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using test::TwoHosts;

namespace {

std::string replaced(std::string text, const std::string& before, const std::string& after) {
  return text.replace(text.find(before), before.size(), after);
}

/// The market of two hosts with consumers who want 100,000 H100e and swing by 30 %, and training that would fill all.
TwoHosts swinging(std::int64_t near, std::int64_t far, const std::string& more = "") {
  TwoHosts market(
      "[clearing.swing]\nconsumer = \"30 %\"\n[labs.lab.streams.train]\nproduct = \"training\"\ncompute = "
      "\"300000 H100e\"\nprice = \"1 $/H100e-h\"\nefficiency_applies = false\n" +
          more,
      replaced(test::two_hosts(""), "700 H100e", "100000 H100e"));
  market.set_capacity("near", near);
  market.set_capacity("far", far);
  return market;
}

std::int64_t interactive(const Allocation& got) {
  std::int64_t sum = 0;
  for (const auto amount : got.interactive) sum += amount;
  return sum;
}
std::int64_t sum_of(const Table<PoolId, std::int64_t>& by_pool) {
  std::int64_t sum = 0;
  for (const auto amount : by_pool) sum += amount;
  return sum;
}

}  // namespace

TEST_CASE("peaks: a pool that covers the mean turns load away at the peak, and training fills the valley (check E7)",
          "[market][exchange][peaks]") {
  TwoHosts market = swinging(110'000, 0);
  const Allocation got = market.clear_day(0).allocation;
  CHECK(std::abs(core::real(interactive(got)) - 94'915.102) <= 1.0);  // 100,000 less 5.084898 %
  CHECK(sum_of(got.served) == 110'000);                               // nothing is idle
  CHECK(std::abs(core::real(sum_of(got.lost_at_peaks)) - 5'084.898) <= 1.0);
}

TEST_CASE("peaks: two pools that together are as large serve as much as one", "[market][exchange][peaks]") {
  TwoHosts market = swinging(60'000, 50'000);
  CHECK(std::abs(core::real(interactive(market.clear_day(0).allocation)) - 94'915.102) <= 2.0);
}

TEST_CASE("peaks: a capacity of the peak serves all, one of the valley is full all day", "[market][exchange][peaks]") {
  TwoHosts wide = swinging(130'001, 0);
  const Allocation all = wide.clear_day(0).allocation;
  CHECK(interactive(all) == 100'000);
  CHECK(sum_of(all.lost_at_peaks) == 0);
  TwoHosts narrow = swinging(70'000, 0);
  const Allocation full = narrow.clear_day(0).allocation;
  CHECK(interactive(full) == 70'000);
  CHECK(sum_of(full.lost_at_peaks) == 0);  // what is missing is missing all day
}

TEST_CASE("peaks: without a swing the mean is what counts", "[market][exchange][peaks]") {
  TwoHosts market("", replaced(test::two_hosts(""), "700 H100e", "100000 H100e"));
  market.set_capacity("near", 100'000);
  market.set_capacity("far", 0);
  CHECK(interactive(market.clear_day(0).allocation) == 100'000);
  CHECK(market.exchange.network.table.peak_groups.empty());
}

namespace {

/// The mean over the day of the largest flow from groups to parts: at each moment the least cut over sets of groups.
double mean_flow(const DemandTable& table, const std::vector<double>& wanted, double swing) {
  constexpr int kMoments = 20'000;
  double sum = 0.0;
  for (int i = 0; i < kMoments; ++i) {
    const double height = 1.0 + swing * std::sin(2.0 * std::acos(-1.0) * (i + 0.5) / kMoments);
    double least = 1e300;
    for (std::size_t set = 0; set < (std::size_t{1} << wanted.size()); ++set) {
      double cut = 0.0;
      Table<NodeId, char> cut_at(table.network.pools.size(), 0);
      for (std::size_t g = 0; g < wanted.size(); ++g) {
        if ((set >> g & 1U) == 0)
          cut += height * wanted[g];
        else
          for (const NodeId node : table.peak_groups[g].nodes) cut_at[node] = 1;
      }
      for (const NodeId node : cut_at.ids())
        if (cut_at[node] != 0) cut += core::real(table.network.pools[node].capacity);
      least = std::min(least, cut);
    }
    sum += least;
  }
  return sum / kMoments;
}

}  // namespace

TEST_CASE("peaks: what even loads on the pools are served is the mean of the largest flows of the moments",
          "[market][exchange][peaks]") {
  DemandTable table;
  for (const std::int64_t capacity : {60, 50, 30, 80}) table.network.pools.push_back({0, capacity});
  const auto nodes = [](std::initializer_list<std::int32_t> list) {
    std::vector<NodeId> out;
    for (const auto i : list) out.emplace_back(i);
    return out;
  };
  table.peak_groups = {{{}, nodes({0, 1})}, {{}, nodes({1, 2})}, {{}, nodes({2})}, {{}, nodes({0, 3})}};
  for (const std::vector<double>& wanted :
       {std::vector<double>{70, 40, 25, 60}, {90, 10, 45, 20}, {10, 90, 5, 120}, {0, 60, 10, 140}})
    for (const double swing : {0.2, 0.6}) {
      const Pressure on = pressure(table, wanted, {swing, swing, swing, swing});
      double served = 0.0, all = 0.0, laid = 0.0;
      for (const NodeId node : on.load.ids()) {
        const double capacity = core::real(table.network.pools[node].capacity);
        double mean = 0.0;  // of this part, summed over the day
        for (int i = 0; i < 20'000; ++i)
          mean +=
              std::min(capacity, on.load[node] * (1.0 + swing * std::sin(2.0 * std::acos(-1.0) * (i + 0.5) / 20'000)));
        served += mean / 20'000;
        laid += on.load[node];
      }
      for (const double h100e : wanted) all += h100e;
      CHECK(std::abs(laid - all) < 1e-6 * all);
      CHECK(std::abs(served - mean_flow(table, wanted, swing)) < 1e-3);
    }
}

TEST_CASE("peaks: an event says when a cloud begins and when it ceases to turn load away",
          "[market][exchange][peaks]") {
  TwoHosts market = swinging(110'000, 0);
  PeakMonth month;
  std::vector<Notice> notices;
  const auto count = [&](int day) {
    count_peaks(market.s(), market.day(day), market.clear_day(day).allocation.lost_at_peaks, month);
  };
  count(0);
  end_peak_month(market.s(), market.day(0).end, month, notices);
  REQUIRE(notices.size() == 1);
  CHECK(notices[0].kind == "peak");
  CHECK(notices[0].text ==
        "begins to turn interactive load away at the peaks of the day: 5085 H100e on average in the month");
  count(1);
  end_peak_month(market.s(), market.day(1).end, month, notices);
  CHECK(notices.size() == 1);  // it goes on
  market.set_capacity("near", 140'000);
  count(2);
  end_peak_month(market.s(), market.day(2).end, month, notices);
  REQUIRE(notices.size() == 2);
  CHECK(notices[1].text == "turns no more interactive load away at the peaks of the day");
}
