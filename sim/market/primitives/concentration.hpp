#pragma once
#include <span>

namespace rackrate::market {

/// Herfindahl-Hirschman index, the sum of squared percentage shares: 0 to 10,000.
/// Sizes in any one unit; a market without sales reads 0. Throws: std::invalid_argument on a negative size. Check F3.
[[nodiscard]] double hhi(std::span<const double> sizes);

}  // namespace rackrate::market
