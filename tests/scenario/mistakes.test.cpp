#include <algorithm>

#include "tests/scenario/support.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::scenario;
using test::complaint;
using test::small;

// `small()` fills lines 1 to 15; what a test adds begins on line 16.

TEST_CASE("the smallest scenario is sound", "[scenario][mistakes]") { CHECK(complaint(small()) == ""); }

TEST_CASE("a wrong type is named with what was expected", "[scenario][mistakes]") {
  CHECK(complaint(small("[prices]\neta = true\n")) ==
        "two-clouds.toml:17:7: prices.eta is true; expected a number such as 1.5, between 0 and 5.");
  CHECK(
      complaint(small("[clouds.north.regions.one]\nshare = 1\n[clouds.north.regions.one.fleet]\nh100 = \"many\"\n")) ==
      "two-clouds.toml:19:8: clouds.north.regions.one.fleet.h100 is \"many\"; expected a number such as \"900 M\", >= "
      "0. Begin with a number.");
  CHECK(
      complaint(small("[labs.lab.routes.north]\nported = \"yes\"\n")) ==
      "two-clouds.toml:17:10: labs.lab.routes.north.ported is \"yes\"; expected true or false. Leave out the quotes.");
}

TEST_CASE("a number out of bounds is named with its bounds", "[scenario][mistakes]") {
  CHECK(complaint(small("[clouds.north.regions.one]\nshare = 1\n[clouds.north.regions.one.fleet]\nh100 = -3\n")) ==
        "two-clouds.toml:19:8: clouds.north.regions.one.fleet.h100 is -3; expected a value >= 0.");
  CHECK(complaint(small("[clearing]\nrho_max = \"120 %\"\n")) ==
        "two-clouds.toml:17:11: clearing.rho_max is \"120 %\"; expected a value between 0 and 1.");
  CHECK(complaint(small("[clearing.swing]\nconsumer = \"120 %\"\n")) ==
        "two-clouds.toml:17:12: clearing.swing.consumer is \"120 %\"; expected a value between 0 and 1.");
  CHECK(complaint(small("[clearing.swing]\ntraining = 0.1\n"))
            .find("clearing.swing.training is an unknown key; expected one of agent_stateful, api_stateless, consumer, "
                  "copilot, ent_app") != std::string::npos);
}

TEST_CASE("a wrong unit is named with one that is right", "[scenario][mistakes]") {
  CHECK(complaint(small("[clearing]\nlatency = \"2 kW\"\n")) ==
        "two-clouds.toml:17:11: clearing.latency is \"2 kW\"; expected a quantity such as \"6 $/H100e-h\", >= 0 "
        "$/H100e-h. The unit measures something else.");
  CHECK(complaint(small("[clearing]\nlatency = 2\n")) ==
        "two-clouds.toml:17:11: clearing.latency is 2 without a unit; expected a quantity such as \"6 $/H100e-h\", >= "
        "0 $/H100e-h. Write it with its unit: \"2 $/H100e-h\".");
  CHECK(complaint(small("[clearing]\nlatency = \"2 furlong\"\n")) ==
        "two-clouds.toml:17:11: clearing.latency is \"2 furlong\", whose unit is not known; expected a quantity such "
        "as \"6 $/H100e-h\", >= 0 $/H100e-h. "
        "Units are $ H100e s min h d wk mo y W Wh tok %, with k M G B T before them.");
}

TEST_CASE("an end before its start is named with the start", "[scenario][mistakes]") {
  std::string text = small();
  text.replace(text.find("2027-01-01"), 10, "2025-01-01");
  CHECK(complaint(text) ==
        "two-clouds.toml:3:7: run.end is 2025-01-01; expected a date after start (2026-01-01). Ends are exclusive.");
  CHECK(complaint(small("[contracts.c]\nparties = [\"a\", \"b\"]\n[contracts.c.versions.v]\nsigned = "
                        "2026-01-01\neffective = 2026-02-01\nends = 2026-02-01\n")) ==
        "two-clouds.toml:21:8: contracts.c.versions.v.ends is 2026-02-01; expected a date after effective "
        "(2026-02-01). Ends are exclusive.");
}

TEST_CASE("an unknown key is named with the nearest one", "[scenario][mistakes]") {
  CHECK(complaint(small("[prices]\nrul = \"frozen\"\n")) ==
        "two-clouds.toml:17:1: prices.rul is an unknown key; expected one of channel_elasticity, clip, "
        "cost_pass_through, eta, grade, markup_reversion, menu, note, posted_step, rule, "
        "source, title, token_pass_through. Did you mean \"rule\"?");
  const std::string section = complaint(small("[price]\nrule = \"frozen\"\n"));
  CHECK(section.find("two-clouds.toml:16:") == 0);
  CHECK(section.find("price is an unknown key") != std::string::npos);
  CHECK(section.find("Did you mean \"prices\"?") != std::string::npos);
}

TEST_CASE("an unknown name is named with the nearest one, or with those there are", "[scenario][mistakes]") {
  CHECK(complaint(small("[prices]\nrule = \"frosen\"\n")) ==
        "two-clouds.toml:17:8: prices.rule is \"frosen\"; expected one of quarterly, frozen, smooth, bertrand. Did you "
        "mean "
        "\"frozen\"?");
  CHECK(complaint(small("[labs.lab.chips.nobody]\n"))
            .find("two-clouds.toml:16:17: labs.lab.chips.nobody is an unknown name; expected a name in [supply]") == 0);
  CHECK(complaint(small("[labs.lab.routes.nort]\n")) ==
        "two-clouds.toml:16:18: labs.lab.routes.nort is an unknown name; expected a name in [clouds]. Did you mean "
        "\"north\"?");
  CHECK(complaint(small("[channels.m365]\nfirm = \"microsoft\"\n")) ==
        "two-clouds.toml:17:8: channels.m365.firm is \"microsoft\"; expected a name in [firms]. There are a, b.");
  CHECK(complaint(small("[prices]\nsource = \"press\"\n")) ==
        "two-clouds.toml:17:10: prices.source is \"press\"; expected a name in [sources]. There are none yet.");
  CHECK(complaint(small("[prices]\ngrade = \"B\"\n")) ==
        "two-clouds.toml:17:9: prices.grade is \"B\"; expected one of P, R, W, A. P primary, R press, W weak, A "
        "assumption.");
}

