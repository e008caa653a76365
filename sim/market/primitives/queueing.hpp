#pragma once
namespace rackrate::market {

/// Erlang's loss probability with c servers at an offered load of a (arrival rate x mean service time).
///
/// c may be any real number >= 0 (a pool of 3.7 replicas): 1/B = a integral_0^inf e^(-a x) (1 + x)^c dx. The cost does
/// not grow with c: whole c up to 256 use B(c) = a B(c-1) / (c + a B(c-1)), others a quadrature over the peak.
/// Throws:  std::invalid_argument if c or a is negative or not finite.
/// Source:  Jagerman (1974), Bell System Technical Journal 53, 525-551. Check E2.
[[nodiscard]] double erlang_b(double servers, double load);

/// Erlang's probability of waiting, C = B / (1 - rho (1 - B)); 1 when the load is not below the servers.
[[nodiscard]] double erlang_c(double servers, double load);

/// Mean wait in queue of M/M/c, in mean service times: C / (c - a). Infinity when the load is not below the servers.
[[nodiscard]] double erlang_wait(double servers, double load);

/// Mean wait of G/G/c in mean service times: that of M/M/c times (Ca^2 + Cs^2)/2.
///
/// Exact for M/M/c, and for M/G/1 (Pollaczek and Khinchine); an approximation otherwise.
/// Source:  Allen (1990), section 5.3. Check E3.
[[nodiscard]] double allen_cunneen(double servers, double load, double arrival_scv, double service_scv);

/// What a request waits on average in a pool.
struct PoolQueue {
  double replicas = 1.0;
  double utilisation = 0.0;      ///< load per replica, below 1 for a finite wait
  double service_seconds = 1.0;  ///< mean service time
  double arrival_scv = 1.0;      ///< squared coefficients of variation
  double service_scv = 1.0;
};
/// Units: the unit of service_seconds. Infinity at utilisation >= 1; 0 for an idle or absent pool.
[[nodiscard]] double mean_wait(const PoolQueue& queue);

}  // namespace rackrate::market
