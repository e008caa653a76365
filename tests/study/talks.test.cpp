#include <algorithm>
#include <cmath>

#include "sim/core/math.hpp"
#include "sim/market/vocabulary/purposes.hpp"
#include "sim/record/fingerprint.hpp"
#include "sim/study/terms.hpp"
#include "tests/study/support/talks_toy.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using record::Var;
using test::hear;
using test::kDollar;
using test::Overrides;
using test::talks_toy;

namespace {

const std::string kScripted = "weight = \"50 %\"\non = 2026-01-03\n";

/// Variables that differ anywhere, or from a month on; those of clauses are left out where the two have other clauses.
std::string different(const record::RunSeries& a, const record::RunSeries& b, bool clauses = true, int from_month = 0) {
  std::string names;
  for (const auto& v : record::variables()) {
    const bool of_clauses = std::find(v.dims.begin(), v.dims.end(), record::Dim::Clause) != v.dims.end();
    if (of_clauses && !clauses) continue;
    const bool monthly = v.dims.size > 0 && v.dims.values[v.dims.size - 1] == record::Dim::Time;
    REQUIRE(a[v.id].size() == b[v.id].size());
    for (std::size_t i = 0; i < a[v.id].size(); ++i) {
      if (monthly && a.axes.months[i % a.axes.months.size()] < from_month) continue;
      if (a[v.id][i] == b[v.id][i] || (std::isnan(a[v.id][i]) && std::isnan(b[v.id][i]))) continue;
      names += std::string(v.name) + " ";
      break;
    }
  }
  return names;
}

/// The threshold of the first talks, mean 1: it depends on seed, replication and the clause's name.
double first_threshold(std::uint64_t replication) {
  const core::Draws draws(1, replication);
  return draws.exponential({core::name_hash("oai-az/talks", core::name_hash("talks")),
                            static_cast<std::uint32_t>(market::Purpose::TalksHazard), 0, 0});
}

core::SimTime day(int n) { return core::date(2026, 1, 1) + core::kDay * n; }

}  // namespace

