#pragma once
#include <cstddef>
#include <string>
#include <string_view>

/// Text from files, file names and command lines is bytes that need not be UTF-8.
namespace rackrate::core {

/// Bytes of the UTF-8 character that `text` begins with; 0 where it begins with none (or is empty).
/// Overlong forms, surrogates and code points beyond U+10FFFF are no characters.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);

/// The text with every byte that is no UTF-8 written as \xNN.
[[nodiscard]] std::string escaped_utf8(std::string_view text);

}  // namespace rackrate::core
