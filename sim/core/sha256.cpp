#include "sim/core/sha256.hpp"

#include <algorithm>
#include <cstring>

#include "sim/core/detail/sha256_block.hpp"

namespace rackrate::core {

void Sha256::block(const unsigned char* bytes) { detail::sha256_block(h_, bytes); }

void Sha256::update(const void* bytes, std::size_t count) {
  const auto* p = static_cast<const unsigned char*>(bytes);
  total_ += count;
  while (count > 0) {
    if (pending_size_ == 0 && count >= 64) {
      block(p);
      p += 64;
      count -= 64;
      continue;
    }
    const std::size_t take = std::min(count, 64 - pending_size_);
    std::memcpy(pending_.data() + pending_size_, p, take);
    pending_size_ += take;
    p += take;
    count -= take;
    if (pending_size_ == 64) {
      block(pending_.data());
      pending_size_ = 0;
    }
  }
}

std::string Sha256::hex() {
  const std::uint64_t bits = total_ * 8;
  const unsigned char one = 0x80, zero = 0;
  update(&one, 1);
  while (pending_size_ != 56) update(&zero, 1);
  for (int shift = 56; shift >= 0; shift -= 8) {
    const auto byte = static_cast<unsigned char>(bits >> shift);
    update(&byte, 1);
  }
  std::string out;
  for (const std::uint32_t word : h_)
    for (int shift = 28; shift >= 0; shift -= 4) out += "0123456789abcdef"[(word >> shift) & 15];
  return out;
}

}  // namespace rackrate::core
