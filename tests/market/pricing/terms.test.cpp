#include <cmath>

#include "sim/market/pricing/contract_prices.hpp"
#include "sim/market/pricing/hosting_terms.hpp"
#include "sim/market/pricing/resale_terms.hpp"
#include "sim/market/pricing/unit_terms.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

Clause hosting(const std::string& host, double price_usd) {
  Clause clause;
  clause.name = "hosting-" + host;
  auto& terms = clause.terms.emplace<kinds::Hosting>();
  terms.lab = "able";
  terms.host = host;
  terms.price_usd = price_usd;
  return clause;
}

Clause resale(double rate, HostingPayer payer) {
  Clause clause;
  clause.name = "resale";
  auto& terms = clause.terms.emplace<kinds::Resale>();
  terms.lab = "able";
  terms.channel = "north-shop";
  terms.rate = rate;
  terms.hosting = payer;
  return clause;
}

test::SmallMarket market_with(std::vector<Clause> clauses) {
  Parameters p = test::small_parameters();
  p.contracts.push_back(test::contract("terms", std::move(clauses)));
  return test::SmallMarket(p);
}

}  // namespace

TEST_CASE("a lab pays a host its list price where no clause states another", "[market][pricing]") {
  test::SmallMarket market;
  market.board.clouds[test::kNorth].price_index = 1.5;
  const HostingTerms terms = hosting_terms(market.view(), test::kAble, test::kNorth, test::kStart);
  CHECK(terms.price == 3.0);  // 2 $ x 1.5
  CHECK(!terms.label.exists());
}

TEST_CASE("a hosting clause states the price while it is in force, and moves with the host's index",
          "[market][pricing]") {
  Clause clause = hosting("north", 1.25);
  clause.until = core::date(2026, 7, 1);
  auto market = market_with({clause});
  market.board.clouds[test::kNorth].price_index = 2.0;
  const HostingTerms terms = hosting_terms(market.view(), test::kAble, test::kNorth, test::kStart);
  CHECK(terms.price == 2.5);
  CHECK(terms.label == market.label("terms/hosting-north"));
  CHECK(hosting_terms(market.view(), test::kAble, test::kSouth, test::kStart).price == 3.0);
  const HostingTerms later = hosting_terms(market.view(), test::kAble, test::kNorth, core::date(2026, 7, 1));
  CHECK(later.price == 4.0);  // the list price of 2 $ again
  CHECK(!later.label.exists());
}

TEST_CASE("a hosting clause without a price leaves the list price", "[market][pricing]") {
  const auto market = market_with({hosting("north", -1.0)});
  const HostingTerms terms = hosting_terms(market.view(), test::kAble, test::kNorth, test::kStart);
  CHECK(terms.price == 2.0);
  CHECK(!terms.label.exists());
}

TEST_CASE("a channel keeps the lab's usual fee, and the lab pays the host, where no resale clause says otherwise",
          "[market][pricing]") {
  Parameters p = test::small_parameters();
  p.labs[test::kAble].channel_fee = 0.125;
  const test::SmallMarket market(p);
  const ResaleTerms shop = resale_terms(market.compiled(), test::kAble, ChannelId(1), test::kStart);
  CHECK(shop.channel_share == 0.125);
  CHECK(!shop.channel_pays_host);
  CHECK(!shop.label.exists());
  CHECK(resale_terms(market.compiled(), test::kAble, ChannelId(0), test::kStart).channel_share == 0.0);  // its own
}

TEST_CASE("a resale clause states the channel's share and who pays the host, of its channel alone",
          "[market][pricing]") {
  const auto market = market_with({resale(0.25, HostingPayer::Channel)});
  const ResaleTerms shop = resale_terms(market.compiled(), test::kAble, ChannelId(1), test::kStart);
  CHECK(shop.channel_share == 0.25);
  CHECK(shop.channel_pays_host);
  CHECK(shop.label == market.label("terms/resale"));
  const ResaleTerms other = resale_terms(market.compiled(), test::kAble, ChannelId(2), test::kStart);
  CHECK(other.channel_share == 0.0);
  CHECK(!other.channel_pays_host);
}

