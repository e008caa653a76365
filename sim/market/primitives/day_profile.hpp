#pragma once

namespace rackrate::market {

/// Share of a capacity that works on average over the day, where the load on it is x (1 + a sin t) times the capacity:
/// the mean of min(x (1 + a sin t), 1), a the swing. What exceeds the capacity is turned away.
///
/// With sin t0 = (1/x - 1)/a it is (x (pi + 2 t0) - 2 x a cos t0 + pi - 2 t0) / (2 pi); x below 1/(1 + a), 1 above
/// 1/(1 - a). It rises with x and is concave.
///
/// Throws: std::invalid_argument if load is negative, or swing outside 0 to 1.
/// Source: own integral; check E7, against a sum over a million moments in tests/market/primitives.
[[nodiscard]] double served_over_day(double load, double swing);

}  // namespace rackrate::market
