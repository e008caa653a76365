#include <fstream>
#include <random>
#include <sstream>

#include "tests/scenario/support.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::scenario;

namespace {

/// Nothing but success or ScenarioError; anything else leaves the test.
bool accepted(const std::string& text) {
  try {
    (void)Scenario::parse(text, "mutant.toml", {});
    return true;
  } catch (const core::ScenarioError& e) {
    REQUIRE_FALSE(e.mistakes().empty());
    return false;
  }
}

std::string mutated(std::string text, std::mt19937_64& random) {
  static constexpr char kBytes[] = "[]{}=.,\"'#\n\\ -_0aZ$%\0\x80\xff\xef\xbb\xbf";
  const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (std::size_t i = 0, n = 1 + below(4); i < n && !text.empty(); ++i) {
    const std::size_t at = below(text.size());
    switch (below(5)) {
      case 0: text[at] = kBytes[below(sizeof kBytes)]; break;
      case 1: text.insert(at, 1, kBytes[below(sizeof kBytes)]); break;
      case 2: text.erase(at, 1 + below(20)); break;
      case 3: text.insert(at, text.substr(below(text.size()), 1 + below(40))); break;
      default: text.resize(at); break;
    }
  }
  return text;
}

}  // namespace

TEST_CASE("a mutated library file is either sound or refused in a sentence", "[scenario][mutation]") {
  std::ifstream in{test::library_folder() / "toy-10.toml", std::ios::binary};
  std::ostringstream read;
  read << in.rdbuf();
  REQUIRE(accepted(read.str()));
  std::mt19937_64 random{20260427};  // mt19937_64 is the same everywhere
  int refused = 0;
  for (int i = 0; i < 3000; ++i) refused += accepted(mutated(read.str(), random)) ? 0 : 1;
  CHECK(refused > 1000);
}

TEST_CASE("texts that break parsers are refused in a sentence", "[scenario][mutation]") {
  const auto deep = [](const std::string& piece, int n) {
    std::string out;
    for (int i = 0; i < n; ++i) out += piece;
    return out;
  };
  for (const std::string& text :
       {std::string{"[ = 0"}, std::string(10, '\0'), std::string{"\xef\xbb\xbf"}, std::string{"a = \"\xff\xfe\""},
        "a = " + deep("[", 100000), "a = " + deep("{a=", 100000), "[" + deep("a.", 100000) + "a]",
        deep("[a]\n[a.b]\n", 1000), deep("x", 1 << 20), std::string(5 << 20, '#'), deep("k", 10) + " = 1e400",
        std::string{"a = 2026-13-01"}, std::string{"a = 12:00:00"}, std::string{"title = 99999999999999999999"}}) {
    INFO(text.substr(0, 20));
    CHECK_FALSE(accepted(text));
  }
}

TEST_CASE("a byte-order mark is no mistake", "[scenario][mutation]") {
  CHECK(accepted("\xef\xbb\xbf" + test::small()));
}
