#pragma once
#include <cstdint>

namespace bench {

/// Calls of operator new since the program began, on all threads. allocations.cpp replaces the operators.
[[nodiscard]] std::uint64_t allocations();
/// Bytes asked for by them.
[[nodiscard]] std::uint64_t allocated_bytes();

}  // namespace bench
