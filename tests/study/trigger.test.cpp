#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "sim/core/name_hash.hpp"
#include "sim/market/world/world.hpp"
#include "sim/record/fingerprint.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;

namespace {

constexpr auto kStart = core::date(2026, 1, 1);

/// The ten-day toy: oai wants 120 H100e and gets the 100 of az, which bars it from aws. aws has 50, from 5 January 100,
/// and ant uses 30 of them. Here the exclusive is open-ended, and a trigger in oai's contract with az may end it.
std::string guarded(const std::string& trigger, const std::string& more = "") {
  return "extends = \"toy-10\"\n"
         "[contracts.oai-az.versions.first.clauses.exclusive]\n"
         "until = 2027-01-01\n"
         "[contracts.oai-az.versions.first.clauses.review]\n"
         "kind = \"trigger\"\n"
         "switches_off = [\"exclusive\"]\n" +
         trigger + "\n" + more;
}

scenario::Scenario toy(const std::string& text) {
  return scenario::Scenario::parse(text, "trigger.toml", test::library());
}

struct Told : market::Observer {
  std::vector<std::int64_t> days;     ///< of milestones, since the start
  std::vector<std::string> triggers;  ///< what the timeline says of them
  std::vector<std::int64_t> at_aws;   ///< H100e of oai at aws, by day; 0 when none
  void on_clause_date(market::LabelId, core::SimTime t) override { days.push_back((t - kStart) / core::kDay); }
  void on_event(const market::EventFact& e) override {
    if (e.kind == "trigger") triggers.emplace_back(e.text);
  }
  void on_window(const market::WindowFact& window) override {
    at_aws.push_back(0);
    for (const auto& s : window.service)
      if (s.lab == market::LabId(1) && s.host == market::CloudId(0))
        at_aws.back() += s.served;  // labs ant, oai; clouds aws, az
  }
};

Told watch(const scenario::Scenario& scenario, std::uint64_t seed = 1, std::uint64_t replication = 0) {
  market::World world(std::make_shared<const market::Regime>(market::build_regime(scenario.parameters())), seed,
                      replication);
  Told told;
  world.run_until(scenario.parameters().run.end, *engine::make_serial_executor(), &told);
  return told;
}

/// The day from which oai runs at aws, -1: never.
std::int64_t opening(const Told& told) {
  for (std::size_t day = 0; day < told.at_aws.size(); ++day)
    if (told.at_aws[day] > 0) return static_cast<std::int64_t>(day);
  return -1;
}

bool same(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i] && !(std::isnan(a[i]) && std::isnan(b[i]))) return false;
  return true;
}

