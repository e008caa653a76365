#include <algorithm>
#include <string>

#include "sim/record/fingerprint.hpp"
#include "sim/study/explain.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using core::date;

namespace {

/// toy-10 without its contracts, with room: oai wants 20 H100e and runs at az (100 H100e); ant has 30 of aws's 50, of
/// 100 from day 4 on. Day 0 is 1 January. Whatever oai may not do at aws is in `terms`; it asks in a contract of its
/// own.
std::string world(const std::string& right, const std::string& ask) {
  return "extends = \"toy-10\"\nremove = [\"contracts\"]\n[labs.oai.streams.app]\ncompute = \"20 H100e\"\n"
         "[contracts.ant]\nparties = [\"ant\", \"aws\"]\n[contracts.ant.versions.first]\nsigned = "
         "2026-01-01\neffective = 2026-01-01\n"
         "[contracts.ant.versions.first.clauses.grant]\nkind = \"grant\"\nrole = \"HOST\"\ngrantee = \"aws\"\nscope = "
         "{ labs = [\"ant\"] }\n"
         "[contracts.oai-aws]\nparties = [\"oai\", \"aws\"]\n[contracts.oai-aws.versions.first]\nsigned = "
         "2026-01-01\neffective = 2026-01-01\n"
         "[contracts.oai-aws.versions.first.clauses.hosting]\nkind = \"hosting\"\nlab = \"oai\"\nhost = \"aws\"\nprice "
         "= \"2.1 $/H100e-h\"\n"
         "[contracts.home]\nparties = [\"oai\", \"az\"]\n[contracts.home.versions.first]\nsigned = "
         "2026-01-01\neffective = 2026-01-01\n"
         "[contracts.home.versions.first.clauses.grant]\nkind = \"grant\"\nrole = \"HOST\"\ngrantee = \"az\"\nscope = "
         "{ labs = [\"oai\"] }\n"
         "[contracts.home.versions.first.clauses.hosting]\nkind = \"hosting\"\nlab = \"oai\"\nhost = \"az\"\nprice = "
         "\"3 $/H100e-h\"\n" +
         right +
         "[contracts.wanted]\nparties = [\"oai\"]\n[contracts.wanted.versions.first]\nsigned = 2026-01-01\neffective = "
         "2026-01-01\n"
         "[contracts.wanted.versions.first.clauses.ask]\nkind = \"tender\"\nlab = \"oai\"\n" +
         ask;
}

std::string rofr(const std::string& window) {
  return "[contracts.home.versions.first.clauses.first-refusal]\nkind = \"rofr\"\nrole = \"HOST\"\nholder = "
         "\"az\"\nscope = { labs = [\"oai\"] }\nwindow = \"" +
         window + "\"\n";
}

/// az's own cost of an H100e-hour: 100 H100e draw 100 kW all day and all of them are for sale, so energy at 1 k$/MWh is
/// 1 $.
std::string az_costs(const std::string& usd_per_mwh) {
  return "[clouds.az]\nenergy_price = \"" + usd_per_mwh + " $/MWh\"\nopex = \"0 $/kW-y\"\n";
}

const std::string kBoth = "bidders = [\"az\", \"aws\"]\n";
const std::string kAsk = kBoth + "quantity = \"20 H100e\"\non = 2026-01-04\nterm = \"3 d\"\n";

scenario::Scenario parse(const std::string& text, const test::Overrides& overrides = {}) {
  const auto loaded = scenario::Scenario::parse(text, "tender.toml", test::library());
  return overrides.empty() ? loaded : loaded.override_with(overrides);
}

struct Run {
  explicit Run(const std::string& text, const test::Overrides& overrides = {}, int threads = 1)
      : scenario(parse(text, overrides)), simulation(scenario, 1, 0) {
    simulation.run(threads);
    series = simulation.series();
  }
  [[nodiscard]] std::size_t clause(const std::string& label) const {
    const auto& labels = series.axes.labels[static_cast<std::size_t>(record::Dim::Clause)];
    const auto it = std::find(labels.begin(), labels.end(), label);
    REQUIRE(it != labels.end());
    return static_cast<std::size_t>(it - labels.begin());
  }
  /// Sum over the months in which the clause states something.
  [[nodiscard]] double sum(record::Var var, const std::string& label) const {
    const auto months = series.axes.months.size();
    double total = 0.0;
    for (std::size_t m = 0; m < months; ++m)
      if (const double x = series[var][clause(label) * months + m]; x == x) total += x;
    return total;
  }
  [[nodiscard]] double day(const std::string& label) const { return series[record::Var::ClauseDay][clause(label)]; }
  /// Dollars that one firm paid another.
  [[nodiscard]] double paid(const std::string& payer, const std::string& payee) const {
    const auto& firms = scenario.parameters().vocabulary.firms;
    const auto payees = series.axes.size(record::Dim::Payee),
               months = series[record::Var::Payment].size() / series.axes.size(record::Dim::Payer) / payees;
    double total = 0.0;
    for (std::size_t m = 0; m < months; ++m)
      total += series[record::Var::Payment]
                     [(*market::index_of(firms, payer) * payees + *market::index_of(firms, payee)) * months + m];
    return total;
  }
  [[nodiscard]] std::vector<std::string> told() const {
    std::vector<std::string> out;
    for (const auto& event : series.events)
      if (event.kind == "tender") out.push_back(core::to_string(event.time) + " " + event.text);
    return out;
  }
  [[nodiscard]] study::Explanation at(const std::string& host, core::SimTime t) const {
    study::Question question;
    question.lab = "oai";
    question.product = "consumer";
    question.channel = "direct";
    question.host = host;
    question.date = t;
    return study::explain(simulation.world().registry(), scenario.parameters(), question);
  }
  scenario::Scenario scenario;
  study::Simulation simulation;
  record::RunSeries series;
};

}  // namespace

