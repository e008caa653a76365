#include "sim/market/contracts/amount.hpp"

#include <string>

#include "sim/core/error.hpp"

namespace rackrate::market::contracts {

Amount amount_from_usd(double usd) {
  constexpr double kLimit = 9.2e14;
  if (!(usd > -kLimit && usd < kLimit))
    throw core::LedgerError("an amount of " + std::to_string(usd) + " $ is beyond the range of the books");
  const double units = usd * 1e4;
  return static_cast<Amount>(units < 0 ? units - 0.5 : units + 0.5);
}

}  // namespace rackrate::market::contracts
