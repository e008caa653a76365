#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace rackrate::market {

/// Units of one accelerator generation at one place.
struct FleetLine {
  std::uint64_t key = 0;      ///< name hash of the generation, breaks ties
  std::int64_t units = 0;     ///< installed
  double eta = 1.0;           ///< H100e per unit
  double kw = 1.0;            ///< all-in facility kW per unit, PUE included
  double availability = 1.0;  ///< share of powered units that is up
};

/// Whole H100e of a count of units: floor of sum eta x units. Ratios are taken to 1e-6, the sum is exact.
/// Throws: std::invalid_argument on a negative count, ratio or power.
/// Source: eta is the ratio of dense FP16 throughput (MODEL 3.2); check A1.
[[nodiscard]] std::int64_t installed_h100e(std::span<const FleetLine> fleet);

/// Facility power of all units, in kW; each line's kW taken to 1 W.
[[nodiscard]] double facility_kw(std::span<const FleetLine> fleet);

struct Powered {
  std::vector<std::int64_t> on;     ///< units powered, by line
  std::vector<std::int64_t> h100e;  ///< powered, by line: whole parts of powered_h100e, none off by a unit
  std::int64_t powered_h100e = 0;   ///< floor of sum eta x on
  std::int64_t up_h100e = 0;        ///< floor of sum availability x eta x on; the difference is down
  double drawn_kw = 0.0;            ///< of what is on, in whole watts a unit: never above the limit
};

/// Which units a power limit lets run: generations by H100e per kW, whole units, until the power is used.
///
/// Greedy is optimal for divisible units; with whole units it leaves less than one unit's power unused per line.
/// Units:   kW. A generation that draws no power is always on.
/// Throws:  std::invalid_argument on a negative count, ratio or limit.
/// Order:   does not depend on the order of lines, but for which line has a fraction of an H100e rounded up; equal
///          ratios go to the lower key.
/// Source:  the fractional knapsack (Dantzig 1957); check A2.
[[nodiscard]] Powered power_fleet(std::span<const FleetLine> fleet, double limit_kw);

}  // namespace rackrate::market
