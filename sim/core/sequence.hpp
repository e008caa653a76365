#pragma once
#include <cstddef>
#include <iterator>
#include <type_traits>
#include <utility>

namespace rackrate::core {

/// The values make(i) of those numbers i below `count` for which keep(i) is true, in order, one at a time:
/// `for (const CloudId cloud : hosts.members())`. The range must outlive its iterators.
/// A view of the standard library would do; clang 14 cannot compile those of libstdc++ 12.
template <class Make, class Keep>
class Sequence {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using reference = std::invoke_result_t<const Make&, std::size_t>;
    using value_type = std::remove_cvref_t<reference>;
    using difference_type = std::ptrdiff_t;
    using pointer = void;

    constexpr Iterator() = default;
    constexpr Iterator(const Sequence& sequence, std::size_t at) : sequence_(&sequence), at_(at) { skip(); }

    constexpr reference operator*() const { return sequence_->make_(at_); }
    constexpr Iterator& operator++() {
      ++at_;
      skip();
      return *this;
    }
    constexpr Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend constexpr bool operator==(const Iterator& a, const Iterator& b) { return a.at_ == b.at_; }

   private:
    constexpr void skip() {
      while (at_ < sequence_->count_ && !sequence_->keep_(at_)) ++at_;
    }

    const Sequence* sequence_ = nullptr;
    std::size_t at_ = 0;
  };

  constexpr Sequence(std::size_t count, Make make, Keep keep)
      : count_(count), make_(std::move(make)), keep_(std::move(keep)) {}

  [[nodiscard]] constexpr Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] constexpr Iterator end() const { return {*this, count_}; }

 private:
  std::size_t count_;
  Make make_;
  Keep keep_;
};

/// The values make(i) of the numbers below `count`.
template <class Make>
[[nodiscard]] constexpr auto sequence(std::size_t count, Make make) {
  constexpr auto all = [](std::size_t) { return true; };
  return Sequence(count, std::move(make), all);
}
/// The same, without those for which keep(i) is false.
template <class Make, class Keep>
[[nodiscard]] constexpr auto sequence(std::size_t count, Make make, Keep keep) {
  return Sequence(count, std::move(make), std::move(keep));
}

}  // namespace rackrate::core
