#include <algorithm>
#include <array>

#include "sim/market/contracts/roles.hpp"
#include "tests/market/contracts/oracle_feasibility.hpp"
#include "tests/market/contracts/random_registry.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/sanitized.hpp"

// Check B4. Seeds are fixed, so a failure names its registry.
using namespace random_registry;

namespace {

constexpr int kPart = rackrate::test::kSanitized ? 4 : 1;  // of the registries
constexpr int kRegistries = 1200 / kPart;

bool free_of_rival_exclusives(const Registry& registry) {
  return std::none_of(registry.conflicts().begin(), registry.conflicts().end(),
                      [](const Conflict& c) { return c.kind == ConflictKind::Exclusives; });
}

/// A clause put into a random version of a random contract; an order into a contract of its own, of the same dates.
std::vector<Contract> with_another(std::vector<Contract> cs, Clause added, Dice& dice) {
  Contract& contract = cs[dice.below(cs.size())];
  Version& version = contract.versions[dice.below(contract.versions.size())];
  if (added.until <= version.effective) added.until = core::kNever;
  added.enabled = true;
  if (auto* rofr = added.get_if<kinds::Rofr>()) rofr->waivers.clear();
  if (contracts::is_order(added)) {
    Contract order{"order", {}, core::kNever, {version}};
    order.versions.front().clauses = {added};
    cs.push_back(order);
  } else {
    version.clauses.push_back(added);
  }
  return cs;
}

/// Compares both registries on all 108 tuples at three random dates; counts how often the answer moved.
template <class Allowed>
int compare(const Registry& before, const Registry& after, Dice& dice, Allowed allowed) {
  int moved = 0;
  for (int k = 0; k < 3; ++k) {
    const core::SimTime t = dice.day();
    const Release r = release(dice);
    for (const Tuple& asked : tuples()) {
      const Permission was = before.decide(asked, t, r).state, is = after.decide(asked, t, r).state;
      if (!allowed(was, is)) {
        FAIL_CHECK(core::to_string(t) << " product " << kProductNames[static_cast<std::size_t>(asked.product)] << ": "
                                      << int(was) << " became " << int(is));
        return moved;
      }
      moved += was == is ? 0 : 1;
    }
  }
  return moved;
}

}  // namespace

// In these registries versions have the policy block or breach, and contracts price breaches or do not: both properties
// hold whatever the policies are.
TEST_CASE("another exclusive, ship-first or ban never permits anything new", "[contracts][b4]") {
  int moved = 0, tried = 0;
  for (int seed = 0; seed < kRegistries; ++seed) {
    Dice dice(static_cast<std::uint64_t>(seed));
    const std::vector<Contract> cs = deals(dice, true);
    const Registry before = registry_of(cs);
    REQUIRE(free_of_rival_exclusives(before));
    for (const ClauseKind kind : {K::Exclusive, K::Rofr, K::ShipFirst, K::Ban}) {
      const Registry after = registry_of(with_another(cs, random_registry::clause(dice, kind, "added", true), dice));
      REQUIRE(free_of_rival_exclusives(after));
      moved += compare(before, after, dice, [](Permission was, Permission is) { return is <= was; });
      ++tried;
    }
  }
  CHECK(tried >= 400 / kPart);
  CHECK(moved > 500 / kPart);  // the property is not true for want of effect
}

