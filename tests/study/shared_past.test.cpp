#include <random>

#include "sim/market/regime/regime_change.hpp"
#include "sim/record/fingerprint.hpp"
#include "sim/record/result_file.hpp"
#include "sim/study/first_difference.hpp"
#include "sim/study/shared_past.hpp"
#include "sim/study/study.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace rackrate;

namespace {

const std::string kAmended = "contracts.openai-microsoft.versions.amended-2026.";
const std::string kApril = "contracts.openai-amazon.versions.april-2026.";

/// As text, so that a failure says both dates.
std::string difference(const scenario::Scenario& a, const scenario::Scenario& b) {
  const auto drawn = [](const scenario::Scenario& s) {
    return market::regime_of_replication(study::regime_of(s), core::Draws(1, 0));
  };
  return core::to_string(study::first_difference(*drawn(a), *drawn(b)));
}

study::StudyOptions of_arms(std::vector<study::Arm> arms, int replications = 1) {
  study::StudyOptions options;
  options.arms = std::move(arms);
  options.baseline = options.arms.front().name;
  options.replications = replications;
  options.threads = 1;
  return options;
}

/// "arm replication fingerprint" of every run.
std::vector<std::string> prints_of(const std::filesystem::path& file) {
  std::vector<std::string> prints;
  const record::ResultReader reader(file);
  for (const auto& print : reader.prints())
    prints.push_back(print.arm + " " + std::to_string(print.replication) + " " + print.print);
  return prints;
}

std::vector<std::string> prints(study::StudyOptions options, bool share_past) {
  const ScratchFolder folder;
  const std::atomic<bool> go{false};
  options.share_past = share_past;
  options.out = folder / "x.h5";
  REQUIRE(study::run_study(options, go));
  return prints_of(options.out);
}

scenario::Scenario tiny(const std::string& name, test::Overrides overrides = {}) {
  overrides.emplace_back("run.enterprises", "60");
  overrides.emplace_back("run.end", "2026-07-01");
  return test::load(name, overrides);
}

/// All scenarios that can be arms of one study with openai-azure-amended.
std::vector<study::Arm> library_arms() {
  std::vector<study::Arm> arms;
  for (const std::string name : {"openai-azure-amended", "openai-azure-exclusive", "openai-azure-october-2025",
                                 "renegotiated-2026", "breach-2026", "dispute-2026", "aws-exclusive", "never-exclusive",
                                 "regulator-opens", "regulator-separates", "capital-2026", "rofr-2025", "tenders-2025"})
    arms.push_back({name, test::small(name)});
  return arms;
}

}  // namespace

TEST_CASE("arms differ from the first date on that their contracts allow", "[study][past]") {
  const auto amended = tiny("openai-azure-amended"), exclusive = tiny("openai-azure-exclusive");
  const std::string april = "2026-04-27";
  CHECK(difference(amended, amended) == core::to_string(core::kNever));
  CHECK(difference(amended, exclusive) == april);
  CHECK(difference(exclusive, amended) == april);
  CHECK(difference(amended, tiny("openai-azure-october-2025")) == april);
  CHECK(difference(exclusive, tiny("openai-azure-october-2025")) == april);
  CHECK(difference(amended, tiny("renegotiated-2026")) == "2025-10-28");              // talks are agreed on then
  CHECK(difference(tiny("renegotiated-2026"), tiny("breach-2026")) == "2025-10-28");  // nobody talks
  CHECK(difference(tiny("renegotiated-2026"), tiny("dispute-2026")) == april);
  // What is committed counts from the signature of its version: it is backlog of the cloud from then on.
  const std::string commitment = "contracts.openai-azure-commitment.versions.first.clauses.";
  CHECK(difference(amended, tiny("openai-azure-amended", {{commitment + "year-2026.amount", "\"7 B$\""}})) ==
        "2025-10-28");
  // A version counts from its signature, because a tranche may wait for it and customers may hear of it.
  CHECK(difference(amended, tiny("openai-azure-amended", {{kAmended + "signed", "2026-03-01"}})) == "2026-03-01");
  CHECK(difference(amended, tiny("openai-azure-amended", {{commitment + "year-2026.until", "2027-02-01"}})) ==
        "2025-10-28");
}

