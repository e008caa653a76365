#include <cmath>
#include <limits>

#include "sim/record/fingerprint.hpp"
#include "tests/record/small_world.hpp"
#include "tests/support/catch.hpp"

using namespace small_world;
using record::Var;

TEST_CASE("SHA-256 gives the standard's test vectors", "[record][fingerprint]") {
  // FIPS 180-4 examples (NIST CSRC, SHA256.pdf and SHA2_Additional.pdf).
  CHECK(record::sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(record::sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(record::sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(record::sha256(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("the print sees one bit of one value and one label, not names of arms", "[record][fingerprint]") {
  const record::RunSeries run = some_run("a", 0);
  record::RunSeries other = run;
  other.arm = "b";
  other.replication = 7;
  other.events.clear();
  CHECK(record::fingerprint(other) == record::fingerprint(run));
  double& x = other[Var::Revenue][0];
  x = std::nextafter(x, 1e300);
  REQUIRE(x == x);
  CHECK(record::fingerprint(other) != record::fingerprint(run));
  other = run;
  other.axes.labels[0][0] = "renamed";
  CHECK(record::fingerprint(other) != record::fingerprint(run));
}

TEST_CASE("every missing value is the same missing value", "[record][fingerprint]") {
  record::RunSeries a = some_run("a", 0), b = a;
  a[Var::Hhi][0] = std::numeric_limits<double>::quiet_NaN();
  b[Var::Hhi][0] = -std::numeric_limits<double>::quiet_NaN();
  CHECK(record::fingerprint(a) == record::fingerprint(b));
}

TEST_CASE("the print of a file does not depend on the order in which runs finished", "[record][fingerprint]") {
  const std::vector<std::string> arms{"z", "a"};
  const std::string one = record::combined_fingerprint(arms, {{"z", 0, "p"}, {"z", 1, "q"}, {"a", 0, "r"}});
  CHECK(record::combined_fingerprint(arms, {{"a", 0, "r"}, {"z", 1, "q"}, {"z", 0, "p"}}) == one);
  CHECK(record::combined_fingerprint(arms, {{"z", 0, "q"}, {"z", 1, "p"}, {"a", 0, "r"}}) != one);
}
