#include <algorithm>

#include "sim/record/fingerprint.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;

namespace {

/// The flagship's first year with a calendar: runs that find a place at once, that wait for one another, and that hold
/// releases.
scenario::Scenario with_a_calendar() {
  const std::string run = "]\nsize = \"30000 H100e\"\nduration = \"80 d\"\nrelease = true\nsubmitted = ";
  const std::string text =
      "extends = \"openai-azure-amended\"\nsource = \"own\"\ngrade = \"A\"\n[run]\nenterprises = "
      "250\nend = 2026-05-01\n[labs.openai.runs.a" +
      run + "2025-08-01\n[labs.openai.runs.b" + run + "2025-08-05\n[labs.openai.runs.c" + run +
      "2025-08-09\n[labs.anthropic.runs.a" + run + "2025-09-01\n[labs.xai.runs.a" + run + "2025-10-01\n";
  return scenario::Scenario::parse(text, "calendar.toml", test::library());
}

struct Runs : market::Observer {
  std::vector<market::RunFact> facts;
  void on_run(const market::RunFact& run) override { facts.push_back(run); }
};

}  // namespace

TEST_CASE("training runs: on threads, in odd steps and in a fork a run is the same", "[study][runs][determinism]") {
  const auto scenario = with_a_calendar();
  study::Simulation straight(scenario, 1, 0), stepped(scenario, 1, 0), threaded(scenario, 1, 0);
  straight.run();
  threaded.run(3);
  for (const auto date : {core::date(2025, 8, 7), core::date(2025, 11, 17)}) stepped.run_until(date);
  study::Simulation fork = stepped;
  stepped.run();
  fork.run();
  CHECK(threaded.fingerprint() == straight.fingerprint());
  CHECK(stepped.fingerprint() == straight.fingerprint());
  CHECK(fork.fingerprint() == straight.fingerprint());
  const auto series = straight.series();
  const auto& start = series[record::Var::TrainingStart];
  REQUIRE(start.size() == 5);
  CHECK(std::count_if(start.begin(), start.end(), [](double day) { return day >= 31; }) >= 3);
}
