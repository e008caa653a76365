#pragma once
#include <cstdint>
#include <vector>

#include "sim/core/money.hpp"
#include "sim/core/sim_time.hpp"
#include "sim/market/exchange/interval.hpp"
#include "sim/market/regime/compiled_scenario.hpp"
#include "sim/market/view/market_view.hpp"
#include "sim/market/view/messages.hpp"

namespace rackrate::market {

/// Capital that depreciates in a straight line, day by day, to exactly its cost.
struct Asset {
  PartyId firm;
  CloudId cloud;
  Money cost;
  std::int32_t life_days = 1;
  core::SimDuration age{0};

  [[nodiscard]] core::SimDuration life() const { return core::kDay * life_days; }
};

/// A purchase of capital: the amount its buyer stated, and the quantity and price it can be checked by.
struct CapitalPayment {
  PartyId firm, payee;
  CloudId cloud;              ///< none: the rest of the world
  ChipId chip;                ///< none: a site
  std::int64_t quantity = 0;  ///< units of the chip, or kilowatts
  Money amount;
};

/// What a cloud's firm pays for capital outside AI.
struct OtherPurchase {
  CloudId cloud;
  Money amount;
};

/// What the clouds' firms own, and what they bought since the last interval. Messages add to it; age_assets()
/// moves it to the end of an interval.
struct Capital {
  std::vector<Asset> assets;
  std::vector<CapitalPayment> payments;
  std::vector<Asset> other;               ///< bought outside AI for other cloud revenue
  std::vector<OtherPurchase> other_paid;  ///< in the interval that is settled
};

/// What the first fleet and its sites still have to age_assets.
[[nodiscard]] Capital first_capital(const CompiledScenario& compiled);
/// A purchase: paid with the next interval. A site wears out from then on, a chip once it is in service. What the rest
/// of the world buys wears out there.
void buy(Capital& capital, const CompiledScenario& compiled, const CapexPaid& purchase);
/// Units that are installed wear out over their life.
void put_in_service(Capital& capital, const CompiledScenario& compiled, const LotInService& lot);
/// What is spent outside AI in the interval (other_business.hpp).
void buy_other(Capital& capital, const MarketView& view, const Interval& interval);
/// An interval has passed: its purchases are booked, assets are older, and those at the end of their life are gone.
void age_assets(Capital& capital, const CompiledScenario& compiled, const Interval& interval);

}  // namespace rackrate::market
