#include "sim/market/contracts/rollouts.hpp"

#include <algorithm>
#include <string>

#include "sim/study/explain.hpp"
#include "sim/study/terms.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using core::date;
namespace contracts = market::contracts;

namespace {

constexpr auto kFirst = date(2026, 1, 1);

/// toy-10, where oai may run at aws from day 6 on only by a rollout of drawn length: az alone cannot serve its 120
/// H100e.
scenario::Scenario staged(const std::string& lengths, const std::string& more = "") {
  return scenario::Scenario::parse(
      "extends = \"toy-10\"\n[contracts.oai-az.versions.first.clauses.exclusive]\nenabled = false\n"
      "[contracts.porting]\nparties = [\"oai\", \"aws\"]\n[contracts.porting.versions.first]\nsigned = "
      "2026-01-01\neffective = 2026-01-01\n"
      "[contracts.porting.versions.first.clauses.port]\nkind = \"rollout\"\nrole = \"HOST\"\nholder = \"aws\"\nscope = "
      "{ labs = [\"oai\"] }\n" +
          lengths + more,
      "staged.toml", test::library());
}

const std::string kDrawn =
    "preview_after = \"4 d\"\npreview_spread = \"2 d\"\ngeneral_after = \"1 d\"\ngeneral_spread = \"0.5 d\"\n";

study::Question at_aws(core::SimTime t) {
  study::Question question;
  question.lab = "oai";
  question.product = "consumer";
  question.channel = "direct";
  question.host = "aws";
  question.date = t;
  return question;
}

/// The first day on which oai is served at aws in a run; kNever: none.
core::SimTime first_served(const study::Simulation& from) {
  struct Listener : market::Observer {
    core::SimTime first = core::kNever;
    void on_window(const market::WindowFact& window) override {
      for (const auto& one : window.service)
        if (one.lab == lab && one.host == host && one.served > 0) first = std::min(first, window.start);
    }
    market::LabId lab;
    market::CloudId host;
  } listener;
  study::Simulation simulation = from;
  const auto& v = simulation.world().regime().compiled.parameters.vocabulary;
  listener.lab = market::LabId(*market::index_of(v.labs, "oai"));
  listener.host = market::CloudId(*market::index_of(v.clouds, "aws"));
  simulation.world().run_until(date(2026, 1, 11), *engine::make_serial_executor(), &listener);
  return listener.first;
}

core::SimTime preview_of(std::uint64_t replication) {
  return contracts::with_drawn_rollouts(staged(kDrawn).parameters().contracts, {1, replication})
      .back()
      .versions[0]
      .clauses[0]
      .as<market::kinds::Rollout>()
      .preview;
}

}  // namespace

TEST_CASE("a rollout of drawn length opens on its replication's day, and explain knows it", "[study][rollout]") {
  const auto scenario = staged(kDrawn);
  std::vector<core::SimTime> days;
  for (std::uint64_t r = 0; r < 6; ++r) {
    const study::Simulation run(scenario, 1, r);
    const auto opened = first_served(run);
    days.push_back(opened);
    REQUIRE(opened > kFirst);
    REQUIRE(opened < date(2026, 1, 11));
    CHECK(study::explain(scenario, at_aws(opened), 1, r).state != "NO");
    CHECK(study::explain(scenario, at_aws(opened - core::kDay), 1, r).state == "NO");
    const auto inside = study::explain(run.world().registry(), scenario.parameters(), at_aws(opened));
    CHECK(inside.state == study::explain(scenario, at_aws(opened), 1, r).state);
    CHECK(inside.since == study::explain(scenario, at_aws(opened), 1, r).since);
  }
  std::sort(days.begin(), days.end());
  CHECK(days.front() < days.back());  // replications differ
}

TEST_CASE("two arms share the draw, and one that draws nothing shares its stage", "[study][rollout]") {
  const auto other = staged(kDrawn, "[contracts.oai-az.versions.first.clauses.share]\nrate = \"10 %\"\n");
  for (std::uint64_t r = 0; r < 4; ++r)
    CHECK(first_served(study::Simulation(staged(kDrawn), 1, r)) == first_served(study::Simulation(other, 1, r)));
  const auto regime = std::make_shared<const market::Regime>(market::build_regime(test::load("toy-10").parameters()));
  const study::Simulation one(regime, "a", 1, 0), two(regime, "a", 1, 1);
  CHECK(&one.world().regime() == regime.get());
  CHECK(&two.world().regime() == regime.get());
}

