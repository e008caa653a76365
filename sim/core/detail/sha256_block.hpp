#pragma once
#include <array>
#include <cstdint>

namespace rackrate::core::detail {

using Sha256State = std::array<std::uint32_t, 8>;

/// Takes 64 bytes into the state, by the processor's own instructions where it has them. The state is the same.
void sha256_block(Sha256State& state, const unsigned char* bytes);

/// In plain C++.
void sha256_block_portable(Sha256State& state, const unsigned char* bytes);
[[nodiscard]] bool has_sha256_instructions();
/// Precondition: has_sha256_instructions().
void sha256_block_by_instructions(Sha256State& state, const unsigned char* bytes);

}  // namespace rackrate::core::detail
