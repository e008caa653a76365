#include "sim/market/enterprise/agreement.hpp"

#include <cmath>
#include <string>

#include "sim/core/name_hash.hpp"
#include "sim/market/enterprise/draw.hpp"
#include "sim/market/enterprise/inclusive_value.hpp"
#include "sim/market/enterprise/placement.hpp"
#include "sim/market/exchange/demand_state.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

constexpr EnterpriseId kBuyer(0);

/// Plain logit, all prices 1 $, nothing else counts. Every account bargains.
Parameters plain() {
  Parameters p = test::small_parameters();
  p.choice.form = UtilityForm::Log;
  p.choice.lambda_lab = p.choice.lambda_cloud = 1.0;
  p.choice.learning_days = 1e-3;
  p.buyers.least_size_usd = 0.0;
  p.buyers.weight = 0.7;
  p.segments.rows().front().units_per_day = 1000.0;
  return p;
}

/// An account of north with two workloads of 1,000 and 500 units a day, epsilon 2.
struct Account : test::SmallMarket {
  explicit Account(const Parameters& parameters = plain()) : SmallMarket(parameters) {
    board.as_of = test::kStart + core::days(1);
    board.interval = regime.interval_at(board.as_of);
    board.unit_price.assign(compiled().alternatives.size(), 1.0);
    for (auto& a : compiled().alternatives) a.price = 1.0;
    Enterprise e;
    e.key = 7;
    e.segment = SegmentId(0);
    e.region = RegionId(0);
    e.primary_cloud = test::kNorth;
    e.alpha = 2.0;
    e.adopted = true;
    population.give_room(population.add(e), 2);
    population.add_account(kBuyer);
    for (const double units : {1000.0, 500.0}) {
      Workload w;
      w.key = core::name_hash(std::to_string(units));
      w.units = static_cast<std::int64_t>(units * 1e6);
      w.created = test::kStart;
      population.add_workload(kBuyer, w);
    }
  }
  [[nodiscard]] AccountPosition position() {
    const Offers offers(view());
    return position_of(view(), offers, population, kBuyer);
  }
  Renewal renew() {
    const Offers offers(view());
    return renew_agreement(view(), offers, population, kBuyer);
  }
  [[nodiscard]] Enterprise& e() { return population[kBuyer]; }

  Population population{2, 1, Table<SegmentId, double>(1, 1.0)};
};

}  // namespace

TEST_CASE("what an account relies on is what the choice set loses without its cloud", "[market][enterprise][account]") {
  Account one;
  const AccountPosition at = one.position();
  // Four alternatives alike, the outside option one of them: a quarter of 1,500 $ at each. Without north the log-sum
  // falls by ln(4/3), which at epsilon 2 is what prices higher by the factor e^(ln(4/3)/2) would do to the 1,500 $ that
  // all of it would cost.
  CHECK(at.spending == Approx(375.0));
  CHECK(at.reliance == Approx(1500.0 * std::log(4.0 / 3.0) / 2.0));
  // North earns 2 $ for the hour that each unit needs, which costs it nothing here.
  CHECK(at.margin == Approx(750.0));
}

TEST_CASE("barring an alternative raises reliance and lowers the discount", "[market][enterprise][account]") {
  Account open, barred;
  barred.access(barred.alternative("south-shop")).state = Permission::No;
  CHECK(barred.position().reliance / barred.position().spending > open.position().reliance / open.position().spending);
  open.parameters().buyers.most_discount = barred.parameters().buyers.most_discount = 0.9;
  open.board.unit_compute.assign(open.compiled().alternatives.size(), 0.4);
  barred.board.unit_compute.assign(barred.compiled().alternatives.size(), 0.4);
  (void)open.renew();
  (void)barred.renew();
  CHECK(open.e().agreed.paid > barred.e().agreed.paid);
  CHECK(barred.e().agreed.paid > 0);
}

TEST_CASE("an agreement takes its discount off the price at its own cloud alone", "[market][enterprise][account]") {
  Account one;
  one.parameters().buyers.most_discount = 0.2;
  (void)one.renew();
  CHECK(one.e().agreed.paid == 2000);
  CHECK(one.population.agreement(kBuyer).gain == Money::from_usd(75.0));
  const Offers offers(one.view());
  const Offer& offer = offers.to(SegmentId(0), RegionId(0), Product::ApiStateless);
  std::vector<double> utility(offer.set->columns());
  utilities(one.view(), offer, one.population, kBuyer, one.population.workload(kBuyer, WorkloadId(0)), utility);
  for (std::size_t k = 0; k < offer.alternatives.size(); ++k) {
    const bool north = offer.alternatives[k] == one.alternative("north-shop");
    CHECK(utility[k] == Approx(north ? -2.0 * std::log(0.8) : 0.0).margin(1e-12));
  }
}

