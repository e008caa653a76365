#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <vector>

/// Plain bytes of the machine's own order (little-endian on every platform that is supported).
namespace rackrate::engine::detail {

/// A digest of bytes, eight at a time. Every step is a bijection of the word and of the digest so far,
/// so a change within one word never goes unnoticed.
[[nodiscard]] inline std::uint64_t checksum(std::span<const std::byte> bytes) {
  std::uint64_t h = bytes.size();
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min<std::size_t>(8, bytes.size()));
    std::uint64_t word = 0;
    std::memcpy(&word, part.data(), part.size());
    h = (h ^ word) * 0x9e3779b97f4a7c15ULL;
    h ^= h >> 32;
    bytes = bytes.subspan(part.size());
  }
  return h;
}

class ByteWriter {
 public:
  template <class T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto* bytes = reinterpret_cast<const std::byte*>(&value);
    bytes_.insert(bytes_.end(), bytes, bytes + sizeof value);
  }
  /// The bytes with their checksum at the end.
  [[nodiscard]] std::vector<std::byte> take() {
    put(checksum(bytes_));
    return std::move(bytes_);
  }

 private:
  std::vector<std::byte> bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : rest_(bytes) {}
  /// Throws: std::invalid_argument when the bytes end early.
  template <class T>
  [[nodiscard]] T get() {
    static_assert(std::is_trivially_copyable_v<T>);
    if (rest_.size() < sizeof(T))
      throw std::invalid_argument("engine snapshot ends early; it was cut short or is of another kind");
    T value;
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_ = rest_.subspan(sizeof value);
    return value;
  }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }
  /// Takes the checksum off the end. Throws: std::invalid_argument when it is not that of the bytes before it.
  void verify() {
    std::uint64_t stored = 0;
    if (rest_.size() < sizeof stored)
      throw std::invalid_argument("engine snapshot ends early; it was cut short or is of another kind");
    const auto content = rest_.first(rest_.size() - sizeof stored);
    std::memcpy(&stored, content.data() + content.size(), sizeof stored);
    if (checksum(content) != stored)
      throw std::invalid_argument("engine snapshot is damaged: its checksum is not that of its bytes");
    rest_ = content;
  }

 private:
  std::span<const std::byte> rest_;
};

}  // namespace rackrate::engine::detail
