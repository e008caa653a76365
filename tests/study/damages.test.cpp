#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>

#include "sim/record/fingerprint.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using market::Category;
using market::Money;
using scenario::Scenario;

// In the ten-day toy az hosts oai exclusively until day 6. Aws may host it too: from day 0, if the exclusive allowed
// it.
namespace {

constexpr Money kDollar{10'000};

/// A whole number of dollars.
std::string in_dollars(Money amount) {
  const auto dollars = static_cast<std::int64_t>(amount.usd());
  REQUIRE(amount == dollars * kDollar);
  return std::to_string(dollars);
}
const std::string kAz = "[contracts.oai-az.versions.first.clauses.", kAws = "[contracts.oai-aws.versions.first";
const std::string kBreach = kAws + "]\nconflict = \"breach\"\n";

/// What oai owes az for a breach.
std::string priced(const std::string& terms) {
  return kAz + "damages]\nkind = \"damages\"\npayer = \"oai\"\npayee = \"az\"\n" + terms + "\n";
}
/// 36,525 $ a year are 100 $ a day.
const std::string kTerms = "amount = \"1000 $\"\nper_year = \"36525 $/y\"";
std::string leave(const std::string& terms) {
  return kAz + "exit]\nkind = \"termination\"\npayer = \"oai\"\npayee = \"az\"\namount = \"700 $\"\n" + terms + "\n";
}

Scenario toy(const std::string& text) {
  return Scenario::parse("extends = \"toy-10\"\n" + text, "more.toml", test::library());
}

/// A further contract by which aws may host oai, from a day on, in breach or not.
std::string another(const std::string& name, const std::string& day,
                    const std::string& more = "conflict = \"breach\"\n") {
  return "[contracts." + name + "]\nparties = [\"oai\", \"aws\"]\n[contracts." + name +
         ".versions.first]\nsigned = " + day + "\neffective = " + day + "\n" + more + "[contracts." + name +
         ".versions.first.clauses.grant]\nkind = \"grant\"\nrole = \"HOST\"\ngrantee = \"aws\"\nscope = { labs = "
         "[\"oai\"] }\n";
}

struct Book : test::Tape {
  std::vector<std::string> labels, events;
  std::map<std::string, std::string> acted;  ///< label -> first day
  std::map<std::string, std::vector<market::ClauseFact>> lines;
  void on_money_labels(std::span<const std::string> now) override { labels.assign(now.begin(), now.end()); }
  void on_window(const market::WindowFact& window) override {
    test::Tape::on_window(window);
    for (const auto& line : window.clauses) lines[labels[line.clause.position()]].push_back(line);
  }
  void on_event(const market::EventFact& e) override {
    events.push_back(core::to_string(e.time) + " " + std::string(e.kind) + " " + std::string(e.text));
  }
  void on_clause_date(market::LabelId clause, core::SimTime t) override {
    acted.emplace(labels[clause.position()], core::to_string(t));
  }
  /// "day amount" of everything posted as damages under a label, in whole dollars.
  [[nodiscard]] std::string paid(const std::string& label) const {
    std::string out;
    for (const auto& e : entries)
      if (e.category == Category::Damages && e.clause.exists() && labels[e.clause.position()] == label) {
        REQUIRE(e.from_layer == market::Layer::Model);
        REQUIRE(e.to_layer == market::Layer::Infrastructure);
        out += std::to_string((e.day - core::date(2026, 1, 1)) / core::kDay) + ":" + in_dollars(e.amount) + " ";
      }
    return out;
  }
};

Book run(const Scenario& scenario) {
  const auto regime = std::make_shared<const market::Regime>(market::build_regime(scenario.parameters()));
  market::World world(regime, 1, 0);
  Book book;
  book.labels = regime->compiled.money_labels.rows();
  world.run_until(scenario.parameters().run.end, *engine::make_serial_executor(), &book);
  return book;
}

const std::string kDamages = "oai-az/damages", kExit = "oai-az/exit";

}  // namespace

TEST_CASE("a breach costs the sum once and the rate for every day that it lasts", "[study][breach]") {
  // The breach begins on day 0, the run's first, and ends with the exclusive on day 6: 1,000 $ and six times 100 $.
  const Book book = run(toy(kBreach + priced(kTerms)));
  CHECK(book.paid(kDamages) == "0:1000 0:100 1:100 2:100 3:100 4:100 5:100 ");
  REQUIRE(book.lines.at(kDamages).size() == 10);
  CHECK(book.lines.at(kDamages)[2].cumulative == 1'300 * kDollar);
  CHECK(book.lines.at(kDamages)[9].cumulative == 1'600 * kDollar);
  CHECK(book.acted.at(kDamages) == "2026-01-01");
  // Oai wants 120: 100 at az and, from the first day, 20 of aws's 50; ant has the other 30.
  std::int64_t oai = 0;
  for (const auto& d : book.demand)
    if (d.demand == 120) oai += d.served;
  CHECK(oai == 10 * 120);
  const std::string told =
      "2026-01-01 breach oai-aws/first/grant grants HOST against the live exclusive of az in oai-az/first/exclusive "
      "from 2026-01-01 until 2026-01-07; "
      "it opens in breach, at the damages of oai-az/first/damages";
  CHECK(std::count(book.events.begin(), book.events.end(), told) == 1);
}

TEST_CASE("one of the two prices is enough, and both are the lab's cost and the cloud's revenue", "[study][breach]") {
  CHECK(run(toy(kBreach + priced("amount = \"1000 $\""))).paid(kDamages) == "0:1000 ");
  CHECK(run(toy(kBreach + priced("amount = \"0 $\"\nper_year = \"36525 $/y\""))).paid(kDamages) ==
        "0:100 1:100 2:100 3:100 4:100 5:100 ");
  // Gross profit [firm, layer, month], summed by firm.
  const auto profit = [](const std::string& amount, const char* firm) {
    const auto series = test::run(toy(kBreach + priced("amount = \"" + amount + "\"")));
    const auto f = *market::index_of(series.axes.labels[static_cast<std::size_t>(record::Dim::Firm)], firm);
    const auto size = series.axes.size(record::Dim::Layer) * series.axes.months.size();
    double sum = 0.0;
    for (std::size_t k = 0; k < size; ++k)
      sum += std::isnan(series[record::Var::GrossProfit][f * size + k])
                 ? 0.0
                 : series[record::Var::GrossProfit][f * size + k];
    return sum;
  };
  CHECK(profit("1001 $", "oai") - profit("1 $", "oai") == -1'000.0);
  CHECK(profit("1001 $", "az") - profit("1 $", "az") == 1'000.0);
  CHECK(profit("1001 $", "aws") == profit("1 $", "aws"));
}

TEST_CASE("each contract that breaks another owes the sum once, the rate is owed once for all", "[study][breach]") {
  // A second one breaks it from day 2: another 1,000 $, no second rate. It is terminated on day 3, comes again on day
  // 4, and a contract owes its sum once.
  CHECK(run(toy(kBreach + priced(kTerms) + another("more", "2026-01-03"))).paid(kDamages) ==
        "0:1000 0:100 1:100 2:1000 2:100 3:100 4:100 5:100 ");
  const std::string pause =
      another("more", "2026-01-02", "conflict = \"breach\"\nends = 2026-01-04\n") +
      "[contracts.more.versions.again]\nsigned = 2026-01-03\neffective = 2026-01-05\nconflict = \"breach\"\n"
      "[contracts.more.versions.again.clauses.grant]\nkind = \"grant\"\nrole = \"HOST\"\ngrantee = \"aws\"\nscope = { "
      "labs = [\"oai\"] }\n";
  CHECK(run(toy(priced(kTerms) + pause)).paid(kDamages) == "1:1000 1:100 2:100 4:100 5:100 ");
}

TEST_CASE("a breach older than the run, or than its price, owes the rate and not the sum", "[study][breach]") {
  const std::string earlier = "signed = 2025-12-31\neffective = 2025-12-31\n";
  const Book old = run(toy(kAws + "]\n" + earlier + "conflict = \"breach\"\n[contracts.oai-az.versions.first]\n" +
                           earlier + priced(kTerms)));
  CHECK(old.paid(kDamages) == "0:100 1:100 2:100 3:100 4:100 5:100 ");
  CHECK(old.acted.at(kDamages) == "2026-01-01");
  // A second price from day 3 on finds the breach there already; the first one's own breach begins with it on day 1.
  const std::string second = kAz +
                             "later]\nkind = \"damages\"\npayer = \"oai\"\npayee = \"az\"\namount = \"500 "
                             "$\"\nper_year = \"73050 $/y\"\nfrom = 2026-01-04\n";
  const Book two = run(toy(kBreach + priced(kTerms + "\nfrom = 2026-01-02") + second));
  CHECK(two.paid(kDamages) == "1:1000 1:100 2:100 3:100 4:100 5:100 ");
  CHECK(two.paid("oai-az/later") == "3:200 4:200 5:200 ");
}

TEST_CASE("a breach that begins inside a window is seen, and owed, from the next one on", "[study][breach]") {
  const std::string noon =
      "[run]\nwindow = \"1 d\"\n" + priced(kTerms + "\nfrom = 2026-01-02T12:00:00Z\nuntil = 2026-01-04T06:00:00Z");
  CHECK(run(toy(kBreach + noon)).paid(kDamages) == "2:1000 2:100 3:100 ");
}

TEST_CASE(
    "however the dates fall, the books close, each contract pays the sum at most once, and the rate runs while a "
    "breach does",
    "[study][breach]") {
  // Dates at any quarter of a day from three days before the run to two after it, in windows of a day or a half.
  int seen = 0, before = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    std::mt19937_64 dice(seed);
    const auto below = [&](std::uint64_t n) { return dice() % n; };
    const auto quarter = [&](std::uint64_t from, std::uint64_t to) {
      return core::date(2025, 12, 29) + core::kHour * static_cast<int>(6 * (from + below(to - from)));
    };
    const auto dates = [&](const std::string& from, const std::string& until) {
      const auto a = quarter(0, 48);
      const auto b = a + core::kHour * static_cast<int>(6 + 6 * below(30));
      return from + " = " + core::to_string(a) + "\n" + until + " = " +
             (below(3) == 0 ? "\"never\"" : core::to_string(b)) + "\n";
    };
    std::string text = "[run]\nwindow = \"" + std::string(below(2) == 0 ? "1 d" : "12 h") + "\"\n";
    for (const char* name : {"damages", "later"})
      text +=
          kAz + name +
          "]\nkind = \"damages\"\npayer = \"oai\"\npayee = \"az\"\namount = \"1000 $\"\nper_year = \"73050 $/y\"\n" +
          dates("from", "until");
    text += "[contracts.oai-az.versions.first]\nsigned = 2025-12-20\neffective = 2025-12-20\n" + kAz + "exclusive]\n" +
            dates("from", "until");
    for (const char* name : {"one", "two", "three"}) {
      const auto from = quarter(0, 48);
      text += "[contracts." + std::string(name) + "]\nparties = [\"oai\", \"aws\"]\n";
      for (const char* version : {"a", "b"}) {
        const auto start = from + core::kHour * static_cast<int>(version[0] == 'a' ? 0 : 6 + 6 * below(16));
        text += "[contracts." + std::string(name) + ".versions." + version + "]\nsigned = " + core::to_string(start) +
                "\neffective = " + core::to_string(start) +
                "\nends = " + core::to_string(start + core::kHour * static_cast<int>(6 + 6 * below(20))) +
                "\nconflict = \"" + (below(5) == 0 ? "block" : "breach") + "\"\n[contracts." + name + ".versions." +
                version +
                ".clauses.grant]\nkind = \"grant\"\nrole = \"HOST\"\ngrantee = \"aws\"\nscope = { labs = [\"oai\"] }\n";
      }
    }
    INFO("seed " << seed << "\n" << text);
    const auto scenario = toy(text);
    const auto& p = scenario.parameters();
    const market::CompiledScenario compiled = market::compile(p);
    const Book book = run(scenario);  // throws where what was posted is not what the dates of the conflicts say
    for (const std::string label : {"oai-az/damages", "oai-az/later"}) {
      Money sums, rates, due;
      for (const auto& e : book.entries)
        if (e.category == Category::Damages && book.labels[e.clause.position()] == label)
          (e.amount == 1'000 * kDollar ? sums : rates) += e.amount;
      for (core::SimTime t = p.run.start; t < p.run.end; t += p.run.window) {
        const bool in_force =
            std::any_of(compiled.money.begin(), compiled.money.end(), [&](const market::PaymentClause& m) {
              return compiled.money_labels[m.label] == label && compiled.in_force(m, t);
            });
        const market::ContractId oai_az(std::find_if(p.contracts.begin(), p.contracts.end(),
                                                     [](const market::Contract& c) { return c.name == "oai-az"; }) -
                                        p.contracts.begin());
        if (in_force && market::contracts::breached(compiled.registry, oai_az, t))
          due += static_cast<std::int64_t>(200 * core::in_days(p.run.window)) * kDollar;
      }
      CHECK(rates == due);
      CHECK(sums <= 3 * 1'000 * kDollar);
      seen += sums > Money{};
      before += sums == Money{} && due > Money{};
    }
  }
  CHECK(seen > 50);
  CHECK(before > 10);
}

TEST_CASE("a price that is never due changes nothing but its own label", "[study][breach][H7]") {
  // Nobody breaks anything: the policy is left at its default. Everything but the line of the label itself is the same.
  const auto plain = test::run(test::load("toy-10")), with = test::run(toy(priced(kTerms)));
  const auto own = *market::index_of(with.axes.labels[static_cast<std::size_t>(record::Dim::Clause)], kDamages);
  for (std::size_t v = 0; v < record::kVars; ++v) {
    const auto var = static_cast<record::Var>(v);
    const auto& dims = record::row(var).dims;
    std::vector<double> rest;
    std::size_t stride = 1;
    bool by_clause = false;
    for (std::size_t d = dims.size; d-- > 0 && !by_clause;) {
      by_clause = dims.values[d] == record::Dim::Clause;
      if (!by_clause) stride *= with.axes.size(dims.values[d]);
    }
    const auto clauses = with.axes.size(record::Dim::Clause);
    for (std::size_t i = 0; i < with[var].size(); ++i)
      if (!by_clause || i / stride % clauses != own) rest.push_back(with[var][i]);
    INFO(record::row(var).name);
    REQUIRE(rest.size() == plain[var].size());
    for (std::size_t i = 0; i < rest.size(); ++i)
      CHECK((rest[i] == plain[var][i] || (rest[i] != rest[i] && plain[var][i] != plain[var][i])));
  }
}

TEST_CASE("without notice a contract ends at once, and its fee is due on the day it is left", "[study][termination]") {
  // Left on day 4: nothing of it is in force that day any more, and 700 $ are owed. The commitment of 50,000 $ lapses
  // at 4/10: 20,000 $, of which four days at 100 H100e and 2 $ used 19,200 $.
  const Book book = run(toy(leave("exercised = 2026-01-05")));
  CHECK(book.paid(kExit) == "4:700 ");
  CHECK(book.acted.at(kExit) == "2026-01-05");
  CHECK(book.lines.at(kExit).size() == 5);
  CHECK(book.lines.at(kExit)[3].remaining == 700 * kDollar);
  CHECK(book.lines.at(kExit)[4].cumulative == 700 * kDollar);
  Money shortfall;
  for (const auto& e : book.entries)
    if (e.category == Category::Shortfall) shortfall += e.amount;
  CHECK(shortfall == 800 * kDollar);
  CHECK(std::count(book.events.begin(), book.events.end(),
                   "2026-01-05 notice oai leaves oai-az under oai-az/exit: it ends on 2026-01-05") == 1);
  // Permissions, shares and commitments are those of a contract that its file ends that day.
  const auto left = test::run(toy(leave("exercised = 2026-01-05"))),
             ended = test::run(test::load("toy-10", {{"contracts.oai-az.terminated", "2026-01-05"}}));
  CHECK(left[record::Var::Served] == ended[record::Var::Served]);
}

TEST_CASE("with notice a contract goes on until it has run out", "[study][termination]") {
  const Book book = run(toy(leave("exercised = 2026-01-03\nnotice = \"2 d\"")));
  CHECK(book.paid(kExit) == "2:700 ");
  REQUIRE(book.lines.at(kExit).size() == 4);  // in force on days 0 to 3
  CHECK(book.lines.at(kExit)[1].remaining == 700 * kDollar);
  CHECK(book.lines.at(kExit)[2].remaining == Money{});
  const auto scenario = toy(leave("exercised = 2026-01-03\nnotice = \"2 d\""));
  CHECK(scenario.parameters().contracts.size() == 3);
  for (const auto& c : scenario.parameters().contracts)
    CHECK(c.terminated == (c.name == "oai-az" ? core::date(2026, 1, 5) : core::kNever));
  // A contract that is ended earlier anyway ends then; the notice was given and is paid for.
  const auto earlier =
      toy("[contracts.oai-az]\nterminated = 2026-01-04\n" + leave("exercised = 2026-01-03\nnotice = \"5 d\""));
  for (const auto& c : earlier.parameters().contracts)
    CHECK(c.terminated == (c.name == "oai-az" ? core::date(2026, 1, 4) : core::kNever));
  CHECK(run(earlier).paid(kExit) == "2:700 ");
  // One that is over can no longer be left.
  CHECK(run(toy("[contracts.oai-az]\nterminated = 2026-01-03\n" + leave("exercised = 2026-01-04\nnotice = \"5 d\"")))
            .paid(kExit)
            .empty());
}

TEST_CASE("notice is written where it is given, read again and overridden without a trace of its own",
          "[study][termination]") {
  const auto scenario = toy(leave("exercised = 2026-01-03\nnotice = \"2 d\""));
  const std::string text = scenario.to_toml();
  CHECK(text.find("terminated") == std::string::npos);
  const auto again = Scenario::parse(text, "again.toml", test::library());
  CHECK(again.digest() == scenario.digest());
  CHECK(again.parameters().contracts == scenario.parameters().contracts);
  const std::string path = "contracts.oai-az.versions.first.clauses.exit.";
  const auto end = [](const Scenario& s) {
    for (const auto& c : s.parameters().contracts)
      if (c.name == "oai-az") return core::to_string(c.terminated);
    return std::string();
  };
  CHECK(end(again) == "2026-01-05");
  CHECK(end(scenario.override_with({{path + "notice", "\"4 d\""}})) == "2026-01-07");
  CHECK(end(scenario.override_with({{path + "exercised", "\"never\""}})) == core::to_string(core::kNever));
  CHECK(end(scenario.override_with({{path + "enabled", "false"}})) == core::to_string(core::kNever));
  // A version signed later that is in force on that day says nothing of a notice: the contract goes on.
  const std::string later =
      "[contracts.oai-az.versions.second]\nsigned = 2026-01-02\neffective = "
      "2026-01-02\n[contracts.oai-az.versions.second.clauses.grant]\n"
      "kind = \"grant\"\nrole = \"HOST\"\ngrantee = \"az\"\nscope = { labs = [\"oai\"] }\n";
  const auto replaced = toy(leave("exercised = 2026-01-03") + later);
  CHECK(end(replaced) == core::to_string(core::kNever));
  CHECK(run(replaced).paid(kExit).empty());
}

TEST_CASE(
    "notice given in mid-run is notice written in the file, also in a fork, and the parts of a cut version share it",
    "[study][termination]") {
  const auto scenario = toy(leave("notice = \"2 d\""));
  study::Simulation live(scenario, 1, 0);
  live.run_until(core::date(2026, 1, 3));
  study::Simulation untouched = live;
  const auto noticed = scenario.noticed("oai-az", "exit", core::date(2026, 1, 4), live.next_boundary());
  live.continue_under(noticed);
  study::Simulation fork = live;
  live.run();
  fork.run(2);
  untouched.run();
  const auto written = test::run(toy(leave("notice = \"2 d\"\nexercised = 2026-01-04")));
  CHECK(live.fingerprint() == record::fingerprint(written));
  CHECK(fork.fingerprint() == live.fingerprint());
  CHECK(untouched.fingerprint() == record::fingerprint(test::run(scenario)));
  // After the notice, the version is cut in two: the fee stays paid once and the end where it was.
  study::Simulation cut(scenario, 1, 0);
  cut.run_until(core::date(2026, 1, 3));
  cut.continue_under(noticed);
  cut.run_until(core::date(2026, 1, 5));
  const auto parts = noticed.overridden_from(
      {{"contracts.oai-az.versions.first.clauses.hosting.price", "\"3 $/H100e-h\""}}, cut.next_boundary());
  cut.continue_under(parts);
  cut.run();
  const auto paid = [](const record::RunSeries& series) {
    const auto& labels = series.axes.labels[static_cast<std::size_t>(record::Dim::Clause)];
    return series[record::Var::ClausePayment][*market::index_of(labels, kExit) * series.axes.months.size()];
  };
  CHECK(paid(cut.series()) == 700.0);
  for (const auto& c : parts.parameters().contracts)
    CHECK(c.terminated == (c.name == "oai-az" ? core::date(2026, 1, 6) : core::kNever));
}

TEST_CASE("an event of the run gives notice by name, once, and under a clause that speaks", "[study][termination]") {
  const auto scenario = toy(leave("notice = \"2 d\"\nuntil = 2026-01-08"));
  const auto at = [](int day) {
    market::contracts::ContractChange change;
    change.kind = market::contracts::ChangeKind::GiveNotice;
    change.at = core::date(2026, 1, 1) + core::days(day);
    change.contract = "oai-az";
    change.version = "first";
    change.clause = "exit";
    return change;
  };
  const auto after = [&](std::vector<market::contracts::ContractChange> changes) {
    for (const auto& c : market::contracts::with_changes(scenario.parameters().contracts, std::move(changes)))
      if (c.name == "oai-az") return c;
    return market::Contract{};
  };
  CHECK(after({at(3)}).terminated == core::date(2026, 1, 6));
  CHECK(after({at(5), at(3)}).terminated == core::date(2026, 1, 6));  // the first one counts
  CHECK(after({at(8)}).terminated == core::kNever);                   // the clause is over
  study::Simulation live(scenario, 1, 0);
  live.run_until(core::date(2026, 1, 4));
  live.world().apply_change(at(3));
  live.run();
  CHECK(live.fingerprint() ==
        record::fingerprint(test::run(toy(leave("notice = \"2 d\"\nuntil = 2026-01-08\nexercised = 2026-01-04")))));
}

TEST_CASE("a trigger waits for a breach that lasts, and gives notice", "[study][breach][termination][trigger]") {
  // The breach begins on day 1. It is seen in the window of day 1; by the end of day 3 it has lasted three days, so
  // notice is given on day 4, and the contract ends on day 6. The rate runs until then: the exclusive ends that day
  // too.
  const std::string trigger =
      kAz + "review]\nkind = \"trigger\"\nbreached = true\nlasting = \"3 d\"\nexercises = \"exit\"\n";
  const std::string contract = priced(kTerms + "\nfrom = 2026-01-02") + leave("notice = \"2 d\"") + trigger;
  const Book book = run(toy(kBreach + contract));
  CHECK(book.paid(kDamages) == "1:1000 1:100 2:100 3:100 4:100 5:100 ");
  CHECK(book.paid(kExit) == "4:700 ");
  CHECK(book.acted.at("oai-az/review") == "2026-01-05");
  CHECK(book.acted.at(kExit) == "2026-01-05");
  CHECK(book.lines.at(kExit).size() == 6);
  CHECK(std::count(book.events.begin(), book.events.end(),
                   "2026-01-05 notice oai leaves oai-az under oai-az/exit: it ends on 2026-01-07") == 1);
  // A breach that is over before it has lasted so long starts nothing.
  const Book brief = run(
      toy(kBreach + priced(kTerms + "\nfrom = 2026-01-02\nuntil = 2026-01-04") + leave("notice = \"2 d\"") + trigger));
  CHECK(brief.paid(kDamages) == "1:1000 1:100 2:100 ");
  CHECK(brief.paid(kExit).empty());
  CHECK(brief.acted.count("oai-az/review") == 0);
}

TEST_CASE("a contract signed in mid-run in breach is the same contract in the file", "[study][breach]") {
  const auto scenario = toy(priced(kTerms));
  study::Simulation live(scenario, 1, 0);
  live.run_until(core::date(2026, 1, 3));
  const std::string grant =
      "{ grant = { kind = \"grant\", role = \"HOST\", grantee = \"aws\", scope = { labs = [\"oai\"] } } }";
  const auto amended = scenario.amended(
      {"more", "first", {}, core::date(2026, 1, 5), {}, grant, "[\"oai\", \"aws\"]", "breach"}, live.next_boundary());
  live.continue_under(amended);
  live.run();
  CHECK(live.fingerprint() == record::fingerprint(test::run(amended)));
  CHECK(run(amended).paid(kDamages) == "4:1000 4:100 5:100 ");
  CHECK(amended.warnings().size() == 2);  // oai-aws's own grant is of the same day as the exclusive, and yields
}

TEST_CASE("mistakes in damages and terminations are one sentence each", "[study][breach]") {
  const auto message = [](const std::string& text) -> std::string {
    try {
      (void)toy(text);
    } catch (const core::ScenarioError& error) {
      return error.what();
    }
    return "accepted";
  };
  const auto says = [&](const std::string& text, const std::string& part) {
    INFO(message(text));
    CHECK(message(text).find(part) != std::string::npos);
  };
  says(priced("amount = \"0 $\""),
       "contracts.oai-az.versions.first.clauses.damages.amount is 0, and per_year is 0 too; expected a price of a "
       "breach above 0. "
       "Say what a breach costs once, or by the year; drop the clause and a breach stays barred");
  says(leave("exercised = 2025-12-01"),
       "contracts.oai-az.versions.first.clauses.exit.exercised is 2025-12-01; expected a date on which the clause is "
       "in force, from 2026-01-01. "
       "Notice is given under a clause that is in force");
  says(leave("until = 2026-01-05\nexercised = 2026-01-05"),
       "exit.exercised is 2026-01-05; expected a date on which the clause is in force, from 2026-01-01 until "
       "2026-01-05.");
  says(leave("notice = \"-1 d\""), "contracts.oai-az.versions.first.clauses.exit.notice is \"-1 d\"");
  says(kAz + "damages]\nkind = \"damages\"\npayer = \"ant\"\npayee = \"az\"\namount = \"1 $\"\n",
       "damages.payer is 'ant', who is no party to the contract; expected one of its parties");
  says(kAws + "]\nconflict = \"brach\"\n",
       "contracts.oai-aws.versions.first.conflict is \"brach\"; expected one of block, breach, renegotiate");
  CHECK(message(another("alone", "2026-01-08")) == "accepted");  // it breaks nothing, which is no mistake
  const auto scenario = toy(leave("notice = \"2 d\""));
  const auto noticed = [&](const std::string& contract, const std::string& clause, core::SimTime date) -> std::string {
    try {
      (void)scenario.noticed(contract, clause, date, core::date(2026, 1, 3));
    } catch (const core::ScenarioError& error) {
      return error.what();
    }
    return "accepted";
  };
  CHECK(noticed("oai-az", "exitt", core::date(2026, 1, 4)) ==
        "contracts.oai-az.versions.first.clauses.exitt is an unknown clause; expected a termination clause of the "
        "version in force. Did you mean \"exit\"?");
  CHECK(noticed("oai-az", "share", core::date(2026, 1, 4))
            .find("contracts.oai-az.versions.first.clauses.share is no termination clause in use; expected") == 0);
  CHECK(noticed("oai-aws", "exit", core::date(2026, 1, 4)).find("It has none: terminate it without one.") !=
        std::string::npos);
  CHECK(noticed("oai-az", "exit", core::date(2026, 1, 2))
            .find("contracts.oai-az.versions.first.clauses.exit.exercised is 2026-01-02; expected a date not before "
                  "2026-01-03") == 0);
}
