#include <cfenv>
#include <thread>

#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;

namespace {

/// Sets a rounding mode as a host process might, and puts the old one back.
class Host {
 public:
  explicit Host(int mode) : before_(std::fegetround()) { std::fesetround(mode); }
  ~Host() { std::fesetround(before_); }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

 private:
  int before_;
};

/// Everything from the scenario's text on.
std::string fingerprint(int threads) {
  study::Simulation simulation(test::small("openai-azure-amended"), 1, 0);
  simulation.run_until(core::date(2025, 10, 1), threads);
  return simulation.fingerprint();
}

}  // namespace

TEST_CASE("the host's rounding mode changes no result, on no thread, and is the host's again afterwards",
          "[study][rounding]") {
  const std::string nearest = fingerprint(1);
  for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO})
    for (const int threads : {1, 3}) {
      CAPTURE(mode, threads);
      const Host host(mode);
      const std::string found = fingerprint(threads);
      const int mode_after = std::fegetround();
      CHECK(found == nearest);
      CHECK(mode_after == mode);
    }
}

TEST_CASE("the test above can fail: a sum rounded upwards is another sum", "[study][rounding]") {
  volatile double tenth = 0.1, sum = 0.0, up = 0.0;
  for (int i = 0; i < 10; ++i) sum = sum + tenth;
  const Host host(FE_UPWARD);
  for (int i = 0; i < 10; ++i) up = up + tenth;
  CHECK(up > sum);
}
