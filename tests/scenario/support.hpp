#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace rackrate::scenario::test {

inline std::filesystem::path library_folder() { return std::filesystem::path{RACKRATE_SOURCE_DIR} / "scenarios"; }

inline Scenario parse(const std::string& text) { return Scenario::parse(text, "two-clouds.toml", {}); }

/// The sentences of all mistakes, one per line; empty when the text is sound.
inline std::string complaint(const std::string& text) {
  try {
    (void)parse(text);
    return "";
  } catch (const core::ScenarioError& e) {
    return e.what();
  }
}

/// A scenario that is as small as one can be, with a cloud and a lab; the horizon stands on lines 1 to 3.
inline std::string small(const std::string& more = "") {
  return "[run]\nstart = 2026-01-01\nend = 2027-01-01\n[firms.a]\n[firms.b]\n[regions.one]\n[channels.direct]\n"
         "[supply.maker]\nfirm = \"a\"\n[supply.maker.h100]\nh100e = 1\n"
         "[clouds.north]\nfirm = \"a\"\n[labs.lab]\nfirm = \"b\"\n" +
         more;
}
inline constexpr int kSmallLines = 15;  ///< the first line of `more` is line 16

}  // namespace rackrate::scenario::test