TEST_CASE("lengths without spread are the dates they come to", "[study][rollout]") {
  study::Simulation drawn(staged("preview_after = \"4 d\"\ngeneral_after = \"2 d\"\n"), 1, 0);
  study::Simulation written(staged("preview = 2026-01-05\ngeneral = 2026-01-07\n"), 1, 0);
  drawn.run();
  written.run();
  CHECK(drawn.fingerprint() == written.fingerprint());
}

TEST_CASE("a rollout switched on in a run counts from that day", "[study][rollout]") {
  // Off at first, so aws is open at once; switched on on day 2, it bars until its preview: the draw, counted from
  // there.
  const auto scenario = staged(kDrawn + "enabled = false\n");
  for (std::uint64_t r = 0; r < 3; ++r) {
    study::Simulation run(scenario, 1, r);
    run.run_until(date(2026, 1, 3));
    contracts::ContractChange change;
    change.kind = contracts::ChangeKind::Switch;
    change.at = date(2026, 1, 3);
    change.contract = "porting";
    change.version = "first";
    change.clause = "port";
    change.on = true;
    run.world().apply_change(change);
    const auto opens = date(2026, 1, 3) + (preview_of(r) - kFirst);
    CHECK(study::explain(run.world().registry(), scenario.parameters(), at_aws(date(2026, 1, 2))).state == "GA");
    CHECK(study::explain(run.world().registry(), scenario.parameters(), at_aws(opens - core::kDay)).state == "NO");
    CHECK(study::explain(run.world().registry(), scenario.parameters(), at_aws(opens)).state != "NO");
    if (opens < date(2026, 1, 11)) CHECK(first_served(run) == opens);
  }
}

TEST_CASE("a version signed in a run has the lengths of its replication, and forks agree on any number of threads",
          "[study][rollout]") {
  const auto scenario = staged("preview = 2026-01-01\ngeneral = 2026-01-01\n");
  std::uint64_t replication = 0;  // the first whose draw falls into what is left of the run
  while (preview_of(replication) - kFirst >= core::days(8)) ++replication;
  study::Simulation run(scenario, 1, replication);
  run.run_until(date(2026, 1, 3));
  run.continue_under(scenario.amended(
      {"porting",
       "slow",
       {},
       {},
       {},
       "{ port = { kind = \"rollout\", role = \"HOST\", holder = \"aws\", scope = { labs = [\"oai\"] }, "
       "preview_after = \"4 d\", preview_spread = \"2 d\", general_after = \"1 d\", from = 2026-01-03 } }",
       {}},
      run.next_boundary()));
  study::Simulation fork = run;
  CHECK(first_served(run) == date(2026, 1, 3) + (preview_of(replication) - kFirst));
  run.run(1);
  fork.run(2);
  CHECK(run.fingerprint() == fork.fingerprint());
}

TEST_CASE("the digest of terms knows the spread of a rollout", "[study][rollout][terms]") {
  const auto digest = [](const std::string& lengths) { return study::terms_digest(staged(lengths)); };
  const auto plain = digest(kDrawn);
  CHECK(digest(kDrawn) == plain);
  CHECK(
      digest(
          "preview_after = \"4 d\"\npreview_spread = \"3 d\"\ngeneral_after = \"1 d\"\ngeneral_spread = \"0.5 d\"\n") !=
      plain);
  CHECK(digest("preview_after = \"4 d\"\ngeneral_after = \"1 d\"\n") != plain);
}

TEST_CASE("a date and a length for one end, and negative lengths, are refused", "[study][rollout]") {
  const auto message = [](const std::string& lengths) -> std::string {
    try {
      (void)staged(lengths);
    } catch (const core::ScenarioError& error) {
      return error.what();
    }
    return "accepted";
  };
  CHECK(message("preview = 2026-01-05\npreview_after = \"4 d\"\ngeneral_after = \"4 d\"\n")
            .find("clauses.port.preview_after is given beside preview; expected one of the two. Remove one.") !=
        std::string::npos);
  CHECK(message("preview_after = \"-4 d\"\ngeneral_after = \"4 d\"\n")
            .find("clauses.port.preview_after is \"-4 d\"; expected") != std::string::npos);
}
