#include "sim/market/enterprise/population.hpp"

#include <limits>
#include <vector>

#include "sim/market/enterprise/adoption.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

Workload workload(core::EntityKey key) {
  Workload w;
  w.key = key;
  return w;
}

/// `count` enterprises with room for so many workloads each, named from 1 on.
Population enterprises(std::size_t count, std::size_t workloads, std::size_t clouds = 2, std::size_t labs = 1) {
  Population population(clouds, labs, Table<SegmentId, double>(1, 1.0));
  population.reserve(count);
  for (std::size_t k = 0; k < count; ++k) {
    Enterprise e;
    e.key = k + 1;
    e.segment = SegmentId(0);
    population.give_room(population.add(e), workloads);
  }
  return population;
}

}  // namespace

TEST_CASE("an enterprise with six workloads takes 400 bytes, its wait for adoption included",
          "[market][enterprise][population]") {
  // The flagship has seven clouds and six labs.
  constexpr std::size_t kCount = 10'000;
  const Population population = enterprises(kCount, 6, 7, 6);
  const std::size_t waiting = kCount * sizeof(EnterpriseId);  // Adoption's order
  const double each = static_cast<double>(population.bytes() + waiting) / kCount;
  CHECK(each <= 400.5);  // the end of the last array is not used
  CHECK(each >= static_cast<double>(sizeof(Enterprise) + 6 * sizeof(Workload)));  // nothing is left out
}

TEST_CASE("each enterprise has its own attributes and workloads", "[market][enterprise][population]") {
  Population population = enterprises(3, 2);
  const EnterpriseId first(0), second(1);
  population.gravity(second, CloudId(1)) = 0.5F;
  population.taste(second, LabId(0)) = -1.0F;
  CHECK(population.add_workload(second, workload(20)) == WorkloadId(0));
  CHECK(population.add_workload(first, workload(10)) == WorkloadId(0));
  CHECK(population.add_workload(second, workload(21)) == WorkloadId(1));
  CHECK(population.workloads(first).size() == 1);
  CHECK(population.workload(first, WorkloadId(0)).key == 10);
  CHECK(population.workload(second, WorkloadId(1)).key == 21);
  CHECK(population.gravity(first)[1] == 0.0F);
  CHECK(population.gravity(second)[1] == 0.5F);
  CHECK(population.taste(second)[0] == -1.0F);
  CHECK(population.gravity(second)[0] == 0.0F);
}

TEST_CASE("a workload without room is refused", "[market][enterprise][population]") {
  Population population = enterprises(2, 1);
  CHECK_NOTHROW(population.add_workload(EnterpriseId(1), workload(1)));
  CHECK_THROWS_AS(population.add_workload(EnterpriseId(1), workload(2)), std::logic_error);
  CHECK_NOTHROW(population.add_workload(EnterpriseId(0), workload(1)));
  CHECK_THROWS_AS(population.add_workload(EnterpriseId(0), workload(2)), std::logic_error);
}

TEST_CASE("some enterprises are what they were among all", "[market][enterprise][population]") {
  Population population = enterprises(4, 3);
  population.gravity(EnterpriseId(2), CloudId(1)) = 0.5F;
  population.add_workload(EnterpriseId(2), workload(20));
  for (const EnterpriseId e : population.ids()) (void)population.set_governance(e, Money{10 + e.number()});
  const Population some = population.only(std::vector<EnterpriseId>{EnterpriseId(3), EnterpriseId(2)});
  REQUIRE(some.size() == 2);
  CHECK(some[EnterpriseId(0)].key == 4);
  CHECK(some.workloads(EnterpriseId(0)).empty());
  CHECK(some[EnterpriseId(1)].key == 3);
  CHECK(some.outlays().governance == Money{13 + 12});
  CHECK(some.gravity(EnterpriseId(1))[1] == 0.5F);
  REQUIRE(some.workloads(EnterpriseId(1)).size() == 1);
  CHECK(some.workload(EnterpriseId(1), WorkloadId(0)).key == 20);
}

TEST_CASE("what all pay is the sum of what each pays", "[market][enterprise][population]") {
  Population population = enterprises(200, 0);
  Money governance, migration;
  for (int round = 1; round <= 3; ++round)
    for (const EnterpriseId e : population.ids()) {
      const Money paid{static_cast<std::int64_t>(e.position() * 7 % 5) * round};
      const Money before = population[e].governance;
      CHECK(population.set_governance(e, paid) == paid - before);
      population.pay_migration(e, Money{round});
      migration += Money{round};
    }
  for (const EnterpriseId e : population.ids()) governance += population[e].governance;
  CHECK(population.outlays().governance == governance);
  CHECK(population.outlays().migration == migration);
  const Population copy = population;
  (void)population.set_governance(EnterpriseId(0), Money{1'000});
  CHECK(copy.outlays().governance == governance);
  population.pay_migration(EnterpriseId(0), Money{std::numeric_limits<std::int64_t>::max() - 1'000});
  CHECK_THROWS_AS(population.pay_migration(EnterpriseId(0), Money{1'000}), core::LedgerError);
}