std::string complaint(const std::string& text) {
  try {
    (void)toy(text);
  } catch (const core::ScenarioError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a trigger on a date is the same contract as one whose clause ends on that date", "[study][trigger]") {
  const auto told = watch(toy(guarded("on = 2026-01-04")));
  CHECK(told.days == std::vector<std::int64_t>{3});
  CHECK(told.triggers == std::vector<std::string>{"oai-az/review fires; switches off exclusive"});
  CHECK(opening(told) == 3);
  const auto written =
      toy("extends = \"toy-10\"\n[contracts.oai-az.versions.first.clauses.exclusive]\nuntil = 2026-01-04\n");
  const auto by_trigger = test::run(toy(guarded("on = 2026-01-04"))), by_date = test::run(written);
  for (const auto v : {record::Var::Npv, record::Var::Revenue, record::Var::Unserved, record::Var::Hhi})
    CHECK(same(by_trigger[v], by_date[v]));
}

TEST_CASE("a trigger on capacity acts at the end of the first window in which all can see it", "[study][trigger]") {
  // The second hall stands on 5 January, day 4, at 00:00: the board shows it to that day's window, at whose end the
  // trigger acts.
  CHECK(opening(watch(toy(guarded("capacity = \"100 H100e\"\nat_cloud = \"aws\"")))) == 5);
  CHECK(opening(watch(toy(guarded("capacity = \"101 H100e\"\nat_cloud = \"aws\"")))) == -1);
}

TEST_CASE("a trigger on unserved load fires when it has lasted long enough", "[study][trigger]") {
  // A sixth of oai's 120 H100e is missing from the first day on, which the board says from day 1. Held for three days
  // it fires at the end of day 3.
  CHECK(opening(watch(toy(guarded("unserved = \"16 %\"\nof_lab = \"oai\"\nlasting = \"3 d\"")))) == 4);
  CHECK(opening(watch(toy(guarded("unserved = \"16 %\"\nof_lab = \"oai\"")))) == 2);
  CHECK(opening(watch(toy(guarded("unserved = \"17 %\"\nof_lab = \"oai\"")))) == -1);
  CHECK(opening(watch(toy(guarded("unserved = \"1 %\"\nof_lab = \"ant\"")))) == -1);
}

TEST_CASE("a date that must have lasted counts from that date", "[study][trigger]") {
  CHECK(opening(watch(toy(guarded("on = 2026-01-04\nlasting = \"2 d\"")))) == 5);
  CHECK(opening(watch(toy(guarded("on = 2026-01-04T12:00:00Z\nlasting = \"2 d\"")))) ==
        6);  // half past day 5, acted on at its end
}

TEST_CASE("a trigger on concentration reads the layer's shares of revenue", "[study][trigger]") {
  // Without the revenue share and the commitment az takes 100 x 24 x 2 = 4,800 $ a day for hosting and aws 30 x 24
  // x 1.5 = 1,080 $: 81.63 % and 18.37 %, squared 6,664 + 337 = 7,001.
  const std::string bare =
      "[contracts.oai-az.versions.first.clauses.commitment]\nenabled = "
      "false\n[contracts.oai-az.versions.first.clauses.share]\nenabled = false\n";
  const auto at = [&](const std::string& condition) {
    return opening(watch(toy(guarded(condition + "\nlayer = \"infrastructure\"", bare))));
  };
  CHECK(at("hhi = 7000") == 2);
  CHECK(at("hhi = 7002") == -1);
  CHECK(at("share_above = \"81.6 %\"\nof_firm = \"az\"") == 2);
  CHECK(at("share_above = \"81.7 %\"\nof_firm = \"az\"") == -1);
}

TEST_CASE("all stated conditions of a trigger must hold", "[study][trigger]") {
  const std::string capacity = "capacity = \"100 H100e\"\nat_cloud = \"aws\"\n";
  CHECK(opening(watch(toy(guarded(capacity + "on = 2026-01-09")))) == 8);
  CHECK(opening(watch(toy(guarded(capacity + "unserved = \"17 %\"\nof_lab = \"oai\"")))) == -1);
}

TEST_CASE("an event that comes by chance comes when the addressed exponential says", "[study][trigger]") {
  // The hazard's integral crosses a threshold that only seed, replication and the clause's name decide: at 24.35 a
  // year, a fifteenth a day, threshold x falls into day floor(15 x) and acts at its end.
  int fired = 0;
  for (std::uint64_t replication = 0; replication < 12; ++replication) {
    const auto told = watch(toy(guarded("hazard = \"24.35 /y\"")), 7, replication);
    const double threshold = core::Draws(7, replication)
                                 .exponential({core::name_hash("oai-az/review"),
                                               static_cast<std::uint32_t>(market::Purpose::TriggerChance), 0, 0});
    const auto day = static_cast<std::int64_t>(std::floor(threshold * 15.0)) + 1;
    CHECK(told.days == (day <= 9 ? std::vector<std::int64_t>{day} : std::vector<std::int64_t>{}));
    CHECK(opening(told) == (day <= 9 ? day : -1));
    fired += day <= 9;
  }
  CHECK(fired > 3);
  CHECK(fired < 12);
}

TEST_CASE("a trigger switches on what was written and switched off", "[study][trigger]") {
  const std::string open =
      "extends = \"toy-10\"\n"
      "[contracts.oai-az.versions.first.clauses.exclusive]\nenabled = false\n"
      "[contracts.oai-aws.versions.first.clauses.grant]\nenabled = false\n"
      "[contracts.oai-az.versions.first.clauses.review]\nkind = \"trigger\"\non = 2026-01-08\nswitches_on = "
      "[\"oai-aws/grant\"]\n";
  CHECK(opening(watch(toy(open))) == 7);
}

TEST_CASE("a trigger fires once, in a run that is forked as in one that is not", "[study][trigger]") {
  const auto scenario = toy(guarded("on = 2026-01-04"));
  study::Simulation whole(scenario, 1, 0), stopped(scenario, 1, 0);
  whole.run();
  stopped.run_until(core::date(2026, 1, 3));
  study::Simulation fork = stopped;
  stopped.run();
  fork.run();
  CHECK(stopped.fingerprint() == whole.fingerprint());
  CHECK(fork.fingerprint() == whole.fingerprint());
  const auto series = whole.series();
  const auto& labels = series.axes.labels[static_cast<std::size_t>(record::Dim::Clause)];
  for (std::size_t k = 0; k < labels.size(); ++k)
    CHECK((labels[k] == "oai-az/review" ? series[record::Var::ClauseDay][k] == 3.0
                                        : std::isnan(series[record::Var::ClauseDay][k])));
}

TEST_CASE("a trigger that never fires changes nothing but its own label", "[study][trigger]") {
  const auto with = test::run(toy(guarded("unserved = \"99 %\"\nof_lab = \"oai\"")));
  const auto without =
      test::run(toy("extends = \"toy-10\"\n[contracts.oai-az.versions.first.clauses.exclusive]\nuntil = 2027-01-01\n"));
  for (const auto v : {record::Var::Npv, record::Var::Revenue, record::Var::Served, record::Var::Hhi})
    CHECK(same(with[v], without[v]));
}

TEST_CASE("what a trigger waits for must last while the trigger is in force", "[study][trigger]") {
  // The version that states it is replaced from 4 to 6 January by one that does not: three days of shortage are
  // gathered from the 6th on, and it acts on the 9th, day 8, instead of day 4.
  const std::string pause =
      "lasting = \"3 d\"\nunserved = \"16 %\"\nof_lab = \"oai\"\n"
      "[contracts.oai-az.versions.pause]\nsigned = 2026-01-02\neffective = 2026-01-04\nends = "
      "2026-01-06\n[contracts.oai-az.versions.pause.clauses]\n"
      "grant = { kind = \"grant\", role = \"HOST\", grantee = \"az\", scope = { labs = [\"oai\"] } }\n"
      "exclusive = { kind = \"exclusive\", role = \"HOST\", holder = \"az\", scope = { labs = [\"oai\"] } }\n"
      "hosting = { kind = \"hosting\", lab = \"oai\", host = \"az\", price = \"2 $/H100e-h\" }\n";
  CHECK(opening(watch(toy(guarded(pause)))) == 8);
}

TEST_CASE("a trigger that makes no sense is refused with its place", "[study][trigger]") {
  CHECK_THAT(complaint(guarded("")), Catch::Contains("contracts.oai-az.versions.first.clauses.review.kind is a trigger "
                                                     "without a condition; expected at least one of on, hazard,"));
  CHECK_THAT(complaint(guarded("unserved = \"10 %\"")), Catch::Contains("review.of_lab"));
  CHECK_THAT(complaint(guarded("on = 2026-01-04\nswitches_on = [\"oai-azz/grant\"]")),
             Catch::Contains("review.switches_on is 'oai-azz/grant'") && Catch::Contains("oai-az/grant"));
  CHECK_THAT(complaint(guarded("on = 2026-01-04\nexercises = \"exit\"")),
             Catch::Contains("review.exercises is 'exit'") && Catch::Contains("a termination clause of this contract"));
  CHECK_THAT(complaint(guarded("on = 2026-01-08\nuntil = 2026-01-05")),
             Catch::Contains("review.on is 2026-01-08; expected a date not after until (2026-01-05)"));
  CHECK_THAT(complaint(guarded("stock = 0.5")), Catch::Contains("a renegotiation clause in this contract"));
}

TEST_CASE("a trigger may put one share of the revenue in place of another", "[study][trigger]") {
  // Together they would take more than the whole; never both are in force. 100 H100e earn 14,400 $ a day: three days at
  // 60 %, seven at 70 %.
  const std::string shut =
      "extends = \"toy-10\"\n[contracts.oai-az.versions.first.clauses.exclusive]\nuntil = 2027-01-01\n";
  const std::string share =
      "kind = \"revshare\"\npayer = \"oai\"\npayee = \"az\"\nbase = \"lab_revenue\"\nlab = \"oai\"\n";
  const auto swap = [&](const std::string& off) {
    return toy(shut +
               "[contracts.oai-az.versions.first.clauses.share]\nrate = \"60 %\"\ncap = \"1 "
               "M$\"\n[contracts.oai-az.versions.first.clauses.later]\nenabled = false\n" +
               share +
               "rate = \"70 %\"\n[contracts.oai-az.versions.first.clauses.review]\nkind = \"trigger\"\non = "
               "2026-01-04\nswitches_on = [\"later\"]\n" +
               off);
  };
  const auto series = test::run(swap("switches_off = [\"share\"]\n"));
  const auto& labels = series.axes.labels[static_cast<std::size_t>(record::Dim::Clause)];
  const auto paid = [&](const std::string& label) {
    return series[record::Var::ClausePayment]
                 [static_cast<std::size_t>(std::find(labels.begin(), labels.end(), label) - labels.begin())];
  };
  CHECK(paid("oai-az/share") == 3 * 14'400 * 0.6);
  CHECK(paid("oai-az/later") == 7 * 14'400 * 0.7);
  CHECK_THROWS_WITH(test::run(swap("")),
                    Catch::Contains("shares of one base that add up to at most 1. On 2026-01-04 "));
}

TEST_CASE("a clause that only a run switches on is checked when it is read", "[study][trigger]") {
  const auto switched = [](const std::string& keys, const std::string& more = "") {
    return complaint(guarded("on = 2026-01-04\nswitches_on = [\"later\"]",
                             "[contracts.oai-az.versions.first.clauses.later]\nenabled = false\n" + keys + more));
  };
  CHECK(switched("kind = \"exclusive\"\nrole = \"HOST\"\nholder = \"az\"\n") == "");
  CHECK_THAT(switched("kind = \"exclusive\"\nrole = \"HOST\"\nholder = \"aws\"\n"),
             Catch::Contains("later.holder is 'aws' of aws, who is no party to the contract"));
  CHECK_THAT(switched("kind = \"damages\"\npayer = \"oai\"\npayee = \"az\"\namount = \"1 $\"\n",
                      "[contracts.oai-az.versions.second]\nsigned = 2026-01-02\neffective = "
                      "2026-01-08\n[contracts.oai-az.versions.second.clauses.later]\nkind = \"termination\"\n"
                      "payer = \"oai\"\npayee = \"az\"\namount = \"1 $\"\n"),
             Catch::Contains("second.clauses.later.kind is \"termination\" between oai and az"));
  CHECK_THAT(switched("kind = \"drawdown\"\nchannel = \"market\"\nshare = \"25 %\"\n",
                      "[channels.market]\nfirm = \"az\"\ncloud = \"az\"\n"),
             Catch::Contains("later.enabled is false in the first drawdown, which is only switched on in a run"));
}

TEST_CASE("a trigger opens talks, and the stock of unmet need can call for them", "[study][trigger]") {
  // Opening is worth 1,920 $ a day to oai and az together, so talks agree whenever they are held. The board shows a
  // sixth unserved from day 1 on; each such day adds 1/6 / 365.25 = 0.000456 to the stock, which passes 0.0009 with
  // that of day
  // 2. The trigger sees it in that window, the sides meet at its end, and oai runs at aws from day 3.
  const std::string talks =
      "[contracts.oai-aws.versions.first]\nsigned = 2025-12-01\neffective = 2025-12-01\n"
      "[contracts.oai-az.versions.first.clauses.talks]\nkind = \"renegotiation\"\nlab = \"oai\"\nhost = \"az\"\nweight "
      "= \"50 %\"\nswitches_off = [\"exclusive\"]\n"
      "[contracts.oai-az.versions.first.clauses.call]\nkind = \"trigger\"\nrenegotiates = \"talks\"\n";
  const std::string shut =
      "extends = \"toy-10\"\n[contracts.oai-az.versions.first.clauses.exclusive]\nuntil = 2027-01-01\n";
  const auto by_stock = watch(toy(shut + talks + "stock = 0.0009\n"));
  CHECK(opening(by_stock) == 3);
  CHECK(by_stock.days == std::vector<std::int64_t>{3, 3});  // the trigger fires and the talks agree
  CHECK(opening(watch(toy(shut + talks + "stock = 0.9\n"))) == -1);
  CHECK(opening(watch(toy(shut + talks + "on = 2026-01-06\n"))) == 5);
}

TEST_CASE("a trigger that calls to talks which begin on its day, or which it switches on itself, is not lost",
          "[study][trigger]") {
  // It fires at the boundary of 6 January, day 5: talks in force from then on are held there, those that it switches on
  // a day later.
  const std::string shut =
      "extends = \"toy-10\"\n[contracts.oai-az.versions.first.clauses.exclusive]\nuntil = "
      "2027-01-01\n[contracts.oai-aws.versions.first]\nsigned = 2025-12-01\neffective = 2025-12-01\n";
  const std::string talks =
      "[contracts.oai-az.versions.first.clauses.talks]\nkind = \"renegotiation\"\nlab = \"oai\"\nhost = \"az\"\nweight "
      "= \"50 %\"\nswitches_off = [\"exclusive\"]\n";
  const std::string call =
      "[contracts.oai-az.versions.first.clauses.call]\nkind = \"trigger\"\nrenegotiates = \"talks\"\non = 2026-01-06\n";
  CHECK(opening(watch(toy(shut + talks + "from = 2026-01-06\n" + call))) == 5);
  CHECK(opening(watch(toy(shut + talks + "enabled = false\n" + call + "switches_on = [\"talks\"]\n"))) == 6);
}
