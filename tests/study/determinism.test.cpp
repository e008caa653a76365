#include <filesystem>

#include "sim/record/fingerprint.hpp"
#include "sim/record/result_file.hpp"
#include "sim/study/study.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace rackrate;

namespace {

study::StudyOptions study_of(const std::filesystem::path& out, int threads) {
  study::StudyOptions options;
  options.arms = {{"amended", test::small("openai-azure-amended")},
                  {"exclusive", test::small("openai-azure-exclusive")}};
  options.baseline = "amended";
  options.replications = 3;
  options.threads = threads;
  options.out = out;
  return options;
}

}  // namespace

TEST_CASE("a replication is the same on any number of threads", "[study][determinism]") {
  const auto scenario = test::small("openai-azure-amended");
  const auto serial = record::fingerprint(test::run(scenario, 1, 0, 1));
  for (const int threads : {2, 5}) {
    CAPTURE(threads);
    CHECK(record::fingerprint(test::run(scenario, 1, 0, threads)) == serial);
  }
}

TEST_CASE("a run in odd steps and a fork end where the straight run ends", "[study][determinism]") {
  const auto scenario = test::small("openai-azure-amended");
  study::Simulation straight(scenario, 1, 0), stepped(scenario, 1, 0);
  straight.run();
  for (const auto date : {core::date(2025, 7, 2), core::date(2025, 11, 17), core::date(2026, 4, 27)})
    stepped.run_until(date);
  study::Simulation fork = stepped;
  stepped.run();
  fork.run();
  CHECK(stepped.fingerprint() == straight.fingerprint());
  CHECK(fork.fingerprint() == straight.fingerprint());
}

TEST_CASE("observers change nothing", "[study][determinism]") {
  const auto scenario = test::small("openai-azure-amended");
  const auto regime = std::make_shared<const market::Regime>(market::build_regime(scenario.parameters()));
  market::World watched(regime, 1, 0), alone(regime, 1, 0);  // side by side in one process
  test::Tape tape;
  const auto serial = engine::make_serial_executor();
  watched.run_until(scenario.parameters().run.end, *serial, &tape);
  alone.run_until(scenario.parameters().run.end, *serial);
  CHECK(watched.exchange().demand.units == alone.exchange().demand.units);
  CHECK(watched.exchange().demand.ramp == alone.exchange().demand.ramp);
  CHECK(watched.exchange().network.solution == alone.exchange().network.solution);
  CHECK(watched.statistics().events == alone.statistics().events);
}

TEST_CASE("a study's file does not depend on threads, and is whole after a stop and a resume", "[study][determinism]") {
  const ScratchFolder folder;
  std::atomic<bool> go{false};
  REQUIRE(study::run_study(study_of(folder / "one.h5", 1), go));
  const auto one = record::read_result(folder / "one.h5");
  CHECK(one.runs.size() == 6);
  for (const int threads : {2, 5}) {
    CAPTURE(threads);
    const auto path = folder / ("t" + std::to_string(threads) + ".h5");
    REQUIRE(study::run_study(study_of(path, threads), go));
    CHECK(record::read_result(path).fingerprint == one.fingerprint);
  }
  // Stopped after the first replication of both arms: that one is kept, the rest is done later.
  std::atomic<bool> stop{false};
  const auto path = folder / "stopped.h5";
  const bool finished =
      study::run_study(study_of(path, 1), stop, [&](const study::Progress& p) { stop = p.done >= 2; });
  CHECK_FALSE(finished);
  CHECK_FALSE(std::filesystem::exists(path));
  REQUIRE(record::find_parts(path));
  CHECK(record::find_parts(path)->done.size() == 2);
  auto again = study_of(path, 2);
  again.mode = record::OutputMode::Resume;
  REQUIRE(study::run_study(again, go));
  CHECK(record::read_result(path).fingerprint == one.fingerprint);
}

TEST_CASE("a study that cannot be done says why in one sentence", "[study][errors]") {
  const ScratchFolder folder;
  std::atomic<bool> go{false};
  auto options = study_of(folder / "x.h5", 1);
  const auto sentence = [&] {
    try {
      study::run_study(options, go);
    } catch (const core::ScenarioError& error) {
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  options.replications = 0;
  CHECK(sentence() == "replications is 0; expected a whole number >= 1. Use 1 for a single run.");
  options.replications = 1;
  options.baseline = "neither";
  CHECK(sentence() == "baseline is \"neither\"; expected the name of an arm. Take one of the arms.");
  options.baseline = "amended";
  options.arms.push_back({"toy", test::load("toy-10")});
  CHECK(sentence() ==
        "arms.toy is a scenario with other firms; expected those of amended. Arms of one comparison differ in "
        "contracts, prices or numbers.");
  CHECK_FALSE(std::filesystem::exists(folder / "x.h5"));
  CHECK_FALSE(std::filesystem::exists(folder / "x.h5.parts"));
  study::Simulation simulation(test::load("toy-10"), 1, 0);
  simulation.run();
  CHECK_THROWS_AS(simulation.run_until(core::date(2026, 1, 3)), core::ScenarioError);
}
