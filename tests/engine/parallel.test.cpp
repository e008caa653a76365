#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "sim/engine/simulator.hpp"
#include "tests/engine/cores.hpp"
#include "tests/engine/scripted.hpp"
#include "tests/engine/toy_models.hpp"
#include "tests/support/catch.hpp"

using namespace toys;
using rackrate::engine::Executor;
using rackrate::engine::Options;

namespace {
constexpr Options kOptions{.start = at(0), .window = ms(1000), .serial_below = 0, .order_digest = true};

/// Waits until `count` have arrived, at most 20 s. True if they all did.
bool meet(std::atomic<int>& arrived, int count) {
  ++arrived;
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (arrived.load() < count) {
    if (std::chrono::steady_clock::now() > patience) return false;
    std::this_thread::yield();
  }
  return true;
}

/// Two handlers of one window, in different shards, each wait until the other has begun. One thread
/// alone would wait in vain. Ten windows in a row.
void check_rendezvous(Executor& executor) {
  constexpr int kRounds = 10;
  std::vector<std::atomic<int>> arrived(kRounds);
  std::atomic<int> met{0};
  Sim sim(names(2), {.start = at(0), .window = ms(10), .shards = 2, .serial_below = 0});
  Toy model{[&](auto& c, const auto& e) {
    if (!meet(arrived[static_cast<std::size_t>(e.payload.value)], 2)) return;  // and the next round never comes
    ++met;
    if (e.payload.value + 1 < kRounds) c.schedule(c.now() + ms(10), 1, {e.payload.value + 1});
  }};
  for (ProcessId p = 0; p < 2; ++p) sim.post(p, at(5), 1, {0});
  sim.run_until(model, at(1000), executor);
  CHECK(met == 2 * kRounds);
  CHECK(sim.statistics().parallel_windows >= kRounds);
}

std::uint64_t phold_digest(Executor& executor, std::size_t n = 60) {
  Phold model(n);
  auto sim = phold_simulator(n, 4, kOptions);
  sim.run_until(model, at(60'000), executor);
  return sim.order_digest();
}
}  // namespace

TEST_CASE("two threads work on one window at the same time", "[engine][parallel]") {
  check_rendezvous(*rackrate::engine::make_thread_executor(2));
  check_rendezvous(*tbb_executor(2));
  check_rendezvous(*rackrate::engine::make_thread_executor(8));
  check_rendezvous(*tbb_executor(8));
}

TEST_CASE("an executor has the width it was made with while others live", "[engine][parallel]") {
  const auto narrow = tbb_executor(3);
  const auto wide = tbb_executor(8);
  const auto narrower = tbb_executor(2);
  std::atomic<int> arrived{0};
  std::atomic<int> met{0};
  wide->for_each(8, [&](std::size_t) {
    if (meet(arrived, 8)) ++met;
  });
  CHECK(met == 8);
}

TEST_CASE("two threads on one processor take turns within a window", "[engine][parallel][affinity]") {
  const cores::PinnedToOne pin;
  if (!pin.pinned()) RACKRATE_SKIP("this system does not let a program choose its processors");
  check_rendezvous(*rackrate::engine::make_thread_executor(2));
  check_rendezvous(*tbb_executor(2));
}

TEST_CASE("the windows of PHOLD are shared by the executor's threads and by no others", "[engine][parallel]") {
  struct Watched : Phold {
    using Phold::Phold;
    std::mutex* mutex = nullptr;
    std::set<std::thread::id>* seen = nullptr;
    void handle(rackrate::engine::Context<Payload>& c, const Event<Payload>& e) {
      {
        const std::scoped_lock lock{*mutex};
        seen->insert(std::this_thread::get_id());
      }
      if (c.self() % 16 == 0) std::this_thread::yield();
      Phold::handle(c, e);
    }
  };
  for (const bool tbb : {false, true}) {
    for (const int threads : {1, 2, 4}) {
      const auto executor = tbb ? tbb_executor(threads) : rackrate::engine::make_thread_executor(threads);
      std::mutex mutex;
      std::set<std::thread::id> seen;
      Watched model(300);
      model.mutex = &mutex;
      model.seen = &seen;
      auto sim = phold_simulator(300, 4, kOptions);
      sim.run_until(model, at(200'000), *executor);
      INFO((tbb ? "TBB" : "threads") << " with " << threads);
      CHECK(sim.statistics().parallel_windows == (threads == 1 ? 0U : sim.statistics().windows));
      // TBB may send different workers of its pool into an arena, but never more at once than the arena is wide.
      if (threads == 1) CHECK(seen.size() == 1U);
      if (threads > 1) CHECK(seen.size() >= 2U);
      if (!tbb) CHECK(seen.size() <= static_cast<std::size_t>(threads));
    }
  }
}

TEST_CASE("a serial run stays on the caller's thread", "[engine][parallel]") {
  const auto serial = rackrate::engine::make_serial_executor();
  bool elsewhere = false;
  Sim sim(names(4), {.start = at(0), .window = ms(10), .shards = 4, .serial_below = 0});
  const auto caller = std::this_thread::get_id();
  Toy model{[&](auto&, const auto&) { elsewhere = elsewhere || std::this_thread::get_id() != caller; }};
  for (ProcessId p = 0; p < 4; ++p) sim.post(p, at(1), 1, {});
  sim.run_until(model, at(10), *serial);
  CHECK_FALSE(elsewhere);
  CHECK(sim.statistics().parallel_windows == 0U);
}

TEST_CASE("replications in parallel, each on a serial executor, give what each gives alone",
          "[engine][parallel][nested]") {
  const auto serial = rackrate::engine::make_serial_executor();
  std::vector<std::uint64_t> expected;
  for (std::size_t r = 0; r < 12; ++r) expected.push_back(phold_digest(*serial, 40 + r));
  for (const bool tbb : {false, true}) {
    const auto outer = tbb ? tbb_executor(2) : rackrate::engine::make_thread_executor(2);
    std::vector<std::uint64_t> got(12);
    outer->for_each(12,
                    [&](std::size_t r) { got[r] = phold_digest(*rackrate::engine::make_serial_executor(), 40 + r); });
    CHECK(got == expected);
  }
}

TEST_CASE("executors inside executors neither deadlock nor change a result", "[engine][parallel][nested]") {
  const auto serial = rackrate::engine::make_serial_executor();
  const std::uint64_t expected = phold_digest(*serial);
  for (const bool outer_tbb : {false, true}) {
    for (const bool inner_tbb : {false, true}) {
      const auto outer = outer_tbb ? tbb_executor(3) : rackrate::engine::make_thread_executor(3);
      std::vector<std::uint64_t> got(6);
      outer->for_each(6, [&](std::size_t r) {
        const auto inner = inner_tbb ? tbb_executor(2) : rackrate::engine::make_thread_executor(2);
        got[r] = phold_digest(*inner);
      });
      CHECK(got == std::vector<std::uint64_t>(6, expected));
    }
  }
}

#if !defined(__SANITIZE_THREAD__)
TEST_CASE("a TBB executor within another's work adds no threads beyond the processors", "[engine][parallel][nested]") {
  // Both of default width: were each to bring its own workers, twice the processors would be busy at once.
  const auto outer = rackrate::engine::make_tbb_executor(0);
  std::atomic<int> busy{0};
  std::atomic<int> most{0};
  std::atomic<int> done{0};
  outer->for_each(4, [&](std::size_t) {
    const auto inner = rackrate::engine::make_tbb_executor(0);
    for (int round = 0; round < 20; ++round) {
      inner->for_each(16, [&](std::size_t) {
        const int now = ++busy;
        for (int seen = most.load(); seen < now && !most.compare_exchange_weak(seen, now);) {}
        std::this_thread::sleep_for(std::chrono::microseconds{20});
        --busy;
        ++done;
      });
    }
  });
  CHECK(done == 4 * 20 * 16);
  CHECK(most.load() <= rackrate::engine::usable_processors());
}
#endif
