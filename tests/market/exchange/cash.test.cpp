#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/market/contracts/take_or_pay.hpp"
#include "sim/market/exchange/facts/backlog.hpp"
#include "sim/market/exchange/finance/defaults.hpp"
#include "sim/market/exchange/finance/research_funds.hpp"
#include "sim/market/world/world.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;

namespace {

/// Lab oai at cloud az, 3 $/H100e-h: 10 H100e for consumers earn 1440 $ a day and cost 720; training (16 H100e) costs
/// 1152 $ a day, research (8) 576. It earns 720 $ a day before these and loses 1008 after them.
const std::string kLab = R"(
title = "One lab"
source = "own"
grade = "A"
[sources.own]
title = "Worked example"
[run]
start = 2026-01-01
end = 2027-01-01
valuation_date = 2026-01-01
[regions.one]
title = "The only region"
[firms.az]
[firms.oai]
[firms.maker]
[supply.maker]
firm = "maker"
[supply.maker.h100]
h100e = 1
facility_power = "1 kW"
unit_price = "0 $"
life = "10 y"
[clouds.az]
firm = "az"
invests = false
price = "3 $/H100e-h"
[clouds.az.regions.one]
share = 1
[clouds.az.regions.one.fleet]
h100 = 100
[channels.direct]
[labs.oai]
firm = "oai"
[labs.oai.streams.app]
product = "consumer"
compute = "10 H100e"
price = "6 $/H100e-h"
efficiency_applies = false
[labs.oai.streams.train]
product = "training"
compute = "16 H100e"
price = "0 $/H100e-h"
efficiency_applies = false
[labs.oai.streams.research]
product = "research"
compute = "8 H100e"
price = "0 $/H100e-h"
efficiency_applies = false
[labs.oai.routes.az]
serving_cost = "1 $/H100e-h"
[prices]
rule = "frozen"
[clearing]
rho_max = 1
[contracts.oai-az]
parties = ["oai", "az"]
[contracts.oai-az.versions.first]
signed = 2025-01-01
effective = 2025-01-01
[contracts.oai-az.versions.first.clauses]
grant = { kind = "grant", role = ["HOST", "TRAIN"], grantee = "az", scope = { labs = ["oai"] } }
)";

/// What happened, by what observers hear.
struct Tape : Observer {
  std::vector<EntryFact> entries;
  std::vector<std::string> events;
  std::vector<BacklogFact> backlog;  ///< of the last month that ended
  void on_entry(const EntryFact& entry) override { entries.push_back(entry); }
  void on_event(const EventFact& e) override {
    if (e.kind == "cash" || e.kind == "default" || e.kind == "deferral")
      events.push_back(core::to_string(e.time).substr(0, 10) + " " + std::string(e.kind) + " " + std::string(e.text));
  }
  void on_window(const WindowFact& window) override {
    if (!window.backlog.empty()) backlog.assign(window.backlog.begin(), window.backlog.end());
  }
  [[nodiscard]] Money paid(Category category, core::SimTime from, core::SimTime until) const {
    Money sum;
    for (const auto& e : entries)
      if (e.category == category && e.day >= from && e.day < until) sum += e.amount;
    return sum;
  }
};

struct Run {
  std::shared_ptr<const Regime> regime;
  World world;
  Tape tape;

  explicit Run(const std::string& more, std::uint64_t replication = 0)
      : regime(std::make_shared<const Regime>(
            build_regime(scenario::Scenario::parse(kLab + more, "lab.toml", {}).parameters()))),
        world(regime, 1, replication) {}
  void until(core::SimTime t) { world.run_until(t, *engine::make_serial_executor(), &tape); }
  [[nodiscard]] Money cash() const { return world.exchange().cash[LabId(0)].cash; }
};

const std::string kKept = "[labs.oai.cash]\nlimits = false\n";
const core::SimTime kEnd = core::date(2027, 1, 1);

}  // namespace

