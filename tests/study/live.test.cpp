#include <algorithm>
#include <string>

#include "sim/market/contracts/in_force.hpp"
#include "sim/record/fingerprint.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using scenario::Amendment;
using scenario::Scenario;

namespace {

constexpr auto kMid = core::date(2026, 4, 27);

/// Google's cloud may host and sell OpenAI's models, a new revenue share, and all of Azure's grants go on.
const char* const kOpened =
    "{ azure = { kind = \"grant\", role = [\"HOST\", \"CHANNEL\", \"RUNTIME\", \"TRAIN\"], grantee = \"azure\", scope "
    "= { labs = [\"openai\"] } },"
    "  google = { kind = \"grant\", role = [\"HOST\", \"CHANNEL\"], grantee = [\"gcp\", \"vertex\"], scope = { labs = "
    "[\"openai\"] } },"
    "  licence = { kind = \"licence\", holder = \"m365\", scope = { labs = [\"openai\"] } },"
    "  new-share = { kind = \"revshare\", payer = \"openai\", payee = \"microsoft\", lab = \"openai\", rate = \"10 %\" "
    "} }";

Amendment opened() { return {"openai-microsoft", "opened", {}, kMid, {}, kOpened, {}}; }

Scenario october() { return test::small("openai-azure-october-2025"); }

/// Variables that differ anywhere in a month from `date` on, or that are of the whole run and differ.
std::string different_from(const record::RunSeries& a, const record::RunSeries& b, core::SimTime date) {
  std::string names;
  REQUIRE(a.axes == b.axes);
  const auto months = a.axes.months.size();
  for (std::size_t v = 0; v < record::kVars; ++v) {
    const auto var = static_cast<record::Var>(v);
    const auto& dims = record::row(var).dims;
    const bool monthly = dims.size > 0 && dims.values[dims.size - 1] == record::Dim::Time;
    for (std::size_t i = 0; i < a[var].size(); ++i) {
      if (monthly && a.axes.months[i % months] < core::month_index(date)) continue;
      if (a[var][i] == b[var][i] || (a[var][i] != a[var][i] && b[var][i] != b[var][i])) continue;
      names += std::string(record::row(var).name) + " ";
      break;
    }
  }
  return names;
}

struct Run {
  explicit Run(Scenario from) : scenario(std::move(from)), simulation(scenario, 1, 0) {}
  void take(Scenario amended) {
    simulation.continue_under(amended);
    scenario = std::move(amended);
  }
  void amend(const Amendment& amendment) { take(scenario.amended(amendment, simulation.next_boundary())); }
  Scenario scenario;
  study::Simulation simulation;
};

}  // namespace

TEST_CASE("an amendment in mid-run gives what the same version in the file gives", "[study][live]") {
  Run run(october());
  run.simulation.run_until(core::date(2026, 2, 1));
  run.amend(opened());
  run.simulation.run();
  study::Simulation written(run.scenario, 1, 0);
  written.run();
  // Only the list prices of a channel that no contract named, and what follows from them, are missing before it was
  // named.
  CHECK(different_from(run.simulation.series(), written.series(), kMid) == "");
  CHECK(different_from(run.simulation.series(), written.series(), core::date(2025, 7, 1)) ==
        "price channel_effort agent_sales ");
  study::Simulation never(october(), 1, 0);
  never.run();
  CHECK(run.simulation.series()[record::Var::Npv] != never.series()[record::Var::Npv]);
}

TEST_CASE("two forks with the same amendment end in the same bytes, on any number of threads", "[study][live]") {
  Run one(october());
  one.simulation.run_until(core::date(2026, 2, 1));
  Run two = one;
  const Run untouched = one;
  one.amend(opened());
  two.amend(opened());
  CHECK(untouched.simulation.world().registry().contracts() != one.simulation.world().registry().contracts());
  one.simulation.run(1);
  two.simulation.run(2);
  CHECK(one.simulation.fingerprint() == two.simulation.fingerprint());
}

TEST_CASE("the order in which two contracts are changed at one boundary changes nothing", "[study][live]") {
  const Amendment google{"openai-gcp",
                         "",
                         {},
                         kMid,
                         {},
                         "{ run = { kind = \"grant\", role = [\"HOST\", \"CHANNEL\"], grantee = [\"gcp\", \"vertex\"], "
                         "scope = { labs = [\"openai\"] } } }",
                         "[\"openai\", \"google\"]"};
  const Amendment second{"openai-microsoft", "opened", {}, kMid, {}, kOpened, {}};
  Run ab(october());
  ab.simulation.run_until(core::date(2026, 2, 1));
  Run ba = ab;
  ab.amend(google);
  ab.amend(second);
  ba.amend(second);
  ba.amend(google);
  CHECK(ab.scenario.digest() == ba.scenario.digest());
  ab.simulation.run();
  ba.simulation.run();
  CHECK(ab.simulation.fingerprint() == ba.simulation.fingerprint());
}