TEST_CASE("a tender without rights in the way goes to the lowest bid, which may then host for its term",
          "[study][tender]") {
  // aws bids 2.10 and has 50 - 30 = 20 H100e free, az bids 3.00. Asked on day 3, so at the end of day 2; three days of
  // 20 H100e at 2.10 are 20 x 24 x 3 x 2.1 = 3,024 $. oai's 20 H100e run there: serving costs less where it is paid for
  // anyway.
  const Run run(world("", kAsk));
  CHECK(run.told() == std::vector<std::string>{
                          "2026-01-04 wanted/ask-1: oai asks for 20 H100e; bids: aws 2.1000, az 3.0000 $/H100e-h",
                          "2026-01-04 wanted/ask-1: awarded to aws at 2.1000 $/H100e-h until 2026-01-07"});
  CHECK(run.sum(record::Var::ClausePayment, "wanted/ask-1") == 3024.0);
  CHECK(run.paid("oai", "aws") == 3024.0);
  // The other seven days oai runs at az: 20 x 24 x 7 x 3.
  CHECK(run.paid("oai", "az") == 10'080.0);
  CHECK(run.sum(record::Var::ClauseQuantity, "wanted/ask") == 20.0 * 24 * 3);
  CHECK(run.sum(record::Var::ClauseQuantityShort, "wanted/ask") == 0);
  CHECK(run.day("wanted/ask") == 3);
  CHECK(run.day("wanted/ask-1") == 3);
  CHECK(run.at("aws", date(2026, 1, 3)).step == "grant");
  CHECK(run.at("aws", date(2026, 1, 4)).state == "GA");
  CHECK(run.at("aws", date(2026, 1, 4)).clause == "ask-1-grant");
  CHECK(run.at("aws", date(2026, 1, 7)).step == "grant");
}

TEST_CASE("the holder of a right of first refusal matches, or waives, as its cost and headroom say",
          "[study][tender][B6]") {
  // Rival 2.10. Holder (cost, headroom): (1.6, 80) matches, (2.2, 80) waives, (1.6, 10) waives. Two days to answer: put
  // on day 3, answered on day 5. az has 100 H100e, of which oai wants 20, or 90: 10 are left.
  const Run match(world(rofr("2 d"), kAsk) + az_costs("1600"));
  CHECK(match.told() ==
        std::vector<std::string>{
            "2026-01-04 wanted/ask-1: oai asks for 20 H100e; bids: aws 2.1000, az 3.0000 $/H100e-h",
            "2026-01-04 wanted/ask-1: put to az (home/first-refusal) at 2.1000 $/H100e-h until 2026-01-06",
            "2026-01-06 wanted/ask-1: az matches",
            "2026-01-06 wanted/ask-1: awarded to az at 2.1000 $/H100e-h until 2026-01-09"});
  CHECK(match.sum(record::Var::ClausePayment, "wanted/ask-1") == 3024.0);  // to az, at the rival's price
  CHECK(match.paid("oai", "aws") == 0.0);
  CHECK(match.paid("oai", "az") == 3024.0 + 20 * 24 * 7 * 3);
  CHECK(match.day("wanted/ask") == 5);
  CHECK(match.at("aws", date(2026, 1, 8)).state == "NO");

  const Run dear(world(rofr("2 d"), kAsk) + az_costs("2200"));
  CHECK(dear.told().at(2) == "2026-01-06 wanted/ask-1: az waives");
  CHECK(dear.told().at(3) == "2026-01-06 wanted/ask-1: awarded to aws at 2.1000 $/H100e-h until 2026-01-09");
  CHECK(dear.paid("oai", "aws") == 3024.0);
  // The waiver lasts as long as the right, the permission as long as the award.
  CHECK(dear.at("aws", date(2026, 1, 5)).state == "NO");
  CHECK(dear.at("aws", date(2026, 1, 6)).state == "GA");
  CHECK(dear.at("aws", date(2026, 1, 9)).step == "grant");

  auto full = world(rofr("2 d"), kAsk) + az_costs("1600");
  full.replace(full.find("20 H100e"), 8, "90 H100e");  // the stream, which stands first
  CHECK(Run(full).told().at(2) == "2026-01-06 wanted/ask-1: az waives");
}

TEST_CASE("a right that leaves no time to answer is waived", "[study][tender][B6]") {
  const Run run(world(rofr("0 d"), kAsk) + az_costs("1600"));
  CHECK(run.told().at(2) == "2026-01-05 wanted/ask-1: az waives");
}

TEST_CASE("a tender that nobody has room for fails and is counted short for its term", "[study][tender]") {
  // 60 H100e: aws has 20 free, az 80, but only aws is asked.
  const Run run(world("", "bidders = [\"aws\"]\nquantity = \"60 H100e\"\non = 2026-01-04\nterm = \"3 d\"\n"));
  CHECK(run.told() == std::vector<std::string>{"2026-01-04 wanted/ask-1: oai asks for 60 H100e; no bid",
                                               "2026-01-04 wanted/ask-1: fails"});
  CHECK(run.sum(record::Var::ClauseQuantityShort, "wanted/ask") == 60 * 24 * 3);
  CHECK(run.sum(record::Var::ClauseQuantity, "wanted/ask") == 0);
  CHECK(run.day("wanted/ask") != run.day("wanted/ask"));  // never acted
}

TEST_CASE("what was awarded is no longer free for the next tender", "[study][tender]") {
  // Every second day from day 1, 40 H100e for four days; az has 100, of which oai uses 20. The first is asked when the
  // first day has been cleared, at the end of day 1; it lasts to day 6. The second, on day 3, leaves 20: the third, on
  // day 5, fails. On day 7 both are over; on day 9 only that day's is not.
  const Run run(
      world("", "bidders = [\"az\"]\nquantity = \"40 H100e\"\non = 2026-01-02\nperiod = \"2 d\"\nterm = \"4 d\"\n"));
  std::vector<std::string> ends;
  for (const auto& text : run.told())
    if (text.find("awarded") != std::string::npos || text.find("fails") != std::string::npos)
      ends.push_back(text.substr(0, 38));
  CHECK(ends == std::vector<std::string>{"2026-01-03 wanted/ask-1: awarded to az",
                                         "2026-01-04 wanted/ask-2: awarded to az", "2026-01-06 wanted/ask-3: fails",
                                         "2026-01-08 wanted/ask-4: awarded to az",
                                         "2026-01-10 wanted/ask-5: awarded to az"});
}

TEST_CASE("two tenders of one day share what is free, in order of their names", "[study][tender]") {
  // az has 80 free: `ask` takes 50 of them, `else` wants 40 and finds 30.
  const Run run(world("", "bidders = [\"az\"]\nquantity = \"50 H100e\"\non = 2026-01-04\nterm = \"3 d\"\n") +
                "[contracts.wanted.versions.first.clauses.else]\nkind = \"tender\"\nlab = \"oai\"\nbidders = "
                "[\"az\"]\nquantity = \"40 H100e\"\non = 2026-01-04\nterm = \"3 d\"\n");
  CHECK(run.told() ==
        std::vector<std::string>{"2026-01-04 wanted/ask-1: oai asks for 50 H100e; bids: az 3.0000 $/H100e-h",
                                 "2026-01-04 wanted/ask-1: awarded to az at 3.0000 $/H100e-h until 2026-01-07",
                                 "2026-01-04 wanted/else-1: oai asks for 40 H100e; no bid",
                                 "2026-01-04 wanted/else-1: fails"});
  // Reserved and paid whether it is used or not: 50 x 24 x 3 x 3 $, of which oai's own 20 H100e use a part.
  CHECK(run.sum(record::Var::ClausePayment, "wanted/ask-1") == 10'800.0);
  CHECK(run.paid("oai", "az") == 10'800.0 + 20 * 24 * 7 * 3);
}

TEST_CASE("a cloud that an exclusive of another contract bars is no bidder", "[study][tender]") {
  const std::string exclusive =
      "[contracts.home.versions.first.clauses.exclusive]\nkind = \"exclusive\"\nrole = \"HOST\"\nholder = "
      "\"az\"\nscope = { labs = [\"oai\"]";
  const Run barred(world(exclusive + " }\n", kAsk));
  CHECK(barred.told().at(0) == "2026-01-04 wanted/ask-1: oai asks for 20 H100e; bids: az 3.0000 $/H100e-h");
  CHECK(barred.told().at(1) == "2026-01-04 wanted/ask-1: awarded to az at 3.0000 $/H100e-h until 2026-01-07");
  // One that bars a part of the scope does not; a right of the same contract lifts the exclusive with its waiver.
  CHECK(Run(world(exclusive + ", products = [\"batch\"] }\n", kAsk)).told().at(1) ==
        "2026-01-04 wanted/ask-1: awarded to aws at 2.1000 $/H100e-h until 2026-01-07");
  const Run both(world(exclusive + " }\n" + rofr("2 d"), kAsk) + az_costs("2200"));
  CHECK(both.told().back() == "2026-01-06 wanted/ask-1: awarded to aws at 2.1000 $/H100e-h until 2026-01-09");
  CHECK(both.at("aws", date(2026, 1, 6)).state == "GA");
  CHECK(both.paid("oai", "aws") == 3024.0);
}

TEST_CASE("a request ends with its contract, and one whose right has ended goes to the rival", "[study][tender]") {
  const auto ended = world(rofr("4 d"), kAsk) + az_costs("1600");
  const Run over(ended, {{"contracts.wanted.terminated", "2026-01-07"}});
  CHECK(over.told().back() == "2026-01-08 wanted/ask-1: lapses: its contract is over");
  CHECK(over.paid("oai", "aws") == 0.0);
  const Run free(ended, {{"contracts.home.versions.first.clauses.first-refusal.until", "2026-01-06"}});
  CHECK(free.told().back() == "2026-01-08 wanted/ask-1: awarded to aws at 2.1000 $/H100e-h until 2026-01-11");
}

TEST_CASE("a tender that is switched on in a run is held, under labels that were there before", "[study][tender]") {
  const auto off = parse(world("", kBoth + "quantity = \"20 H100e\"\nterm = \"3 d\"\nenabled = false\n"));
  study::Simulation simulation(off, 1, 0);
  const auto labels = simulation.world().regime().compiled.money_labels;
  CHECK(std::find(labels.begin(), labels.end(), "wanted/ask-1") != labels.end());
  simulation.run_until(date(2026, 1, 5));
  market::contracts::ContractChange change;
  change.kind = market::contracts::ChangeKind::Switch;
  change.at = date(2026, 1, 5);
  change.contract = "wanted";
  change.version = "first";
  change.clause = "ask";
  change.on = true;
  simulation.world().apply_change(change);
  simulation.run();
  CHECK(simulation.world().regime().compiled.money_labels == labels);
  const auto events = simulation.series().events;
  CHECK(std::any_of(events.begin(), events.end(), [](const auto& e) {
    return e.text == "wanted/ask-1: awarded to aws at 2.1000 $/H100e-h until 2026-01-09";
  }));
}

TEST_CASE("result files have the same clauses whoever wins, and forks and threads agree", "[study][tender]") {
  const auto text =
      world(rofr("2 d"), kBoth + "quantity = \"20 H100e\"\non = 2026-01-03\nperiod = \"3 d\"\nterm = \"2 d\"\n");
  const Run match(text + az_costs("1600")), waive(text + az_costs("2200"));
  CHECK(match.series.axes.labels == waive.series.axes.labels);
  CHECK(match.paid("oai", "aws") == 0.0);
  CHECK(waive.paid("oai", "aws") > 0.0);
  CHECK(record::fingerprint(Run(text + az_costs("2200"), {}, 2).series) == record::fingerprint(waive.series));
  study::Simulation one(parse(text + az_costs("2200")), 1, 0);
  one.run_until(date(2026, 1, 4));  // the first request is open
  study::Simulation two = one;
  one.run(1);
  two.run(2);
  CHECK(one.fingerprint() == record::fingerprint(waive.series));
  CHECK(two.fingerprint() == one.fingerprint());
}

TEST_CASE("an award goes on under a version that is signed while it runs", "[study][tender]") {
  const auto scenario = parse(world("", kAsk));
  study::Simulation run(scenario, 1, 0);
  run.run_until(date(2026, 1, 5));
  run.continue_under(scenario.amended(
      {"wanted",
       "second",
       {},
       {},
       {},
       "{ other = { kind = \"grant\", role = \"HOST\", grantee = \"az\", scope = { labs = [\"oai\"] } } }",
       {}},
      run.next_boundary()));
  run.run();
  const auto series = run.series();
  const auto& labels = series.axes.labels[static_cast<std::size_t>(record::Dim::Clause)];
  const auto at = static_cast<std::size_t>(std::find(labels.begin(), labels.end(), "wanted/ask-1") - labels.begin());
  REQUIRE(at < labels.size());
  CHECK(series[record::Var::ClausePayment][at] == 3024.0);
}

TEST_CASE("a lab that signed nothing and a bidder of its own firm are refused", "[study][tender]") {
  const auto message = [](const std::string& text) -> std::string {
    try {
      (void)parse(text);
    } catch (const core::ScenarioError& error) {
      return error.what();
    }
    return "accepted";
  };
  auto text = world("", kAsk);
  text.replace(text.find("[\"oai\"]\n[contracts.wanted.versions"), 7, "[\"ant\"]");
  CHECK(message(text).find(
            "contracts.wanted.versions.first.clauses.ask.lab is 'oai' of oai, who is no party to the contract") !=
        std::string::npos);
  CHECK(message(world("", kAsk) + "[clouds.aws]\nfirm = \"oai\"\n")
            .find("bidders is 'aws', which belongs to the lab's firm; expected clouds of other firms") !=
        std::string::npos);
  CHECK(message(world("", "bidders = [\"az\", \"awz\"]\nquantity = \"20 H100e\"\nterm = \"3 d\"\n"))
            .find("Did you mean \"aws\"?") != std::string::npos);
  CHECK(message(world("", kBoth + "quantity = \"0.5 H100e\"\nterm = \"3 d\"\n"))
            .find("clauses.ask.quantity is 0.500000; expected at least 1 H100e") != std::string::npos);
}
