#include "sim/core/error.hpp"

#include "tests/support/catch.hpp"

using namespace rackrate::core;

TEST_CASE("a mistake is one sentence with place, value, rule and remedy", "[core][error]") {
  const Mistake m{{"scenarios/two-clouds.toml", 14, 8, "clouds.north.fleet.h100"},
                  "-3",
                  "a count >= 0",
                  "Use 0 for a cloud that has not built yet"};
  CHECK(m.sentence() ==
        "scenarios/two-clouds.toml:14:8: clouds.north.fleet.h100 is -3; expected a count >= 0. Use 0 for a cloud that "
        "has not built yet.");
  CHECK(Mistake{{"q.h5", 0, 0, "format"}, "4.0", "3.x", ""}.sentence() == "q.h5: format is 4.0; expected 3.x.");
  CHECK(Mistake{{"", 0, 0, "run.end"}, "missing", "a date", "Did you mean run.end?"}.sentence() ==
        "run.end is missing; expected a date. Did you mean run.end?");
}

TEST_CASE("a scenario error carries all mistakes, one per line", "[core][error]") {
  const ScenarioError error{
      {Mistake{{"a.toml", 1, 2, "x"}, "1", "2", ""}, Mistake{{"a.toml", 3, 4, "y"}, "5", "6", ""}}};
  CHECK(std::string{error.what()} == "a.toml:1:2: x is 1; expected 2.\na.toml:3:4: y is 5; expected 6.");
  CHECK(error.mistakes().size() == 2U);
  CHECK_THROWS_AS(throw error, std::invalid_argument);
}

TEST_CASE("a mistake at a key is the error to throw", "[core][error]") {
  CHECK(std::string{mistake("until", "2020-01-01", "a later date", "Begin a new one").what()} ==
        "until is 2020-01-01; expected a later date. Begin a new one.");
}

TEST_CASE("the nearest valid name is offered only when it is near", "[core][error]") {
  const std::vector<std::string> names{"azure", "aws", "gcp", "oci", "coreweave"};
  CHECK(nearest("azur", names) == "azure");
  CHECK(nearest("Azure", names) == "azure");
  CHECK(nearest("core_weave", names) == "coreweave");
  CHECK(nearest("gpc", names) == "gcp");  // neighbours swapped: one step
  CHECK(nearest("oracle", names).empty());
  CHECK(nearest("", names).empty());
  CHECK(nearest("azure", {}).empty());
  CHECK(nearest("aw", {"a", "awx", "awy"}) == "awx");  // a tie goes to the first; a whole name is never invented
}