TEST_CASE("cells hold what accounts do not pay, whatever they move and agree", "[market][enterprise][account]") {
  Account one;
  DemandState demand = first_demand(one.compiled());
  const auto check = [&] {
    Table<CellId, std::int64_t> rebated(one.compiled().cells.size(), 0), premium = rebated;
    for (const Workload& w : one.population.workloads(kBuyer)) {
      if (w.alternative == kOutsideOption || !sold_by_primary(one.compiled(), one.e(), w.alternative)) continue;
      const CellId cell = one.compiled().cell(SegmentId(0), w.alternative, RegionId(0));
      rebated[cell] += one.e().agreed.free_units(w.units);
      premium[cell] += one.e().agreed.premium ? w.units : 0;
    }
    CHECK(demand.rebated.rows() == rebated.rows());
    CHECK(demand.premium.rows() == premium.rows());
  };
  const auto put = [&](std::size_t w, const char* channel) {
    place(one.population, kBuyer, one.population.workload(kBuyer, WorkloadId(w)),
          {one.alternative(channel), 0.5, 0.5, 0.0}, one.view(), one.board.as_of)
        .for_each_change([&](const auto& change) { add(demand, change); });
    check();
  };
  const auto agree = [&](double most, double service) {
    one.parameters().buyers.most_discount = most;
    one.parameters().buyers.service_value = service;
    for (const PlacementDelta& delta : one.renew().volume) add(demand, delta);
    check();
  };
  one.population.workload(kBuyer, WorkloadId(0)).units = 333'333'337;  // thirds round
  put(0, "north-shop");
  agree(0.1371, 0.0);
  put(1, "north-shop");
  agree(0.0913, 0.3);
  CHECK(one.e().agreed.premium);
  put(0, "south-shop");
  agree(0.0, 0.0);
  put(0, "north-shop");
  Workload& w = one.population.workload(kBuyer, WorkloadId(1));
  agree(0.2777, 0.0);
  add(demand, go_into_production(one.view(), one.e(), w, w.units + 1'234'567, one.board.as_of));
  check();
}

TEST_CASE("a year short of the commitment is paid for at list", "[market][enterprise][account]") {
  Account one;
  (void)one.renew();
  one.population.agreement(kBuyer).committed = Money::from_usd(600.0);
  CHECK(settle_account_year(one.view(), one.population, kBuyer).amount == Money::from_usd(600.0 * core::kDaysPerYear));
  one.population.workload(kBuyer, WorkloadId(1)).alternative = one.alternative("north-shop");
  CHECK(settle_account_year(one.view(), one.population, kBuyer).amount == Money::from_usd(100.0 * core::kDaysPerYear));
  CHECK(one.population.account_shortfalls()[test::kNorth] == Money::from_usd(700.0 * core::kDaysPerYear));
  one.population.workload(kBuyer, WorkloadId(0)).alternative = one.alternative("north-shop");
  CHECK(settle_account_year(one.view(), one.population, kBuyer).amount == Money{});
}

TEST_CASE("renewals come every term, at a phase that an account keeps", "[market][enterprise][account]") {
  Account one;
  one.parameters().buyers.term_years = 3;
  int renewals = 0;
  for (std::uint32_t k = 0; k < 9; ++k) {
    CHECK(account_date(one.view(), one.e(), k) == account_date(one.view(), one.e(), 0) + k * core::years(1));
    renewals += is_renewal(one.view(), one.e(), k) ? 1 : 0;
  }
  CHECK(renewals == 3);
  CHECK(account_date(one.view(), one.e(), 0) < test::kStart + core::years(1));
  CHECK(next_account_date(one.view(), one.e(), account_date(one.view(), one.e(), 2)) == 3);
}

TEST_CASE("an account considers its own clouds and, by size, others", "[market][enterprise][considered]") {
  Account one;
  const Offers offers(one.view());
  const Offer& offer = offers.to(SegmentId(0), RegionId(0), Product::ApiStateless);
  one.parameters().choice.considered = 0.0;
  one.e().considered = HostSet::only(test::kNorth);
  const auto feasible = [&](const char* channel) {
    std::vector<double> utility(offer.set->columns());
    utilities(one.view(), offer, one.population, kBuyer, one.population.workload(kBuyer, WorkloadId(0)), utility);
    for (std::size_t k = 0; k < offer.alternatives.size(); ++k)
      if (offer.alternatives[k] == one.alternative(channel)) return utility[k] != kInfeasible;
    return false;
  };
  CHECK(feasible("north-shop"));
  CHECK(feasible("direct"));  // no cloud's
  CHECK_FALSE(feasible("south-shop"));
  one.population.workload(kBuyer, WorkloadId(1)).alternative = one.alternative("south-shop");
  CHECK(feasible("south-shop"));  // in use
  one.population.workload(kBuyer, WorkloadId(1)).alternative = kOutsideOption;
  one.e().considered.insert(test::kSouth);
  CHECK(feasible("south-shop"));
}