TEST_CASE("a change told inside a window waits for its end", "[study][live]") {
  // Windows of half a day; the world stands at six in the morning.
  Run run(test::small("openai-azure-october-2025", {{"run.window", "\"12 h\""}}));
  const auto six = core::date(2026, 2, 1) + core::kHour * 6;
  run.simulation.run_until(six);
  CHECK(run.simulation.next_boundary() == core::date(2026, 2, 1) + core::kHour * 12);
  CHECK_THROWS_AS(
      run.scenario.amended({"openai-microsoft", "opened", {}, six, {}, kOpened, {}}, run.simulation.next_boundary()),
      core::ScenarioError);
  auto amendment = opened();
  amendment.effective.reset();
  run.amend(amendment);
  CHECK(run.simulation.world().regime().generation == 0);
  run.simulation.run_until(core::date(2026, 2, 2));
  CHECK(run.simulation.world().regime().generation == 1);
  run.simulation.run_until(core::date(2026, 3, 1));
  CHECK(run.simulation.world().regime().generation == 1);
}

TEST_CASE("a contract terminated in mid-run ends as if its file had said so", "[study][live]") {
  // toy-10: OpenAI's twin pays $2 for each H100e-hour at az; without its grant from day 4 on it may not run there.
  Run run(test::load("toy-10"));
  run.simulation.run_until(core::date(2026, 1, 3));
  run.take(run.scenario.terminated("oai-az", core::date(2026, 1, 5), run.simulation.next_boundary()));
  run.simulation.run();
  study::Simulation written(test::load("toy-10", {{"contracts.oai-az.terminated", "2026-01-05"}}), 1, 0);
  written.run();
  CHECK(run.simulation.fingerprint() == written.fingerprint());
  const auto series = run.simulation.series();
  // Days 0-3 at az: 100 H100e x 24 h x 4 days at $2 are $19,200, paid by oai to az; the commitment of $50,000 over ten
  // days is cut to 4/10, $20,000, so the shortfall is $800.
  const auto& v = run.scenario.parameters().vocabulary;
  const auto firm = [&](const char* name) { return *market::index_of(v.firms, name); };
  const auto& axes = series.axes;
  const auto payees = axes.size(record::Dim::Payee);
  const double paid = series[record::Var::Payment][firm("oai") * payees + firm("az")];
  // Revenue share: 20 % of $6 x H100e-hours served in all ten days is due while the contract lives: on days 0-3 oai is
  // served 100 H100e (az alone): 4 x 2,400 h x $6 x 0.2 = $11,520.
  CHECK(paid == 19'200.0 + 800.0 + 11'520.0);
}

TEST_CASE("an override in mid-run acts from the next boundary on and leaves the past alone", "[study][live]") {
  const std::string path = "contracts.oai-az.versions.first.clauses.exclusive.until";
  Run run(test::load("toy-10"));
  run.simulation.run_until(core::date(2026, 1, 3));
  run.take(run.scenario.overridden_from({{path, "2026-01-05"}}, run.simulation.next_boundary()));
  CHECK(run.scenario.parameters().contracts.size() == 3);
  // A second one goes into the same part of the version.
  run.take(run.scenario.overridden_from({{path, "2026-01-06"}}, run.simulation.next_boundary()));
  run.simulation.run();
  study::Simulation written(test::load("toy-10", {{path, "2026-01-06"}}), 1, 0);
  written.run();
  CHECK(run.simulation.fingerprint() == written.fingerprint());
  // Other values the world reads anew every day: the penalty decides who is served first.
  Run priced(test::load("toy-10"));
  priced.simulation.run_until(core::date(2026, 1, 3));
  priced.take(
      priced.scenario.overridden_from({{"clearing.latency", "\"0.1 $/H100e-h\""}}, priced.simulation.next_boundary()));
  CHECK(priced.simulation.world().regime().compiled.parameters.clearing.latency_usd == 0.1);
}

namespace {

/// The run with a clause of each named contract stated again as it is from `at` on.
std::string stated_again(const Scenario& from, const std::vector<std::string>& paths, core::SimTime at) {
  Run run(from);
  run.simulation.run_until(at);
  for (const auto& path : paths)
    run.take(run.scenario.overridden_from({{path + ".enabled", "true"}}, run.simulation.next_boundary()));
  run.simulation.run();
  return run.simulation.fingerprint();
}
std::string left_alone(const Scenario& from) {
  study::Simulation simulation(from, 1, 0);
  simulation.run();
  return simulation.fingerprint();
}

}  // namespace

