#include "sim/market/primitives/concentration.hpp"

#include <stdexcept>

namespace rackrate::market {
namespace {

double total(std::span<const double> sizes) {
  double sum = 0.0;
  for (const double s : sizes) {
    if (!(s >= 0.0)) throw std::invalid_argument("a firm's size must not be negative");
    sum += s;
  }
  return sum;
}

}  // namespace

double hhi(std::span<const double> sizes) {
  const double all = total(sizes);
  if (all == 0.0) return 0.0;
  double sum = 0.0;
  for (const double s : sizes) sum += (100.0 * s / all) * (100.0 * s / all);
  return sum;
}

}  // namespace rackrate::market
