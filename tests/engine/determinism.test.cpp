#include <algorithm>
#include <cmath>
#include <mutex>
#include <set>
#include <thread>

#include "sim/engine/simulator.hpp"
#include "tests/engine/toy_models.hpp"
#include "tests/support/catch.hpp"

using namespace toys;
using rackrate::engine::Executor;
using rackrate::engine::Options;

namespace {
constexpr std::size_t kProcesses = 300;
constexpr Options kOptions{.start = at(0), .window = ms(1000), .serial_below = 0, .order_digest = true};

struct Outcome {
  std::uint64_t digest;
  Phold model;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome run(Executor& executor, Options options, std::size_t n = kProcesses) {
  Phold model(n);
  auto sim = phold_simulator(n, 4, options);
  sim.run_until(model, at(120'500), executor);
  return {sim.order_digest(), model};
}
}  // namespace

TEST_CASE("every executor, thread count and shard count gives the same order of events", "[engine][determinism]") {
  const auto serial = rackrate::engine::make_serial_executor();
  const Outcome expected = run(*serial, kOptions);
  CHECK(expected.digest != 0U);
  for (const int threads : {1, 2, 4, 8}) {
    for (const std::uint32_t shards : {1U, 2U, 7U, 16U, 300U}) {
      Options options = kOptions;
      options.shards = shards;
      INFO(threads << " threads, " << shards << " shards");
      CHECK(run(*tbb_executor(threads), options) == expected);
      CHECK(run(*rackrate::engine::make_thread_executor(threads), options) == expected);
    }
  }
}

TEST_CASE("another number, another order or another seed changes the digest", "[engine][determinism]") {
  const auto serial = rackrate::engine::make_serial_executor();
  const Outcome base = run(*serial, kOptions);
  Options shuffled = kOptions;
  shuffled.shuffle_ties = 5;
  CHECK(run(*serial, shuffled).digest != base.digest);
  CHECK(run(*serial, kOptions, kProcesses + 1).digest != base.digest);
}

TEST_CASE("two threads really share the windows", "[engine][determinism]") {
  struct Watched : Phold {
    using Phold::Phold;
    std::mutex* mutex = nullptr;
    std::set<std::thread::id>* seen = nullptr;
    void handle(rackrate::engine::Context<Payload>& c, const Event<Payload>& e) {
      {
        const std::scoped_lock lock{*mutex};
        seen->insert(std::this_thread::get_id());
      }
      if (c.self() % 50 == 0) std::this_thread::yield();
      Phold::handle(c, e);
    }
  };
  for (const bool tbb : {false, true}) {
    const auto executor = tbb ? tbb_executor(2) : rackrate::engine::make_thread_executor(2);
    std::mutex mutex;
    std::set<std::thread::id> seen;
    Watched model(kProcesses);
    model.mutex = &mutex;
    model.seen = &seen;
    auto sim = phold_simulator(kProcesses, 4, kOptions);
    sim.run_until(model, at(400'000), *executor);
    CHECK(seen.size() == 2U);
    CHECK(sim.statistics().parallel_windows > 300U);
  }
}

TEST_CASE("a run in steps of any length is the straight run", "[engine][determinism]") {
  const auto serial = rackrate::engine::make_serial_executor();
  const Outcome expected = run(*serial, kOptions);
  for (const std::int64_t step : {137LL, 1000LL, 2500LL, 60'250LL}) {
    Phold model(kProcesses);
    auto sim = phold_simulator(kProcesses, 4, kOptions);
    while (sim.now() < at(120'500)) sim.run_until(model, std::min(sim.now() + ms(step), at(120'500)), *serial);
    CHECK(Outcome{sim.order_digest(), model} == expected);
  }
}

TEST_CASE("a fork goes on exactly as the original would, and leaves it alone", "[engine][fork]") {
  const auto tbb = tbb_executor(2);
  Phold model(kProcesses);
  auto sim = phold_simulator(kProcesses, 4, kOptions);
  sim.run_until(model, at(33'333), *tbb);
  auto twin = sim;
  Phold twin_model = model;
  CHECK(twin == sim);
  twin.run_until(twin_model, at(90'000), *tbb);
  CHECK_FALSE(twin == sim);
  sim.run_until(model, at(90'000), *tbb);
  CHECK(twin == sim);
  CHECK(twin_model == model);
}

TEST_CASE("a run saved and loaded goes on as the straight one", "[engine][snapshot]") {
  const auto serial = rackrate::engine::make_serial_executor();
  const Outcome expected = run(*serial, kOptions);
  Phold model(kProcesses);
  auto sim = phold_simulator(kProcesses, 4, kOptions);
  sim.run_until(model, at(50'777), *serial);
  const auto bytes = sim.save();
  Options other = kOptions;
  other.shards = 5;
  rackrate::engine::Simulator<Phold::Payload> restored(names(kProcesses), other);
  restored.load(bytes);
  CHECK(restored == sim);
  CHECK(restored.save() == bytes);
  restored.run_until(model, at(120'500), *serial);
  CHECK(Outcome{restored.order_digest(), model} == expected);
}

TEST_CASE("a snapshot that does not fit is refused and changes nothing", "[engine][snapshot]") {
  auto sim = phold_simulator(10, 2, kOptions);
  const auto bytes = sim.save();
  rackrate::engine::Simulator<Phold::Payload> larger(names(11), kOptions);
  CHECK_THROWS_AS(larger.load(bytes), std::invalid_argument);
  Options longer = kOptions;
  longer.window = ms(2000);
  rackrate::engine::Simulator<Phold::Payload> other_window(names(10), longer);
  CHECK_THROWS_AS(other_window.load(bytes), std::invalid_argument);
  const auto before = sim;
  for (std::size_t length = 0; length < bytes.size(); length += 7) {
    CHECK_THROWS_AS(sim.load(std::span{bytes}.first(length)), std::invalid_argument);
  }
  auto more = bytes;
  more.push_back(std::byte{0});
  CHECK_THROWS_AS(sim.load(more), std::invalid_argument);
  CHECK(sim == before);
}

TEST_CASE("PHOLD handles as many events as its renewal rate says", "[engine][oracle]") {
  // N M events in flight, each waits L + Exp(D) rounded down: N M E / (L + D) events by time E, with a
  // variance of about N M E D^2 / (L + D)^3. The start of all events within 5 s of time 0 instead of in
  // equilibrium moves the mean by at most one event each: +-N M.
  const auto serial = rackrate::engine::make_serial_executor();
  Phold model(kProcesses);
  auto sim = phold_simulator(kProcesses, 4, kOptions);
  const double end = 4'000'000.0;
  sim.run_until(model, at(4'000'000), *serial);
  const double in_flight = 4.0 * kProcesses;
  const double expected = in_flight * end / 17'000.0;
  const double sd = std::sqrt(in_flight * end * 16'000.0 * 16'000.0 / (17'000.0 * 17'000.0 * 17'000.0));
  CHECK(std::fabs(static_cast<double>(sim.statistics().events) - expected) < in_flight + 4.0 * sd);
  CHECK(sim.pending_events().size() == 4U * kProcesses);
}
