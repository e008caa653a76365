#include "sim/engine/detail/huge_pages.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace rackrate::engine::detail {

void prefer_huge_pages([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(__linux__)
  (void)madvise(memory, bytes, MADV_HUGEPAGE);
#endif
}

}  // namespace rackrate::engine::detail
