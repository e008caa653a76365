#include <algorithm>
#include <array>
#include <set>

#include "tests/market/contracts/oracle_feasibility.hpp"
#include "tests/market/contracts/random_registry.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/sanitized.hpp"

// Check B4 at the dates where mistakes live: every breakpoint, and the milliseconds on both sides of it.
using namespace random_registry;

namespace {

constexpr int kPart = rackrate::test::kSanitized ? 4 : 1;  // of the registries
constexpr int kRegistries = 2000 / kPart;
constexpr core::SimDuration kTick{1};

/// Every date written in the contracts: found here, so that the registry's own breakpoints are tested too.
std::set<core::SimTime> written_dates(const std::vector<Contract>& contracts) {
  std::set<core::SimTime> dates;
  for (const Contract& contract : contracts)
    for (const Version& version : contract.versions) {
      dates.insert({version.effective, version.ends});
      for (const Clause& c : version.clauses) {
        dates.insert({c.from, c.until});
        if (const auto* regimes = c.get_if<kinds::Rollout>()) dates.insert({regimes->preview, regimes->general});
        if (const auto* rofr = c.get_if<kinds::Rofr>())
          for (const Waiver& w : rofr->waivers) dates.insert(w.date);
      }
    }
  dates.erase(core::kAlways);
  dates.erase(core::kNever);
  return dates;
}

Tuple random_tuple(Dice& dice) {
  static const std::vector<Tuple> all = tuples();
  const Vocabulary v = vocabulary();
  Tuple asked = dice.pick(all);
  asked.lab = LabId(dice.below(v.labs.size()));
  // in general, a commercial one, or us_natsec
  asked.segment = SegmentId(static_cast<int>(dice.below(v.segments.size() + 2)) - 1);
  asked.region = RegionId(static_cast<int>(dice.below(v.regions.size() + 1)) - 1);
  return asked;
}

}  // namespace

TEST_CASE("a millisecond before, at and after every date written, the registry answers like the slow reading",
          "[contracts][b4]") {
  const Vocabulary v = vocabulary();
  std::array<int, 6> steps{};
  int asked_in_all = 0, conflicts = 0;
  for (int seed = 0; seed < kRegistries; ++seed) {
    Dice dice(60'000 + static_cast<std::uint64_t>(seed));
    const std::vector<Contract> cs = deals(dice, seed % 2 == 0);  // half of them free of rival exclusives
    const Registry registry = registry_of(cs);
    for (const core::SimTime written : written_dates(cs))
      for (const core::SimTime t : {written - kTick, written, written + kTick}) {
        const Release r = release(dice);
        const Tuple asked = random_tuple(dice);
        const oracle::Answer expected = oracle::ask(cs, v, oracle::question(v, asked), t, r);
        const Verdict verdict = registry.decide(asked, t, r);
        INFO("seed " << seed << " at " << core::to_string(t));
        REQUIRE(to_string(verdict) == expected.text);
        REQUIRE(verdict.conflict == expected.conflict);
        REQUIRE(verdict.allowlist == expected.allowlist);
        REQUIRE(verdict.token_cap == expected.token_cap);
        ++steps[static_cast<std::size_t>(verdict.step)];
        ++asked_in_all;
        conflicts += verdict.conflict;
      }
  }
  CHECK(asked_in_all > 100'000 / kPart);
  for (const int count : steps)
    CHECK(count > 150 / kPart);  // permitted, and denied or staged at each of the five steps
  CHECK(conflicts > 300 / kPart);
}

TEST_CASE("since and until are what asking day after day finds", "[contracts][b4]") {
  // All dates of these registries and releases are midnights, so a walk over midnights misses no change.
  const Vocabulary v = vocabulary();
  const core::SimTime first = date(2021, 1, 1), last = date(2031, 1, 1);
  int bounded = 0;
  for (int seed = 0; seed < 120; ++seed) {
    Dice dice(70'000 + static_cast<std::uint64_t>(seed));
    const std::vector<Contract> cs = deals(dice, seed % 2 == 0);
    const Registry registry = registry_of(cs);
    for (int k = 0; k < 4; ++k) {
      const core::SimTime t = dice.day();
      const Release r = release(dice);
      const Tuple asked = random_tuple(dice);
      const oracle::Question q = oracle::question(v, asked);
      const auto answer = [&](core::SimTime at) { return oracle::ask(cs, v, q, at, r).text; };
      const auto step_of = [&](core::SimTime at) {  // two previews by different roles are two answers
        const Verdict verdict = registry.decide(asked, at, r);
        return answer(at) + (verdict.step == Step::None ? "" : std::to_string(static_cast<int>(verdict.role)));
      };
      const std::string now = step_of(t);
      core::SimTime since = t, until = t;
      while (since > first && step_of(since - core::kDay) == now) since -= core::kDay;
      while (until < last && step_of(until) == now) until += core::kDay;
      const auto span = registry.span(asked, t, r);
      INFO("seed " << seed << " at " << core::to_string(t));
      REQUIRE(span.since == (since <= first ? core::kAlways : since));
      REQUIRE(span.until == (until >= last ? core::kNever : until));
      bounded += span.since > core::kAlways && span.until < core::kNever;
    }
  }
  CHECK(bounded > 50);
}

TEST_CASE("stating a clause twice says nothing new", "[contracts][b4]") {
  for (int seed = 0; seed < kRegistries; ++seed) {
    Dice dice(80'000 + static_cast<std::uint64_t>(seed));
    const std::vector<Contract> cs = deals(dice, seed % 2 == 0);
    std::vector<Contract> twice = cs;
    Contract& contract = twice[dice.below(twice.size())];
    Version& version = contract.versions[dice.below(contract.versions.size())];
    Clause copy = dice.pick(version.clauses);
    copy.name += "-again";
    version.clauses.push_back(copy);
    const Registry once = registry_of(cs), again = registry_of(twice);
    REQUIRE(once.breakpoints() == again.breakpoints());
    for (int k = 0; k < 40; ++k) {
      const core::SimTime t = dice.day();
      const Release r = release(dice);
      const Tuple asked = random_tuple(dice);
      const Verdict a = once.decide(asked, t, r), b = again.decide(asked, t, r);
      REQUIRE(to_string(a) == to_string(b));
      REQUIRE(a.conflict == b.conflict);
      REQUIRE(a.allowlist == b.allowlist);
      REQUIRE(a.token_cap == b.token_cap);
    }
  }
}
