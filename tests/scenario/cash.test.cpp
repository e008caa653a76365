#include <string>

#include "tests/scenario/support.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::scenario;
using namespace rackrate::scenario::test;

namespace {

bool contains(const std::string& all, const std::string& part) { return all.find(part) != std::string::npos; }

std::string warned(const std::string& more) {
  std::string all;
  const Scenario scenario = parse(small(more));
  for (const auto& sentence : scenario.warnings()) all += sentence + "\n";
  return all;
}

}  // namespace

TEST_CASE("cash of a lab: what makes no sense is refused in one sentence", "[scenario][cash]") {
  CHECK(complaint(small("[labs.lab.cash]\nopening = \"5 B$\"\n[labs.lab.cash.rounds.next]\ndate = 2026-06-01\namount = "
                        "\"1 B$\"\n")) == "");
  // The account is the firm's.
  CHECK(complaint(
            small("[labs.lab.cash]\nopening = \"5 B$\"\n[labs.other]\nfirm = \"b\"\n[labs.other.cash]\nopening = \"1 "
                  "B$\"\n")) ==
        "two-clouds.toml:21:11: labs.other.cash.opening is a second account of firm b; expected one lab of a firm that "
        "keeps its cash. Leave it to labs.lab.cash.");
  CHECK(contains(complaint(small("[labs.lab.cash]\nopening = \"-5 B$\"\n")), "labs.lab.cash.opening is"));
  CHECK(contains(complaint(small("[labs.lab.cash]\nopening = \"5 B$\"\nhorizon = \"0 mo\"\n")),
                 "labs.lab.cash.horizon is"));
  CHECK(contains(complaint(small("[labs.lab.cash]\nopening = \"5 B$\"\nresearch_floor = 0\n")),
                 "labs.lab.cash.research_floor is"));
  CHECK(contains(complaint(small("[labs.lab.cash]\nopening = \"5 H100e\"\n")), "labs.lab.cash.opening is"));
  CHECK(
      contains(complaint(small("[labs.lab.cash.rounds.next]\namount = \"1 B$\"\n")), "labs.lab.cash.rounds.next.date"));
  CHECK(contains(complaint(small("[labs.lab.cash]\nopenning = \"5 B$\"\n")), "opening"));
  CHECK(contains(
      complaint(small("[contracts.c]\nparties = [\"a\", \"b\"]\n[contracts.c.versions.v]\nsigned = "
                      "2026-01-01\neffective = 2026-01-01\n[contracts.c.versions.v.clauses]\nk = { kind = "
                      "\"commit\", payer = \"b\", payee = \"a\", amount = \"1 B$\", until = 2027-01-01, recovery "
                      "= 2 }\n")),
      "clauses.k.recovery is"));
}

TEST_CASE("cash of a lab: what has no effect is said", "[scenario][cash]") {
  const std::string round = "[labs.lab.cash.rounds.next]\namount = \"1 B$\"\ndate = ";
  CHECK(contains(warned(round + "2026-06-01\n"), "labs.lab.cash.rounds.next: the lab keeps no account"));
  CHECK(contains(warned("[labs.lab.cash]\nopening = \"5 B$\"\n" + round + "2025-06-01\n"),
                 "labs.lab.cash.rounds.next: its date lies before the run"));
  CHECK_FALSE(contains(warned("[labs.lab.cash]\nopening = \"5 B$\"\n" + round + "2026-06-01\n"), "labs.lab.cash"));
}
