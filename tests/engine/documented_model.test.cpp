#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/support/catch.hpp"

// [model]
#include <vector>

#include "sim/engine/simulator.hpp"

using namespace rackrate;

/// Post offices in a ring. A parcel rests for three hours, then goes to the next office.
struct Ring {
  struct Payload {
    std::uint32_t parcel;
  };
  enum : std::uint16_t { kArrives, kLeaves };
  std::vector<int> handled;  // by office
  int published = 0;         // parcels seen by all, as of the last window

  void handle(engine::Context<Payload>& office, const engine::Event<Payload>& event) {
    if (event.kind == kArrives) {
      ++handled[office.self()];
      office.schedule(office.now() + 3 * core::kHour, kLeaves, event.payload);
    } else {
      const auto next = static_cast<engine::ProcessId>((office.self() + 1) % handled.size());
      office.send(next, office.now() + core::kDay, kArrives, event.payload);
    }
  }
  core::SimDuration min_delay(engine::ProcessId, engine::ProcessId) const { return core::kDay; }
  std::string process_name(engine::ProcessId p) const { return "office/" + std::to_string(p); }
  void at_barrier(core::SimTime) {
    published = 0;
    for (const int n : handled) published += n;
  }
};

int parcels_handled(engine::Executor& executor) {
  Ring ring{std::vector<int>(3, 0)};
  engine::Simulator<Ring::Payload> sim({"office/0", "office/1", "office/2"}, {.start = core::date(2026, 1, 1)});
  sim.post(0, core::date(2026, 1, 1), Ring::kArrives, {1});
  sim.run_until(ring, core::date(2026, 2, 1), executor);
  return ring.published;
}
// [model]

namespace {
std::string read(const std::string& path) {
  std::ifstream file(std::string(RACKRATE_SOURCE_DIR) + "/" + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}
std::string between(const std::string& text, const std::string& open, const std::string& close) {
  const std::size_t from = text.find(open);
  if (from == std::string::npos) return {};
  const std::size_t begin = from + open.size();
  return text.substr(begin, text.find(close, begin) - begin);
}
}  // namespace

TEST_CASE("a parcel in the documented ring is handled every 27 hours", "[engine][docs]") {
  // January has 744 hours; arrivals at 0, 27, ..., 729: 28 of them. The last window (31 January) is
  // complete, so the barrier has published them all.
  const auto serial = engine::make_serial_executor();
  CHECK(parcels_handled(*serial) == 28);
  CHECK(parcels_handled(*engine::make_thread_executor(2)) == 28);
}

TEST_CASE("the model shown in docs/engine.md is the one that is tested", "[engine][docs]") {
  const std::string shown = between(read("docs/engine.md"), "```cpp\n", "```");
  const std::string tested = between(read("tests/engine/documented_model.test.cpp"), "// [model]\n", "// [model]");
  REQUIRE_FALSE(tested.empty());
  CHECK(shown == tested);
}

TEST_CASE("what docs/engine.md quotes from a file stands in that file", "[engine][docs]") {
  // `<!-- from: FILE -->` on one line, then a fenced block: every such block is a piece of a program that is built and
  // run.
  const std::string page = read("docs/engine.md");
  const std::string mark = "<!-- from: ";
  int quotes = 0;
  for (std::size_t at = page.find(mark); at != std::string::npos; at = page.find(mark, at + 1)) {
    const std::string path = between(page.substr(at), mark, " -->");
    const std::string block = page.substr(page.find("```", at));
    const std::string quoted = between(block, "\n", "```");
    INFO(path << " does not hold:\n" << quoted);
    REQUIRE_FALSE(quoted.empty());
    CHECK(read(path).find(quoted) != std::string::npos);
    ++quotes;
  }
  CHECK(quotes >= 3);
}

TEST_CASE("the documented model has thirty lines", "[engine][docs]") {
  const std::string model = between(read("docs/engine.md"), "struct Ring {\n", "\n};\n");
  CHECK(std::count(model.begin(), model.end(), '\n') <= 30);
}
