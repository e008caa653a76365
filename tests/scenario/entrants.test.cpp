#include <algorithm>
#include <string>

#include "tests/scenario/support.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::scenario;
using namespace rackrate::scenario::test;

namespace {

bool has_part(const std::string& all, const std::string& part) { return all.find(part) != std::string::npos; }

/// A cloud that may enter: these keys, and more of the tables that begin it.
std::string entrant(const std::string& keys = "", const std::string& region = "", const std::string& tables = "") {
  return small(
      "[firms.new]\n[clouds.new]\nfirm = \"new\"\ncapex = \"1 B$/y\"\n" + keys +
      "[clouds.new.entry]\nleast_scale = \"100 MW\"\nequity = \"1 B$\"\n[clouds.new.borrowing]\nnet_debt = \"0 "
      "$\"\n[clouds.new.customers]\ncompute = \"1000 H100e\"\n[clouds.new.silicon]\nmaker = "
      "1\n[clouds.new.regions.one]\nshare = 1\n" +
      (region.empty() ? "power = \"0 MW\"\n" : region) + tables);
}

}  // namespace

TEST_CASE("an entrant that owns nothing, owes nothing and can decide is sound", "[scenario][entry]") {
  CHECK(complaint(entrant()) == "");
  CHECK(complaint(entrant("", "power = \"0 MW\"\nbuild_limit = \"100 MW/y\"\n")) == "");
  const auto parsed = parse(entrant("", "", "[clouds.old]\nfirm = \"a\"\n"));
  for (const auto& cloud : parsed.parameters().clouds)
    CHECK(rackrate::market::must_enter(cloud) == (cloud.name == "new"));
}

TEST_CASE("a cloud that must enter has no fleet, no site and no power before", "[scenario][entry]") {
  CHECK(has_part(complaint(entrant("", "power = \"0 MW\"\n[clouds.new.regions.one.fleet]\nh100 = 10\n")),
                 "clouds.new.regions.one.fleet.h100 is 10; expected nothing: a cloud with entry.least_scale has not "
                 "entered yet. Leave it out."));
  CHECK(has_part(complaint(entrant("", "power = \"5 MW\"\n")),
                 "clouds.new.regions.one.power is 5 MW; expected \"0 MW\""));
  CHECK(has_part(complaint(entrant("", "build_limit = \"100 MW/y\"\n")), "power is missing: power never binds"));
  CHECK(has_part(complaint(entrant("",
                                   "power = \"0 MW\"\n[clouds.new.regions.one.sites]\ns = { power = \"1 MW\", "
                                   "energised = 2026-05-01 }\n")),
                 "clouds.new.regions.one.sites.s is 1"));
  CHECK(has_part(complaint(entrant("backlog = \"10 H100e\"\n")), "clouds.new.backlog is 10"));
  CHECK(has_part(complaint(entrant("base_revenue = \"1 B$/y\"\n")), "clouds.new.base_revenue is"));
}

TEST_CASE("an entrant that is larger than its regions build in a year is sound, and said", "[scenario][entry]") {
  const std::string slow = entrant("", "power = \"0 MW\"\nbuild_limit = \"60 MW/y\"\n");
  CHECK(complaint(slow) == "");
  const auto warnings = parse(slow).warnings();
  CHECK(
      std::count(warnings.begin(), warnings.end(),
                 "clouds.new.entry.least_scale: it is more than its regions can start in a year (build_limit), and it "
                 "enters with it all the same.") == 1);
}

TEST_CASE("a cloud that must enter has what it needs to decide", "[scenario][entry]") {
  CHECK(has_part(complaint(entrant("invests = false\n")), "clouds.new.invests is false"));
  CHECK(has_part(complaint(small("[firms.new]\n[clouds.new]\nfirm = \"new\"\n[clouds.new.entry]\nequity = \"1 B$\"\n")),
                 "clouds.new.entry.least_scale is missing"));
  const std::string bare =
      complaint(small("[firms.new]\n[clouds.new]\nfirm = \"new\"\n[clouds.new.entry]\nleast_scale = \"100 MW\"\n"));
  for (const char* key : {"borrowing.net_debt is missing", "customers.compute is missing", "silicon is missing",
                          "capex is missing", "entry.least_scale is 100 MW"})
    CHECK(has_part(bare, std::string("clouds.new.") + key));
}

TEST_CASE("keys of entry are checked: sign, range, spelling and region", "[scenario][entry]") {
  const auto with = [](const std::string& key) { return complaint(small("[clouds.north.entry]\n" + key + "\n")); };
  CHECK(has_part(with("least_scale = \"-5 MW\""), "clouds.north.entry.least_scale is"));
  CHECK(has_part(with("least_scale = \"5 GW\"\nhurdle_multiple = 0.5"), "clouds.north.entry.hurdle_multiple is"));
  CHECK(has_part(with("least_scale = \"5 $\""), "clouds.north.entry.least_scale is"));
  CHECK(has_part(with("leastscale = \"5 MW\""), "least_scale"));
  CHECK(has_part(complaint(entrant("", "", "[clouds.new.regions.onne]\nshare = 0\n")), "Did you mean \"one\"?"));
}

TEST_CASE("the firm of an entrant has nothing else, and nobody has agreed to pay it", "[scenario][entry]") {
  CHECK(has_part(complaint(entrant("", "", "[labs.other]\nfirm = \"new\"\n")),
                 "clouds.new.firm is \"new\", who has labs.other too"));
  const std::string contract =
      "[contracts.c]\nparties = [\"b\", \"new\"]\n[contracts.c.versions.v]\nsigned = 2026-01-01\neffective = "
      "2026-01-01\n[contracts.c.versions.v.clauses]\n";
  CHECK(has_part(complaint(entrant("", "",
                                   contract + "k = { kind = \"commit\", payer = \"b\", payee = \"new\", amount = "
                                              "\"1 B$\", until = 2027-01-01 }\n")),
                 "contracts.c.versions.v.clauses.k is a payment of firm new, whose cloud new has not entered yet"));
  CHECK(complaint(entrant("", "",
                          contract + "k = { kind = \"hosting\", lab = \"lab\", host = \"new\", price = \"2 "
                                     "$/H100e-h\" }\n")) == "");
}
