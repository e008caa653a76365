#include "sim/core/sim_time.hpp"

#include "tests/support/catch.hpp"

using namespace rackrate::core;

TEST_CASE("dates print and parse on the civil calendar", "[core][time]") {
  CHECK(to_string(date(2026, 4, 27)) == "2026-04-27");
  CHECK(to_string(date(2026, 4, 27) + std::chrono::hours{6}) == "2026-04-27T06:00:00");
  CHECK(to_string(date(1969, 12, 31) + SimDuration{1}) == "1969-12-31T00:00:00.001");
  CHECK(to_string(kNever) == "never");
  CHECK(to_string(kAlways) == "always");
  SimTime t;
  CHECK(parse_time("2026-04-27", t));
  CHECK(t == date(2026, 4, 27));
  CHECK(parse_time("2024-02-29T23:59:58", t));
  CHECK(t == date(2024, 3, 1) - std::chrono::seconds{2});
  CHECK(parse_time("2024-02-29T23:59", t));
  for (const std::int64_t ms : {0LL, 1LL, -1LL, 1234567890123LL, 86'400'000LL}) {
    CHECK(parse_time(to_string(SimTime{SimDuration{ms}}), t));
    CHECK(t.time_since_epoch().count() == ms);
  }
}

TEST_CASE("a time of day with a zone is converted to UTC, to the millisecond", "[core][time]") {
  const SimTime six = date(2026, 4, 27) + std::chrono::hours{6};
  for (const char* text : {"2026-04-27T06:00", "2026-04-27 06:00", "2026-04-27T06:00Z", "2026-04-27T06:00:00.000000Z",
                           "2026-04-27T11:30+05:30", "2026-04-26T22:00-08:00", "2026-04-27T06:00:00+00:00"}) {
    INFO(text);
    SimTime t;
    CHECK(parse_time(text, t));
    CHECK(t == six);
  }
  SimTime t;
  CHECK(parse_time("2026-04-27T06:00:00.5", t));
  CHECK(t == six + SimDuration{500});
  CHECK(parse_time("2026-04-27T06:00:00.025-01:00", t));
  CHECK(t == six + std::chrono::hours{1} + SimDuration{25});
}

TEST_CASE("text that is no date is refused and leaves the output alone", "[core][time]") {
  SimTime t = date(2000, 1, 1);
  for (const char* text :
       {"", "2026", "2026-4-27", "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-27T06", "2026-04-27T24:00",
        "2026-04-27T06:60", "2026-04-27T06:00:00.", "2026-04-27T06:00:00.0005", "2026-04-27T06:00+05",
        "2026-04-27T06:00+24:00", "2026-04-27T06:00Zulu", "2026-04-27Z", "2026-04-27+01:00", "never"}) {
    INFO(text);
    CHECK_FALSE(parse_time(text, t));
  }
  CHECK(t == date(2000, 1, 1));
}

TEST_CASE("months count from January 1970 in both directions", "[core][time]") {
  CHECK(month_index(date(1970, 1, 1)) == 0);
  CHECK(month_index(date(1969, 12, 31)) == -1);
  CHECK(month_index(date(2026, 4, 30) + std::chrono::hours{23}) == 56 * 12 + 3);
  for (int m = -30; m < 1000; ++m) {
    CHECK(month_index(month_start(m)) == m);
    CHECK(month_index(month_start(m) - SimDuration{1}) == m - 1);
  }
}

TEST_CASE("durations convert with a year of 365.25 days", "[core][time]") {
  CHECK(days(1.0) == kDay);
  CHECK(days(-0.5) == -std::chrono::hours{12});
  CHECK(years(4.0) == std::chrono::days{1461});
  CHECK(in_years(std::chrono::days{1461}) == 4.0);
  CHECK(in_hours(kDay) == 24.0);
}
