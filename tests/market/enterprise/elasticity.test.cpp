#include "sim/market/enterprise/elasticity.hpp"

#include <cmath>

#include "sim/market/enterprise/inclusive_value.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

constexpr double kEps = 1.5, kEta = 0.3;

Parameters plain_logit() {
  Parameters p = test::small_parameters();
  p.choice.form = UtilityForm::Log;
  p.choice.lambda_lab = p.choice.lambda_cloud = 1.0;
  p.choice.elasticity = kEta;
  p.segments[SegmentId(0)].price_sensitivity = kEps;
  return p;
}

/// One workload at three channels that differ by price alone.
struct Case : test::SmallMarket {
  explicit Case(const Parameters& p = plain_logit()) : SmallMarket(p) {
    Enterprise e;
    e.segment = SegmentId(0);
    e.region = RegionId(0);
    e.primary_cloud = test::kNorth;
    e.alpha = kEps;
    population.give_room(population.add(e), 1);
    Workload w;
    w.units = 1'000'000;
    w.created = test::kStart - core::days(5000);
    population.add_workload(EnterpriseId(0), w);
    set_prices(1.0);
  }
  /// Direct 1.2, north 0.9, south 0.7 times this.
  void set_prices(double level) {
    board.unit_price[alternative("direct")] = 1.2 * level;
    board.unit_price[alternative("north-shop")] = 0.9 * level;
    board.unit_price[alternative("south-shop")] = 0.7 * level;
  }
  Population population{2, 1, Table<SegmentId, double>(1, 1.0)};
};

struct Found {
  double own, cross, share;
};

/// Of the cheapest offer, and the first offer's answer to its price.
Found found_in(Case& one) {
  const Elasticities e = price_elasticities(one.view(), one.population, PricedBy::Offer, false);
  std::size_t south = 0, direct = 0;
  for (std::size_t i = 0; i < e.names.size(); ++i) {
    if (e.names[i] == "able at south-shop") south = i;
    if (e.names[i] == "able at direct") direct = i;
  }
  const std::size_t n = e.names.size();
  // Outside counts too: e^0 = 1 beside the sum of P^-eps.
  double sum = 1.0, own = 0.0;
  for (const char* channel : {"direct", "north-shop", "south-shop"}) {
    const double weight = std::pow(one.board.unit_price[one.alternative(channel)], -kEps);
    sum += weight;
    if (std::string(channel) == "south-shop") own = weight;
  }
  return {e.matrix[south * n + south], e.matrix[direct * n + south], own / sum};
}

}  // namespace

TEST_CASE("measured elasticities of plain logit are its closed forms: -eta - eps (1 - s), eps s",
          "[market][enterprise][elasticity]") {
  Case one;
  const Found found = found_in(one);
  CHECK(found.own == Approx(-kEta - kEps * (1.0 - found.share)).epsilon(1e-4));
  CHECK(found.cross == Approx(kEps * found.share).epsilon(1e-4));
}

TEST_CASE("volume that answers what is offered adds its response to the elasticities",
          "[market][enterprise][elasticity]") {
  Parameters p = plain_logit();
  p.choice.volume_response = 0.4;
  Case one(p);
  const Found found = found_in(one);
  CHECK(found.own == Approx(-kEta - kEps * (1.0 - found.share) - 0.4 * kEps * found.share).epsilon(1e-4));
  CHECK(found.cross == Approx(kEps * found.share - 0.4 * kEps * found.share).epsilon(1e-4));
}

TEST_CASE(
    "elasticities keep their size as all prices fall, if the outside option falls with them; the linear form's fade",
    "[market][enterprise][elasticity]") {
  Case log;
  Parameters p = plain_logit();
  p.choice.form = UtilityForm::Linear;
  Case linear(p);
  const double log_before = found_in(log).own, linear_before = found_in(linear).own;
  log.set_prices(0.25);
  linear.set_prices(0.25);
  log.board.outside_gain = kEps * std::log(4.0);
  CHECK(found_in(log).own == Approx(log_before).epsilon(1e-6));
  CHECK(found_in(linear).own > 0.6 * linear_before);  // both negative: less than three fifths
}

TEST_CASE("the inclusive value of what is offered is that of a logit, and falls by the log of what is not served",
          "[market][enterprise][elasticity]") {
  Case one;
  const auto value = [&one] {
    return inclusive_values(one.view(), Offers(one.view()))[Product::ApiStateless](SegmentId(0), RegionId(0));
  };
  double sum = 0.0;
  for (const double price : {1.2, 0.9, 0.7}) sum += std::pow(price, -kEps);
  CHECK(value() == Approx(std::log(1.0 + sum)).epsilon(1e-9));
  one.board.market.unserved[test::kAble] = 0.4;
  CHECK(value() == Approx(std::log(1.0 + 0.6 * sum)).epsilon(1e-9));
  one.board.outside_gain = 0.3;
  CHECK(value() == Approx(std::log(1.0 + 0.6 * sum * std::exp(-0.3))).epsilon(1e-9));
}

TEST_CASE("the board shows the pull of offers since the first day, and the outside option follows the frontier",
          "[market][enterprise][elasticity]") {
  Parameters p = plain_logit();
  p.choice.adoption_response = 1.0;
  p.choice.outside_pace = 0.5;
  p.choice.outside_lag_days = 365.0;
  p.choice.beta_quality = 2.0;
  Case one(p);
  DemandPull pull;
  pull.publish(one.view(), Offers(one.view()), one.board);
  CHECK(one.board.pull[Product::ApiStateless](SegmentId(0), RegionId(0)) == 0.0);
  CHECK(one.board.segment_pull[SegmentId(0)] == 0.0);
  one.board.labs[test::kAble].best = 1.0;
  pull.advance(p, one.board, one.board.as_of + core::days(365));
  CHECK(pull.outside_gain(p) == Approx(0.5 * 2.0 * 1.0 * 0.5).epsilon(1e-9));  // half of the way after a half-life
  one.set_prices(0.5);
  one.board.as_of += core::days(7);
  const auto before =
      inclusive_values(Case(p).view(), Offers(Case(p).view()))[Product::ApiStateless](SegmentId(0), RegionId(0));
  pull.publish(one.view(), Offers(one.view()), one.board);
  const auto now = inclusive_values(one.view(), Offers(one.view()))[Product::ApiStateless](SegmentId(0), RegionId(0));
  CHECK(one.board.pull[Product::ApiStateless](SegmentId(0), RegionId(0)) == Approx(now - before).epsilon(1e-9));
}
