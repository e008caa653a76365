// libFuzzer target: any bytes are a sound scenario or a ScenarioError, and a sound one survives its own text.
// Built with clang and -DRACKRATE_FUZZ=ON; run with -fno-sanitize=vptr,unreachable in mind (toml++ marks some
// characters outside strings as unreachable).
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sim/scenario/scenario.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using rackrate::scenario::Scenario;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (text.find("extends") != std::string::npos) return 0;  // would read files of the machine
  try {
    const Scenario scenario = Scenario::parse(text, "fuzz.toml", {});
    if (Scenario::parse(scenario.to_toml(), "again.toml", {}).digest() != scenario.digest()) std::abort();
  } catch (const rackrate::core::ScenarioError&) {}
  return 0;
}
