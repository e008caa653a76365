#pragma once
#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <type_traits>

#include "sim/core/sim_time.hpp"

namespace rackrate::engine {

/// When something recurs: a rule that computes the time of tick k = 0, 1, 2, ... from k alone. Nothing is
/// added up from tick to tick, so there is nothing that could drift. A plain value, saved with its owner.
template <class T>
concept Timetable = std::is_trivially_copyable_v<T> && std::equality_comparable<T> &&
    requires(const T& table, std::int64_t k) {
  { table.time(k) } -> std::same_as<core::SimTime>;
};

/// Ticks `parts` times per period, the first at `first`. Where the period does not divide into whole
/// milliseconds each tick is rounded down by itself: with parts = 3 and a period of one second they fall
/// on 0, 333, 666, 1000, ... ms and are still on the second after a year.
struct Every {
  core::SimTime first{};
  core::SimDuration period{};
  std::int64_t parts = 1;
  [[nodiscard]] core::SimTime time(std::int64_t k) const {
    return first + (k / parts) * period + (k % parts) * period / parts;
  }
  friend bool operator==(const Every&, const Every&) = default;
};

/// Ticks at midnight UTC on one day of every `step`-th month. In a month without that day it ticks on the
/// month's last: day 31 means month ends, the 29th of February among them.
struct Monthly {
  int first_month = 0;  ///< core::month_index
  int step = 1;         ///< months from tick to tick; 3 for quarters, 12 for years
  int day = 1;          ///< 1 to 31
  [[nodiscard]] core::SimTime time(std::int64_t k) const {
    const int month = first_month + static_cast<int>(k) * step;
    const auto length =
        std::chrono::floor<std::chrono::days>(core::month_start(month + 1) - core::month_start(month)).count();
    return core::month_start(month) + (std::clamp<std::int64_t>(day, 1, length) - 1) * core::kDay;
  }
  friend bool operator==(const Monthly&, const Monthly&) = default;
};

/// Every month on that day, from `from` on (`from` itself included).
[[nodiscard]] inline Monthly every_month(core::SimTime from, int day = 1) {
  Monthly table{.first_month = core::month_index(from), .day = day};
  if (table.time(0) < from) ++table.first_month;
  return table;
}

/// The first day of each calendar quarter, from `from` on (`from` itself included).
[[nodiscard]] inline Monthly every_quarter(core::SimTime from) {
  Monthly table{.first_month = core::month_index(from), .step = 3};
  while (table.first_month % 3 != 0 || table.time(0) < from) ++table.first_month;
  return table;
}

}  // namespace rackrate::engine
