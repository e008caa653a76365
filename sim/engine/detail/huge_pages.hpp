#pragma once
#include <cstddef>

namespace rackrate::engine::detail {

/// Asks the system to back this memory by huge pages, where it can. Only ever a matter of speed.
void prefer_huge_pages(void* memory, std::size_t bytes) noexcept;

}  // namespace rackrate::engine::detail
