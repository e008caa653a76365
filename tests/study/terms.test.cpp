#include "sim/study/terms.hpp"

#include "sim/record/fingerprint.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;

namespace {

const std::string kFirst = "contracts.oai-az.versions.first.";
std::string toy(const test::Overrides& overrides = {}) { return study::terms_digest(test::load("toy-10", overrides)); }

}  // namespace

TEST_CASE("the digest of terms changes with what a run can feel", "[study][terms]") {
  const auto plain = toy();
  CHECK(toy() == plain);
  CHECK(toy({{kFirst + "clauses.exclusive.until", "2026-01-08"}}) != plain);         // feasibility
  CHECK(toy({{kFirst + "clauses.share.rate", "\"21 %\""}}) != plain);                 // money
  CHECK(toy({{kFirst + "clauses.commitment.enabled", "false"}}) != plain);
  CHECK(toy({{"labs.oai.streams.app.price", "\"7 $/H100e-h\""}}) != plain);           // outside the contracts
}

TEST_CASE("the digest of terms does not change with what no run can feel", "[study][terms]") {
  const auto plain = toy();
  CHECK(toy({{"title", "\"Another title\""}}) == plain);
  CHECK(toy({{kFirst + "signed", "2025-12-31"}}) == plain);
  // The exclusive lasts to day 6; a run that ends on day 5 cannot tell it from one without end.
  const test::Overrides brief{{"run.end", "2026-01-06"}};
  auto longer = brief;
  longer.emplace_back(kFirst + "clauses.exclusive.until", "2026-01-11");
  CHECK(toy(brief) == toy(longer));
  // An exclusive on a product that nobody sells opens and closes nothing.
  const test::Overrides nobody{{kFirst + "clauses.exclusive.scope.products", "[\"batch\"]"}};
  CHECK(toy(nobody) == toy({{kFirst + "clauses.exclusive.enabled", "false"}}));
}

TEST_CASE("equal digests of terms give equal runs", "[study][terms][H7]") {
  const std::string amended = "contracts.openai-microsoft.versions.amended-2026.clauses.";
  // Nobody simulated is of the segment that this exception speaks of.
  const auto a = test::small("openai-azure-exclusive", {{amended + "national-security.enabled", "false"}});
  const auto b = test::small("openai-azure-exclusive");
  REQUIRE(a.digest() != b.digest());
  CHECK(study::terms_digest(a) == study::terms_digest(b));
  CHECK(record::fingerprint(test::run(a)) == record::fingerprint(test::run(b)));
}
