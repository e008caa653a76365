#include "sim/market/view/list_prices.hpp"

#include <cmath>

#include "sim/market/supply/wanted_capacity.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

PriceParameters smooth(double reversion) {
  PriceParameters prices;
  prices.rule = PriceRule::Smooth;
  prices.eta = 0.5;
  prices.clip = 1.0;
  prices.markup_reversion = reversion;
  return prices;
}

/// The markup after so many months of the same use.
double markup_after(const PriceParameters& prices, int months, double use, double target) {
  double markup = 1.0;
  for (int k = 0; k < months; ++k) markup = reviewed_index(prices, kept_markup(prices, markup), target, use);
  return markup;
}

}  // namespace

TEST_CASE("what use has added to a list fades", "[market][pricing]") {
  const PriceParameters prices = smooth(0.5);
  double markup = 1.8;
  for (int k = 0; k < 3; ++k) markup = kept_markup(prices, markup);  // a quarter of months
  CHECK(std::abs(markup - std::sqrt(1.8)) < 1e-12);
  CHECK(kept_markup(smooth(0.0), 1.8) == 1.8);
}

TEST_CASE("under the same use a markup that fades comes to rest, one that does not goes on", "[market][pricing]") {
  const PriceParameters prices = smooth(0.5);
  const double rest = markup_after(prices, 120, 0.95, 0.8);
  CHECK(std::abs(markup_after(prices, 240, 0.95, 0.8) - rest) < 1e-9);
  // ln m = r ln m + step, r = 0.5^(1/3), step of a month by the bounded rule
  const double bound = std::log(2.0), step = bound * std::tanh(0.5 * std::log(0.95 / 0.8) / bound) / 3.0;
  CHECK(std::abs(std::log(rest) - step / (1.0 - std::pow(0.5, 1.0 / 3.0))) < 1e-9);
  CHECK(markup_after(smooth(0.0), 120, 0.95, 0.8) > 20.0);
}

TEST_CASE("what is posted of a list is its nearest step, and nothing but the list itself where there is none",
          "[market][pricing][posted]") {
  PriceParameters prices = smooth(0.5);
  CHECK(posted_index(prices, 1.2345) == 1.2345);
  prices.posted_step = 0.05;
  CHECK(std::abs(posted_index(prices, 1.2345) - std::pow(1.05, 4)) < 1e-12);
  CHECK(posted_index(prices, 1.0) == 1.0);
}

TEST_CASE("an hour of new capacity costs the wear of chip and site, energy and operations", "[market][pricing]") {
  Parameters p = test::small_parameters();
  p.chips[ChipId(0)].unit_price_usd = 8766.0 * 5.0;  // one dollar an hour over five years
  p.chips[ChipId(0)].life_years = 5.0;
  p.chips[ChipId(0)].h100e = 1.0;
  p.chips[ChipId(0)].facility_kw = 2.0;
  SupplyLine line;
  line.chip = p.chips[ChipId(0)].name;
  line.from = test::kStart;
  line.units_per_month = 10.0;
  p.vendors[VendorId(0)].lines = {line};
  Cloud& cloud = p.clouds[CloudId(0)];
  cloud.silicon = {{p.vendors[VendorId(0)].name, 1.0}};
  cloud.facility_usd_per_mw = 8766.0 * 20.0 * 50.0;  // 50 $ a MWh over twenty years
  cloud.facility_life_years = 20.0;
  cloud.energy_usd_per_mwh = 60.0;
  cloud.opex_usd_per_kw_year = 8766.0 * 0.02;
  const test::SmallMarket market(p);
  const auto& compiled = market.compiled();
  const Cloud& same = compiled.parameters.clouds[CloudId(0)];
  CHECK(std::abs(cost_of_new_hour(compiled, same, test::kStart) - (1.0 + 2.0 * (0.05 + 0.06 + 0.02))) < 1e-9);
  CHECK(cost_of_new_hour(compiled, same, core::date(2020, 1, 1)) == 0.0);  // nothing is on sale
}
