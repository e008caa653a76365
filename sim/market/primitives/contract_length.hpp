#pragma once

namespace rackrate::market {

/// Mean time that contracts in force have left, weighted by what they pay a year.
///
/// Contracts of length L pay evenly and are replaced by new ones when a share e of L is left; what is under contract
/// grows by g a year (of its logarithm), so contracts of age a in [0, A], A = (1 - e) L, stand to one another as exp(-g
/// a):
///   L - 1/g + A / (exp(g A) - 1),   L - A/2 at g = 0.
///
/// Units:   years.
/// Throws:  std::invalid_argument unless length > 0 and 0 <= early < 1.
/// Source:  stable populations (Lotka 1907); the integral itself in tests/market/primitives/contract_length.test.cpp.
[[nodiscard]] double mean_years_left(double length, double early, double growth);

}  // namespace rackrate::market
