#include "sim/engine/executor.hpp"

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/engine/toy_models.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::engine;

namespace {
std::vector<std::unique_ptr<Executor>> all_executors() {
  std::vector<std::unique_ptr<Executor>> out;
  out.push_back(make_serial_executor());
  for (const int threads : {1, 2, 8}) {
    out.push_back(toys::tbb_executor(threads));
    out.push_back(make_thread_executor(threads));
  }
  return out;
}
}  // namespace

TEST_CASE("an executor runs each index once and waits for all", "[engine][executor]") {
  for (const auto& executor : all_executors()) {
    for (const std::size_t count : {0UL, 1UL, 3UL, 1000UL}) {
      std::vector<std::atomic<int>> hits(count);
      for (int round = 0; round < 20; ++round) executor->for_each(count, [&](std::size_t i) { hits[i].fetch_add(1); });
      for (const auto& h : hits) CHECK(h.load() == 20);
    }
  }
}

TEST_CASE("an executor rethrows the failure of the smallest index after all have run", "[engine][executor]") {
  for (const auto& executor : all_executors()) {
    std::atomic<int> ran{0};
    std::string text;
    try {
      executor->for_each(100, [&](std::size_t i) {
        ++ran;
        if (i % 10 == 7) throw std::runtime_error(std::to_string(i));
      });
    } catch (const std::runtime_error& e) {
      text = e.what();
    }
    CHECK(text == "7");
    CHECK(ran == 100);
  }
}

TEST_CASE("zero threads means the processors of the affinity mask and negative ones are refused",
          "[engine][executor]") {
  CHECK(usable_processors() >= 1);
  CHECK(make_tbb_executor(0)->threads() == usable_processors());
  CHECK(make_thread_executor(0)->threads() == usable_processors());
  CHECK(make_thread_executor(5)->threads() == 5);
  CHECK_THROWS_AS(make_tbb_executor(-1), std::invalid_argument);
  CHECK_THROWS_AS(make_thread_executor(-1), std::invalid_argument);
}
