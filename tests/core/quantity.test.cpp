#include <type_traits>

#include "sim/core/units.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::core;

namespace {
template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
}  // namespace

TEST_CASE("quantities of one unit add and those of two do not", "[core][units]") {
  static_assert(Addable<GpuHours, GpuHours>);
  static_assert(!Addable<GpuHours, Usd>);
  static_assert(!std::is_convertible_v<double, Usd>);
  CHECK(GpuHours{1.5} + GpuHours{2.0} == GpuHours{3.5});
  CHECK(Gpus{8} * Hours{3} == GpuHours{24});
  CHECK(GpuHours{24} * UsdPerGpuHour{2.5} == Usd{60});
  CHECK(Megawatts{1.5} * Hours{10} * UsdPerMwh{60} == Usd{900});
  CHECK(Usd{3} / Usd{4} == 0.75);
  CHECK(Usd{3} < Usd{4});
}
