#pragma once
// Catch2 v3 where found, else the distribution's 2.13.
#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include "sim/core/money.hpp"

namespace Catch {
template <>
struct StringMaker<rackrate::core::Money> {
  static std::string convert(rackrate::core::Money amount) { return rackrate::core::to_string(amount); }
};
}  // namespace Catch

/// Ends a test that cannot test here, and says why. Catch2 counts it as skipped where it knows that (from 3.3 on).
#ifdef SKIP
#define RACKRATE_SKIP(why) SKIP(why)
#else
#define RACKRATE_SKIP(why)         \
  do {                             \
    WARN("not tested: " << (why)); \
    return;                        \
  } while (false)
#endif