TEST_CASE("whether anything draws a commitment is decided on the first day", "[study][past]") {
  CHECK(difference(tiny("openai-azure-amended"), tiny("capital-2026")) == core::to_string(core::kAlways));
}

TEST_CASE("what customers hear of counts from its announcement", "[study][past]") {
  const test::Overrides lag{{"choice.belief_lag", "\"30 d\""}};
  auto early = lag;
  early.emplace_back(kApril + "signed", "2026-02-28");
  CHECK(difference(tiny("openai-azure-amended", lag), tiny("openai-azure-amended", early)) == "2026-02-28");
}

TEST_CASE("a run leaves at the last boundary before the difference", "[study][past]") {
  market::RunParameters run;
  run.start = core::date(2026, 1, 1);
  run.window = core::kDay * 7;
  CHECK(study::fork_date(run, core::date(2026, 1, 22)) == core::date(2026, 1, 15));
  CHECK(study::fork_date(run, core::date(2026, 1, 23)) == core::date(2026, 1, 22));
  CHECK_FALSE(study::fork_date(run, core::date(2026, 1, 8)));
  CHECK_FALSE(study::fork_date(run, run.start));
  CHECK_FALSE(study::fork_date(run, core::kAlways));
}

TEST_CASE("each arm leaves the one from which it differs last", "[study][past]") {
  market::RunParameters run;
  run.start = core::date(2026, 1, 1);
  run.window = core::kDay;
  const std::vector<std::size_t> open{0, 1, 2, 3};
  const auto differ = [&](std::size_t a, std::size_t b) {
    if (a == 3 || b == 3) return run.start;          // agrees with nobody
    return core::date(2026, a + b == 3 ? 9 : 5, 1);  // 1 and 2 part late
  };
  const auto plan = study::plan_beginnings(open, run, core::date(2027, 1, 1), differ);
  REQUIRE(plan.size() == 4);
  CHECK_FALSE(plan[0].parent);
  CHECK(plan[1].parent == std::size_t{0});
  CHECK(plan[1].at == core::date(2026, 4, 30));
  CHECK(plan[2].parent == std::size_t{1});
  CHECK(plan[2].at == core::date(2026, 8, 31));
  CHECK_FALSE(plan[3].parent);
  // Arms that never differ part a window before the end.
  const auto equal = study::plan_beginnings(std::vector<std::size_t>{0, 1}, run, core::date(2027, 1, 1),
                                            [](std::size_t, std::size_t) { return core::kNever; });
  CHECK(equal[1].at == core::date(2026, 12, 31));
}

TEST_CASE("the library's arms are the same runs with a shared past", "[study][past]") {
  const auto alone = prints(of_arms(library_arms()), false);
  for (const int threads : {1, 2, 5}) {
    CAPTURE(threads);
    auto options = of_arms(library_arms());
    options.threads = threads;
    CHECK(prints(options, true) == alone);
  }
}

TEST_CASE("runs that are cut, or cleared in longer windows, share their past too", "[study][past]") {
  for (const std::string window : {"\"1 d\"", "\"7 d\"", "\"30 h\""})
    for (const auto until : {core::date(2026, 5, 5), core::date(2026, 4, 27), core::date(2026, 3, 3)}) {
      CAPTURE(window, core::to_string(until));
      auto options = of_arms({{"amended", tiny("openai-azure-amended", {{"run.window", window}})},
                              {"exclusive", tiny("openai-azure-exclusive", {{"run.window", window}})},
                              {"october", tiny("openai-azure-october-2025", {{"run.window", window}})}});
      options.until = until;
      CHECK(prints(options, true) == prints(options, false));
    }
}

TEST_CASE("customers who hear of contracts late or early share their past too", "[study][past]") {
  const test::Overrides lag{{"choice.belief_lag", "\"30 d\""}};
  auto early = lag;
  early.emplace_back(kApril + "signed", "2026-02-28");
  const auto options = of_arms({{"amended", tiny("openai-azure-amended", lag)},
                                {"early", tiny("openai-azure-amended", early)},
                                {"exclusive", tiny("openai-azure-exclusive", lag)}});
  CHECK(prints(options, true) == prints(options, false));
}

