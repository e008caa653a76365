#include "bench/mmc_model.hpp"

#include <cmath>

#include "tests/bench/support.hpp"
#include "tests/support/catch.hpp"

namespace {

using bench_tests::Outcome;
using rackrate::core::SimDuration;
using rackrate::core::SimTime;

const SimTime kEnd{SimDuration{1'000'000'000'000'000}};

template <class Post>
void start(const Post& post) {
  post(0, SimTime{}, bench::MmcModel::kArrival);
}

TEST_CASE("the wait of M/M/10 at load 0.9 is Erlang's, and every customer is served", "[bench]") {
  const bench::MmcParameters p{.servers = 10, .load = 0.9, .customers = 500'000};
  bench::MmcModel model(p);
  const Outcome got = bench_tests::on_windows(model, {"station"}, SimDuration{1'000'000}, kEnd, {1, 1},
                                              [](const auto& post) { start(post); });
  CHECK(got.events == 1'000'000);  // an arrival and a departure each
  CHECK(model.served() == 500'000);
  CHECK(model.standard_error() > 0.0);
  CHECK(model.standard_error() < 0.1);
  CHECK(std::fabs(model.mean_wait() - 0.668731524) < 4.0 * model.standard_error());
}

TEST_CASE("M/M/c handles the same events on the heap and in windows of any length", "[bench]") {
  const bench::MmcParameters p{.servers = 3, .load = 0.8, .customers = 20'000};
  bench::MmcModel on_heap(p);
  const Outcome expected = bench_tests::on_heap(on_heap, {"station"}, 4, kEnd, [](const auto& post) { start(post); });
  for (const std::int64_t window : {1'000, 1'000'000, 100'000'000}) {
    bench::MmcModel model(p);
    const Outcome got = bench_tests::on_windows(model, {"station"}, SimDuration{window}, kEnd, {1, 1},
                                                [](const auto& post) { start(post); });
    CHECK(got.events == expected.events);
    CHECK(got.digest == expected.digest);
    CHECK(model.mean_wait() == on_heap.mean_wait());
  }
}

TEST_CASE("Erlang's formula gives the published waits", "[bench]") {
  // In mean service times: c = 1, rho = 0.8: rho / (1 - rho) = 4. c = 2, rho = 0.8: 16/9. c = 10, rho = 0.9:
  // 0.668731524.
  CHECK(std::fabs(bench::erlang_c_wait(1, 0.8) - 4.0) < 1e-12);
  CHECK(std::fabs(bench::erlang_c_wait(2, 0.8) - 16.0 / 9.0) < 1e-12);
  CHECK(std::fabs(bench::erlang_c_wait(10, 0.9) - 0.668731524) < 1e-9);
}

}  // namespace
