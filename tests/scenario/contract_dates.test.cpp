#include "sim/scenario/contract_dates.hpp"

#include <set>

#include "sim/market/contracts/in_force.hpp"
#include "tests/scenario/support.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::scenario;
namespace contracts = market::contracts;

namespace {

std::vector<std::string> in_force(const std::vector<market::Contract>& all, core::SimTime t) {
  std::vector<std::string> out;
  for (const market::ClauseRef& at : contracts::clauses_in_force(all, t)) out.push_back(market::path_of(all, at));
  return out;
}

/// Every date that a list of contracts states, and the instants before.
std::set<core::SimTime> dates_of(const std::vector<market::Contract>& all) {
  std::set<core::SimTime> dates;
  const auto add = [&dates](core::SimTime t) {
    if (t > core::kAlways && t < core::kNever) dates.insert({t, t - core::SimDuration{1}});
  };
  for (const market::Contract& contract : all) add(contract.terminated);
  market::for_each_place(all, [&add](const market::ClauseRef&, const market::Version& v, const market::Clause& c) {
    for (const core::SimTime t : {v.effective, v.ends, c.from, c.until}) add(t);
  });
  return dates;
}

const std::string kContract = R"(
[contracts.deal]
parties = ["a", "b"]
[contracts.deal.versions.first]
signed = { value = 2026-01-01, grade = "A" }
effective = 2026-01-01
[contracts.deal.versions.first.clauses.exit]
kind = "termination"
notice = "3 d"
)";

}  // namespace

TEST_CASE("the dates of every library scenario's text have in force what the scenario has", "[scenario][library]") {
  std::size_t asked = 0;
  for (const auto& entry : std::filesystem::directory_iterator{test::library_folder()}) {
    if (entry.path().extension() != ".toml") continue;
    INFO(entry.path().string());
    const Scenario s = Scenario::load(entry.path().string(), {test::library_folder()});
    const auto& whole = s.parameters().contracts;
    const auto read = read_contract_dates(s.to_toml());
    for (const core::SimTime t : dates_of(whole)) {
      REQUIRE(in_force(read, t) == in_force(whole, t));
      ++asked;
    }
  }
  CHECK(asked > 100);
}

TEST_CASE("a contract is over at its termination, or when a notice has run out", "[scenario]") {
  const auto ends = [](const std::string& more) { return read_contract_dates(kContract + more).at(0).terminated; };
  CHECK(ends("") == core::kNever);
  CHECK(ends("exercised = 2026-02-01\n") == core::date(2026, 2, 4));
  CHECK(ends("exercised = { value = 2026-02-01, note = \"x\" }\n") == core::date(2026, 2, 4));
  CHECK(ends("exercised = 2025-12-31\n") == core::kNever);  // before the version: a notice that does not count
  CHECK(ends("exercised = 2026-02-01\nenabled = false\n") == core::kNever);
  CHECK(ends("[contracts.deal.versions.x]\nsigned = 2026-01-05\n") == core::kNever);
  CHECK(read_contract_dates("contracts = { deal = { terminated = 2026-03-01 } }").at(0).terminated ==
        core::date(2026, 3, 1));
}

TEST_CASE("a part of a scenario is enough, and what is no TOML is refused", "[scenario]") {
  CHECK(read_contract_dates("").empty());
  const auto all = read_contract_dates(
      "[contracts.k.versions.v]\nsigned = 2025-01-01\nends = \"never\"\n"
      "[contracts.k.versions.v.clauses.one]\nkind = \"grant\"\nuntil = \"never\"\n");
  CHECK(in_force(all, core::date(2024, 12, 31)).empty());
  CHECK(in_force(all, core::date(2025, 1, 1)) == std::vector<std::string>{"k/v/one"});
  CHECK_THROWS_AS(read_contract_dates("[contracts"), core::ScenarioError);
}
