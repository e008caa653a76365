#include <algorithm>
#include <string>

#include "sim/record/fingerprint.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;

namespace {

/// Bit for bit, missing values included.
bool same_number(double a, double b) { return (a != a && b != b) || a == b; }

/// Whether two runs agree in every variable up to (not including) a month; months of `a` and `b` must be the same.
bool same_before(const record::RunSeries& a, const record::RunSeries& b, core::SimTime date) {
  const auto months = a.axes.months.size();
  std::size_t before = 0;
  while (before < months && a.axes.months[before] < core::month_index(date)) ++before;
  for (std::size_t v = 0; v < record::kVars; ++v) {
    const auto var = static_cast<record::Var>(v);
    const auto& dims = record::row(var).dims;
    if (dims.size == 0 || dims.values[dims.size - 1] != record::Dim::Time)
      continue;  // NPV and the like are of the whole run
    const bool by_clause = std::find(dims.begin(), dims.end(), record::Dim::Clause) != dims.end();
    if (by_clause) continue;  // arms list other clauses
    REQUIRE(a[var].size() == b[var].size());
    for (std::size_t i = 0; i < a[var].size(); ++i)
      if (i % months < before && !same_number(a[var][i], b[var][i])) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("an arm is the same as itself", "[study][pairing]") {
  const auto scenario = test::small("openai-azure-amended");
  CHECK(record::fingerprint(test::run(scenario)) == record::fingerprint(test::run(scenario)));
}

TEST_CASE("another seed or replication is another world", "[study][pairing]") {
  const auto scenario = test::small("openai-azure-amended");
  const auto first = record::fingerprint(test::run(scenario, 1, 0));
  CHECK(first != record::fingerprint(test::run(scenario, 2, 0)));
  CHECK(first != record::fingerprint(test::run(scenario, 1, 1)));
}

TEST_CASE("a clause that never binds changes nothing", "[study][pairing][H7]") {
  const auto base = test::small("openai-azure-amended");
  // Nobody sells Mistral's models for copilot use, so holding that exclusively binds nobody.
  const std::string path = "contracts.openai-microsoft.versions.amended-2026.clauses.never-binds.";
  const auto text = base.to_toml() +
                    "\n[contracts.openai-microsoft.versions.amended-2026.clauses.never-binds]\n"
                    "kind = \"exclusive\"\nrole = \"CHANNEL\"\nholder = \"azure\"\nscope = { labs = [\"mistral\"], "
                    "products = [\"copilot\"] }\n"
                    "source = \"own\"\ngrade = \"A\"\n";
  const auto other = scenario::Scenario::parse(text, "never-binds", test::library());
  CHECK(base.digest() != other.digest());
  CHECK(record::fingerprint(test::run(base)) == record::fingerprint(test::run(other)));
}

TEST_CASE("arms are one world until the day on which their contracts part", "[study][pairing]") {
  const auto amended = test::run(test::small("openai-azure-amended"));
  const auto parted = core::date(2026, 4, 1);
  for (const char* name : {"openai-azure-exclusive", "openai-azure-october-2025"}) {
    CAPTURE(name);
    const auto other = test::run(test::small(name));
    CHECK(same_before(amended, other, parted));
    CHECK_FALSE(same_before(amended, other, core::date(2026, 9, 1)));  // and not for ever
  }
}

TEST_CASE("one more review moves no later draw", "[study][pairing][H3]") {
  const auto scenario = test::small("openai-azure-amended");
  study::Simulation plain(scenario, 1, 0), nudged(scenario, 1, 0);
  // The first enterprise that has a workload reviews it once more, in the autumn of 2025.
  const auto& before = nudged.world().enterprises();
  std::size_t who = 0;
  while (before[market::EnterpriseId(who)].workloads == 0) ++who;
  nudged.world().force_review(market::EnterpriseId(who), market::WorkloadId(0), core::date(2025, 10, 3));
  plain.run();
  nudged.run();
  CHECK(plain.world().statistics().events < nudged.world().statistics().events);
  const auto& a = plain.world().enterprises();
  const auto& b = nudged.world().enterprises();
  REQUIRE(a.size() == b.size());
  bool same_clock = true;  // and so the same tastes: they are drawn from the workload's key and tick
  for (const market::EnterpriseId e : a.ids()) {
    REQUIRE(a[e].workloads == b[e].workloads);
    for (const market::WorkloadId w : a.workload_ids(e)) {
      const auto& x = a.workload(e, w);
      const auto& y = b.workload(e, w);
      same_clock = same_clock && x.key == y.key && x.epoch == y.epoch && x.shock_epoch == y.shock_epoch &&
                   x.created == y.created && x.units == y.units;
    }
  }
  CHECK(same_clock);
}

TEST_CASE("one more enterprise leaves every other one as it was", "[study][pairing][H3]") {
  const auto regime_of = [](int n) {
    return std::make_shared<const market::Regime>(market::build_regime(
        test::load("openai-azure-amended", {{"run.enterprises", std::to_string(n)}, {"run.end", "2025-09-01"}})
            .parameters()));
  };
  const market::World few(regime_of(250), 1, 0), more(regime_of(251), 1, 0);
  CHECK(more.enterprises().size() == few.enterprises().size() + 1);
  std::size_t found = 0;
  const auto& left = few.enterprises();
  const auto& right = more.enterprises();
  for (const market::EnterpriseId l : left.ids())
    for (const market::EnterpriseId r : right.ids()) {
      const auto& e = left[l];
      const auto& other = right[r];
      if (other.key != e.key) continue;
      ++found;
      CHECK(other.segment == e.segment);
      CHECK(other.alpha == e.alpha);
      CHECK(std::ranges::equal(right.gravity(r), left.gravity(l)));
      CHECK(std::ranges::equal(right.taste(r), left.taste(l)));
      CHECK(other.committed == e.committed);
      CHECK(other.adopted == e.adopted);
      CHECK(other.workloads == e.workloads);
    }
  CHECK(found == few.enterprises().size());
}
