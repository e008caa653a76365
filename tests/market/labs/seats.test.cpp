#include <cmath>

#include "sim/market/exchange/streams.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;

TEST_CASE("seats diffuse by Bass from where they stand", "[market][labs]") {
  Parameters p;
  p.run.start = core::date(2026, 1, 1);
  SeatApplication a;
  a.installed_base = 1'000'000;
  a.ceiling_share = 0.4;
  a.bass_p = 0.03;
  a.bass_q = 0.38;
  a.seats = 0;
  // Check C1: F(1) = 0.035758164 and F(3) = 0.150500072 of the ceiling of 400,000.
  CHECK(std::abs(seats_at(p, a, p.run.start + core::years(1)) - 400e3 * 0.035758164) < 1e-3);
  CHECK(std::abs(seats_at(p, a, p.run.start + core::years(3)) - 400e3 * 0.150500072) < 1e-3);
  // Started from F(1), two more years lead to F(3); at the ceiling nothing grows.
  a.seats = 400e3 * 0.035758164;
  CHECK(std::abs(seats_at(p, a, p.run.start + core::years(2)) - 400e3 * 0.150500072) < 1e-2);
  a.seats = 400e3;
  CHECK(seats_at(p, a, p.run.start + core::years(5)) == 400e3);
}
