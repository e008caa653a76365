#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rackrate::record::detail {

/// The subset of JSON that our own small files use: strings, integers, lists, objects.
struct Json {
  enum class Kind : std::uint8_t { Null, Text, Number, List, Object } kind = Kind::Null;
  std::string text;  ///< of a string, unescaped; of a number, its digits
  std::vector<Json> items;
  std::vector<std::pair<std::string, Json>> fields;

  /// The field of that name, or a null value.
  [[nodiscard]] const Json& operator[](std::string_view name) const;
  /// Throws std::runtime_error when this is not a whole number that fits.
  [[nodiscard]] std::int64_t integer() const;
  [[nodiscard]] std::uint64_t unsigned_integer() const;
};

/// Throws std::runtime_error when the text is not JSON, or nests deeper than 32.
[[nodiscard]] Json parse_json(std::string_view text);
/// The text as a JSON string, quotes included.
[[nodiscard]] std::string quoted(std::string_view text);
[[nodiscard]] std::string quoted_list(const std::vector<std::string>& texts);

}  // namespace rackrate::record::detail
