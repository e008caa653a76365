#pragma once
#include <cstddef>
#include <cstdint>

namespace rackrate::market::contracts {

/// What a rule does. A waiver recorded under a right of first refusal is a carve-out for the waived actor; a grant of a
/// version that would rather break another contract than be barred is one from that contract's bars, at its price.
enum class Action : std::uint8_t { Permit, Bar, Exempt, Delay, Regime, Void, Forbid };
inline constexpr std::size_t kActions = 7;

}  // namespace rackrate::market::contracts
