#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/record/parts.hpp"
#include "sim/record/result_arrays.hpp"
#include "sim/scenario/scenario.hpp"

namespace rackrate::study {

/// Arms of the same study whose recorded paths replace an arm's own decisions; empty: the arm decides.
struct ReplayFrom {
  std::string prices;
  std::string investment;
  [[nodiscard]] bool empty() const { return prices.empty() && investment.empty(); }
};

struct Arm {
  std::string name;
  scenario::Scenario scenario;
  ReplayFrom replay = {};
  std::string interventions = {};  ///< JSON: manual changes during the run
};

struct StudyOptions {
  std::vector<Arm> arms;
  std::string baseline;  ///< name of an arm
  record::Replications replications = 1;
  std::uint64_t seed = 1;
  int threads = 0;                     ///< 0: as many as the process may use
  std::optional<core::SimTime> until;  ///< end the runs early
  std::filesystem::path out;
  record::OutputMode mode = record::OutputMode::Fresh;
  std::string design;  ///< JSON: the relation of the arms to each other; stored in the file
  /// Until the first date on which two arms can differ, one run serves both. The result is the same without.
  bool share_past = true;
};

struct Progress {
  std::int64_t done = 0, total = 0;  ///< runs: arms x replications; done are those on disk, or in the arrays
};

/// Simulates every arm in the same random worlds and writes one result file. Replications run side by side,
/// each on one thread; one run alone shares its windows between the threads. A replication is written, all
/// arms together, as soon as it is done, so an interruption keeps the finished runs.
///
/// Returns: false when it was stopped before the end; what is done then lies in OUT.h5.parts.
/// Throws:  ScenarioError (arms that cannot be compared, no replications, an end before the start), ResultFileError,
/// LedgerError. Order:   the file does not depend on threads or on the order in which runs end.
bool run_study(const StudyOptions& options, const std::atomic<bool>& stop,
               const std::function<void(const Progress&)>& progress = {});

/// The same study with its result in memory; `options.out` and `options.mode` are not used. No file is written.
///
/// Returns: null when it was stopped before the end.
/// Throws:  as run_study, but ResultFileError.
[[nodiscard]] std::unique_ptr<record::ResultArrays> collect_study(
    const StudyOptions& options, const std::atomic<bool>& stop,
    const std::function<void(const Progress&)>& progress = {});

/// Where the numbers of a study come from, as written to its file.
[[nodiscard]] record::Provenance provenance_of(const StudyOptions& options);
/// An arm as the result file holds it.
[[nodiscard]] record::Arm arm_of(const Arm& arm);

}  // namespace rackrate::study
