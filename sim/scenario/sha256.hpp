#pragma once
#include <string>
#include <string_view>

namespace rackrate::scenario {

/// Lower-case hex of the SHA-256 of the bytes. Source: FIPS 180-4.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace rackrate::scenario