TEST_CASE("an override that says what is said already changes nothing", "[study][live]") {
  // Two commitments to one payee, which share what is bought by what each asks for a day.
  const auto two = Scenario::parse(
      "extends = \"toy-10\"\n[contracts.more]\nparties = [\"oai\", \"az\"]\n[contracts.more.versions.first]\n"
      "signed = 2026-01-01\neffective = 2026-01-01\n[contracts.more.versions.first.clauses.commitment]\n"
      "kind = \"commit\"\npayer = \"oai\"\npayee = \"az\"\namount = \"30000 $\"\nuntil = 2026-01-11\nperiod = \"4 "
      "d\"\n",
      "two.toml", test::library());
  const std::string share = "contracts.oai-az.versions.first.clauses.share";
  for (const unsigned day : {2U, 3U, 6U})
    CHECK(stated_again(two, {share}, core::date(2026, 1, day)) == left_alone(two));
  // All contracts of the flagship, with a price that is held until its renewals.
  const std::string price = "contracts.anthropic-amazon.versions.first.clauses.hosting.";
  const auto held =
      test::small("openai-azure-amended", {{price + "moves", "\"at_renewal\""}, {price + "renewal", "\"90 d\""}});
  std::vector<std::string> paths, cut;  // a clause in force of every version that began before
  for (const auto& at : market::contracts::clauses_in_force(held.parameters().contracts, core::date(2026, 2, 1))) {
    const auto& contract = market::contract_at(held.parameters().contracts, at.contract);
    const auto& version = contract[at.version];
    if (version.effective == core::date(2026, 2, 1) || (!cut.empty() && cut.back() == contract.name)) continue;
    cut.push_back(contract.name);
    paths.push_back("contracts." + contract.name + ".versions." + version.name + ".clauses." + version[at.clause].name);
  }
  CHECK(paths.size() > 5);
  CHECK(stated_again(held, paths, core::date(2026, 2, 1)) == left_alone(held));
}