TEST_CASE("another grant, carve-out or void never forbids anything", "[contracts][b4]") {
  int moved = 0;
  for (int seed = 0; seed < kRegistries; ++seed) {
    Dice dice(10'000 + static_cast<std::uint64_t>(seed));
    const std::vector<Contract> cs = deals(dice, true);
    const Registry before = registry_of(cs);
    for (const ClauseKind kind : {K::Grant, K::Licence, K::Carveout, K::Void}) {
      Clause added = random_registry::clause(dice, kind, "added", true);
      if (auto* licence = added.get_if<kinds::Licence>())
        licence->exclusive = false;  // an exclusive licence is an exclusive too
      const Registry after = registry_of(with_another(cs, added, dice));
      moved += compare(before, after, dice, [](Permission was, Permission is) { return is >= was; });
    }
  }
  CHECK(moved > 500 / kPart);
}

TEST_CASE("to break a contract rather than be barred, and a price on that, never forbid anything", "[contracts][b4]") {
  // Also where exclusives of different holders contradict each other: nobody breaks an exclusive that is its own.
  int by_policy = 0, by_price = 0;
  for (int seed = 0; seed < kRegistries; ++seed) {
    Dice dice(60'000 + static_cast<std::uint64_t>(seed));
    std::vector<Contract> cs = deals(dice, seed % 2 == 0);
    const auto never_less = [](Permission was, Permission is) { return is >= was; };
    const Registry before = registry_of(cs);
    std::vector<Contract> bolder = cs;
    for (Contract& c : bolder)
      for (Version& v : c.versions) v.conflict = ConflictPolicy::Breach;
    by_policy += compare(before, registry_of(bolder), dice, never_less);
    Clause price = damages(dice, "openai");
    price.name = "added";
    by_price += compare(before, registry_of(with_another(cs, price, dice)), dice, never_less);
  }
  CHECK(by_policy > 300 / kPart);
  CHECK(by_price > 80 / kPart);
}

TEST_CASE("breaches are dated as a slow and obvious reading of the contracts dates them", "[contracts][b4]") {
  const Vocabulary v = vocabulary();
  int in_breach = 0, priced_but_not = 0;
  for (int seed = 0; seed < kRegistries; ++seed) {
    Dice dice(70'000 + static_cast<std::uint64_t>(seed));
    const std::vector<Contract> cs = deals(dice, seed % 3 == 0);
    const Registry registry = registry_of(cs);
    for (int k = 0; k < 3; ++k) {
      core::SimTime t = dice.day();
      if (k > 0 && !registry.breakpoints().empty())
        t = dice.pick(registry.breakpoints()) - core::SimDuration{dice.chance(50) ? 1 : 0};
      for (const ContractId broken : contract_ids(cs)) {
        const std::vector<ContractId> asked = registry.breakers(broken, t);
        bool any = false;
        for (const ContractId by : contract_ids(cs)) {
          const bool expected = oracle::in_breach(cs, v, broken.position(), by.position(), t);
          const bool dated = std::any_of(registry.breaches().begin(), registry.breaches().end(), [&](const auto& b) {
            return b.broken == broken && b.by == by && b.from <= t && t < b.until;
          });
          INFO("seed " << seed << " at " << core::to_string(t) << ": " << by.number() << " breaks " << broken.number());
          REQUIRE(dated == expected);
          REQUIRE(std::count(asked.begin(), asked.end(), by) == (expected ? 1 : 0));
          any = any || expected;
          in_breach += expected;
          if (!expected && broken != by) ++priced_but_not;
        }
        REQUIRE(contracts::breached(registry, broken, t) == any);
      }
    }
  }
  CHECK(in_breach > 150 / kPart);
  CHECK(priced_but_not > 1000 / kPart);
}

TEST_CASE("the order of contracts, versions and clauses changes nothing", "[contracts][b4]") {
  for (int seed = 0; seed < kRegistries; ++seed) {
    Dice dice(20'000 + static_cast<std::uint64_t>(seed));
    const std::vector<Contract> cs = deals(dice, seed % 2 == 0);  // with rival exclusives too
    std::vector<Contract> shuffled = cs;
    const auto shuffle = [&](auto& list) {
      for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[dice.below(i)]);
    };
    shuffle(shuffled);
    for (Contract& c : shuffled) {
      shuffle(c.versions);
      for (Version& v : c.versions) shuffle(v.clauses);
    }
    const Registry one = registry_of(cs), other = registry_of(shuffled);
    REQUIRE(one.breakpoints() == other.breakpoints());
    const auto sentences = [](const Registry& r) {
      std::vector<std::string> all;
      for (const Conflict& c : r.conflicts()) all.push_back(c.sentence);
      return all;
    };
    REQUIRE(sentences(one) == sentences(other));
    for (int k = 0; k < 3; ++k) {
      const core::SimTime t = dice.day();
      const Release r = release(dice);
      for (const Tuple& asked : tuples()) {
        const Verdict a = one.decide(asked, t, r), b = other.decide(asked, t, r);
        REQUIRE(to_string(a) == to_string(b));
        REQUIRE(a.conflict == b.conflict);
        REQUIRE(a.allowlist == b.allowlist);
        REQUIRE(one.path(a.by) == other.path(b.by));
      }
    }
  }
}

TEST_CASE("an empty registry permits nothing", "[contracts][b4]") {
  for (const Registry& registry : {registry_of({}), Registry()})
    for (const Tuple& asked : tuples()) {
      const Verdict v = registry.decide(asked, date(2026, 1, 1));
      REQUIRE(v.state == Permission::No);
      REQUIRE(v.step == Step::Grant);
    }
  CHECK(registry_of({}).breakpoints().empty());
}

TEST_CASE("the registry answers like a slow and obvious reading of the rules", "[contracts][b4]") {
  const Vocabulary v = vocabulary();
  std::array<int, 3> states{};
  int conflicts = 0, staged = 0, delayed = 0, broken = 0;
  for (int seed = 0; seed < kRegistries; ++seed) {
    Dice dice(30'000 + static_cast<std::uint64_t>(seed));
    const std::vector<Contract> cs = deals(dice, seed % 3 == 0);
    const Registry registry = registry_of(cs);
    std::vector<Contract> meek = cs;
    for (Contract& c : meek)
      for (Version& version : c.versions) version.conflict = ConflictPolicy::Block;
    const Registry blocked = registry_of(meek);
    for (int k = 0; k < 6; ++k) {
      // Half of the dates are breakpoints or the millisecond before: where off-by-one mistakes live.
      core::SimTime t = dice.day();
      if (k % 2 == 0 && !registry.breakpoints().empty())
        t = dice.pick(registry.breakpoints()) - core::SimDuration{dice.chance(50) ? 1 : 0};
      const Release r = release(dice);
      const std::string segment = dice.pick(std::vector<std::string>{"", "", "regulated", "smb", "us_natsec"});
      const std::string region = dice.pick(std::vector<std::string>{"", "us", "eu"});
      for (Tuple asked : tuples()) {
        asked.lab = LabId(dice.below(2));
        asked.segment = segment.empty() ? SegmentId() : registry.segment(segment);
        asked.region = region.empty() ? RegionId() : RegionId(index_of(v.regions, region).value());
        const oracle::Answer expected = oracle::ask(cs, v, oracle::question(v, asked), t, r);
        const Verdict verdict = registry.decide(asked, t, r);
        INFO("seed " << seed << " at " << core::to_string(t));
        REQUIRE(to_string(verdict) == expected.text);
        REQUIRE(verdict.conflict == expected.conflict);
        REQUIRE(verdict.allowlist == expected.allowlist);
        REQUIRE(verdict.token_cap == expected.token_cap);
        ++states[static_cast<std::size_t>(verdict.state)];
        conflicts += verdict.conflict;
        staged += verdict.step == Step::Rollout;
        delayed += verdict.step == Step::ShipFirst;
        broken += to_string(verdict) != to_string(blocked.decide(asked, t, r));
      }
    }
  }
  // Every branch was walked often enough for the comparison to mean something.
  CHECK(states[0] > 10'000 / kPart);
  CHECK(states[1] > 100 / kPart);
  CHECK(states[2] > 5'000 / kPart);
  CHECK(conflicts > 200 / kPart);
  CHECK(staged > 200 / kPart);
  CHECK(delayed > 100 / kPart);
  CHECK(broken > 500 / kPart);
}

TEST_CASE("answers change at breakpoints and nowhere else", "[contracts][b4]") {
  // Between two neighbouring breakpoints, one day is like any other (releases long ago).
  for (int seed = 0; seed < 100; ++seed) {
    Dice dice(40'000 + static_cast<std::uint64_t>(seed));
    const Registry registry = registry_of(deals(dice, false));
    const auto& dates = registry.breakpoints();
    REQUIRE(std::is_sorted(dates.begin(), dates.end()));
    for (std::size_t i = 0; i + 1 < dates.size(); ++i)
      for (const Tuple& asked : tuples())
        REQUIRE(registry.decide(asked, dates[i]) == registry.decide(asked, dates[i + 1] - core::SimDuration{1}));
  }
}

TEST_CASE("no tuple feels a conflict that was not reported", "[contracts][b4]") {
  int reported = 0;
  for (int seed = 0; seed < 150; ++seed) {
    Dice dice(50'000 + static_cast<std::uint64_t>(seed));
    const Registry registry = registry_of(deals(dice, false));
    for (int k = 0; k < 4; ++k) {
      const core::SimTime t = dice.day();
      const bool alive = std::any_of(registry.conflicts().begin(), registry.conflicts().end(), [t](const Conflict& c) {
        return c.kind == ConflictKind::Exclusives && c.from <= t && t < c.until;
      });
      reported += alive;
      for (const Tuple& asked : tuples()) REQUIRE((alive || !registry.decide(asked, t).conflict));
    }
  }
  CHECK(reported > 20);
}