TEST_CASE("talks on a scripted date open what both gain by, and the payment shares the gain", "[study][talks]") {
  // Met at the end of day 2. Opening serves 20 more H100e a day: 2,880 of revenue less 960 to aws, 1,920 for the two.
  // az gets half of it over 7,880 a day; its share of revenue rises by 576, so oai pays it 384 a day, 140,256 a year of
  // 365.25 d.
  const auto toy = talks_toy(kScripted);
  const auto tape = hear(toy), never = hear(talks_toy("weight = \"50 %\""));
  CHECK(tape.agreed == day(3));
  REQUIRE(tape.said.size() == 2);
  CHECK(tape.said[0] == "2026-01-04 the sides of oai-az/talks meet");
  CHECK(tape.said[1] == "2026-01-04 the talks of oai-az/talks end in agreement; oai pays az 140256.0000 $ a year");
  REQUIRE(tape.gains.size() == 1);
  CHECK(std::abs(tape.gains[0].second - 1'920) < 1e-9);
  const market::PartyId oai = test::party(toy, "oai"), az = test::party(toy, "az"), aws = test::party(toy, "aws");
  CHECK(tape.transfers(oai, az) == std::vector<market::Money>(7, 384 * kDollar));
  // Nothing moved before day 3; from then on each of the two is 960 a day better off than without talks, for seven
  // days.
  CHECK(tape.net(oai, day(0)) - tape.net(oai, day(3)) == never.net(oai, day(0)) - never.net(oai, day(3)));
  CHECK(tape.net(oai, day(3)) - never.net(oai, day(3)) == 7 * 960 * kDollar);
  CHECK(tape.net(az, day(3)) - never.net(az, day(3)) == 7 * 960 * kDollar);
  CHECK(tape.net(aws, day(3)) - never.net(aws, day(3)) == 7 * 960 * kDollar);  // its price, not a payment for access
}

TEST_CASE("a rival's payment for access that the pair counted on is paid", "[study][talks]") {
  // At $8 aws gains 3,840 a day and pays oai 2,688 of it; oai pays az 288 (tests/study/appraisal.test.cpp).
  const auto toy =
      talks_toy(kScripted, "", {{"contracts.oai-aws.versions.first.clauses.hosting.price", "\"8 $/H100e-h\""}});
  const auto tape = hear(toy);
  const market::PartyId oai = test::party(toy, "oai"), az = test::party(toy, "az"), aws = test::party(toy, "aws");
  CHECK(tape.transfers(aws, oai) == std::vector<market::Money>(7, 2'688 * kDollar));
  CHECK(tape.transfers(oai, az) == std::vector<market::Money>(7, 288 * kDollar));
}

TEST_CASE("a payment that is no whole unit a day is not lost in rounding", "[study][talks]") {
  // With 50.001 % az gets 960.0192 of 1,920 a day over its 7,880, less the 576 that it has anyway: 384.0192 a day. A
  // window of 8 h owes a third of that, 128.0064, and the fractions of 1e-4 $ that the year's rounding leaves are
  // carried.
  const auto toy = talks_toy("weight = \"50.001 %\"\non = 2026-01-03\n", "", {{"run.window", "\"8 h\""}});
  const auto tape = hear(toy);
  // Met at the end of the window that holds 3 January 00:00, at 08:00; 7 days and 16 hours are left: 23 windows.
  const auto paid = tape.transfers(test::party(toy, "oai"), test::party(toy, "az"));
  REQUIRE(paid.size() == 23);
  market::Money sum;
  for (const auto amount : paid) sum += amount;
  CHECK(tape.agreed == day(2) + core::kHour * 8);
  CHECK(std::abs(core::real(sum.tenthousandths()) - 3'840'192.0 * 23 / 3) <= 1.0);
}

TEST_CASE("what was agreed is paid until its version ends, and talks that were agreed are over", "[study][talks]") {
  // A second version from 8 January restates right and talks, with another date for them: four days were paid, 4 to 7
  // January.
  const std::string second =
      "[contracts.oai-az.versions.second]\nsigned = 2026-01-08\neffective = "
      "2026-01-08\n[contracts.oai-az.versions.second.clauses]\n"
      "grant = { kind = \"grant\", role = \"HOST\", grantee = \"az\", scope = { labs = [\"oai\"] } }\n"
      "right = { kind = \"exclusive\", role = \"HOST\", holder = \"az\", scope = { labs = [\"oai\"] } }\n"
      "hosting = { kind = \"hosting\", lab = \"oai\", host = \"az\", price = \"2 $/H100e-h\" }\n"
      "talks = { kind = \"renegotiation\", lab = \"oai\", host = \"az\", weight = \"50 %\", switches_off = "
      "[\"right\"], on = 2026-01-09 }\n";
  const auto toy = talks_toy(kScripted, second);
  const auto tape = hear(toy);
  CHECK(tape.transfers(test::party(toy, "oai"), test::party(toy, "az")) ==
        std::vector<market::Money>(4, 384 * kDollar));
  CHECK(tape.said.size() == 2);
  CHECK(tape.agreed == day(3));
}

TEST_CASE("talks that are switched off, or whose contract ends, at the very boundary are not held", "[study][talks]") {
  // Both fall on 4 January 00:00. An agreement would open the right, with no clause left to pay under.
  const std::string az = "[contracts.oai-az.versions.first.clauses.", when = "]\nkind = \"trigger\"\non = 2026-01-04\n";
  const std::string exit = az + "exit]\nkind = \"termination\"\npayer = \"oai\"\npayee = \"az\"\namount = \"700 $\"\n";
  for (const auto& more :
       {az + "panel" + when + "switches_off = [\"talks\"]\n", exit + az + "panel" + when + "exercises = \"exit\"\n"}) {
    const auto tape = hear(talks_toy(kScripted, more));
    CHECK(tape.said.empty());
    CHECK(tape.gains.empty());
  }
}

TEST_CASE("talks fail where opening moves nothing", "[study][talks]") {
  // oai wants no more than az has. aws would be cheaper, but oai's take-or-pay to az stands: what it uses at az is free
  // at the margin, so nothing would move, and the two have nothing to share.
  const auto toy = talks_toy(
      kScripted, "",
      {{"labs.oai.streams.app.compute", "\"100 H100e\""}, {"labs.oai.routes.aws.serving_cost", "\"0.5 $/H100e-h\""}});
  const auto tape = hear(toy);
  CHECK(tape.agreed == core::kNever);
  REQUIRE(tape.said.size() == 2);
  CHECK(tape.said[1] == "2026-01-04 the talks of oai-az/talks fail: opening is worth 0.0000 $ a year to the two");
  CHECK(tape.transfers(test::party(toy, "oai"), test::party(toy, "az")).empty());
}

TEST_CASE("talks fail where the two would gain less than it takes to sign", "[study][talks]") {
  // Opening is worth 1,920 $ a day to the two, 701,280 $ a year.
  CHECK(hear(talks_toy(kScripted + "hurdle = \"701281 $/y\"\n")).agreed == core::kNever);
  CHECK(hear(talks_toy(kScripted + "hurdle = \"701279 $/y\"\n")).agreed == day(3));
}

TEST_CASE("after talks that failed there are none for a period", "[study][talks]") {
  // Talks are due ten times a day by chance; at three days' quiet they are held at the ends of days 0, 4 and 8: what
  // falls due on days 1 to 3 is lost, and the quiet ends with day 3.
  const auto tape = hear(talks_toy(
      "weight = \"50 %\"\nhazard = \"3652.5 /y\"\nperiod = \"3 d\"\n", "",
      {{"labs.oai.streams.app.compute", "\"100 H100e\""}, {"labs.oai.routes.aws.serving_cost", "\"0.5 $/H100e-h\""}}));
  std::vector<std::string> met;
  for (const auto& text : tape.said)
    if (text.ends_with("meet")) met.push_back(text.substr(0, 10));
  CHECK(met == std::vector<std::string>{"2026-01-02", "2026-01-06", "2026-01-10"});
}

TEST_CASE("stability is tested every period, whatever happens, and recorded", "[study][talks]") {
  // Every three days; aws has 50 on day 3 and 100 on days 6 and 9 (tests/study/appraisal.test.cpp). The last of the
  // month counts.
  const auto toy = talks_toy("weight = \"50 %\"\nperiod = \"3 d\"\n", "",
                             {{"labs.oai.streams.app.compute", "\"160 H100e\""},
                              {"labs.ant.streams.app.unserved_penalty", "\"12 $/H100e-h\""}});
  const auto tape = hear(toy);
  REQUIRE(tape.gains.size() == 3);
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(tape.gains[k].first == day(3 * static_cast<int>(k + 1)));
    CHECK(std::abs(tape.gains[k].second - (k == 0 ? 1'920 : 5'760)) < 1e-9);
  }
  CHECK(tape.said.empty());
  const auto series = test::run(toy);
  const auto clause =
      static_cast<std::size_t>(std::find(tape.labels.begin(), tape.labels.end(), "oai-az/talks") - tape.labels.begin());
  CHECK(std::abs(series[Var::ClauseGain][clause] - 5'760 * test::kYear) < 1e-6);
  CHECK(std::isnan(series[Var::ClauseDay][clause]));
}

TEST_CASE("an appraisal changes nothing", "[study][talks]") {
  // Appraised on all nine days, against not at all.
  const auto appraised = test::run(talks_toy("weight = \"50 %\"\nperiod = \"1 d\"\n"));
  const auto never = test::run(talks_toy("enabled = false"));
  CHECK(different(appraised, never, false) == "");
  const auto october = [](const std::string& more) {
    return scenario::Scenario::parse(
        "extends = \"openai-azure-october-2025\"\nrun.enterprises = 250\nrun.end = 2026-03-01\n" + more, "october.toml",
        test::library());
  };
  const std::string clause =
      "[contracts.openai-microsoft.versions.october-2025.clauses.talks]\nkind = \"renegotiation\"\nlab = "
      "\"openai\"\nhost = \"azure\"\nperiod = \"20 d\"\n"
      "switches_off = [\"api-exclusive\", \"agent-exclusive\"]\n";
  CHECK(different(test::run(october(clause)), test::run(october("")), false) == "");
}

TEST_CASE("a contract amended by talks is the contract amended in the file", "[study][talks]") {
  // At $1 at aws the two gain 20 x 24 x (6 - 1) = 2,400 a day. az has 576 more by its share of revenue, which is 24 %
  // of that: with that weight no payment is due, and nothing but the dates of the talks tells the two runs apart.
  const Overrides cheap{{"contracts.oai-aws.versions.first.clauses.hosting.price", "\"1 $/H100e-h\""}};
  const auto talked = test::run(talks_toy("weight = \"24 %\"\non = 2026-01-03\n", "", cheap));
  auto ended = cheap;
  ended.emplace_back("contracts.oai-az.versions.first.clauses.exclusive.until", "2026-01-04");
  const auto written = test::run(talks_toy("weight = \"24 %\"\n", "", ended));
  CHECK(different(talked, written) == "clause_day clause_gain ");
}

namespace {

/// October's package with a grant to Google that talks would switch on, as they would switch off what bars it. `right`
/// and `grant`: more keys of the exclusives and of the grant; `terms`: of the renegotiation clause. Customers hear of
/// what is granted from `signed_on` on.
scenario::Scenario october(const std::string& terms, const std::string& right = "",
                           const std::string& grant = "enabled = false", const std::string& signed_on = "2025-11-01") {
  const std::string version = "[contracts.openai-microsoft.versions.october-2025.clauses.";
  return scenario::Scenario::parse(
      "extends = \"openai-azure-october-2025\"\nrun.enterprises = 250\nrun.end = 2026-09-01\n" + version +
          "api-exclusive]\n" + right + "\n" + version + "agent-exclusive]\n" + right + "\n" + version +
          "talks]\nkind = \"renegotiation\"\nlab = \"openai\"\nhost = \"azure\"\nweight = \"50 %\"\n"
          "switches_off = [\"api-exclusive\", \"agent-exclusive\"]\nswitches_on = [\"openai-google/grant\"]\n" +
          terms +
          "\n"
          "[contracts.openai-google]\nparties = [\"openai\", "
          "\"google\"]\n[contracts.openai-google.versions.first]\nsigned = " +
          signed_on + "\neffective = " + signed_on +
          "\n"
          "[contracts.openai-google.versions.first.clauses.grant]\nkind = \"grant\"\nrole = [\"HOST\", \"CHANNEL\", "
          "\"RUNTIME\"]\ngrantee = [\"gcp\", \"vertex\"]\n"
          "scope = { labs = [\"openai\"] }\n" +
          grant + "\n",
      "october.toml", test::library());
}

}  // namespace

TEST_CASE("what talks open on the flagship is what the file would have opened from that date on, but for the payments",
          "[study][talks]") {
  const auto talked = test::run(october("on = 2026-01-31"));
  // Nobody hears of what the talks open before they end, nor of what the file grants before it is signed.
  const std::string until = "until = 2026-02-01", from = "from = 2026-02-01";
  const auto written = test::run(october("", until, from, "2026-02-01"));
  const auto& labels = talked.axes.labels[static_cast<std::size_t>(record::Dim::Clause)];
  const auto clause =
      static_cast<std::size_t>(std::find(labels.begin(), labels.end(), "openai-microsoft/talks") - labels.begin());
  REQUIRE_FALSE(std::isnan(talked[Var::ClauseDay][clause]));
  for (const Var v : {Var::Capacity, Var::Utilisation, Var::ScarcityRent, Var::Wait, Var::Served, Var::Unserved,
                      Var::LabCompute, Var::PlacementShare, Var::RuntimeShare, Var::PlacedUnits, Var::Surplus,
                      Var::Adoption, Var::MarketShare, Var::Users, Var::ComputePrice, Var::OutlayEnterprises}) {
    INFO(record::row(v).name);
    CHECK(talked[v].size() == written[v].size());
    bool same = true;
    for (std::size_t i = 0; i < talked[v].size(); ++i)
      same = same && (talked[v][i] == written[v][i] || (std::isnan(talked[v][i]) && std::isnan(written[v][i])));
    CHECK(same);
  }
  CHECK(talked[Var::GrossProfit] != written[Var::GrossProfit]);
  const auto never = test::run(october(""));
  CHECK(talked[Var::Served] != never[Var::Served]);
  // Signed in November, the same grant is known when it opens.
  CHECK(talked[Var::Served] != test::run(october("", until, from))[Var::Served]);
}

TEST_CASE("forks agree, and any number of threads", "[study][talks]") {
  const auto scenario = october("hazard = \"2 /y\"\nunmet_slope = 10\noutside_slope = 1\n");
  study::Simulation one(scenario, 1, 0);
  one.run_until(core::date(2025, 11, 15));
  study::Simulation two = one;
  one.run(1);
  two.run(2);
  CHECK(one.fingerprint() == two.fingerprint());
  study::Simulation whole(scenario, 1, 0);
  whole.run();
  CHECK(one.fingerprint() == whole.fingerprint());
  const auto series = whole.series();
  CHECK(std::any_of(series[Var::ClauseDay].begin(), series[Var::ClauseDay].end(),
                    [](double date) { return !std::isnan(date); }));
}

TEST_CASE("at a constant hazard the date of talks is exponential, by a threshold that both arms share",
          "[study][talks]") {
  // 36.525 a year is a tenth a day: the threshold, in tenths of a day, is met on day floor(10 x); the talks end that
  // day. At twice the hazard the same threshold is met on day floor(5 x).
  const auto slow = talks_toy("weight = \"50 %\"\nhazard = \"36.525 /y\"\n"),
             fast = talks_toy("weight = \"50 %\"\nhazard = \"73.05 /y\"\n");
  int met = 0;
  for (std::uint64_t replication = 0; replication < 12; ++replication) {
    const double x = first_threshold(replication);
    const auto ends = [](double days) {
      return std::floor(days) + 1 < 10 ? day(static_cast<int>(days) + 1) : core::kNever;
    };
    CHECK(hear(slow, replication).agreed == ends(10 * x));
    CHECK(hear(fast, replication).agreed == ends(5 * x));
    met += 10 * x < 9;
  }
  CHECK(met > 3);
  CHECK(met < 12);
}

TEST_CASE("unmet need and capacity outside raise the hazard of talks", "[study][talks]") {
  // A sixth of oai's load goes unserved. The board says so from day 1 on, so at the start of day k the stock is
  // (k - 1)/6 days, and aws could take all of it. The integrated hazard crosses the threshold on the first day whose
  // end passes it.
  const auto toy = talks_toy(
      "weight = \"50 %\"\nhazard = \"18.2625 /y\"\nunmet_slope = 500\noutside_slope = 0.7\nhalf_life = \"3652500 "
      "d\"\n");
  for (std::uint64_t replication = 0; replication < 6; ++replication) {
    double sum = 0.0;
    int k = 0;
    for (; k < 9; ++k) {
      sum += 0.05 * std::exp(500 * std::max(0, k - 1) / 6.0 / 365.25 + (k > 0 ? 0.7 : 0.0));
      if (sum > first_threshold(replication)) break;
    }
    CHECK(hear(toy, replication).agreed == (k < 9 ? day(k + 1) : core::kNever));
  }
}

TEST_CASE("a version that another contract's exclusive bars calls its sides to talks after the notice",
          "[study][talks]") {
  // aws's grant of 5 January is barred by az's right; two days later, on 7 January, the sides are due.
  const std::string again =
      "[contracts.oai-aws.versions.first]\nends = 2026-01-05\n"
      "[contracts.oai-aws.versions.first.clauses.grant]\nscope = { labs = [\"ant\"] }\n"
      "[contracts.oai-aws.versions.second]\nsigned = 2026-01-04\neffective = 2026-01-05\n"
      "[contracts.oai-aws.versions.second.clauses]\n"
      "grant = { kind = \"grant\", role = \"HOST\", grantee = \"aws\", scope = { labs = [\"oai\"] } }\n"
      "hosting = { kind = \"hosting\", lab = \"oai\", host = \"aws\", price = \"2 $/H100e-h\" }\n";
  const std::string notice = "weight = \"50 %\"\nnotice = \"2 d\"\n";
  CHECK(hear(talks_toy(notice, again, {{"contracts.oai-aws.versions.second.conflict", "\"renegotiate\""}})).agreed ==
        day(7));
  CHECK(hear(talks_toy(notice, again)).agreed == core::kNever);  // by default it opens nothing and nobody talks
}

TEST_CASE("a disabled clause counts as a term where talks may switch it on", "[study][talks][terms]") {
  const std::string waiting =
      "[contracts.oai-aws.versions.first.clauses.later]\nkind = \"grant\"\nrole = \"HOST\"\ngrantee = \"az\"\nscope = "
      "{ labs = [\"ant\"] }\nenabled = false\n";
  const std::string on = "switches_on = [\"oai-aws/later\"]\n", none = "enabled = false\n";
  CHECK(study::terms_digest(talks_toy("", waiting)) != study::terms_digest(talks_toy("")));
  CHECK(study::terms_digest(talks_toy(on, waiting)) != study::terms_digest(talks_toy("", waiting)));
  CHECK(study::terms_digest(talks_toy(none, waiting)) == study::terms_digest(talks_toy(none)));
}

TEST_CASE("a hazard beyond all bounds calls the sides at once, and the run ends", "[study][talks]") {
  CHECK(test::hear(talks_toy("hazard = \"1e300 /y\"")).agreed == core::date(2026, 1, 2));
  CHECK(test::hear(talks_toy("hazard = \"1 /y\"\noutside_slope = 1000")).agreed ==
        core::date(2026, 1, 3));  // the board says so from day 1 on
}

TEST_CASE("a renegotiation that makes no sense is refused with its key and the nearest name", "[study][talks]") {
  const auto mistake = [](const std::string& terms, const Overrides& overrides = {}) -> std::string {
    try {
      static_cast<void>(market::build_regime(talks_toy(terms, "", overrides).parameters()));
    } catch (const core::ScenarioError& error) {
      return error.what();
    }
    return "";
  };
  const std::string key = "contracts.oai-az.versions.first.clauses.talks.";
  const auto says = [&](const std::string& text, const std::string& sentence) {
    INFO(text);
    CHECK(text.find(key + sentence) != std::string::npos);
    CHECK(text.find('\n') == std::string::npos);
  };
  says(mistake("", {{key + "switches_off", "[\"exclusiv\"]"}}),
       "switches_off is 'exclusiv'; expected a clause of this contract, or \"contract/clause\". Did you mean "
       "'exclusive'?");
  says(mistake("", {{key + "switches_off", "[\"oai-aws/grand\"]"}}),
       "switches_off is 'oai-aws/grand'; expected a clause of this contract, or \"contract/clause\". Did you mean "
       "'oai-aws/grant'?");
  says(mistake("", {{key + "switches_off", "[]"}}),
       "switches_off is not given, nor switches_on; expected the clauses that an agreement switches.");
  says(mistake("", {{key + "switches_off", "[\"talks\"]"}}),
       "switches_off is 'talks', the clause itself; expected other clauses.");
  says(mistake("half_life = \"0 d\""), "half_life is 0.000000 d; expected a duration above 0.");
  says(mistake("weight = 1.5"), "weight is");
  says(mistake("outside_slope = 1e308"), "outside_slope is 1");
  says(mistake("on = 2026-01-08\nuntil = 2026-01-05"), "on is 2026-01-08; expected a date before until (2026-01-05).");
  says(mistake("", {{key + "host", "\"azz\""}}), "host is");
  says(mistake("", {{key + "lab", "\"oia\""}}), "lab is");
  says(mistake("", {{"clouds.az.firm", "\"oai\""}, {key + "lab", "\"oai\""}}),
       "host is 'az' of oai, as is the lab; expected a cloud of another firm than the lab's.");
}