TEST_CASE("a contract that names a cloud which does not exist is refused", "[scenario][mistakes]") {
  const std::string text = small(
      "[contracts.c]\nparties = [\"a\", \"b\"]\n[contracts.c.versions.v]\nsigned = 2026-01-01\neffective = 2026-01-01\n"
      "[contracts.c.versions.v.clauses.g]\nkind = \"grant\"\nrole = \"HOST\"\ngrantee = \"nroth\"\n");
  CHECK(complaint(text) ==
        "two-clouds.toml:24:11: contracts.c.versions.v.clauses.g.grantee is \"nroth\"; expected a name in [clouds], "
        "[channels] or [firms]. Did you mean \"north\"?");
}

TEST_CASE("what the registry finds is given the line of the key", "[scenario][mistakes]") {
  // A channel cannot hold HOST: only the registry knows.
  const std::string text = small(
      "[contracts.c]\nparties = [\"a\", \"b\"]\n[contracts.c.versions.v]\nsigned = 2026-01-01\neffective = 2026-01-01\n"
      "[contracts.c.versions.v.clauses.g]\nkind = \"grant\"\nrole = \"HOST\"\ngrantee = \"direct\"\n");
  CHECK(complaint(text).rfind(
            "two-clouds.toml:24:11: contracts.c.versions.v.clauses.g.grantee is 'direct'; expected a cloud.", 0) == 0);
}

TEST_CASE("a key foreign to a clause's kind is refused with the keys the kind takes", "[scenario][mistakes]") {
  const std::string text = small(
      "[contracts.c]\nparties = [\"a\", \"b\"]\n[contracts.c.versions.v]\nsigned = 2026-01-01\neffective = 2026-01-01\n"
      "[contracts.c.versions.v.clauses.g]\nkind = \"grant\"\nrole = \"HOST\"\ngrantee = \"north\"\ncap = \"3 $\"\n");
  CHECK(complaint(text) ==
        "two-clouds.toml:25:1: contracts.c.versions.v.clauses.g.cap is a key that a clause of kind \"grant\" does not "
        "take; expected one of enabled, from, "
        "grade, grantee, kind, note, role, scope, source, title, until. Remove it, or change the kind.");
}

TEST_CASE("shares that do not sum to one are refused with their sum", "[scenario][mistakes]") {
  CHECK(complaint(small("[clouds.north.silicon]\nmaker = 0.9\n")) ==
        "two-clouds.toml:16:1: clouds.north.silicon is a table whose shares sum to 0.9; expected a sum of 1.");
  CHECK(complaint(small("[clouds.north.regions.one]\nshare = 0.5\n"))
            .find("clouds.north.regions is a table whose share of its parts sum to 0.5") != std::string::npos);
  CHECK(complaint(small("[clouds.north.silicon]\nmaker = 0.9999999\n")) == "");  // within 1e-6
}

TEST_CASE("a missing key is named with an example", "[scenario][mistakes]") {
  CHECK(complaint("[run]\nstart = 2026-01-01\n") ==
        "two-clouds.toml:1:1: run.end is missing; expected a date such as 2026-04-27. Add it.");
  CHECK(complaint("title = \"t\"\n") == "two-clouds.toml:1:1: run is missing; expected a table. Add [run].");
}

TEST_CASE("all mistakes come in one pass, in the order of the file", "[scenario][mistakes]") {
  try {
    (void)test::parse(
        small("[prices]\nrul = 1\neta = \"x\"\n[clearing]\nrho_max = 7\n[clouds.north.silicon]\nnobody = 1\n"));
    FAIL("accepted");
  } catch (const core::ScenarioError& e) {
    REQUIRE(e.mistakes().size() == 4);
    CHECK(std::is_sorted(e.mistakes().begin(), e.mistakes().end(),
                         [](const auto& a, const auto& b) { return a.where.line < b.where.line; }));
  }
}

TEST_CASE("a value's range must hold the value", "[scenario][mistakes]") {
  CHECK(complaint(small("[clearing]\nrho_max = { value = 0.8, low = 0.7, high = 0.9 }\n")) == "");
  CHECK(complaint(small("[clearing]\nrho_max = { value = 0.8, low = 0.85 }\n")) ==
        "two-clouds.toml:17:32: clearing.rho_max.low is 0.85; expected at most the value.");
  CHECK(complaint(small("[clearing]\nrho_max = { value = 0.8, lo = 0.7 }\n"))
            .find("clearing.rho_max.lo is an unknown key") != std::string::npos);
}

TEST_CASE("two chips of one name, or a stream with two kinds of demand, are refused", "[scenario][mistakes]") {
  CHECK(complaint(small("[supply.other]\nfirm = \"a\"\n[supply.other.h100]\nh100e = 1\n")) ==
        "two-clouds.toml:18:15: supply.other.h100 is a chip that supply.maker has too; expected a name of its own. "
        "Rename one of them.");
  CHECK(complaint(small("[labs.lab.streams.s]\nproduct = \"consumer\"\ncompute = \"1 H100e\"\nusers = 3\n")) ==
        "two-clouds.toml:19:9: labs.lab.streams.s.users is given beside compute; expected one of the two. Remove one.");
}
