#include "sim/market/contracts/in_force.hpp"

#include "sim/market/contracts/registry.hpp"
#include "tests/market/contracts/b1_registry.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using contracts::clauses_in_force;
using contracts::version_in_force;
using core::date;

namespace {

Version version(const std::string& name, core::SimTime signed_on, core::SimTime effective,
                core::SimTime ends = core::kNever) {
  Version v;
  v.name = name;
  v.signed_on = signed_on;
  v.effective = effective;
  v.ends = ends;
  return v;
}

Clause clause(const std::string& name) {
  Clause c;
  c.name = name;
  return c;
}

std::vector<std::string> paths(const std::vector<Contract>& all, core::SimTime t) {
  std::vector<std::string> out;
  for (const ClauseRef& at : clauses_in_force(all, t)) out.push_back(path_of(all, at));
  return out;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("in force is the version signed last among those whose dates cover the day", "[contracts][in_force]") {
  Contract c;
  c.versions = {version("first", date(2025, 1, 1), date(2025, 1, 1), date(2027, 1, 1)),
                version("second", date(2025, 6, 1), date(2025, 7, 1), date(2026, 1, 1)),
                version("copy", date(2025, 6, 1), date(2025, 7, 1), date(2026, 1, 1))};
  CHECK_FALSE(version_in_force(c, date(2024, 12, 31)).exists());
  CHECK(version_in_force(c, date(2025, 1, 1)) == VersionId(0));
  CHECK(version_in_force(c, date(2025, 6, 30)) == VersionId(0));
  CHECK(version_in_force(c, date(2025, 7, 1)) == VersionId(1));  // of equal signatures the first
  CHECK(version_in_force(c, date(2026, 1, 1)) == VersionId(0));  // the older one returns
  CHECK_FALSE(version_in_force(c, date(2027, 1, 1)).exists());
  c.terminated = date(2025, 8, 1);
  CHECK(version_in_force(c, date(2025, 8, 1) - core::SimDuration{1}) == VersionId(1));
  CHECK_FALSE(version_in_force(c, date(2025, 8, 1)).exists());
}

TEST_CASE("a clause in force is enabled, within its dates and those of its switches, in the version in force",
          "[contracts][in_force]") {
  std::vector<Contract> all(2);
  all[0].name = "a";
  all[0].versions = {version("old", date(2025, 1, 1), date(2025, 1, 1)),
                     version("new", date(2025, 2, 1), date(2025, 3, 1))};
  all[0].versions[0].clauses = {clause("kept"), clause("lost")};
  Clause late = clause("late"), off = clause("off"), switched = clause("switched");
  late.from = date(2025, 4, 1);
  late.until = date(2025, 5, 1);
  off.enabled = false;
  switched.switched_on = date(2025, 4, 1);
  switched.switched_off = date(2025, 6, 1);
  all[0].versions[1].clauses = {clause("kept"), late, off, switched};
  all[1].name = "b";
  all[1].versions = {version("only", date(2025, 1, 1), date(2025, 1, 1))};
  all[1].versions[0].clauses = {clause("one")};
  all[1].terminated = date(2025, 5, 1);
  CHECK(paths(all, date(2024, 1, 1)).empty());
  CHECK(paths(all, date(2025, 1, 1)) == Paths{"a/old/kept", "a/old/lost", "b/only/one"});
  CHECK(paths(all, date(2025, 3, 1)) == Paths{"a/new/kept", "b/only/one"});
  CHECK(paths(all, date(2025, 4, 1)) == Paths{"a/new/kept", "a/new/late", "a/new/switched", "b/only/one"});
  CHECK(paths(all, date(2025, 5, 1)) == Paths{"a/new/kept", "a/new/switched"});
  CHECK(paths(all, date(2025, 6, 1)) == Paths{"a/new/kept"});
}

TEST_CASE("the registry asks the same rule of each of its clauses", "[contracts][in_force]") {
  const std::vector<Contract> all = b1::history();
  const Registry registry = b1::registry_of(all);
  std::size_t seen = 0;
  for (const core::SimTime t : registry.breakpoints()) {
    const auto expected = clauses_in_force(registry.contracts(), t);
    std::vector<ClauseRef> found;
    for_each_place(registry.contracts(), [&](const ClauseRef& at, const Version&, const Clause&) {
      if (registry.in_force(at, t)) found.push_back(at);
    });
    REQUIRE(found == expected);
    seen += found.size();
  }
  CHECK(seen > 50);
}
