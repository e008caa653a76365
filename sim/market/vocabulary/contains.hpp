#pragma once
#include <algorithm>

namespace rackrate::market {

/// Is `x` in the list?
template <class List, class X>
[[nodiscard]] bool contains(const List& list, const X& x) {
  return std::find(list.begin(), list.end(), x) != list.end();
}

}  // namespace rackrate::market
