#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/record/axes.hpp"
#include "sim/record/fingerprint.hpp"
#include "sim/record/run_series.hpp"

/// The result file: HDF5 that is valid netCDF-4 (docs/result-format.md). Every function throws
/// core::ResultFileError in one sentence that names the file. Calls are safe from any thread; HDF5
/// itself works under one lock.
namespace rackrate::record {

/// Where the numbers come from; the root attributes of the same names.
struct Provenance {
  std::string program_version;
  std::string commit;  ///< empty when unknown; then not written
  std::string build_type;
  std::uint64_t seed = 0;
  std::string lookahead;    ///< "1 d"
  std::string baseline;     ///< name of the baseline arm
  std::string design = {};  ///< JSON: what the arms of a designed study are to each other; empty: not written
  std::optional<core::SimTime> until = {};  ///< requested end in place of the scenarios', exclusive
  std::string structural = {};              ///< JSON: rows of the structural range; empty: not written
  friend bool operator==(const Provenance&, const Provenance&) = default;
};

/// One arm of a study: a resolved scenario.
struct Arm {
  std::string name;           ///< unique within a file
  std::string scenario_toml;  ///< resolved, loads to the same digest
  std::string digest;
  double discount_rate = 0.0;          ///< per year
  std::string valuation_date;          ///< "2026-04-27"
  Axes axes;                           ///< axes_of(parameters)
  std::string replay_prices = {};      ///< arm whose price path this arm replays; empty: it decides
  std::string replay_investment = {};  ///< arm whose orders and sites this arm replays; empty: it decides
  std::string interventions = {};      ///< JSON: manual changes during the run; empty: none
  friend bool operator==(const Arm&, const Arm&) = default;
};

/// Consecutive replications: `first`, `first` + 1, ... A number alone counts them from 0.
struct Replications {
  std::int64_t first = 0;
  std::int64_t count = 0;
  constexpr Replications(std::int64_t n = 0) : count(n) {}  // NOLINT(google-explicit-constructor): a number is one
  constexpr Replications(std::int64_t from, std::int64_t n) : first(from), count(n) {}
  [[nodiscard]] constexpr std::int64_t end() const { return first + count; }  ///< exclusive
  friend bool operator==(const Replications&, const Replications&) = default;
};

struct RunId {
  std::string arm;
  std::int64_t replication = 0;
  friend auto operator<=>(const RunId&, const RunId&) = default;
};

/// Writes one file, run by run: to a temporary name beside it, then close, fsync, rename, fsync of the
/// folder. Until `finish` no file has the final name; a writer that is destroyed before removes its file. Equal
/// contents written in the same order are equal bytes. A path that is a symbolic link stays one: what it leads to is
/// written. Runs missing from (arms x replications) keep fill values and `complete` = 0.
class ResultWriter {
 public:
  /// `replications`: the labels of that dimension, ascending. The axes of the file hold those of all arms.
  /// `scratch_folder`: where the temporary file lies, on the same file system; empty: beside `path`.
  ResultWriter(std::filesystem::path path, Provenance provenance, std::vector<Arm> arms,
               std::vector<std::int64_t> replications, const std::filesystem::path& scratch_folder = {});
  ~ResultWriter();
  ResultWriter(const ResultWriter&) = delete;
  ResultWriter& operator=(const ResultWriter&) = delete;

  void write(const RunSeries& run);
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One file open for reading. A plain list of what it holds, and its runs one at a time, bit for bit as
/// they were recorded and with the axes of their own arm.
class ResultReader {
 public:
  /// Throws when there is no such file, when it is no result, of another major version, or when its bytes are not
  /// those that were written; that takes a second for a gigabyte.
  explicit ResultReader(std::filesystem::path path);
  ~ResultReader();
  ResultReader(ResultReader&&) noexcept;
  ResultReader& operator=(ResultReader&&) noexcept;

  [[nodiscard]] const Provenance& provenance() const;
  [[nodiscard]] const std::vector<Arm>& arms() const;
  [[nodiscard]] const std::vector<std::int64_t>& replications() const;
  [[nodiscard]] const std::vector<RunId>& complete() const;   ///< in order (arm, replication)
  [[nodiscard]] const std::vector<RunPrint>& prints() const;  ///< of the complete runs, as stored
  [[nodiscard]] core::SimTime end(const RunId& run) const;    ///< of a complete run: up to here it was simulated
  [[nodiscard]] const std::string& fingerprint() const;       ///< of the file, as stored
  [[nodiscard]] RunSeries read(const RunId& run) const;
  /// As read, and throws unless the values have the print that was stored with them.
  [[nodiscard]] RunSeries read_checked(const RunId& run) const;
  /// True if rackrate wrote the file. A result saved by another program (xarray's to_netcdf) can be read, but not
  /// verified.
  [[nodiscard]] bool sealed() const;

 private:
  friend bool check_result(const std::filesystem::path& path, bool verify);
  struct State;
  std::unique_ptr<State> state_;
};

/// Throws in one sentence if the file is no result of this major version or is damaged. Returns false if another
/// program saved it; its values are then not verified. Without `verify` the bytes are trusted and a large file opens at
/// once.
bool check_result(const std::filesystem::path& path, bool verify);

/// A whole file in memory.
struct Result {
  Provenance provenance;
  std::vector<Arm> arms;
  std::vector<std::int64_t> replications;  ///< labels of the dimension, finished or not
  std::vector<RunSeries> runs;             ///< the complete ones, in order (arm, replication)
  std::string fingerprint;
};

/// Writes all runs at once. Replications are 0 .. n-1 where n is given, else those of the runs.
void write_result(const std::filesystem::path& path, const Provenance& provenance, const std::vector<Arm>& arms,
                  std::span<const RunSeries> runs, std::optional<std::int64_t> n = std::nullopt);
[[nodiscard]] Result read_result(const std::filesystem::path& path);

}  // namespace rackrate::record
