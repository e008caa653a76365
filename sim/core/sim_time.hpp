#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace rackrate::core {

using SimDuration = std::chrono::milliseconds;
/// A point on the civil calendar: integer milliseconds since 1970-01-01 00:00 UTC.
using SimTime = std::chrono::sys_time<SimDuration>;

inline constexpr SimDuration kDay = std::chrono::hours{24};
inline constexpr SimDuration kHour = std::chrono::hours{1};
inline constexpr double kDaysPerYear = 365.25;
inline constexpr double kHoursPerYear = kDaysPerYear * 24.0;
/// Later than any date a scenario may name; "never" for open ends.
inline constexpr SimTime kNever = SimTime{SimDuration{INT64_MAX / 4}};
inline constexpr SimTime kAlways = SimTime{SimDuration{-(INT64_MAX / 4)}};

[[nodiscard]] constexpr SimTime date(int year, unsigned month, unsigned day) {
  return std::chrono::sys_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}};
}
[[nodiscard]] constexpr double in_days(SimDuration d) { return static_cast<double>(d.count()) / 86'400'000.0; }
[[nodiscard]] constexpr double in_hours(SimDuration d) { return static_cast<double>(d.count()) / 3'600'000.0; }
[[nodiscard]] constexpr double in_years(SimDuration d) { return in_days(d) / kDaysPerYear; }
/// Rounds to the nearest millisecond, half away from zero.
[[nodiscard]] constexpr SimDuration days(double d) {
  const double ms = d * 86'400'000.0;
  return SimDuration{static_cast<std::int64_t>(ms < 0 ? ms - 0.5 : ms + 0.5)};
}
[[nodiscard]] constexpr SimDuration years(double y) { return days(y * kDaysPerYear); }

/// Months since 1970-01; the month that contains `t`.
[[nodiscard]] int month_index(SimTime t);
/// First instant of a month given by month_index.
[[nodiscard]] SimTime month_start(int month_index);
/// "2026-04-27" at midnight, else "2026-04-27T06:00:00" (".250" follows when there are milliseconds);
/// "never" from kNever on and "always" up to kAlways.
[[nodiscard]] std::string to_string(SimTime t);
/// Parses "YYYY-MM-DD" or "YYYY-MM-DDThh:mm[:ss[.mmm]]", UTC unless "Z" or an offset such as "-05:00" follows the time.
/// Returns false, and leaves `out` alone, when the text is no valid date or states a part of a millisecond.
[[nodiscard]] bool parse_time(std::string_view text, SimTime& out);

}  // namespace rackrate::core
