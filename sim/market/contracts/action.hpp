#pragma once
#include <cstddef>
#include <cstdint>

namespace rackrate::market::contracts {

/// What a rule does. A waiver recorded under a right of first refusal exempts the waived actor. A grant in a version
/// with conflict = "breach" exempts its grantees from the bars of the contract that it breaks, at the price of the
/// breach.
enum class Action : std::uint8_t { Permit, Bar, Exempt, Delay, Regime, Void, Forbid };
inline constexpr std::size_t kActions = 7;

}  // namespace rackrate::market::contracts