TEST_CASE("what half a segment considers counts half in its inclusive value", "[market][enterprise][considered]") {
  Account one;
  const Offers offers(one.view());
  CHECK(inclusive_values(one.view(), offers)[Product::ApiStateless](SegmentId(0), RegionId(0)) ==
        Approx(std::log(4.0)));
  one.board.considered = {1, 2};
  one.board.considered(SegmentId(0), test::kNorth) = 1.0;
  one.board.considered(SegmentId(0), test::kSouth) = 0.5;
  CHECK(inclusive_values(one.view(), offers)[Product::ApiStateless](SegmentId(0), RegionId(0)) ==
        Approx(std::log(3.5)));
}

TEST_CASE("how many clouds are considered follows size, and a larger number holds the smaller",
          "[market][enterprise][considered]") {
  Parameters p = plain();
  p.run.enterprises = 400;
  p.segments.rows().front().incumbent = {{"north", 1.0}};
  const auto share = [&p](double considered) {
    p.choice.considered = considered;
    const Regime regime = build_regime(p);
    return considered_shares(p, draw_population(regime, core::Draws(1, 0)))(SegmentId(0), test::kSouth);
  };
  // Accounts of 8 x 1,000 units a day: 2.9 M$ a year and more or less of it, but size adds nothing here.
  CHECK(share(0.0) == 0.0);
  CHECK(std::abs(share(0.3) - 0.3) < 4 * std::sqrt(0.3 * 0.7 / 400));
  CHECK(share(1.0) == 1.0);
  p.choice.considered_by_size = 1.0;  // of 2.9 M$: log10 2.9 = .47 of a cloud more in the mean, less .2 by the spread
  CHECK(share(0.0) > 0.1);
}

TEST_CASE("architectures change what a further cloud costs and how clouds in use attract",
          "[market][enterprise][architecture]") {
  Account one;
  auto& c = one.parameters().choice;
  c.governance_first = 0.2;
  c.split_governance = 0.5;
  c.split_aversion = 0.3;
  c.consolidate_pull = 0.7;
  c.native_pull = 0.4;
  const Offers offers(one.view());
  const Offer& offer = offers.to(SegmentId(0), RegionId(0), Product::ApiStateless);
  const auto worth = [&](Architecture architecture, const char* channel) {
    one.e().architecture = architecture;
    std::vector<double> utility(offer.set->columns());
    utilities(one.view(), offer, one.population, kBuyer, one.population.workload(kBuyer, WorkloadId(0)), utility);
    for (std::size_t k = 0; k < offer.alternatives.size(); ++k)
      if (offer.alternatives[k] == one.alternative(channel)) return utility[k];
    return kInfeasible;
  };
  const double whole = -2.0 * std::log(1.2), half = -2.0 * std::log(1.1);
  CHECK(worth(Architecture::Split, "north-shop") == Approx(0.0).margin(1e-12));
  CHECK(worth(Architecture::Split, "south-shop") == Approx(half));
  CHECK(worth(Architecture::Consolidate, "north-shop") == Approx(0.7));
  CHECK(worth(Architecture::Consolidate, "south-shop") == Approx(whole));
  CHECK(worth(Architecture::Native, "north-shop") == Approx(0.4));
  CHECK(worth(Architecture::Native, "south-shop") == Approx(whole));
  one.population.workload(kBuyer, WorkloadId(1)).alternative = one.alternative("south-shop");  // and governs south
  CHECK(worth(Architecture::Split, "south-shop") == Approx(-0.3));
  CHECK(worth(Architecture::Consolidate, "south-shop") == Approx(0.7));
  CHECK(worth(Architecture::Native, "south-shop") == Approx(0.0).margin(1e-12));
  one.e().architecture = Architecture::Split;
  const Money split = governance_rate(one.view(), one.population, kBuyer);
  one.e().architecture = Architecture::Native;
  CHECK(governance_rate(one.view(), one.population, kBuyer) == scaled(split, 2.0));
}