TEST_CASE("arms that replay another arm's path share their past with it", "[study][past]") {
  const auto amended = test::small("openai-azure-amended"), exclusive = test::small("openai-azure-exclusive");
  auto options = of_arms({{"amended", amended},
                          {"exclusive", exclusive},
                          {"alone", exclusive, {"amended", "amended"}},
                          {"priced", exclusive, {"", "amended"}}},
                         2);
  const auto alone = prints(options, false);
  for (const int threads : {1, 2, 5}) {
    CAPTURE(threads);
    options.threads = threads;
    CHECK(prints(options, true) == alone);
  }
  std::swap(options.arms[0], options.arms[2]);  // the source comes after those that replay it
  auto sorted = alone, swapped = prints(options, true);
  std::sort(sorted.begin(), sorted.end());
  std::sort(swapped.begin(), swapped.end());
  CHECK(swapped == sorted);
}

TEST_CASE("a run that changed its contracts before the fork leaves the others alone", "[study][past]") {
  // A panel that finds early switches clauses off in mid-run; two of the arms differ in April 2026 by the script.
  const test::Overrides soon{{"contracts.openai-microsoft.versions.october-2025.clauses.panel.hazard", "\"200 %/y\""}};
  const auto talks = test::small("renegotiated-2026", soon);
  int changed = 0;
  for (std::uint64_t replication = 0; replication < 3; ++replication) {
    study::Simulation run(talks, 1, replication);
    run.run_until(core::date(2026, 4, 26));
    changed += run.contracts_have_changed() ? 1 : 0;
  }
  CHECK(changed > 0);
  const auto options = of_arms(
      {{"talks", talks}, {"breach", test::small("breach-2026", soon)}, {"dispute", test::small("dispute-2026", soon)}},
      3);
  CHECK(prints(options, true) == prints(options, false));
}

TEST_CASE("a resumed study shares what is left", "[study][past]") {
  const ScratchFolder folder;
  const std::atomic<bool> go{false};
  auto options = of_arms({{"amended", tiny("openai-azure-amended")},
                          {"exclusive", tiny("openai-azure-exclusive")},
                          {"october", tiny("openai-azure-october-2025")}},
                         3);
  const auto whole = prints(options, false);
  options.out = folder / "x.h5";
  std::atomic<bool> stop{false};
  CHECK_FALSE(study::run_study(options, stop, [&](const study::Progress& p) { stop = p.done >= 3; }));
  options.mode = record::OutputMode::Resume;
  options.threads = 2;
  REQUIRE(study::run_study(options, go));
  CHECK(prints_of(options.out) == whole);
}

namespace {

/// Moves the start or end of a random clause of the flagship, `trials` times, and compares runs that share their past
/// with runs that do not. Returns how often there was a past to share.
int move_dates_at_random(int trials) {
  const auto base = tiny("openai-azure-amended");
  std::vector<std::string> clauses;
  for (const auto& item : base.items())
    if (item.path.starts_with("contracts.openai") && item.path.ends_with(".kind"))
      clauses.push_back(item.path.substr(0, item.path.size() - 4));
  REQUIRE(clauses.size() > 20);
  std::mt19937 random(7);  // a fixed sequence everywhere
  int shared = 0;
  for (int trial = 0; trial < trials; ++trial) {
    const std::string& clause = clauses[random() % clauses.size()];
    const auto day = core::date(2025, 8, 1) + core::kDay * static_cast<int>(random() % 300);
    const std::string key = clause + (random() % 2 == 0 ? "until" : "from");
    CAPTURE(key, core::to_string(day));
    std::optional<scenario::Scenario> moved;
    try {
      moved = base.override_with({{key, core::to_string(day).substr(0, 10)}});
      const std::string at = difference(base, *moved);
      shared += at > "2025-07-02" && at < "2026-07-01" ? 1 : 0;
    } catch (const core::ScenarioError&) {
      continue;  // an end before its beginning
    }
    const auto options = of_arms({{"base", base}, {"moved", *moved}});
    CHECK(prints(options, true) == prints(options, false));
  }
  return shared;
}

}  // namespace

TEST_CASE("one date of one clause moved at random: the same runs with a shared past", "[study][past]") {
  CHECK(move_dates_at_random(8) >= 2);
}

TEST_CASE("many dates of clauses moved at random: the same runs with a shared past", "[study][past][.slow]") {
  CHECK(move_dates_at_random(96) >= 20);
}
