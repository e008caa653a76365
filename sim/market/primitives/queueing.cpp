#include "sim/market/primitives/queueing.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "sim/core/math.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

constexpr double kNoEnd = std::numeric_limits<double>::infinity();
constexpr double kLongestRecursion = 256.0;

/// Gauss-Legendre on [-1, 1], 16 points, the positive half (Abramowitz and Stegun, table 25.4).
constexpr std::array<double, 8> kNode{0.0950125098376374402, 0.2816035507792589132, 0.4580167776572273863,
                                      0.6178762444026437484, 0.7554044083550030339, 0.8656312023878317439,
                                      0.9445750230732325761, 0.9894009349916499326};
constexpr std::array<double, 8> kWeight{0.1894506104550684963, 0.1826034150449235889, 0.1691565193950025382,
                                        0.1495959888165767321, 0.1246289712555338720, 0.0951585116824927848,
                                        0.0622535239386478929, 0.0271524594117540949};

/// B by quadrature. With e^t = 1 + x the integrand is exp((c + 1) t - a (e^t - 1)): log-concave in t, one peak.
double erlang_b_integral(double c, double a) {
  const double n = c + 1.0;
  const bool inside = n > a;  // the peak lies at t = ln(n/a) > 0, else at 0
  const double peak = inside ? math::log(n / a) : 0.0;
  const double slope = inside ? n : a;  // a e^peak
  const double height = inside ? n * peak - (n - a) : 0.0;
  const double least = math::exp(-height);
  if (least == 0.0) return 0.0;  // a large pool with room: B is below the smallest double
  // The exponent relative to its peak, s = t - peak; written so that nearby values do not cancel.
  const auto below_peak = [&](double s) { return n * s - slope * math::expm1(s); };
  constexpr double kNegligible = -42.0;  // e^-42 is under 1e-18
  const auto reach = [&](double direction, double limit) {
    double s = std::min(limit, 1.0 / math::sqrt(slope));
    while (s < limit && below_peak(direction * s) > kNegligible) s = std::min(limit, 1.25 * s);
    return s;
  };
  const double left = inside ? reach(-1.0, peak) : 0.0;
  const double right = reach(1.0, kNoEnd);
  constexpr int kPanels = 12;
  const double half = 0.5 * (left + right) / kPanels;
  double sum = 0.0;
  for (int panel = 0; panel < kPanels; ++panel) {
    const double middle = -left + (2 * panel + 1) * half;
    for (std::size_t i = 0; i < kNode.size(); ++i) {
      sum += kWeight[i] *
             (math::exp(below_peak(middle - half * kNode[i])) + math::exp(below_peak(middle + half * kNode[i])));
    }
  }
  return least / (a * sum * half);
}

}  // namespace

double erlang_b(double servers, double load) {
  if (!(servers >= 0.0 && load >= 0.0 && servers < kNoEnd && load < kNoEnd)) {
    throw std::invalid_argument("erlang_b: servers and load must be finite and not negative");
  }
  if (servers == 0.0) return 1.0;
  if (load == 0.0) return 0.0;
  if (servers > kLongestRecursion || servers != std::floor(servers))
    return std::min(1.0, erlang_b_integral(servers, load));
  double b = 1.0;
  for (double c = 1.0; c <= servers; c += 1.0) b = load * b / (c + load * b);
  return b;
}

double erlang_c(double servers, double load) {
  if (load >= servers) return load > 0.0 ? 1.0 : 0.0;
  const double b = erlang_b(servers, load);
  return b / (1.0 - load / servers * (1.0 - b));
}

double erlang_wait(double servers, double load) {
  if (load >= servers) return load > 0.0 ? kNoEnd : 0.0;
  return erlang_c(servers, load) / (servers - load);
}

double allen_cunneen(double servers, double load, double arrival_scv, double service_scv) {
  return 0.5 * (arrival_scv + service_scv) * erlang_wait(servers, load);
}

double mean_wait(const PoolQueue& q) {
  if (!(q.utilisation >= 0.0 && q.replicas >= 0.0))
    throw std::invalid_argument("mean_wait: utilisation and replicas must not be negative");
  if (q.utilisation == 0.0 || q.replicas == 0.0) return 0.0;
  if (q.utilisation >= 1.0) return kNoEnd;
  return q.service_seconds * allen_cunneen(q.replicas, q.utilisation * q.replicas, q.arrival_scv, q.service_scv);
}

}  // namespace rackrate::market
