#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "sim/record/parts.hpp"
#include "sim/record/result_file.hpp"
#include "sim/study/study.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace rackrate;
using record::Var;

namespace {

/// Long enough for prices and fleets to answer to the contracts of April 2026.
scenario::Scenario cut(const std::string& name) {
  return test::load(name, {{"run.enterprises", "250"}, {"run.end", "2027-09-01"}});
}

study::Simulation simulated(const scenario::Scenario& scenario, market::Replay replay = {}, int threads = 1) {
  study::Simulation simulation(scenario, 1, 0, std::move(replay));
  simulation.run(threads);
  return simulation;
}

std::shared_ptr<const market::DecisionPath> path_of(const study::Simulation& simulation) {
  return std::make_shared<const market::DecisionPath>(simulation.decisions());
}

/// Bit for bit, a missing value equal to a missing value.
bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

std::string sentence_of(const scenario::Scenario& scenario, std::uint64_t seed, std::uint64_t replication,
                        const market::Replay& replay) {
  try {
    study::Simulation simulation(scenario, seed, replication, replay);
    simulation.run();
  } catch (const core::ScenarioError& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("a run that replays its own path is the same run", "[study][replay]") {
  const auto scenario = cut("openai-azure-amended");
  const auto free = simulated(scenario);
  const auto path = path_of(free);
  std::size_t orders = 0, sites = 0, moved = 0;
  for (const auto& cloud : path->investments)
    for (const auto& step : cloud) {
      orders += step.order_h100e >= 1.0;
      sites += step.site_kw > 0;
    }
  for (const auto& cloud : path->cloud_prices)
    for (const auto& step : cloud) moved += step.price_index != 1.0;
  CHECK(orders > 0);  // there is something to replay
  CHECK(sites > 0);
  CHECK(moved > 0);
  for (const market::Replay& replay :
       {market::Replay{path, nullptr}, market::Replay{nullptr, path}, market::Replay{path, path}}) {
    const auto again = simulated(scenario, replay);
    CHECK(again.fingerprint() == free.fingerprint());
    CHECK(again.decisions() == free.decisions());
  }
  CHECK(simulated(scenario, {path, path}, 3).fingerprint() == free.fingerprint());
}

TEST_CASE(
    "an arm that replays the baseline's prices and investment has the baseline's prices and fleet, to the last bit",
    "[study][replay]") {
  const auto base = simulated(cut("openai-azure-amended"));
  const auto other = cut("openai-azure-october-2025");
  const auto path = path_of(base);
  const auto decided = simulated(other).series(), driven = simulated(other, {path, path}).series();
  const auto open = base.series();
  for (const Var v : {Var::Price, Var::ComputePrice, Var::Capacity}) {
    CAPTURE(record::row(v).name);
    CHECK(same_bits(driven[v], open[v]));
    CHECK_FALSE(same_bits(decided[v], open[v]));  // left alone, the contracts do move it
  }
  // The contracts act all the same: the work of the excluded cloud stays away.
  CHECK_FALSE(same_bits(driven[Var::PlacementShare], open[Var::PlacementShare]));
  CHECK_FALSE(same_bits(driven[Var::Npv], open[Var::Npv]));

  const auto invested = simulated(other, {nullptr, path}).series();  // prices answer, fleets do not
  CHECK(same_bits(invested[Var::Capacity], open[Var::Capacity]));
  CHECK_FALSE(same_bits(invested[Var::ComputePrice], open[Var::ComputePrice]));
  const auto priced = simulated(other, {path, nullptr}).series();  // and the other way round
  CHECK(same_bits(priced[Var::ComputePrice], open[Var::ComputePrice]));
  CHECK_FALSE(same_bits(priced[Var::Capacity], open[Var::Capacity]));
}

TEST_CASE("a path drives frozen lists too", "[study][replay]") {
  // Frozen lists are reviewed by the quarter.
  const auto free = simulated(test::small("openai-azure-amended", {{"prices.rule", "\"quarterly\""}}));
  const auto frozen =
      simulated(test::small("openai-azure-amended", {{"prices.rule", "\"frozen\""}}), {path_of(free), nullptr});
  CHECK(same_bits(frozen.series()[Var::ComputePrice], free.series()[Var::ComputePrice]));
}

TEST_CASE("a path of another world, or too short a one, is refused", "[study][replay][errors]") {
  const auto scenario = test::small("openai-azure-amended");
  const auto path = path_of(simulated(scenario));
  CHECK(sentence_of(scenario, 2, 0, {path, nullptr}) ==
        "replay.prices is a path of seed 1, replication 0; expected seed 2, replication 0. Record it in the same "
        "random world.");
  CHECK(sentence_of(scenario, 1, 3, {nullptr, path}) ==
        "replay.investment is a path of seed 1, replication 0; expected seed 1, replication 3. Record it in the same "
        "random world.");
  CHECK(sentence_of(test::load("toy-10"), 1, 0, {path, nullptr})
            .starts_with("replay.prices is a path of other clouds or labs; expected those of this scenario."));
  study::Simulation half(scenario, 1, 0);
  half.run_until(core::date(2026, 1, 1));
  const auto sentence = sentence_of(scenario, 1, 0, {path_of(half), nullptr});
  CHECK(sentence.starts_with("replay is a path without a review on 2026-"));
}

namespace {

study::StudyOptions frozen_study(const std::filesystem::path& out, int threads) {
  study::StudyOptions options;
  options.arms = {{"shut, frozen", test::small("openai-azure-exclusive"), {"open", "open"}},  // before the arm it needs
                  {"open", test::small("openai-azure-amended")},
                  {"shut", test::small("openai-azure-exclusive")}};
  options.baseline = "open";
  options.replications = 2;
  options.threads = threads;
  options.out = out;
  options.design = R"({"kind": "decomposition"})";
  return options;
}

}  // namespace

TEST_CASE("a study replays paths in each replication, on any threads, resumed or not", "[study][replay]") {
  const ScratchFolder folder;
  std::atomic<bool> go{false};
  REQUIRE(study::run_study(frozen_study(folder / "one.h5", 1), go));
  const auto one = record::read_result(folder / "one.h5");
  CHECK(one.provenance.design == R"({"kind": "decomposition"})");
  CHECK(one.arms.front().replay_prices == "open");
  CHECK(one.arms.back().replay_prices.empty());
  for (const std::int64_t replication : {0, 1}) {  // the same by hand
    study::Simulation open(test::small("openai-azure-amended"), 1, static_cast<std::uint64_t>(replication));
    open.run();
    const auto path = path_of(open);
    study::Simulation shut(test::small("openai-azure-exclusive"), 1, static_cast<std::uint64_t>(replication),
                           {path, path});
    shut.run();
    const record::ResultReader reader(folder / "one.h5");
    CHECK(same_bits(reader.read({"shut, frozen", replication})[Var::Npv], shut.series()[Var::Npv]));
  }
  REQUIRE(study::run_study(frozen_study(folder / "three.h5", 3), go));
  CHECK(record::read_result(folder / "three.h5").fingerprint == one.fingerprint);
  // Stopped after the first replication: the second begins without the paths of the first process.
  std::atomic<bool> stop{false};
  CHECK_FALSE(study::run_study(frozen_study(folder / "stopped.h5", 1), stop,
                               [&](const study::Progress& p) { stop = p.done >= 3; }));
  auto again = frozen_study(folder / "stopped.h5", 2);
  again.mode = record::OutputMode::Resume;
  REQUIRE(study::run_study(again, go));
  CHECK(record::read_result(folder / "stopped.h5").fingerprint == one.fingerprint);
  // Without the replay it is another study: it is not mixed with this one.
  again.arms.front().replay = {};
  CHECK_THROWS_AS(study::run_study(again, go), core::ResultFileError);
}

TEST_CASE("a study refuses to replay an arm that replays itself, or that is not there", "[study][replay][errors]") {
  std::atomic<bool> go{false};
  const ScratchFolder folder;
  auto options = frozen_study(folder / "never.h5", 1);
  for (const char* source : {"shut, frozen", "nobody"}) {
    options.arms.back().replay.prices = source;
    CHECK_THROWS_AS(study::run_study(options, go), core::ScenarioError);
  }
}
