#include "sim/market/enterprise/process.hpp"

#include <type_traits>
#include <vector>

#include "tests/market/support/one_process.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

const core::SimTime kBarred = core::date(2026, 3, 1);

/// From March 2026 on the north shop alone may sell; what is in use may be left within `days`.
Parameters closing(int days) {
  Parameters p = test::small_parameters();
  Clause exclusive;
  exclusive.name = "exclusive";
  auto& terms = exclusive.terms.emplace<kinds::Exclusive>();
  terms.role = {Role::Channel};
  terms.holder = {"north-shop"};
  terms.migration = core::days(days);
  exclusive.from = kBarred;
  p.contracts = {test::contract("sales", {test::grant("north"), test::grant("south"), exclusive})};
  p.choice.review_days = 1e6;  // nobody reviews of its own accord
  p.choice.response_days = 1e6;
  p.choice.outside = -50.0;
  return p;
}

/// An enterprise with a workload at each shop hears in March what has changed.
struct Case : test::SmallMarket {
  explicit Case(int days) : SmallMarket(closing(days)) {
    board.as_of = kBarred;
    board.interval = regime.interval_at(kBarred);
    board.unit_price.assign(compiled().alternatives.size(), 1.0);
    Enterprise e;
    e.key = 7;
    e.segment = SegmentId(0);
    e.region = RegionId(0);
    e.primary_cloud = test::kNorth;
    e.adopted = true;
    population.give_room(population.add(e), 2);
    for (const char* shop : {"north-shop", "south-shop"}) {
      Workload w;
      w.key = core::name_hash(shop);
      w.units = 1'000'000;
      w.created = test::kStart;
      w.alternative = alternative(shop);
      population.add_workload(EnterpriseId(0), w);
    }
  }
  /// The days from the message at whose end volume moves, for `days`.
  std::vector<double> moves(int days) {
    const Offers offers(view());
    const ProcessId self = regime.directory.of(EnterpriseId(0));
    DecisionSums sums(compiled().cells.size(), 1, 2);
    std::vector<double> at;
    test::run_process(regime, self, {{kBarred, AccessChanged{HostSet(), 1, 42}}}, kBarred + core::days(days),
                      [&](Context& context, const Event& event) {
                        handle_enterprise(population, EnterpriseId(0), view(), offers, sums, context, event);
                        sums.hand_over([&](const auto& change) {
                          if constexpr (std::is_same_v<std::remove_cvref_t<decltype(change)>, PlacementDelta>)
                            at.push_back(core::in_days(context.window_end() - kBarred));
                        });
                      });
    return at;
  }
  [[nodiscard]] AlternativeId placed(int w) { return population.workload(EnterpriseId(0), WorkloadId(w)).alternative; }
  Population population{2, 1, Table<SegmentId, double>(1, 1.0)};
};

}  // namespace

TEST_CASE("who loses an alternative leaves it by the end of the migration window; nobody else moves",
          "[market][enterprise][migration]") {
  Case one(60);
  const AlternativeId north = one.alternative("north-shop"), south = one.alternative("south-shop");
  const auto moves = one.moves(90);
  REQUIRE(moves.size() == 2);  // it leaves one cell and enters another
  CHECK(moves[0] > 57.0);      // the response would take years: the end of the window decides
  CHECK(moves[0] <= 60.0);     // in time: nothing is unserved
  CHECK(one.placed(0) == north);
  CHECK(one.placed(1) != south);
}

TEST_CASE("without a migration window it leaves at once", "[market][enterprise][migration]") {
  Case one(0);
  const auto moves = one.moves(5);
  REQUIRE(moves.size() == 2);
  CHECK(moves[0] < 2.0);
  CHECK(one.placed(0) == one.alternative("north-shop"));
}
