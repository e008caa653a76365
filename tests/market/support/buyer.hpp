#pragma once
#include <vector>

#include "sim/market/supply/headquarters.hpp"
#include "tests/market/support/one_process.hpp"
#include "tests/market/support/small_market.hpp"

namespace test {

/// North buys chips of 1 H100e and 1.4 kW at 30,000 $ from one vendor and believes that demand stays what it was.
inline rackrate::market::Parameters buyer() {
  using namespace rackrate::market;
  Parameters p = small_parameters();
  p.chips[ChipId(0)].unit_price_usd = 30e3;
  SupplyLine line;
  line.chip = "chip";
  line.from = kStart;
  line.units_per_month = 100.0;
  p.vendors[VendorId(0)].lines = {line};
  auto& cloud = p.clouds[kNorth];
  cloud.silicon = {{"maker", 1.0}};
  cloud.forecast = ForecastRule::Naive;
  cloud.target_utilisation = 0.5;
  cloud.capital.usd_per_year = 1e12;
  return p;
}

/// What north sends and decides in one review of its investment.
inline std::vector<rackrate::market::Event> review(const SmallMarket& market, rackrate::market::Headquarters& hq,
                                                   rackrate::core::SimTime date = rackrate::core::date(2026, 1, 10)) {
  using namespace rackrate::market;
  return run_process(market.regime, market.regime.directory.of(kNorth), {{date, InvestmentReview{}}},
                     date + rackrate::core::days(20.0), [&](Context& context, const Event& event) {
                       handle_headquarters(hq, market.view(), context, event);
                     });
}

}  // namespace test
