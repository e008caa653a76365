#include "sim/market/contracts/tender_dates.hpp"

#include "sim/core/error.hpp"
#include "sim/market/contracts/changes.hpp"
#include "sim/market/contracts/registry.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using core::date;
using core::days;

namespace {

Clause tender(int period_days) {
  Clause clause;
  clause.name = "ask";
  auto& asked = clause.terms.emplace<kinds::Tender>();
  asked.lab = "oai";
  asked.bidders = {"az", "aws"};
  asked.quantity_h100e = 20;
  asked.term = days(90);
  asked.period = days(period_days);
  return clause;
}

Version version(const std::string& name, core::SimTime effective, std::vector<Clause> clauses) {
  Version v;
  v.name = name;
  v.signed_on = v.effective = effective;
  v.clauses = std::move(clauses);
  return v;
}

Contract deal(std::vector<Version> versions) { return {"deal", {"oai"}, core::kNever, std::move(versions)}; }

std::vector<core::SimTime> dates(const Contract& contract, core::SimTime end = date(2027, 1, 1)) {
  std::vector<core::SimTime> out;
  int number = 0;
  for (const auto& one : contracts::tender_dates(contract, "ask", end)) {
    CHECK(one.number == ++number);
    out.push_back(one.date);
  }
  return out;
}

std::string complaint(Clause clause, Contract contract = deal({})) {
  Vocabulary v;
  v.firms = {"oai", "az", "aws"};
  v.labs = {"oai"};
  v.clouds = {"az", "aws"};
  v.regions = {"one"};
  if (contract.versions.empty()) contract = deal({version("first", date(2026, 1, 1), {})});
  contract.versions.front().clauses.push_back(std::move(clause));
  try {
    (void)Registry({contract}, v, {});
  } catch (const core::ScenarioError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a tender is held on its first date and every period after, while its version is in force",
          "[market][contracts][tender]") {
  const auto quarterly = deal({version("first", date(2026, 1, 10), {tender(90)})});
  CHECK(dates(quarterly) == std::vector{date(2026, 1, 10), date(2026, 4, 10), date(2026, 7, 9), date(2026, 10, 7)});
  CHECK(dates(quarterly, date(2026, 7, 9)).size() == 2);  // the end is exclusive
  CHECK(dates(deal({version("first", date(2026, 1, 10), {tender(0)})})) == std::vector{date(2026, 1, 10)});
  Clause later = tender(90);
  later.as<kinds::Tender>().on = date(2026, 6, 1);
  later.until = date(2026, 9, 1);
  CHECK(dates(deal({version("first", date(2026, 1, 10), {later})})) ==
        std::vector{date(2026, 6, 1), date(2026, 8, 30)});
}

TEST_CASE("a tender that a later version restates goes on with its dates and numbers", "[market][contracts][tender]") {
  const auto once =
      deal({version("first", date(2026, 1, 10), {tender(0)}), version("second", date(2026, 5, 1), {tender(0)})});
  CHECK(dates(once) == std::vector{date(2026, 1, 10)});  // restating it asks for nothing new
  const auto quarterly =
      deal({version("first", date(2026, 1, 10), {tender(90)}), version("second", date(2026, 5, 1), {tender(90)})});
  CHECK(dates(quarterly) == dates(deal({version("first", date(2026, 1, 10), {tender(90)})})));
  Clause other = tender(0);
  other.as<kinds::Tender>().on = date(2026, 8, 1);
  CHECK(
      dates(deal({version("first", date(2026, 1, 10), {tender(90)}), version("second", date(2026, 5, 1), {other})})) ==
      std::vector{date(2026, 1, 10), date(2026, 4, 10), date(2026, 8, 1)});
}

TEST_CASE("what a run switches or ends moves no number of a tender", "[market][contracts][tender]") {
  auto quarterly = deal({version("first", date(2026, 1, 10), {tender(90)})});
  const auto names = contracts::award_names(quarterly, date(2026, 2, 1), date(2027, 1, 1));
  CHECK(names == std::vector<std::string>{"ask-2", "ask-3", "ask-4"});  // the first was before the run
  quarterly.terminated = date(2026, 6, 1);
  CHECK(contracts::award_names(quarterly, date(2026, 2, 1), date(2027, 1, 1)) == names);
  quarterly.versions[0].clauses[0].switched_off = date(2026, 3, 1);
  Clause again = quarterly.versions[0].clauses[0];
  again.switched_on = date(2026, 8, 1);
  again.switched_off = core::kNever;
  quarterly.versions[0].clauses.push_back(again);
  CHECK(contracts::award_names(quarterly, date(2026, 2, 1), date(2027, 1, 1)) == names);
  // A single tender that is switched on is held that day, under its number.
  auto once = deal({version("first", date(2026, 1, 10), {tender(0)})});
  once.versions[0].clauses[0].switched_on = date(2026, 3, 5);
  CHECK(dates(once) == std::vector{date(2026, 3, 5)});
}

TEST_CASE("an award goes on under the versions that live in its dates, and its winner signs",
          "[market][contracts][tender]") {
  // 90 days from 10 January end on 10 April: the version of March lives in them, that of May does not.
  const auto written = deal({version("first", date(2026, 1, 1), {tender(0)}), version("march", date(2026, 3, 1), {}),
                             version("may", date(2026, 5, 1), {})});
  contracts::ContractChange change;
  change.kind = contracts::ChangeKind::Award;
  change.at = date(2026, 1, 10);
  change.contract = "deal";
  change.clause = "ask-1";
  change.parties = {"oai", "aws"};
  change.clauses = contracts::awarded_clauses(written.versions[0].clauses[0], 1,
                                              {"aws", "oai", "aws", Money{21'000}, date(2026, 1, 10)});
  const auto live = contracts::with_changes({written}, {change}).front();
  CHECK(live.parties == std::vector<std::string>{"oai", "aws"});
  CHECK(live.versions[0].clauses.size() == 3);
  CHECK(live.versions[1].clauses.size() == 2);
  CHECK(live.versions[2].clauses.empty());
  const Clause& block = live.versions[1].clauses[0];
  REQUIRE(block.is<kinds::Reservation>());
  const auto& reserved = block.as<kinds::Reservation>();
  CHECK((block.name == "ask-1" && reserved.host == "aws" && reserved.payer == "oai" && reserved.payee == "aws"));
  CHECK((reserved.price_usd == 2.1 && reserved.quantity_h100e == 20 && block.from == date(2026, 1, 10) &&
         block.until == date(2026, 4, 10)));
  const Clause& grant = live.versions[1].clauses[1];
  REQUIRE(grant.is<kinds::Grant>());
  CHECK((grant.name == "ask-1-grant" && grant.as<kinds::Grant>().grantee == std::vector<std::string>{"aws"} &&
         grant.as<kinds::Grant>().role == std::vector{Role::Host}));
  CHECK(grant.scope.labs == std::vector<std::string>{"oai"});
}

TEST_CASE("a tender for nothing, of nobody, for no time or under a taken name is refused in a sentence",
          "[market][contracts][tender]") {
  const std::string at = "contracts.deal.versions.first.clauses.ask.";
  const auto with = [](auto change) {
    Clause clause = tender(90);
    change(clause, clause.as<kinds::Tender>());
    return complaint(clause);
  };
  CHECK(complaint(tender(90)) == "accepted");
  CHECK(with([](Clause&, kinds::Tender& t) {
          t.quantity_h100e = 0;
        }).find(at + "quantity is 0.000000; expected at least 1 H100e") == 0);
  CHECK(with([](Clause&, kinds::Tender& t) {
          t.bidders = {};
        }).find(at + "bidders is empty; expected at least one cloud. Name who is asked.") == 0);
  CHECK(with([](Clause&, kinds::Tender& t) {
          t.term = days(0);
        }).find(at + "term is 0 d; expected a duration above 0") == 0);
  CHECK(with([](Clause&, kinds::Tender& t) {
          t.bidders = {"awz"};
        }).find(at + "bidders is 'awz'; expected a cloud. Did you mean '") == 0);
  CHECK(with([](Clause&, kinds::Tender& t) {
          t.period = core::kHour * 6;
        }).find(at + "period is 6 h; expected 0, or a day or more") == 0);
  CHECK(with([](Clause&, kinds::Tender& t) {
          t.role = {Role::Channel};
        }).find(at + "role is CHANNEL; expected HOST, TRAIN or both") == 0);
  CHECK(with([](Clause& c, kinds::Tender&) {
          c.scope.products = {Product::Training};
        }).find(at + "scope.products is no product that needs HOST") == 0);
  CHECK(with([](Clause& c, kinds::Tender& t) {
          t.on = date(2026, 9, 1);
          c.until = date(2026, 9, 1);
        }).find(at + "on is 2026-09-01; expected a date before until") == 0);
  CHECK(with([](Clause& c, kinds::Tender& t) {
          t.period = days(0);
          t.on = date(2026, 9, 1);
          c.from = date(2026, 9, 2);
        }).find(at + "on is 2026-09-01; expected a date not before from (2026-09-02)") == 0);
  Clause taken;
  taken.name = "ask-2";
  auto& granted = taken.terms.emplace<kinds::Grant>();
  granted.role = {Role::Host};
  granted.grantee = {"az"};
  CHECK(complaint(taken, deal({version("first", date(2026, 1, 1), {tender(90)})})) ==
        "contracts.deal.versions.first.clauses.ask-2 is a name kept for what tender 'ask' awards; expected another "
        "name. Rename the clause.");
}
