#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/record/run_series.hpp"

namespace rackrate::record {

/// SHA-256 in lower-case hexadecimal over what one run recorded: variable names and types, labels of their
/// dimensions, and the values as little-endian bytes in layout order, every NaN as the same NaN. Names of
/// arms, seeds, events and software versions are not part of it: equal numbers have equal fingerprints.
/// Source:  FIPS 180-4; its test vectors are in tests/record/fingerprint.test.cpp.
[[nodiscard]] std::string fingerprint(const RunSeries& run);

/// The print of one run, for the print of a file.
struct RunPrint {
  std::string arm;
  std::int64_t replication = 0;
  std::string print;
  friend bool operator==(const RunPrint&, const RunPrint&) = default;
};

/// SHA-256 over the runs' prints in the order (position of the arm in `arms`, replication), whatever the
/// order of `runs`.
[[nodiscard]] std::string combined_fingerprint(std::span<const std::string> arms, std::vector<RunPrint> runs);

/// SHA-256 of bytes, hexadecimal; also used for digests of text.
[[nodiscard]] std::string sha256(std::string_view bytes);

}  // namespace rackrate::record
