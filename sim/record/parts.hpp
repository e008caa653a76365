#pragma once
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/record/output_lock.hpp"
#include "sim/record/result_file.hpp"
#include "sim/record/run_output.hpp"

/// While a study runs, its finished batches lie as whole result files in `OUT.h5.parts/`; at the end they
/// become `OUT.h5`. A batch for which `add` has returned survives a kill at any instant (promise P9).
namespace rackrate::record {

enum class OutputMode : std::uint8_t {
  Fresh,   ///< nothing may be there
  Resume,  ///< continue from parts, or from a complete file
  Force    ///< begin again; an old file stays until the new one takes its name
};

/// Refuses what cannot be written, before any work is done: a file or parts that are there already in
/// mode Fresh, a folder that is missing or not writable, a name that is a folder. Leaves
/// everything as it was.
/// Throws:  ResultFileError in one sentence.
void prepare_output(const std::filesystem::path& path, OutputMode mode);

/// `OUT.h5.parts` for `OUT.h5`; beside what it leads to where OUT.h5 is a symbolic link.
[[nodiscard]] std::filesystem::path parts_folder(const std::filesystem::path& path);

/// The content of OUT.h5.parts/manifest.json about the study being run.
struct Manifest {
  Provenance provenance;
  struct ArmDigest {
    std::string name, digest;
    friend bool operator==(const ArmDigest&, const ArmDigest&) = default;
  };
  std::vector<ArmDigest> arms;
  Replications replications;  ///< requested, of each arm
};

/// A study that has not finished: what it is, and its finished batches in order of name.
struct Unfinished {
  Manifest manifest;
  std::vector<std::filesystem::path> batches;
  std::vector<RunId> done;  ///< ascending by name of arm, then replication
  /// How many runs the file will hold: those requested, and those that were finished for an earlier request.
  [[nodiscard]] std::size_t asked() const;
};

/// Reads OUT.h5.parts. Empty when there is no such folder. It may be called while a study writes.
[[nodiscard]] std::optional<Unfinished> find_parts(const std::filesystem::path& path);

/// Everything finished so far: OUT.h5 if it is there, else its parts put together in memory.
/// Throws:  ResultFileError when there is neither.
[[nodiscard]] Result read_finished(const std::filesystem::path& path);

/// Copies the runs of several result files into one, bit for bit, checks each print and takes the file's anew. Of a run
/// that several files hold the first counts. Its replications are those
/// found, and `asked`. `promised`: runs that must be among them. Throws:  ResultFileError when the files are not of one
/// study (seed, version, digests, length), or a promised run is missing.
void merge_results(std::span<const std::filesystem::path> sources, const std::filesystem::path& target,
                   Replications asked = {}, const std::filesystem::path& scratch_folder = {},
                   std::span<const RunId> promised = {});

/// Writes the rows of the structural range into a finished file: the same runs, bit for bit, under a new provenance.
void keep_structural(const std::filesystem::path& path, const std::string& json);

/// The growing output of one study on disk.
class StudyOutput : public RunOutput {
 public:
  /// Checks as prepare_output; in mode Resume also that what is there is of the same scenario digests,
  /// seed, version and length. Creates OUT.h5.parts with its lock and manifest and removes the unfinished files of a
  /// killed study. Throws: ResultFileError, also when another study writes to the same output.
  StudyOutput(std::filesystem::path path, OutputMode mode, Provenance provenance, std::vector<Arm> arms,
              Replications replications);

  [[nodiscard]] const std::vector<RunId>& done() const override { return done_; }
  /// The batch is on disk under its final name when this returns.
  void add(std::span<const RunSeries> batch) override;
  /// Merges everything into OUT.h5 and removes the parts. Its replications are those that were requested, or `asked`
  /// where it is given, and those that are there; runs that are missing are marked so. Throws: ResultFileError when a
  /// run that was finished is no longer there, or another process wrote OUT meanwhile; the parts stay.
  void finish(std::optional<Replications> asked = std::nullopt);

 private:
  std::filesystem::path path_;
  Provenance provenance_;
  std::vector<Arm> arms_;
  Replications replications_;
  std::vector<RunId> done_;
  std::vector<RunId> added_;
  std::optional<OutputLock> lock_;
  std::size_t next_batch_ = 0;
  bool had_file_ = false, replaces_ = false;
  std::mutex mutex_;
};

}  // namespace rackrate::record
