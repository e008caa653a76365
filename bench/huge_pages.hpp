#pragma once
#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace bench {

/// Memory that the system may back by pages of 2 MiB where there is much of it. The opponent's queue and
/// the models' states lie in it, so that no ratio is one of page sizes: they make a heap of 10^7 events
/// a quarter faster.
template <class T>
struct HugePages {
  using value_type = T;
  HugePages() = default;
  template <class U>
  HugePages(const HugePages<U>&) noexcept {}

  [[nodiscard]] T* allocate(std::size_t n) {
    const std::size_t bytes = n * sizeof(T);
    const std::size_t alignment = bytes >= kPage ? kPage : kLine;
    const std::size_t whole = (bytes + alignment - 1) / alignment * alignment;
    void* memory = ::operator new (whole, std::align_val_t{alignment});
#if defined(__linux__)
    if (alignment == kPage) (void)madvise(memory, whole, MADV_HUGEPAGE);
#endif
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t n) noexcept {
    ::operator delete (memory, std::align_val_t{n * sizeof(T) >= kPage ? kPage : kLine});
  }
  friend bool operator==(const HugePages&, const HugePages&) = default;

 private:
  static constexpr std::size_t kPage = std::size_t{2} << 20;
  static constexpr std::size_t kLine = 64;
};

template <class T>
using HugeVector = std::vector<T, HugePages<T>>;

}  // namespace bench
