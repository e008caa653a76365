#include "sim/market/enterprise/adoption.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "sim/market/primitives/adoption.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

constexpr core::SimDuration kWeek = core::kDay * 7;

/// A thousand enterprises of the small market's one segment; every tenth has adopted before the start.
struct Crowd : test::SmallMarket {
  Crowd() {
    auto& segment = parameters().segments[SegmentId(0)];
    segment.bass_p = 0.05;
    segment.bass_q = 0.6;
    board.adoption.assign(1, 0.1);
    for (std::size_t k = 0; k < 1000; ++k) {
      Enterprise e;
      e.segment = SegmentId(0);
      e.key = k;
      e.adopted = k % 10 == 0;
      all.add(e);
    }
  }
  /// The published share of adopters in week k.
  void publish(int week) { board.adoption[SegmentId(0)] = 0.1 + 0.002 * week; }

  Population all{0, 0, Table<SegmentId, double>(1, 1.0)};
};

}  // namespace

TEST_CASE("enterprises adopt when their own integral of the hazard crosses their threshold",
          "[market][enterprise][adoption]") {
  Crowd crowd;
  const auto& segment = crowd.parameters().segments[SegmentId(0)];
  const Bass bass{segment.bass_p, segment.bass_q};
  // Each polled by itself, every week.
  std::map<std::size_t, core::SimTime> polled;
  std::vector<double> integral(crowd.all.size(), 0.0);
  for (int week = 0; week < 260; ++week) {
    crowd.publish(week);
    const double weekly = bass.hazard(crowd.board.adoption[SegmentId(0)]) * core::in_years(kWeek);
    for (std::size_t k = 0; k < crowd.all.size(); ++k) {
      if (k % 10 == 0 || polled.contains(k)) continue;
      const double threshold = crowd.draws.exponential(at(k, Purpose::AdoptionThreshold));
      if (const auto share = cross_threshold(integral[k], threshold, weekly))
        polled[k] = test::kStart + kWeek * week + core::days(7.0 * *share);
    }
  }
  // In the order of thresholds, with windows that do not divide a week.
  Adoption adoption(1, test::kStart, crowd.draws, crowd.all);
  std::map<std::size_t, core::SimTime> told;
  for (core::SimTime window = test::kStart; window < test::kStart + kWeek * 260; window += core::kDay * 3) {
    const core::SimTime until = std::min(window + core::kDay * 3, test::kStart + kWeek * 260);
    crowd.publish(static_cast<int>((until - core::SimDuration{1} - test::kStart) / kWeek));
    for (const auto& [enterprise, time] : adoption.crossings(crowd.view(), crowd.all, until)) {
      CHECK(time >= window);
      CHECK(told.emplace(enterprise.position(), time).second);
    }
  }
  CHECK(told.size() > 500);
  CHECK(told.size() < 900);
  CHECK(told == polled);
}

TEST_CASE("a copy goes on where its original stands, without touching it", "[market][enterprise][adoption]") {
  Crowd crowd;
  Adoption one(1, test::kStart, crowd.draws, crowd.all);
  (void)one.crossings(crowd.view(), crowd.all, test::kStart + kWeek);
  Adoption other = one;
  const auto a = one.crossings(crowd.view(), crowd.all, test::kStart + kWeek * 9);
  const auto b = other.crossings(crowd.view(), crowd.all, test::kStart + kWeek * 9);
  REQUIRE(a.size() == b.size());
  CHECK_FALSE(a.empty());
  for (std::size_t k = 0; k < a.size(); ++k) {
    CHECK(a[k].enterprise == b[k].enterprise);
    CHECK(a[k].time == b[k].time);
  }
  CHECK(one.crossings(crowd.view(), crowd.all, test::kStart + kWeek * 9).empty());  // nobody is told twice
}
