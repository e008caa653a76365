#include "bench/hold_model.hpp"

#include <cmath>

#include "tests/bench/support.hpp"
#include "tests/support/catch.hpp"

namespace {

using bench::Increment;
using bench_tests::Outcome;
using rackrate::core::SimDuration;
using rackrate::core::SimTime;

constexpr Increment kAll[] = {Increment::Exponential, Increment::Uniform, Increment::Bimodal, Increment::Equal};
constexpr std::uint64_t kPending = 300;
constexpr std::uint64_t kHolds = 30'000;
const SimTime kEnd{SimDuration{static_cast<std::int64_t>(kHolds) * bench::HoldModel::kSpacing}};

template <class Run>
Outcome hold(Increment increment, const Run& run) {
  bench::HoldModel model(kPending, increment);
  return run(model, [&](const auto& post) {
    for (std::uint64_t k = 0; k < kPending; ++k) post(0, model.first(k), 0);
  });
}
Outcome windows(Increment increment, std::int64_t window) {
  return hold(increment, [&](auto& model, const auto& start) {
    return bench_tests::on_windows(model, {"hold"}, SimDuration{window}, kEnd, {1, 1}, start);
  });
}
Outcome heap(Increment increment) {
  return hold(increment, [&](auto& model, const auto& start) {
    return bench_tests::on_heap(model, {"hold"}, kPending, kEnd, start);
  });
}

TEST_CASE("the hold model handles the same events on the heap and in windows of any length", "[bench]") {
  for (const Increment increment : kAll) {
    const Outcome expected = heap(increment);
    // From a tenth of a hold per window to ten times all pending events in one.
    for (const std::int64_t window : {100, 64'000, 3'000'000}) {
      const Outcome got = windows(increment, window);
      CHECK(got.events == expected.events);
      CHECK(got.digest == expected.digest);
    }
  }
}

TEST_CASE("in the hold model one event falls due every spacing, from the start on", "[bench]") {
  // `pending` renewal processes in equilibrium, intervals of mean m = pending spacings and variance c^2 m^2:
  // the count in [0, E) has mean E / spacing and variance (E / spacing) c^2; c^2 is 1, 1/3, 0, and for the two
  // modes E[X^2] - 1 = (4/3)(0.9 s^2 + 0.1 (100 s)^2) - 1 with s = 1 / 10.9, about 10.3.
  const double squares[] = {1.0, 1.0 / 3.0, 10.4, 0.0};
  for (std::size_t i = 0; i < 4; ++i) {
    const double deviation = std::sqrt(static_cast<double>(kHolds) * squares[i] + 0.25 * static_cast<double>(kPending));
    CHECK(std::fabs(static_cast<double>(heap(kAll[i]).events) - static_cast<double>(kHolds)) < 4.0 * deviation);
  }
}

TEST_CASE("equal increments keep the pending events in their order", "[bench]") {
  // Then every event comes back after exactly one mean: 30,000 holds are 100 rounds of 300.
  CHECK(heap(Increment::Equal).events == kHolds);
}

}  // namespace