TEST_CASE("a work unit's price follows the lab's list, its compute the lab's efficiency", "[market][pricing]") {
  Parameters p = test::small_parameters();
  p.efficiency.serving_rate = 1.0;  // tokens per H100e double in the first year
  p.prices.token_pass_through = 0.5;
  test::SmallMarket market(p);
  market.board.labs[test::kAble].price_index = 1.5;
  publish_unit_terms(market.compiled(), test::kStart, market.board);
  const AlternativeId direct = market.alternative("direct");
  CHECK(market.board.unit_price[direct] == 1.5);    // 1 $ x index
  CHECK(market.board.unit_compute[direct] == 0.5);  // kappa at the start
  publish_unit_terms(market.compiled(), core::date(2027, 1, 1), market.board);
  const double kappa = market.board.kappa[test::kAble];
  CHECK(kappa < 1.0);
  CHECK(market.board.unit_compute[direct] == 0.5 * kappa);
  CHECK(std::abs(market.board.unit_price[direct] - 1.5 * std::sqrt(kappa)) < 1e-12);  // half of the gain is passed on
}

TEST_CASE("a held price of hosting stays until its renewal, and moves by as much as the list did",
          "[market][pricing]") {
  // Contracts of the small market begin on 1 January 2025, so a clause with two years has its renewal on 1 January
  // 2027.
  Clause clause = hosting("north", 1.25);
  auto& terms = clause.as<kinds::Hosting>();
  terms.moves = HostingMoves::AtRenewal;
  terms.renewal = core::date(2027, 1, 1) - core::date(2025, 1, 1);
  auto market = market_with({clause});
  HeldPrices held;
  const auto price_on = [&](core::SimTime t, double list) {
    market.board.clouds[test::kNorth].price_index = list;
    market.board.clouds[test::kSouth].price_index = list;
    publish_hosting_index(market.compiled(), t, held, market.board);
    return hosting_terms(market.view(), test::kAble, test::kNorth, t).price;
  };
  CHECK(price_on(test::kStart, 1.0) == 1.25);
  CHECK(price_on(core::date(2026, 6, 1), 2.0) == 1.25);
  CHECK(hosting_terms(market.view(), test::kAble, test::kSouth, core::date(2026, 6, 1)).price ==
        6.0);  // the list, at once
  CHECK(price_on(core::date(2027, 1, 2), 1.6) == Approx(2.0));
  CHECK(price_on(core::date(2027, 1, 2), 1.6) == Approx(2.0));  // a second look on the same day settles nothing
  CHECK(price_on(core::date(2027, 12, 1), 4.0) == Approx(2.0));
}

TEST_CASE("a price that is held from a day in the run is stated at the lists of that day", "[market][pricing]") {
  Clause clause = hosting("north", 1.25);
  clause.from = core::date(2026, 3, 1);
  auto& terms = clause.as<kinds::Hosting>();
  terms.moves = HostingMoves::AtRenewal;
  terms.renewal = core::kDay * 365;
  auto market = market_with({clause});
  HeldPrices held;
  market.board.clouds[test::kNorth].price_index = 1.6;
  publish_hosting_index(market.compiled(), core::date(2026, 3, 1), held, market.board);
  CHECK(hosting_terms(market.view(), test::kAble, test::kNorth, core::date(2026, 3, 1)).price == 1.25);
  market.board.clouds[test::kNorth].price_index = 2.4;
  publish_hosting_index(market.compiled(), core::date(2027, 3, 1), held, market.board);
  CHECK(hosting_terms(market.view(), test::kAble, test::kNorth, core::date(2027, 3, 1)).price == Approx(1.875));
}

TEST_CASE("compute follows from tokens at a known speed (check A15)", "[market][pricing][A15]") {
  Parameters p = test::small_parameters();
  auto& lab = p.labs[test::kAble];
  lab.kappa = 1e6 / (1'000.0 * 3'600.0);  // 1,000 tokens a second of an H100e: .277777778 H100e-hours a million tokens
  CHECK(std::abs(lab.kappa - 0.277777778) < 1e-9);
  lab.tokens_per_unit = 2.0;  // million tokens
  test::SmallMarket market(p);
  publish_unit_terms(market.compiled(), test::kStart, market.board);
  const AlternativeId direct = market.alternative("direct");
  REQUIRE(lab.product_price[market.compiled().alternatives[direct].product] == 1.0);
  const double units_a_day = 260e6 / lab.tokens_per_unit / 30.0;  // 260e12 tokens in 30 days
  const double average = units_a_day * market.board.unit_compute[direct] / 24.0;
  CHECK(std::abs(average - 100'308.64) < 0.01);
  CHECK(std::abs(average / 0.6 - 167'181.07) < 0.01);
}
