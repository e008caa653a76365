#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rackrate::core {

/// SHA-256 (FIPS 180-4), computed incrementally.
class Sha256 {
 public:
  void update(const void* bytes, std::size_t count);
  void update(std::string_view text) { update(text.data(), text.size()); }
  /// Text with its end marked, so that "ab","c" and "a","bc" differ.
  void update_field(std::string_view text) {
    update(text);
    update("\0", 1);
  }
  /// Returns the digest; the object must not be used afterwards.
  [[nodiscard]] std::string hex();

 private:
  void block(const unsigned char* bytes);
  std::array<std::uint32_t, 8> h_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, 64> pending_{};
  std::size_t pending_size_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace rackrate::core
