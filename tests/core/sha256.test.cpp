#include "sim/core/sha256.hpp"

#include <random>
#include <vector>

#include "sim/core/detail/sha256_block.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;

namespace {

std::string digest(std::string_view text) {
  core::Sha256 hash;
  hash.update(text);
  return hash.hex();
}

}  // namespace

TEST_CASE("SHA-256 gives the digests of FIPS 180-4", "[core][sha256]") {
  CHECK(digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(digest(std::string(1'000'000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 is the same by the processor's instructions and without them", "[core][sha256]") {
  if (!core::detail::has_sha256_instructions()) return;
  std::mt19937_64 random(1);
  core::detail::Sha256State plain{}, fast{};
  for (int i = 0; i < 1000; ++i) {
    std::array<unsigned char, 64> block{};
    for (auto& byte : block) byte = static_cast<unsigned char>(random());
    core::detail::sha256_block_portable(plain, block.data());
    core::detail::sha256_block_by_instructions(fast, block.data());
    REQUIRE(plain == fast);
  }
}
