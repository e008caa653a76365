#pragma once
#include <cstdint>

#include "sim/core/whole.hpp"

namespace rackrate::market::contracts {

/// Money in whole units of 1e-4 nominal dollars, the unit of the books and of EntryFact::amount.
using Amount = std::int64_t;

/// Rounds half away from zero. Units: $.
/// Throws: core::LedgerError when the value is not finite or beyond +-9.2e14 $.
[[nodiscard]] Amount amount_from_usd(double usd);
[[nodiscard]] constexpr double usd_from(Amount amount) { return core::real(amount) / 1e4; }

}  // namespace rackrate::market::contracts
