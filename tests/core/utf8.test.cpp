#include "sim/core/utf8.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::core;

TEST_CASE("bytes that are no UTF-8 are told from characters", "[core][utf8]") {
  CHECK(utf8_length("a") == 1);
  CHECK(utf8_length("\xC3\xA9") == 2);          // e with acute
  CHECK(utf8_length("\xE2\x82\xAC") == 3);      // euro
  CHECK(utf8_length("\xF0\x9F\x98\x80") == 4);  // a face
  CHECK(utf8_length("\xF4\x8F\xBF\xBF") == 4);  // U+10FFFF, the last
  CHECK(utf8_length("") == 0);
  CHECK(utf8_length("\xE9") == 0);  // Latin-1
  CHECK(utf8_length("\xE9t\xE9") == 0);
  CHECK(utf8_length("\x80") == 0);      // a continuation alone
  CHECK(utf8_length("\xC0\xAF") == 0);  // '/' in two bytes
  CHECK(utf8_length("\xE0\x80\xAF") == 0);
  CHECK(utf8_length("\xF0\x80\x80\xAF") == 0);
  CHECK(utf8_length("\xED\xA0\x80") == 0);      // half of a surrogate pair
  CHECK(utf8_length("\xF4\x90\x80\x80") == 0);  // beyond U+10FFFF
  CHECK(utf8_length("\xE2\x82") == 0);          // cut
}

TEST_CASE("text with other bytes is written with each of them escaped", "[core][utf8]") {
  CHECK(escaped_utf8("sc\xE9nario \xE2\x82\xAC") == "sc\\xe9nario \xE2\x82\xAC");
  CHECK(is_utf8("\xE2\x82\xAC 3"));
  CHECK_FALSE(is_utf8("3 \xE2\x82"));
}
