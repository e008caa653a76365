#include "sim/market/primitives/power.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace rackrate::market {
namespace {

__extension__ using Wide = __int128;
// Integers keep floors exact: 0.65 x 40000 must be 26000 and not a bit less.
constexpr double kMicro = 1e6;
constexpr double kWattsPerKw = 1e3;

std::int64_t whole(double value, double scale) { return static_cast<std::int64_t>(std::round(value * scale)); }

void check(std::span<const FleetLine> fleet) {
  for (const FleetLine& f : fleet) {
    if (!(f.units >= 0 && f.eta >= 0.0 && f.kw >= 0.0 && f.availability >= 0.0 && f.availability <= 1.0)) {
      throw std::invalid_argument("a fleet line has a negative count, ratio or power, or an availability outside 0..1");
    }
  }
}

std::int64_t throughput(std::span<const FleetLine> fleet, std::span<const std::int64_t> on, bool up) {
  Wide sum = 0;  // in 1e-12 H100e
  for (std::size_t i = 0; i < fleet.size(); ++i) {
    sum += Wide{whole(fleet[i].eta, kMicro)} * whole(up ? fleet[i].availability : 1.0, kMicro) * on[i];
  }
  return static_cast<std::int64_t>(sum / 1'000'000'000'000LL);
}

/// Powered H100e by line: differences of the running sum's whole part, so that they add up to that of all lines.
std::vector<std::int64_t> whole_parts(std::span<const FleetLine> fleet, std::span<const std::int64_t> on) {
  std::vector<std::int64_t> parts;
  Wide sum = 0;  // in 1e-6 H100e
  std::int64_t given = 0;
  for (std::size_t i = 0; i < fleet.size(); ++i) {
    sum += Wide{whole(fleet[i].eta, kMicro)} * on[i];
    const auto upto = static_cast<std::int64_t>(sum / 1'000'000);
    parts.push_back(upto - given);
    given = upto;
  }
  return parts;
}

}  // namespace

std::int64_t installed_h100e(std::span<const FleetLine> fleet) {
  check(fleet);
  std::vector<std::int64_t> all;
  for (const FleetLine& f : fleet) all.push_back(f.units);
  return throughput(fleet, all, false);
}

double facility_kw(std::span<const FleetLine> fleet) {
  check(fleet);
  Wide watts = 0;
  for (const FleetLine& f : fleet) watts += Wide{whole(f.kw, kWattsPerKw)} * f.units;
  return static_cast<double>(watts) / kWattsPerKw;
}

Powered power_fleet(std::span<const FleetLine> fleet, double limit_kw) {
  check(fleet);
  if (!(limit_kw >= 0.0 && limit_kw < 1e15)) throw std::invalid_argument("a power limit is negative or not finite");
  std::vector<std::size_t> order(fleet.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    // eta_a / kw_a > eta_b / kw_b without dividing by a possible zero
    const Wide left = Wide{whole(fleet[a].eta, kMicro)} * whole(fleet[b].kw, kWattsPerKw);
    const Wide right = Wide{whole(fleet[b].eta, kMicro)} * whole(fleet[a].kw, kWattsPerKw);
    return left != right ? left > right : fleet[a].key < fleet[b].key;
  });
  Powered out{std::vector<std::int64_t>(fleet.size(), 0), {}, 0, 0, 0.0};
  const auto limit =
      static_cast<std::int64_t>(std::floor(limit_kw * kWattsPerKw + 1e-6));  // 119999999.9999999 is 120 MW
  std::int64_t watts = limit;
  for (const std::size_t i : order) {
    const std::int64_t each = whole(fleet[i].kw, kWattsPerKw);
    out.on[i] = each == 0 ? fleet[i].units : std::min(fleet[i].units, watts / each);
    watts -= out.on[i] * each;
  }
  out.h100e = whole_parts(fleet, out.on);
  out.powered_h100e = std::accumulate(out.h100e.begin(), out.h100e.end(), std::int64_t{0});
  out.up_h100e = throughput(fleet, out.on, true);
  out.drawn_kw = static_cast<double>(limit - watts) / kWattsPerKw;
  return out;
}

}  // namespace rackrate::market
