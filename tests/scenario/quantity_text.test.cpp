#include <cmath>
#include <string>

#include "sim/scenario/quantity_text.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::scenario;

namespace {

double read(const char* text, const Unit& unit) {
  const QuantityText q = read_quantity(text, unit);
  INFO(text);
  CHECK(q.problem == QuantityProblem::None);
  return q.value;
}

}  // namespace

TEST_CASE("a quantity is read in the unit of its key", "[scenario][units]") {
  CHECK(read("30 k$", unit::kDollars) == 30000.0);
  CHECK(read("50000 $", unit::kDollars) == 50000.0);
  CHECK(read("1.4 kW", unit::kKilowatts) == 1.4);
  CHECK(read("1400 W", unit::kKilowatts) == 1.4);
  CHECK(read("1.9 GW", unit::kMegawatts) == 1900.0);
  CHECK(read("20 %", unit::kShare) == 0.2);
  CHECK(read("7 %", unit::kShare) == 0.07);  // 7 * 0.01 would be one bit off
  CHECK(read("0.25", unit::kShare) == 0.25);
  CHECK(read("10 %/y", unit::kPerYear) == 0.1);
  CHECK(read("0.5 /y", unit::kPerYear) == 0.5);
  CHECK(read("6 $/H100e-h", unit::kDollarsPerHour) == 6.0);
  CHECK(read("38 B$/y", unit::kDollarsPerYear) == 38e9);
  CHECK(read("72 $/MWh", unit::kDollarsPerMwh) == 72.0);
  CHECK(read("0.072 $/kW-h", unit::kDollarsPerMwh) == 72.0);  // 0.072 $/kWh = 72 $/MWh
  CHECK(read("12 M$/MW", unit::kDollarsPerMw) == 12e6);
  CHECK(read("7 d", unit::kDays) == 7.0);
  CHECK(read("36 h", unit::kDays) == 1.5);
  CHECK(read("2 wk", unit::kDays) == 14.0);
  CHECK(read("1 y", unit::kDays) == 365.25);
  CHECK(read("6 mo", unit::kYears) == 0.5);
  CHECK(read("120 H100e", unit::kCompute) == 120.0);
  CHECK(read("5 MH100e", unit::kCompute) == 5e6);
  CHECK(read("900 H100e/M", unit::kComputePerMillion) == 900.0);
  CHECK(read("1.2 $/mo", unit::kDollarsPerMonth) == 1.2);
  CHECK(read("14.4 $/y", unit::kDollarsPerMonth) == 14.4 / 12.0);
  CHECK(read("900 M", unit::kCount) == 9e8);
  CHECK(read("0.3 H100e-h/Mtok", unit::kComputePerToken) == 0.3);
  CHECK(read("  3 \t d ", unit::kDays) == 3.0);
  CHECK(read("12 / y", unit::kPerYear) == 12.0);
  CHECK(read("-2.5e3 $", unit::kDollars) == -2500.0);
}

TEST_CASE("a rate per hour is not a rate per year in disguise: it is converted", "[scenario][units]") {
  // 12 per hour, 8766 hours in a year of 365.25 days
  CHECK(read("12 /h", unit::kPerYear) == 12.0 * 8766.0);
}

TEST_CASE("a quantity of another dimension, an unknown unit or no number is refused", "[scenario][units]") {
  const auto problem = [](const char* text, const Unit& unit) { return read_quantity(text, unit).problem; };
  CHECK(problem("30 $", unit::kKilowatts) == QuantityProblem::WrongDimension);
  CHECK(problem("30", unit::kDollars) == QuantityProblem::WrongDimension);
  CHECK(problem("30 $", unit::kNumber) == QuantityProblem::WrongDimension);
  CHECK(problem("6 $/h", unit::kDollarsPerHour) == QuantityProblem::WrongDimension);
  CHECK(problem("30 kg", unit::kDollars) == QuantityProblem::UnknownUnit);
  CHECK(problem("3 $/", unit::kDollars) == QuantityProblem::UnknownUnit);
  CHECK(problem("3 k%", unit::kShare) == QuantityProblem::UnknownUnit);
  CHECK(problem("3 $ $", unit::kDollars) == QuantityProblem::UnknownUnit);
  CHECK(problem("", unit::kDollars) == QuantityProblem::NoNumber);
  CHECK(problem("many $", unit::kDollars) == QuantityProblem::NoNumber);
  CHECK(problem("nan $", unit::kDollars) == QuantityProblem::NoNumber);
  CHECK(problem("inf $", unit::kDollars) == QuantityProblem::NoNumber);
  CHECK(problem("1e308 T$", unit::kDollars) == QuantityProblem::NoNumber);  // overflows after scaling
}

TEST_CASE("a written quantity reads back as the same number", "[scenario][units]") {
  for (const double x : {0.1, 1.0 / 3.0, 1e-300, 38e9, 123456789.123456789})
    CHECK(read(write_quantity(x, unit::kDollarsPerMwh).c_str(), unit::kDollarsPerMwh) == x);
}
