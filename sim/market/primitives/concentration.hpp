#pragma once
#include <span>

namespace rackrate::market {

/// Herfindahl-Hirschman index, the sum of squared percentage shares: 0 to 10,000.
/// Sizes in any one unit; a market without sales reads 0. Throws: std::invalid_argument on a negative size. Check F3.
[[nodiscard]] double hhi(std::span<const double> sizes);
/// The largest share, 0 to 1.
[[nodiscard]] double largest_share(std::span<const double> sizes);
/// By how much the index rises when two firms with these sizes become one: 2 s_a s_b in percent.
[[nodiscard]] double hhi_rise_of_merger(std::span<const double> sizes, std::size_t a, std::size_t b);

/// An alarm built from the structural presumptions of the US Merger Guidelines of 2023; not law on vertical contracts.
struct ConcentrationScreen {
  double hhi = 1800.0;  ///< the index must exceed this,
  double share = 0.30;  ///< and either one share this
  double rise = 100.0;  ///< or the rise over twelve months this
  [[nodiscard]] bool alarms(double index, double top_share, double rise_12m) const {
    return index > hhi && (top_share > share || rise_12m > rise);
  }
};

}  // namespace rackrate::market