TEST_CASE("cash: a lab without funding runs out on the day that its burn says", "[market][exchange][cash]") {
  // 10,000 $ / 1008 $ a day = 9.9 days: gone in the tenth, 10 January.
  Run run(kKept + "opening = \"10000 $\"\n");
  run.until(core::date(2026, 1, 10));
  CHECK(run.cash() == Money::from_usd(10'000.0 - 9 * 1008.0));
  CHECK(run.tape.events.empty());
  run.until(core::date(2026, 2, 5));
  CHECK(run.cash() == Money::from_usd(10'000.0 - 35 * 1008.0));
  REQUIRE(run.tape.events.size() == 1);  // said once
  CHECK(run.tape.events.front().starts_with("2026-01-10 cash oai has"));
}

TEST_CASE("cash: rounds with a date come in on it", "[market][exchange][cash]") {
  Run run(kKept + "opening = \"1 M$\"\n[labs.oai.cash.rounds.a]\ndate = 2026-01-04\namount = \"5000 $\"\n" +
          "[labs.oai.cash.rounds.b]\ndate = 2025-12-31\namount = \"7000 $\"\n");  // before the start: in `opening`
  run.until(core::date(2026, 1, 4));
  CHECK(run.cash() == Money::from_usd(1e6 - 3 * 1008.0));
  run.until(core::date(2026, 1, 5));
  CHECK(run.cash() == Money::from_usd(1e6 - 4 * 1008.0 + 5000.0));
  CHECK(run.tape.paid(Category::Investment, core::kAlways, kEnd) == Money::from_usd(5000.0));
}

TEST_CASE("cash: a tranche counts", "[market][exchange][cash]") {
  Run run("stake = { kind = \"tranche\", payer = \"az\", payee = \"oai\", amount = \"3000 $\", from = 2026-01-02 }\n" +
          kKept + "opening = \"1 M$\"\n");
  run.until(core::date(2026, 1, 3));
  CHECK(run.cash() == Money::from_usd(1e6 - 2 * 1008.0 + 3000.0));
}

TEST_CASE("cash: it moves by exactly what the books say", "[market][exchange][cash]") {
  Run run(kKept + "opening = \"1 M$\"\n");
  run.until(core::date(2026, 3, 1));
  const auto& s = run.regime->compiled;
  Money sum = Money::from_usd(1e6);
  for (const auto& e : run.tape.entries) {
    if (e.category == Category::Depreciation || e.from == e.to) continue;
    if (e.to == s.lab_firm[LabId(0)]) sum += e.amount;
    if (e.from == s.lab_firm[LabId(0)]) sum -= e.amount;
  }
  CHECK(run.cash() == sum);
  auto cash = run.world.exchange().cash;
  CHECK_NOTHROW(check_cash(s, cash, run.world.exchange().audit.cash));
  cash[LabId(0)].cash += Money{1};
  CHECK_THROWS_AS(check_cash(s, cash, run.world.exchange().audit.cash), core::LedgerError);
}

TEST_CASE("cash: with ample cash a run is the one without an account", "[market][exchange][cash]") {
  Run without(""), ample("[labs.oai.cash]\nopening = \"1000 B$\"\ndefault_hazard = \"10000 %/y\"\n");
  without.until(kEnd);
  ample.until(kEnd);
  REQUIRE(without.tape.entries.size() == ample.tape.entries.size());
  bool same = true;
  for (std::size_t i = 0; i < ample.tape.entries.size(); ++i) {
    const auto &a = without.tape.entries[i], &b = ample.tape.entries[i];
    same =
        same && a.day == b.day && a.from == b.from && a.to == b.to && a.category == b.category && a.amount == b.amount;
  }
  CHECK(same);
  CHECK(ample.tape.events.empty());
}

TEST_CASE("cash: budgets follow it", "[market][exchange][cash]") {
  // With three months known, on 1 April: 160,000 - 90 x 1008 = 69,280 $, over a year 189.68 a day, and 720 earned:
  // 909.68. A tenth of research is 57.6, so training is (909.68 - 57.6) / 1152.
  Run run("[labs.oai.cash]\nopening = \"160 k$\"\nhorizon = \"12 mo\"\nresearch_floor = \"10 %\"\n");
  run.until(core::date(2026, 4, 3));
  const auto& finance = run.world.board().labs[LabId(0)].finance;
  CHECK(finance.research == 0.1);
  CHECK(std::abs(finance.training - (69'280.0 / 365.25 + 720.0 - 57.6) / 1152.0) < 1e-9);
  REQUIRE(run.tape.events.size() == 1);
  CHECK(run.tape.events.front().starts_with("2026-04-01 cash oai puts off training, to 74 %"));
  run.until(kEnd);
  CHECK(run.cash() > Money{});  // it never runs out: a share of what is left is spent
}

TEST_CASE("cash: training and research end where cash and credit do, and investors pay the bills",
          "[market][exchange][cash]") {
  // Serving a free product makes the lab lose 720 $ a day before it trains. Nothing is reviewed until April: room for
  // 52,600 $, a month of training and research, lasts 27 days; then it falls by 720 + room / 30.4 a day, to nothing in
  // 37 more. From then on nothing is trained.
  Run run(
      "[labs.oai.streams.free]\nproduct = \"api_stateless\"\ncompute = \"20 H100e\"\nprice = \"0 $/H100e-h\"\n"
      "efficiency_applies = false\n[labs.oai.cash]\nopening = \"100 k$\"\noverdraft = \"20 k$\"\n");
  const auto trained = [&](core::SimTime day) { return run.tape.paid(Category::Training, day, day + core::days(1)); };
  run.until(core::date(2026, 4, 1));
  CHECK(trained(core::date(2026, 1, 27)) == Money::from_usd(1728.0));
  CHECK(trained(core::date(2026, 2, 2)) < Money::from_usd(1728.0));
  CHECK(trained(core::date(2026, 3, 3)) > Money{});
  for (unsigned day = 8; day <= 31; ++day) CHECK(trained(core::date(2026, 3, day)) == Money{});
  CHECK(run.cash() < Money::from_usd(-20'000.0));
  const Money lowest = run.cash();
  for (core::SimTime t = core::date(2026, 4, 2); t < kEnd; t += core::days(1)) {
    run.until(t);
    if (t > core::date(2026, 4, 2)) REQUIRE(run.cash() > Money::from_usd(-20'000.0));
    REQUIRE(run.cash() >= lowest - Money::from_usd(720.0));
  }
  const auto& events = run.tape.events;
  CHECK(std::any_of(events.begin(), events.end(),
                    [](const std::string& e) { return e.find("to keep it in business") != std::string::npos; }));
  CHECK(run.tape.paid(Category::Investment, core::kAlways, kEnd) > Money::from_usd(720.0 * 274));
}

TEST_CASE("cash: a check says what was trained without money", "[market][exchange][cash]") {
  Run run("[labs.oai.cash]\nopening = \"1 M$\"\noverdraft = \"20 k$\"\n");
  run.until(core::date(2026, 2, 2));
  Board board = run.world.board();
  const core::Draws draws(1, 0);
  const MarketView broke{*run.regime, draws, board, nullptr};
  CHECK_NOTHROW(check_research_funds(broke, LabId(0), 24.0, 2));
  board.cash[LabId(0)].cash = Money::from_usd(-20'001.0);
  CHECK_NOTHROW(check_research_funds(broke, LabId(0), 2.0, 2));
  CHECK_THROWS_AS(check_research_funds(broke, LabId(0), 24.0, 2), core::LedgerError);
}

TEST_CASE("cash: what a buffer may be", "[market][exchange][cash]") {
  CHECK_THROWS_AS(Run("[labs.oai.cash]\nopening = \"1 M$\"\nbuffer = \"0 mo\"\n"), core::ScenarioError);
}

TEST_CASE("cash: later rounds follow the growth of revenue", "[market][exchange][cash]") {
  // Revenue doubles in the first year, more or less; 3 $ a dollar of growth, every month or two.
  const std::string grow =
      "[labs.oai.streams.more]\nproduct = \"api_stateless\"\ncompute = \"10 H100e\"\nprice = \"6 $/H100e-h\"\n"
      "intensity_growth = \"100 %/y\"\nefficiency_applies = false\n";
  const std::string rounds =
      kKept + "opening = \"1 M$\"\nround_gap = \"2 mo\"\nround_per_growth = 3\nround_spread = 0.5\n";
  Run flat(rounds), growing(grow + rounds), again(grow + rounds);
  for (Run* run : {&flat, &growing, &again}) run->until(kEnd);
  CHECK(flat.tape.paid(Category::Investment, core::kAlways, kEnd) == Money{});
  CHECK(growing.tape.paid(Category::Investment, core::kAlways, kEnd) > Money::from_usd(1e6));
  CHECK(growing.cash() == again.cash());
}

TEST_CASE("cash: defaults come as often as the hazard says", "[market][exchange][cash]") {
  // 1 /y for a year: 1 - exp(-1) = 63.2 % of 4000 replications; the standard error is .8 %.
  Run run(
      "due = { kind = \"commit\", payer = \"oai\", payee = \"az\", amount = \"365 k$\", from = 2026-01-01, until = "
      "2027-06-01 }\n" +
      kKept + "opening = \"1 M$\"\n");
  Board board = run.world.board();
  board.labs[LabId(0)].finance.default_hazard = 1.0;
  CHECK(std::abs(12.0 * chance_in_a_month(1e-6) - 1e-6) < 1e-12);
  int defaults = 0;
  for (std::uint64_t replication = 0; replication < 4000; ++replication) {
    const core::Draws draws(7, replication);
    const MarketView view{*run.regime, draws, board};
    std::vector<Default> list;
    for (int month = core::month_index(core::date(2026, 1, 1)); month < core::month_index(kEnd); ++month) {
      const core::SimTime end = core::month_start(month + 1);
      CHECK(
          new_defaults(view, {end - 2 * core::kDay, end - core::kDay}, list).empty());  // only a month's last interval
      for (const auto& d : new_defaults(view, {end - core::kDay, end}, list)) list.push_back(d);
    }
    REQUIRE(list.size() <= 1);  // a contract is defaulted on once
    defaults += static_cast<int>(list.size());
  }
  CHECK(std::abs(defaults / 4000.0 - (1.0 - std::exp(-1.0))) < 4 * 0.008);
}

TEST_CASE("cash: after a default the recovery is owed, and hosts see it in their backlog", "[market][exchange][cash]") {
  const auto run_with = [](const std::string& recovery) {
    Run run(
        "due = { kind = \"commit\", payer = \"oai\", payee = \"az\", amount = \"3.65 M$\", from = 2026-01-01, until = "
        "2027-01-01, period = \"1 mo\"" +
        recovery + " }\n[labs.oai.cash]\nopening = \"0 $\"\ndefault_hazard = \"10000 %/y\"\n");
    run.until(kEnd);
    return run;
  };
  const core::SimTime later = core::date(2026, 6, 1);
  const Run none = run_with(""), half = run_with(", recovery = \"50 %\"");
  CHECK(none.tape.paid(Category::Shortfall, later, kEnd) == Money{});
  CHECK(none.tape.backlog.empty() == false);  // of the months before
  // 10,000 $ a day were owed, 5,000 are; at most 2448 $ a day are bought.
  const double paid = half.tape.paid(Category::Shortfall, later, kEnd).usd();
  CHECK(paid >= 214 * (5000.0 - 2448.0));
  CHECK(paid < 214 * 5000.0);
  int defaults = 0;
  for (const auto& event : none.tape.events)
    defaults += event.find(" default oai defaults on") != std::string::npos ? 1 : 0;
  CHECK(defaults == 1);
}

TEST_CASE("cash: what falls short may be pushed out once the lab is short of cash", "[market][exchange][cash]") {
  Run run(
      "due = { kind = \"commit\", payer = \"oai\", payee = \"az\", amount = \"3.65 M$\", from = 2026-01-01, until = "
      "2027-01-01, period = \"1 mo\", deferral_fee = \"5 %\" }\n[labs.oai.cash]\nopening = \"1 M$\"\n");
  run.until(kEnd);  // and the audit agrees each month
  bool deferred = false;
  for (const auto& event : run.tape.events) deferred = deferred || event.find(" deferral ") != std::string::npos;
  CHECK(deferred);
}

TEST_CASE("cash: a deferral moves what falls short into the next period, with its fee", "[market][exchange][cash]") {
  using namespace contracts;
  const core::SimTime a = core::date(2026, 1, 1), b = core::date(2026, 2, 1), c = core::date(2026, 3, 1);
  const Money thousand = Money::from_usd(1000.0);
  TakeOrPay account({{a, b, thousand}, {b, c, thousand}}, CarryRule::OnePeriod);
  static_cast<void>(account.spend(a, Money::from_usd(600.0)));
  const auto first = account.settle(b, 0.1);
  REQUIRE(first);
  CHECK(first->shortfall == Money{});
  CHECK(first->deferred == Money::from_usd(400.0));
  CHECK(first->cash == Money::from_usd(600.0));
  CHECK(account.remaining() == Money::from_usd(1440.0));  // 1000 + 400 x 1.1
  static_cast<void>(account.spend(b, thousand));
  const auto last = account.settle(c, 0.1);
  REQUIRE(last);
  CHECK(last->shortfall == Money::from_usd(440.0));  // nothing comes after it
  CHECK(account.drawn() == Money::from_usd(2040.0));
  // written down to a quarter
  TakeOrPay broken({{a, b, thousand}, {b, c, thousand}}, CarryRule::None);
  broken.write_down(0.25);
  CHECK(broken.remaining() == Money::from_usd(500.0));
}

TEST_CASE("backlog: what is signed counts, begun or not, by cloud and customer", "[market][exchange][cash]") {
  // 12,000 $ over 2026, by month; 5,000 $ of 2028; one signed in March.
  Run run(
      "now = { kind = \"commit\", payer = \"oai\", payee = \"az\", amount = \"12000 $\", from = 2026-01-01, until = "
      "2027-01-01 }\n"
      "then = { kind = \"commit\", payer = \"oai\", payee = \"az\", amount = \"5000 $\", from = 2028-01-01, until = "
      "2029-01-01 }\n"
      "[contracts.more]\nparties = [\"oai\", \"az\"]\n[contracts.more.versions.first]\nsigned = 2026-03-01\neffective "
      "= 2026-04-01\n"
      "[contracts.more.versions.first.clauses]\nblock = { kind = \"reservation\", payer = \"oai\", payee = \"az\", lab "
      "= \"oai\", host = "
      "\"az\", quantity = \"1 H100e\", price = \"1 $/H100e-h\", from = 2026-06-01, until = 2026-06-11 }\n");
  const auto sum_at = [&](core::SimTime t) {
    run.until(t);
    Money sum;
    const MarketView view{*run.regime, run.world.draws(), run.world.board()};
    for (const auto& fact : backlog(view, run.world.exchange().accounts, t)) sum += fact.usd;
    return sum;
  };
  // 2448 $ a day are bought of the 12,000: four days use 9792.
  CHECK(sum_at(core::date(2026, 1, 5)) == Money::from_usd(12'000.0 - 9792.0 + 5000.0));
  CHECK(sum_at(core::date(2026, 2, 28)) == Money::from_usd(5000.0));  // it is met
  CHECK(sum_at(core::date(2026, 3, 2)) == Money::from_usd(5000.0 + 240.0));
  REQUIRE(run.tape.backlog.size() == 1);
  CHECK(run.tape.backlog.front().payer == run.regime->compiled.lab_firm[LabId(0)]);
  CHECK(sum_at(core::date(2026, 6, 6)) == Money::from_usd(5000.0 + 120.0));
}
