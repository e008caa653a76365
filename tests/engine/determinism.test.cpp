#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/engine/simulator.hpp"
#include "tests/engine/cores.hpp"
#include "tests/engine/random_model.hpp"
#include "tests/engine/toy_models.hpp"
#include "tests/support/catch.hpp"

using namespace toys;
using rackrate::engine::Executor;
using rackrate::engine::Options;

namespace {
constexpr std::size_t kProcesses = 60;
constexpr Options kOptions{.start = at(0), .window = ms(1000), .serial_below = 0, .order_digest = true};
constexpr std::uint32_t kShards[] = {1, 2, 3, 7, 16, 64, 1000};  ///< the last two are more than there are processes

/// All that a run leaves behind: per process the digest of its events, the model, the pending events.
template <class Model>
struct Outcome {
  rackrate::engine::Simulator<typename Model::Payload> sim;
  Model model;
  [[nodiscard]] std::vector<std::uint64_t> digests() const {
    std::vector<std::uint64_t> out;
    for (ProcessId p = 0; p < sim.processes(); ++p) out.push_back(sim.order_digest(p));
    return out;
  }
};

Outcome<Phold> run_phold(Executor& executor, Options options, std::size_t n = kProcesses) {
  Outcome<Phold> out{phold_simulator(n, 4, options), Phold(n)};
  out.sim.run_until(out.model, at(120'500), executor);
  return out;
}

/// Cancellations, priorities, zero delays, far futures and posts from the barrier; windows of 7 ms.
Outcome<RandomModel> run_random(Executor& executor, Options options) {
  options.window = ms(7);
  Outcome<RandomModel> out{{names(kProcesses), options}, {}};
  RandomModel& m = out.model;
  m.window = 7;
  m.link = 9;
  m.processes.resize(kProcesses);
  Dice dice{20260427};
  for (auto& p : m.processes) {
    p.dice.state = dice.next();
    p.budget = 60;
  }
  m.outside.state = dice.next();
  m.outside_budget = 40;
  for (ProcessId p = 0; p < kProcesses; ++p) {
    for (int i = 0; i < 3; ++i)
      out.sim.post(p, at(dice.below(40)), 7, {p, 0}, static_cast<std::int16_t>(dice.below(3) - 1));
  }
  out.sim.run_until(m, at(90'000), executor);
  return out;
}

template <class Model>
void check_equal(const Outcome<Model>& got, const Outcome<Model>& expected) {
  CHECK(got.digests() == expected.digests());
  CHECK(got.sim.order_digest() == expected.sim.order_digest());
  CHECK(got.model == expected.model);
  CHECK(got.sim == expected.sim);
  CHECK(got.sim.statistics().events == expected.sim.statistics().events);
  CHECK(got.sim.statistics().messages == expected.sim.statistics().messages);
  CHECK(got.sim.statistics().windows == expected.sim.statistics().windows);
}

std::vector<std::pair<std::string, std::unique_ptr<Executor>>> executors(const std::vector<int>& threads) {
  std::vector<std::pair<std::string, std::unique_ptr<Executor>>> out;
  out.emplace_back("serial", rackrate::engine::make_serial_executor());
  for (const int n : threads) {
    out.emplace_back("TBB with " + std::to_string(n), tbb_executor(n));
    out.emplace_back("threads with " + std::to_string(n), rackrate::engine::make_thread_executor(n));
  }
  return out;
}

/// Both models on every executor and number of shards, against one serial run of a single shard.
void check_matrix(const std::vector<int>& threads) {
  const auto serial = rackrate::engine::make_serial_executor();
  Options one = kOptions;
  one.shards = 1;
  const auto phold = run_phold(*serial, one);
  const auto random = run_random(*serial, one);
  for (const std::uint64_t digest : phold.digests()) CHECK(digest != 0U);
  CHECK(random.sim.statistics().events > 2000U);
  CHECK(random.model.barriers.size() > 100U);
  for (const auto& [name, executor] : executors(threads)) {
    for (const std::uint32_t shards : kShards) {
      Options options = kOptions;
      options.shards = shards;
      INFO(name << ", " << shards << " shards");
      check_equal(run_phold(*executor, options), phold);
      check_equal(run_random(*executor, options), random);
    }
  }
}
}  // namespace

TEST_CASE("every executor, thread count and shard count gives the same order of events", "[engine][determinism]") {
  check_matrix({1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("threads that share one processor give the same order of events", "[engine][determinism][affinity]") {
  const cores::PinnedToOne pin;
  if (!pin.pinned()) RACKRATE_SKIP("this system does not let a program choose its processors");
  CHECK(rackrate::engine::usable_processors() == 1);
  CHECK(rackrate::engine::make_tbb_executor(0)->threads() == 1);
  CHECK(rackrate::engine::make_thread_executor(0)->threads() == 1);
  check_matrix({1, 2, 3, 8});
}

TEST_CASE("a pin ends with the test that set it", "[engine][affinity]") {
  const int before = rackrate::engine::usable_processors();
  if (before < 2) RACKRATE_SKIP("this program has one processor, pinned or not");
  { const cores::PinnedToOne pin; }
  CHECK(rackrate::engine::usable_processors() == before);
}

TEST_CASE("another number, another order or another seed changes the digest", "[engine][determinism]") {
  const auto serial = rackrate::engine::make_serial_executor();
  const auto base = run_phold(*serial, kOptions).sim.order_digest();
  Options shuffled = kOptions;
  shuffled.shuffle_ties = 5;
  CHECK(run_phold(*serial, shuffled).sim.order_digest() != base);
  CHECK(run_phold(*serial, kOptions, kProcesses + 1).sim.order_digest() != base);
}

TEST_CASE("windows below the serial threshold change nothing but who works", "[engine][determinism]") {
  const auto executor = rackrate::engine::make_thread_executor(3);
  const auto expected = run_phold(*executor, kOptions);
  CHECK(expected.sim.statistics().parallel_windows == expected.sim.statistics().windows);
  for (const std::uint64_t below : {5U, 20U, 1'000'000U}) {
    Options options = kOptions;
    options.serial_below = below;
    const auto got = run_phold(*executor, options);
    check_equal(got, expected);
    CHECK(got.sim.statistics().parallel_windows < expected.sim.statistics().parallel_windows);
  }
}

TEST_CASE("a run in steps of any length is the straight run", "[engine][determinism]") {
  const auto serial = rackrate::engine::make_serial_executor();
  const auto expected = run_phold(*serial, kOptions);
  for (const std::int64_t step : {137LL, 1000LL, 2500LL, 60'250LL}) {
    Outcome<Phold> got{phold_simulator(kProcesses, 4, kOptions), Phold(kProcesses)};
    while (got.sim.now() < at(120'500))
      got.sim.run_until(got.model, std::min(got.sim.now() + ms(step), at(120'500)), *serial);
    check_equal(got, expected);
  }
}

TEST_CASE("a run that changes its executor on the way is the straight run", "[engine][determinism]") {
  const auto serial = rackrate::engine::make_serial_executor();
  const auto expected = run_phold(*serial, kOptions);
  Outcome<Phold> got{phold_simulator(kProcesses, 4, kOptions), Phold(kProcesses)};
  std::int64_t until = 0;
  for (const int threads : {0, 3, 0, 2, 8, 1, 5, 0, 4}) {
    until += 13'389;  // 9 x 13,389 = 120,501
    const auto executor = threads == 0       ? rackrate::engine::make_serial_executor()
                          : threads % 2 == 0 ? tbb_executor(threads)
                                             : rackrate::engine::make_thread_executor(threads);
    got.sim.run_until(got.model, std::min(at(until), at(120'500)), *executor);
  }
  check_equal(got, expected);
}
