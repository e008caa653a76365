#include "sim/market/primitives/concentration.hpp"

#include <algorithm>
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

double largest_share(std::span<const double> sizes) {
  const double all = total(sizes);
  return all == 0.0 ? 0.0 : *std::max_element(sizes.begin(), sizes.end()) / all;
}

double hhi_rise_of_merger(std::span<const double> sizes, std::size_t a, std::size_t b) {
  if (a >= sizes.size() || b >= sizes.size() || a == b)
    throw std::invalid_argument("a merger joins two different firms of the market");
  const double all = total(sizes);
  return all == 0.0 ? 0.0 : 2.0 * (100.0 * sizes[a] / all) * (100.0 * sizes[b] / all);
}

}  // namespace rackrate::market
