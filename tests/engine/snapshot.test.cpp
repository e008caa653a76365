#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "sim/engine/simulator.hpp"
#include "tests/engine/random_model.hpp"
#include "tests/engine/scripted.hpp"
#include "tests/engine/toy_models.hpp"
#include "tests/support/catch.hpp"

using namespace toys;
using rackrate::engine::Options;

namespace {
constexpr std::size_t kProcesses = 60;
constexpr Options kOptions{.start = at(0), .window = ms(1000), .serial_below = 0, .order_digest = true};
using PholdSimulator = rackrate::engine::Simulator<Phold::Payload>;

/// Stands in the middle of a window, with events in every tier of the list and a barrier to come.
Sim far_and_wide(std::uint32_t shards) {
  Sim sim(names(5), {.start = at(-20), .window = ms(10), .shards = shards, .order_digest = true});
  Toy model{[](auto& c, const auto& e) {
    if (e.kind != 1) return;
    const Handle gone = c.schedule(at(5'000'000'000), 2, {1});
    c.cancel(gone);
    for (const std::int64_t t : {7LL, 25LL, 2'000LL, 1'000'000LL, 90'000'000'000LL}) c.schedule(at(t), 2, {t}, 3);
    c.send((c.self() + 1) % 5, at(10), 2, {10});
    c.schedule(rackrate::core::kNever - ms(1), 2, {11});
  }};
  for (ProcessId p = 0; p < 5; ++p) sim.post(p, at(2), 1, {});
  const auto serial = rackrate::engine::make_serial_executor();
  sim.run_until(model, at(6), *serial);
  return sim;
}
}  // namespace

TEST_CASE("a fork goes on exactly as the original would, and leaves it alone", "[engine][fork]") {
  const auto tbb = tbb_executor(2);
  Phold model(kProcesses);
  auto sim = phold_simulator(kProcesses, 4, kOptions);
  sim.run_until(model, at(33'333), *tbb);
  auto twin = sim;
  const auto before = sim;
  Phold twin_model = model;
  CHECK(twin == sim);
  twin.run_until(twin_model, at(90'000), *tbb);
  CHECK(sim == before);
  CHECK_FALSE(twin == sim);
  sim.run_until(model, at(90'000), *tbb);
  CHECK(twin == sim);
  CHECK(twin_model == model);
}

TEST_CASE("a run saved and loaded goes on as the straight one", "[engine][snapshot]") {
  const auto serial = rackrate::engine::make_serial_executor();
  Phold straight_model(kProcesses);
  auto straight = phold_simulator(kProcesses, 4, kOptions);
  straight.run_until(straight_model, at(120'500), *serial);
  Phold model(kProcesses);
  auto sim = phold_simulator(kProcesses, 4, kOptions);
  sim.run_until(model, at(50'777), *serial);
  const auto bytes = sim.save();
  Options other = kOptions;
  other.shards = 5;
  PholdSimulator restored(names(kProcesses), other);
  restored.load(bytes);
  CHECK(restored == sim);
  CHECK(restored.save() == bytes);
  CHECK(restored.statistics().events == sim.statistics().events);
  restored.run_until(model, at(120'500), *serial);
  CHECK(restored == straight);
  CHECK(model == straight_model);
  CHECK(restored.order_digest() == straight.order_digest());
}

TEST_CASE("events far in the future are copied, compared, saved and loaded with the rest", "[engine][snapshot]") {
  const Sim sim = far_and_wide(2);
  // 5 processes x (7, 25, 2000, 10^6, 9 x 10^10 ms, the neighbour's message, the last millisecond).
  CHECK(sim.pending_events().size() == 35U);
  const auto bytes = sim.save();
  for (const std::uint32_t shards : {1U, 2U, 5U, 40U}) {
    Sim restored(names(5), {.start = at(-20), .window = ms(10), .shards = shards});
    restored.load(bytes);
    CHECK(restored == sim);
    CHECK(restored.save() == bytes);
    Sim straight = far_and_wide(shards);
    CHECK(straight == sim);
    CHECK(straight.save() == bytes);
    const auto serial = rackrate::engine::make_serial_executor();
    std::vector<std::int64_t> seen;
    std::vector<std::int64_t> seen_straight;
    Toy model{[&](auto& c, const auto&) { seen.push_back(c.now().time_since_epoch().count()); }};
    Toy straight_model{[&](auto& c, const auto&) { seen_straight.push_back(c.now().time_since_epoch().count()); }};
    restored.run_until(model, rackrate::core::kNever, *serial);
    straight.run_until(straight_model, rackrate::core::kNever, *serial);
    CHECK(seen == seen_straight);
    CHECK(seen.size() == 35U);
    CHECK(restored == straight);
    CHECK(model.barriers == straight_model.barriers);
    CHECK(model.barriers.size() ==
          6U);  // at 10, 20, 30, 2010, 10^6 + 10 and 9 x 10^10 + 10; the last window ends after the run
  }
}

TEST_CASE("two simulators differ by one pending event, its time, payload or priority", "[engine][snapshot]") {
  const auto with = [](std::int64_t t, std::int64_t value, std::int16_t priority, ProcessId p) {
    Sim sim(names(2), kTen);
    sim.post(p, at(t), 1, {value}, priority);
    return sim;
  };
  const Sim sim = with(900'000'000, 1, 0, 0);
  CHECK(sim == with(900'000'000, 1, 0, 0));
  CHECK_FALSE(sim == with(900'000'001, 1, 0, 0));
  CHECK_FALSE(sim == with(900'000'000, 2, 0, 0));
  CHECK_FALSE(sim == with(900'000'000, 1, 1, 0));
  CHECK_FALSE(sim == with(900'000'000, 1, 0, 1));
  CHECK_FALSE(sim == Sim(names(2), kTen));
}

TEST_CASE("a snapshot that does not fit is refused and changes nothing", "[engine][snapshot]") {
  auto sim = phold_simulator(10, 2, kOptions);
  const auto bytes = sim.save();
  const auto refused = [&](const std::vector<std::string>& processes, Options options) {
    PholdSimulator other(processes, options);
    const PholdSimulator before = other;
    CHECK_THROWS_AS(other.load(bytes), std::invalid_argument);
    CHECK(other == before);
  };
  refused(names(11), kOptions);
  auto renamed = names(10);
  renamed[3] = "somebody else";
  refused(renamed, kOptions);
  Options other = kOptions;
  other.window = ms(2000);
  refused(names(10), other);
  other = kOptions;
  other.start = at(1);
  refused(names(10), other);
  other = kOptions;
  other.shuffle_ties = 5;
  refused(names(10), other);
  rackrate::engine::Simulator<char> another_payload(names(10), kOptions);
  CHECK_THROWS_AS(another_payload.load(bytes), std::invalid_argument);
  auto more = bytes;
  more.push_back(std::byte{0});
  const auto before = sim;
  CHECK_THROWS_AS(sim.load(more), std::invalid_argument);
  CHECK_THROWS_AS(sim.load({}), std::invalid_argument);
  CHECK(sim == before);
}

TEST_CASE("a snapshot cut anywhere is refused and changes nothing", "[engine][snapshot]") {
  Sim sim = far_and_wide(2);
  const auto bytes = sim.save();
  const Sim before = sim;
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CHECK_THROWS_AS(sim.load(std::span{bytes}.first(length)), std::invalid_argument);
  }
  CHECK(sim == before);
}

TEST_CASE("a snapshot with one byte changed is refused", "[engine][snapshot]") {
  Sim sim = far_and_wide(2);
  const auto bytes = sim.save();
  const Sim before = sim;
  Dice dice{1};
  std::size_t refused = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const int flip : {1, 0x80, static_cast<int>(1 + dice.below(255))}) {
      auto damaged = bytes;
      damaged[i] ^= static_cast<std::byte>(flip);
      INFO("byte " << i << " of " << bytes.size() << " flipped by " << flip);
      try {
        sim.load(damaged);
        sim = before;
      } catch (const std::invalid_argument&) {
        ++refused;
      }
    }
  }
  CHECK(refused == 3 * bytes.size());
  CHECK(sim == before);
}

TEST_CASE("a garbled snapshot never brings down the program", "[engine][snapshot]") {
  // Bytes that were exchanged, overwritten with extremes, moved or made up: refused, or else a state that runs.
  const Sim sim = far_and_wide(2);
  const auto bytes = sim.save();
  const auto serial = rackrate::engine::make_serial_executor();
  Dice dice{2};
  int refused = 0;
  for (int round = 0; round < 5000; ++round) {
    auto damaged = bytes;
    for (std::int64_t changes = 1 + dice.below(6); changes > 0; --changes) {
      const std::size_t i = dice.index(damaged.size());
      switch (dice.below(5)) {
        case 0: damaged[i] = static_cast<std::byte>(dice.below(256)); break;
        case 1: std::swap(damaged[i], damaged[dice.index(damaged.size())]); break;
        case 2:
          for (std::size_t k = i; k < std::min(i + 8, damaged.size()); ++k) damaged[k] = std::byte{0xff};
          break;
        case 3:
          for (std::size_t k = i / 8 * 8; k < std::min(i / 8 * 8 + 8, damaged.size()); ++k)
            damaged[k] = k % 8 == 7 ? std::byte{0x7f} : std::byte{0xff};
          break;
        default: damaged.erase(damaged.begin() + static_cast<std::ptrdiff_t>(i)); break;
      }
    }
    Sim victim(names(5), {.start = at(-20), .window = ms(10), .shards = 3});
    try {
      victim.load(damaged);
    } catch (const std::invalid_argument&) {
      ++refused;
      continue;
    }
    Toy model{[](auto&, const auto&) {}};
    try {
      victim.run_until(model, at(100'000), *serial);
    } catch (const std::exception&) {  // a clear error is fine too
    }
  }
  CHECK(refused > 4000);
}

TEST_CASE("a snapshot has the same bytes whatever executor ran", "[engine][snapshot][determinism]") {
  const auto bytes_of = [](rackrate::engine::Executor& executor) {
    Phold model(40);
    auto sim = phold_simulator(40, 4, {.start = at(0), .window = ms(1000), .serial_below = 10, .order_digest = true});
    sim.run_until(model, at(100'000), executor);
    return sim.save();
  };
  const auto serial = rackrate::engine::make_serial_executor();
  const auto threads = rackrate::engine::make_thread_executor(3);
  CHECK(bytes_of(*serial) == bytes_of(*threads));
}

TEST_CASE("a snapshot of one order of ties is refused by another, and by that of no shuffle", "[engine][snapshot]") {
  using Simulator = rackrate::engine::Simulator<Phold::Payload>;
  const auto options = [](std::optional<std::uint64_t> seed) {
    return rackrate::engine::Options{.start = at(0), .shuffle_ties = seed};
  };
  const std::optional<std::uint64_t> seeds[] = {std::nullopt, 0, 1};
  for (const auto& saved : seeds) {
    for (const auto& loading : seeds) {
      const auto bytes = Simulator(names(3), options(saved)).save();
      Simulator other(names(3), options(loading));
      if (saved == loading) {
        other.load(bytes);
      } else {
        CHECK_THROWS_AS(other.load(bytes), std::invalid_argument);
      }
    }
  }
}

TEST_CASE("digests begin anew where a snapshot has none", "[engine][snapshot]") {
  const auto serial = rackrate::engine::make_serial_executor();
  Phold model(8);
  auto without = phold_simulator(8, 2, {.start = at(0), .window = ms(1000)});
  without.run_until(model, at(50'000), *serial);
  auto with = phold_simulator(8, 0, {.start = at(0), .window = ms(1000), .order_digest = true});
  with.load(without.save());
  CHECK(with.order_digest(0) == 0U);
  with.run_until(model, at(100'000), *serial);
  CHECK(with.order_digest(0) != 0U);
}
