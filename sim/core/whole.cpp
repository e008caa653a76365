#include "sim/core/whole.hpp"

#include <array>
#include <charconv>
#include <string>

#include "sim/core/error.hpp"

namespace rackrate::core {

void beyond_whole(double value, std::string_view what) {
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 3).ptr;
  throw LedgerError(std::string(what) + " grew to " + std::string(text.data(), end) + ", more than a run can count");
}

}  // namespace rackrate::core
