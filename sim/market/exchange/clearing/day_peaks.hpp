#pragma once
#include <vector>

#include "sim/market/exchange/clearing/demand.hpp"
#include "sim/market/exchange/interval.hpp"
#include "sim/market/view/notice.hpp"

/// Load within the day (MODEL 9.4): interactive load swings around its mean, so a pool that covers the mean may turn
/// load away at the peak. Work without a user who waits fills what the valley leaves. All of it is the capacity of the
/// open and the other part of a pool, so the network has no more arcs or pools than without.
namespace rackrate::market {

struct Load;
struct ClassService;

/// Does any interactive load vary over the day?
[[nodiscard]] bool has_peaks(const ClearingParameters& clearing);

/// Finds the groups of interactive classes that may use the same open parts of pools.
void find_peak_groups(DemandTable& table);

/// How loads of several groups lie on the parts of pools: each part's load over its capacity is as even as where the
/// groups may go allows. The day's mean of the largest flow is then exactly the sum over parts of what each serves
/// (served_over_day), whatever the profile, as long as all have the same.
struct Pressure {
  Table<NodeId, double> load;   ///< mean, H100e
  Table<NodeId, double> swing;  ///< of it: mean over the groups by their loads
};
/// `wanted` and `swing` by group. Parts without capacity bear nothing.
[[nodiscard]] Pressure pressure(const DemandTable& table, const std::vector<double>& wanted,
                                const std::vector<double>& swing);

/// Lowers what interactive load may use of each open part of a pool, K at any hour, to what it can use on average: K
/// served_over_day(max(x, 1/(1 + a)), a), where x K is the load that bears on the part and a its swing. The other part
/// gets what this leaves. Returns what was taken from interactive load, by part; nothing where nothing swings.
[[nodiscard]] Table<NodeId, std::int64_t> limit_peaks(const CompiledScenario& compiled, const Load& load,
                                                      DemandTable& table);

/// Interactive load that was not served although the pool would have had room for its mean, by pool; what leased
/// capacity turned away, at a pool of the lessee.
[[nodiscard]] Table<PoolId, std::int64_t> lost_at_peaks(const CompiledScenario& compiled, const DemandTable& table,
                                                        const Load& load, const Table<ClassId, ClassService>& got,
                                                        const Table<NodeId, std::int64_t>& withheld);

/// What clouds have turned away at peaks in the month so far, H100e-hours.
struct PeakMonth {
  Table<CloudId, double> lost;
  double hours = 0.0;
  Table<CloudId, char> before;  ///< did it turn anything away in the month before?
};
/// Counts an interval.
void count_peaks(const CompiledScenario& compiled, const Interval& interval, const Table<PoolId, std::int64_t>& lost,
                 PeakMonth& month);
/// Ends a month: a notice for each cloud that begins, or ceases, to turn load away at peaks.
void end_peak_month(const CompiledScenario& compiled, core::SimTime t, PeakMonth& month, std::vector<Notice>& notices);

}  // namespace rackrate::market