TEST_CASE("a clause that is over does not stand in the way of an override, and can be what it changes",
          "[study][live]") {
  // The exclusive ended on 7 January; on the 9th the price rises from 2 to 3 $: two days of 100 H100e at 24 $ more.
  const std::string az = "contracts.oai-az.versions.first.clauses.";
  Run run(test::load("toy-10"));
  run.simulation.run_until(core::date(2026, 1, 9));
  run.take(run.scenario.overridden_from({{az + "hosting.price", "\"3 $/H100e-h\""}}, run.simulation.next_boundary()));
  run.simulation.run();
  study::Simulation plain(test::load("toy-10"), 1, 0);
  plain.run();
  const auto hosting = [](study::Simulation& simulation) {
    const auto series = simulation.series();
    const auto& labels = series.axes.labels[static_cast<std::size_t>(record::Dim::Clause)];
    return series[record::Var::ClausePayment]
                 [static_cast<std::size_t>(std::find(labels.begin(), labels.end(), "oai-az/hosting") - labels.begin())];
  };
  CHECK(hosting(run.simulation) - hosting(plain) == 2 * 2'400.0);
  const auto revived =
      test::load("toy-10").overridden_from({{az + "exclusive.until", "2026-01-10"}}, core::date(2026, 1, 9));
  for (const auto& contract : revived.parameters().contracts)
    for (const auto& version : contract.versions)
      for (const auto& clause : version.clauses)
        if (version.name == "first-from-2026-01-09" && clause.name == "exclusive")
          CHECK(clause.until == core::date(2026, 1, 10));
  CHECK(revived.to_toml().find("[contracts.oai-az.versions.first-from-2026-01-09.clauses.exclusive]") !=
        std::string::npos);
}

TEST_CASE("what a run has used up cannot be overridden, and the sentence says what can", "[study][live]") {
  const auto scenario = test::load("toy-10");
  const auto at = core::date(2026, 1, 3);
  const auto message = [&](const std::string& path, const std::string& value) -> std::string {
    try {
      (void)scenario.overridden_from({{path, value}}, at);
    } catch (const core::ScenarioError& error) {
      return error.what();
    }
    return "accepted";
  };
  CHECK(
      message("run.end", "2026-02-01")
          .find(
              "run.end is fixed once a simulation runs; expected a path into contracts, choice, clearing or prices") ==
      0);
  CHECK(message("choice.learning", "\"3 d\"").find("fixed once a simulation runs") != std::string::npos);
  CHECK(message("contracts.oai-az.versions.first.effective", "2026-01-02").find("is in the past") != std::string::npos);
  CHECK(message("contracts.oai-az.versions.frist.ends", "2026-01-09").find("Did you mean") != std::string::npos);
  CHECK(message("contracts.oai-az.versions.first.clauses.share.rate", "\"120 %\"")
            .find("contracts.oai-az.versions.first-from-2026-01-03.clauses.share.rate is \"120 %\"") !=
        std::string::npos);
}

TEST_CASE("an amendment that makes no sense is refused like a file, with key paths, and leaves the run as it was",
          "[study][live]") {
  Run run(test::load("toy-10"));
  run.simulation.run_until(core::date(2026, 1, 3));
  const auto at = run.simulation.next_boundary();
  const auto message = [&](const Amendment& amendment) -> std::string {
    try {
      (void)run.scenario.amended(amendment, at);
    } catch (const core::ScenarioError& error) {
      return error.what();
    }
    return "accepted";
  };
  const std::string grant = "{ g = { kind = \"grant\", role = \"HOST\", grantee = \"aws\" } }";
  CHECK(message({"oai-azz", "", {}, {}, {}, grant, {}})
            .find("contracts.oai-azz is an unknown contract; expected the name of one. Did you mean \"oai-az\"?") == 0);
  CHECK(message({"oai-az", "x", {}, core::date(2026, 1, 2), {}, grant, {}})
            .find("contracts.oai-az.versions.x.effective is 2026-01-02; expected a date not before 2026-01-03") == 0);
  CHECK(message({"oai-az", "first", {}, {}, {}, grant, {}})
            .find("contracts.oai-az.versions.first is a version that exists already") == 0);
  CHECK(message({"oai-az", "x", {}, {}, {}, "{ g = { kind = \"grant\", role = \"HOST\", grantee = \"awz\" } }", {}})
            .find("contracts.oai-az.versions.x.clauses.g.grantee") == 0);
  CHECK(message({"oai-az",
                 "x",
                 {},
                 {},
                 {},
                 "{ g = { kind = \"exclusive\", role = \"HOST\", holder = \"az\", until = 2025-01-01 } }",
                 {}})
            .find("contracts.oai-az.versions.x.clauses.g.until is 2025-01-01; expected a date after its version takes "
                  "effect") == 0);
  CHECK(message({"oai-az", "x", {}, {}, {}, "{ g = ", {}}).find("contracts.oai-az.versions.x.clauses is '{ g = '") ==
        0);
  CHECK(message({"oai-az", "x", {}, {}, {}, grant, "[\"oai\"]"})
            .find("contracts.oai-az is a contract that exists already; expected a new name") == 0);
  CHECK(message({"oai-new", "x", {}, {}, {}, grant, "[\"nobody\"]"}).find("contracts.oai-new.parties") == 0);
  study::Simulation alone(test::load("toy-10"), 1, 0);
  run.simulation.run();
  alone.run();
  CHECK(run.simulation.fingerprint() == alone.fingerprint());
}

TEST_CASE("customers who learn late use what opened later, and those with no lag at once", "[study][live]") {
  const auto placed = [](const std::string& lag, const record::Dim) {
    const auto series = test::run(test::small("openai-azure-amended", {{"choice.belief_lag", "\"" + lag + "\""}}));
    const auto& axes = series.axes;
    const auto channel = std::find(axes.labels[static_cast<std::size_t>(record::Dim::Channel)].begin(),
                                   axes.labels[static_cast<std::size_t>(record::Dim::Channel)].end(), "bedrock") -
                         axes.labels[static_cast<std::size_t>(record::Dim::Channel)].begin();
    const auto lab = std::find(axes.labels[static_cast<std::size_t>(record::Dim::Lab)].begin(),
                               axes.labels[static_cast<std::size_t>(record::Dim::Lab)].end(), "openai") -
                     axes.labels[static_cast<std::size_t>(record::Dim::Lab)].begin();
    // served [lab, product, channel?]: use the placement shares of the last month, all segments.
    const auto& share = series[record::Var::PlacementShare];
    const auto& dims = record::row(record::Var::PlacementShare).dims;
    double sum = 0.0;
    for (std::size_t i = 0; i < share.size(); ++i) {
      std::size_t rest = i;
      bool ours = true;
      for (std::size_t d = dims.size; d-- > 0;) {
        const auto size = axes.size(dims.values[d]);
        const auto index = rest % size;
        rest /= size;
        if (dims.values[d] == record::Dim::Channel) ours = ours && index == static_cast<std::size_t>(channel);
        if (dims.values[d] == record::Dim::Lab) ours = ours && index == static_cast<std::size_t>(lab);
      }
      if (ours && share[i] == share[i]) sum += share[i];
    }
    return sum;
  };
  const double at_once = placed("0 d", record::Dim::Lab), late = placed("365 d", record::Dim::Lab);
  CHECK(at_once > 0.0);
  CHECK(late < at_once);
}
