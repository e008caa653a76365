#include "sim/engine/timetable.hpp"

#include <vector>

#include "sim/core/sim_time.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using core::date;

namespace {
template <class Table>
std::vector<std::string> first_ticks(const Table& table, std::int64_t n) {
  std::vector<std::string> out;
  for (std::int64_t k = 0; k < n; ++k) out.push_back(core::to_string(table.time(k)));
  return out;
}
using Dates = std::vector<std::string>;
}  // namespace

TEST_CASE("a period that is no whole number of milliseconds does not drift", "[engine][periodic]") {
  // Seven ticks a day: 86,400,000 / 7 = 12,342,857.14 ms. Adding up the rounded-down step would be a whole
  // step behind after 86.4 million ticks, and 1 ms behind at the first midnight.
  const engine::Every table{date(2026, 1, 1), core::kDay, 7};
  CHECK(table.time(1) == date(2026, 1, 1) + core::SimDuration{12'342'857});
  CHECK(table.time(6) == date(2026, 1, 1) + core::SimDuration{74'057'142});  // 6 x 86,400,000 / 7 = 74,057,142.86
  CHECK(table.time(7) == date(2026, 1, 2));
  CHECK(table.time(7 * 365) == date(2027, 1, 1));
  CHECK(table.time(7 * 365 * 1000LL) == date(2026, 1, 1) + 365'000 * core::kDay);
}

TEST_CASE("month ends fall on the 29th of February in leap years only", "[engine][periodic]") {
  const engine::Monthly ends = engine::every_month(date(2028, 1, 15), 31);
  CHECK(first_ticks(ends, 4) == Dates{"2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"});
  CHECK(core::to_string(ends.time(13)) == "2029-02-28");
  CHECK(core::to_string(ends.time(12 * 72 + 1)) == "2100-02-28");   // a century that is no leap year
  CHECK(core::to_string(ends.time(12 * 372 + 1)) == "2400-02-29");  // and one that is
  // The day comes back after a short month: it is clamped anew each time, not carried along.
  CHECK(first_ticks(engine::every_month(date(2027, 1, 30), 30), 3) == Dates{"2027-01-30", "2027-02-28", "2027-03-30"});
}

TEST_CASE("a monthly table starts on its day, or waits for the next month's", "[engine][periodic]") {
  CHECK(first_ticks(engine::every_month(date(2026, 11, 1)), 3) == Dates{"2026-11-01", "2026-12-01", "2027-01-01"});
  CHECK(first_ticks(engine::every_month(date(2026, 11, 1) + core::SimDuration{1}), 2) ==
        Dates{"2026-12-01", "2027-01-01"});
  CHECK(first_ticks(engine::every_month(date(1969, 11, 30)), 3) == Dates{"1969-12-01", "1970-01-01", "1970-02-01"});
}

TEST_CASE("a quarterly table falls on January, April, July and October", "[engine][periodic]") {
  CHECK(first_ticks(engine::every_quarter(date(2026, 2, 10)), 4) ==
        Dates{"2026-04-01", "2026-07-01", "2026-10-01", "2027-01-01"});
  CHECK(first_ticks(engine::every_quarter(date(2026, 10, 1)), 2) == Dates{"2026-10-01", "2027-01-01"});
  CHECK(first_ticks(engine::every_quarter(date(2026, 10, 2)), 1) == Dates{"2027-01-01"});
  CHECK(first_ticks(engine::every_quarter(date(1969, 5, 1)), 3) == Dates{"1969-07-01", "1969-10-01", "1970-01-01"});
}
