#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <map>
#include <stdexcept>

#include "sim/core/error.hpp"
#include "sim/record/detail/axes_json.hpp"
#include "sim/record/detail/file_steps.hpp"
#include "sim/record/detail/hdf5.hpp"
#include "sim/record/detail/seal.hpp"
#include "sim/record/result_file.hpp"

namespace rackrate::record {
namespace {

using detail::Handle;
using detail::need;

constexpr const char* kAResult = "a result that rackrate run or compare wrote";

constexpr const char* kOurBytes = "the bytes that rackrate wrote";

/// What to do about a file that was damaged or changed. A batch of an unfinished study is simply run again.
std::string remedy_for(const std::filesystem::path& path) {
  const bool batch = path.parent_path().extension() == ".parts";
  return batch ? "It is damaged: delete this file and use --resume."
               : "It was damaged or changed: run the scenario again, or take a copy.";
}

core::SimTime at_days(double days) { return core::SimTime{core::days(days)}; }

}  // namespace

struct ResultReader::State {
  std::filesystem::path path;
  Handle file;
  Provenance provenance;
  std::vector<Arm> arms;
  std::vector<std::int64_t> replications;
  Axes axes;
  std::vector<RunId> complete;
  std::vector<RunPrint> prints;
  std::map<RunId, core::SimTime> ends;
  std::string fingerprint;
  std::map<RunId, std::string> event_logs;  ///< of the runs that have one

  bool sealed = true;

  void open(bool verify);
  void check_version() const;
  [[nodiscard]] bool is_sweep() const;
  void read_header();
  void read_axes();
  void read_arms(const std::vector<std::string>& names);
  [[nodiscard]] std::vector<double> read_variable(const VariableRow& v, std::size_t arm, std::size_t replication) const;
};

namespace {

[[noreturn]] void fail_opening(const std::filesystem::path& path, int error) {
  if (error == ENOENT || error == ENOTDIR) detail::fail(path, "there is no such file", kAResult, "Check the path.");
  detail::fail(path, "this cannot be opened (" + detail::error_text(error) + ")", kAResult,
               "Check the path and its permissions.");
}

/// The result of the checksum, before HDF5 opens the file.
detail::Bytes check_bytes(const std::filesystem::path& path, bool verify) {
  struct stat what {};
  if (::stat(path.c_str(), &what) != 0) fail_opening(path, errno);
  if (S_ISDIR(what.st_mode)) detail::fail(path, "this is a folder", kAResult, "Give the file itself.");
  if (!S_ISREG(what.st_mode))
    detail::fail(path, "this is no regular file", kAResult, "Check the path.");  // opening a pipe would wait
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) fail_opening(path, errno);
  try {
    const detail::Bytes bytes = detail::check_seal(file, verify);
    ::close(file);
    return bytes;
  } catch (...) {
    ::close(file);
    throw;
  }
}

}  // namespace

void ResultReader::State::open(bool verify) {
  const detail::Bytes bytes = check_bytes(path, verify);
  if (bytes == detail::Bytes::Damaged)
    detail::fail(path, "its bytes do not have the checksum that they were written with", kOurBytes, remedy_for(path));
  file = detail::open_file(path);
  if (!file) detail::fail(path, "this cannot be opened as HDF5", kAResult, "Check the path and its permissions.");
  check_version();
  sealed = bytes == detail::Bytes::AsWritten;
  // Whoever saves a dataset by a netCDF library leaves its mark; without it the checksum of our own file is lost.
  if (!sealed && verify && !detail::has_attribute(file.get(), "_NCProperties"))
    detail::fail(path, "the checksum at its end is missing", kOurBytes, remedy_for(path));
}

void ResultReader::State::check_version() const {
  const std::string version = detail::get_text(file.get(), "format_version");
  if (version.empty())
    detail::fail(path, "this is HDF5 but no result (it has no format_version)", kAResult, "Check the path.");
  if (version.substr(0, version.find('.')) != std::to_string(kFormatMajor)) {
    const std::string writer = detail::get_text(file.get(), "program_version");
    detail::fail(path, "format is " + version, std::to_string(kFormatMajor) + ".x",
                 "Rerun the scenario, or read it with rackrate " +
                     (writer.empty() ? std::string("of the version that wrote it") : writer) + ".");
  }
}

/// Whether `rackrate merge` wrote it. Python reads such a file; its runs cannot be run again one by one from it.
bool ResultReader::State::is_sweep() const { return detail::has_dataset(file.get(), "point"); }

void ResultReader::State::read_header() {
  if (is_sweep())
    detail::fail(path, "this is a sweep, which has a dimension point", "a result of rackrate run or compare",
                 "Open it in Python, or run the scenario of one point.");
  provenance.program_version = detail::get_text(file.get(), "program_version");
  provenance.commit = detail::get_text(file.get(), "commit");
  provenance.build_type = detail::get_text(file.get(), "build_type");
  provenance.seed = detail::get_uint64(file.get(), "seed");
  provenance.lookahead = detail::get_text(file.get(), "lookahead");
  provenance.baseline = detail::get_text(file.get(), "baseline");
  provenance.design = detail::get_text(file.get(), "design");
  core::SimTime until;
  if (core::parse_time(detail::get_text(file.get(), "until"), until)) provenance.until = until;
  provenance.structural = detail::get_text(file.get(), "structural");
  fingerprint = detail::get_text(file.get(), "fingerprint");
  read_axes();
  replications = detail::read_int64s(file.get(), "replication");
  read_arms(detail::read_strings(file.get(), "arm"));
  if (!detail::has_dataset(file.get(), "complete")) return;  // no replications requested
  const std::vector<std::int64_t> marks = detail::read_int64s(file.get(), "complete");
  const std::vector<std::string> stored = detail::read_strings(file.get(), "run_fingerprint");
  const std::vector<std::int64_t> run_ends = detail::read_int64s(file.get(), "run_end");
  const std::vector<std::string> logs = detail::read_strings(file.get(), "event_log");
  const bool by_arm = logs.size() == arms.size();  // as the first files of this format: of the lowest run that is done
  if (marks.size() != arms.size() * replications.size() || stored.size() != marks.size() ||
      run_ends.size() != marks.size() || (logs.size() != marks.size() && !by_arm))
    throw detail::Failure{"reading completeness"};
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i] == 0) continue;
    complete.push_back({arms[i / replications.size()].name, replications[i % replications.size()]});
    prints.push_back({complete.back().arm, complete.back().replication, stored[i]});
    ends[complete.back()] = core::SimTime{core::SimDuration{run_ends[i]}};
    const std::size_t arm = i / replications.size();
    const bool first = by_arm && (complete.size() == 1 || complete[complete.size() - 2].arm != arms[arm].name);
    const std::string& log = by_arm ? logs[arm] : logs[i];
    if (!log.empty() && (first || !by_arm)) event_logs[complete.back()] = log;
  }
}

void ResultReader::State::read_axes() {
  for (const DimensionRow& d : dimensions())
    if (d.id != Dim::Time && detail::has_dataset(file.get(), std::string(d.name)))
      axes.labels[static_cast<std::size_t>(d.id)] = detail::read_strings(file.get(), std::string(d.name));
  for (const std::int64_t day : detail::read_int64s(file.get(), "time"))
    axes.months.push_back(core::month_index(at_days(static_cast<double>(day))));
  const std::vector<double> bounds = detail::read_doubles(file.get(), "time_bounds");
  if (bounds.empty() || bounds.size() != 2 * axes.months.size()) throw detail::Failure{"reading time bounds"};
  axes.start = at_days(bounds.front());
  axes.end = at_days(bounds.back());
  const Handle bounds_set = detail::open_dataset(file.get(), "time_bounds");
  (void)core::parse_time(detail::get_text(bounds_set.get(), "horizon"),
                         axes.end);  // there where the bounds are cut to the runs
}

void ResultReader::State::read_arms(const std::vector<std::string>& names) {
  const auto of_arms = [&](auto list) {
    if (list.size() != names.size()) throw detail::Failure{"reading what the arms are"};
    return list;
  };
  const auto texts = [&](ArmVar v) { return of_arms(detail::read_strings(file.get(), std::string(row(v).name))); };
  const std::vector<std::string> scenarios = texts(ArmVar::Scenario), digests = texts(ArmVar::ScenarioDigest),
                                 prices = texts(ArmVar::ReplayPrices), investments = texts(ArmVar::ReplayInvestment),
                                 dates = texts(ArmVar::ValuationDate), own_axes = texts(ArmVar::Axes),
                                 changes = texts(ArmVar::Interventions);
  const std::vector<double> rates =
      of_arms(detail::read_doubles(file.get(), std::string(row(ArmVar::DiscountRate).name)));
  for (std::size_t i = 0; i < names.size(); ++i)
    arms.push_back({names[i], scenarios[i], digests[i], rates[i], dates[i],
                    own_axes[i].empty() ? axes : detail::axes_from_json(own_axes[i]), prices[i], investments[i],
                    changes[i]});
}

/// The arm's own part of what the file holds; the inverse of the writer's spreading.
std::vector<double> ResultReader::State::read_variable(const VariableRow& v, std::size_t arm,
                                                       std::size_t replication) const {
  const Axes& own = arms[arm].axes;
  std::vector<double> out(own.count(v), std::numeric_limits<double>::quiet_NaN());
  if (out.empty() || !detail::has_dataset(file.get(), std::string(v.name))) return out;
  const Handle dataset = detail::open_dataset(file.get(), std::string(v.name));
  std::vector<hsize_t> start{arm, replication}, count{1, 1};
  for (const Dim d : v.dims) {
    start.push_back(0);
    count.push_back(axes.size(d));
  }
  const Handle space = need(H5Dget_space(dataset.get()), H5Sclose, "a dataset's space");
  std::vector<hsize_t> shape(count.size());
  if (H5Sget_simple_extent_ndims(space.get()) != static_cast<int>(count.size()))
    throw detail::Failure{"reading a dataset's shape"};
  need(H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr), "reading a dataset's shape");
  for (std::size_t i = 2; i < count.size(); ++i)
    if (shape[i] != count[i]) throw detail::Failure{"reading a dataset's shape"};
  need(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
       "selecting a run");
  const Handle memory =
      need(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose, "a run's space");
  std::vector<double> values(axes.count(v));
  need(H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, memory.get(), space.get(), H5P_DEFAULT, values.data()),
       "reading a run");
  if (own == axes) return values;
  std::vector<std::vector<std::size_t>> at;
  for (const Dim d : v.dims) at.push_back(positions(own, axes, d));
  std::vector<std::size_t> index(v.dims.size, 0);
  for (double& value : out) {
    std::size_t flat = 0;
    for (std::size_t i = 0; i < v.dims.size; ++i) flat = flat * axes.size(v.dims.values[i]) + at[i][index[i]];
    value = values[flat];
    for (std::size_t i = v.dims.size; i-- > 0;) {
      if (++index[i] < at[i].size()) break;
      index[i] = 0;
    }
  }
  return out;
}

namespace {

[[noreturn]] void fail_reading(const std::filesystem::path& path, const std::string& why) {
  detail::fail(path, "this cannot be read as a result (" + why + ")", kAResult,
               "It may be damaged or of another program; run the scenario again.");
}

/// Acts on an open file; what goes wrong becomes a sentence, after HDF5's handles are closed.
template <class State, class Act>
void guarded(std::unique_ptr<State>& state, Act&& act) {
  const std::filesystem::path path = state->path;
  std::string why;
  try {
    act(*state);
    return;
  } catch (const detail::Failure& failure) {
    why = failure.action;
  } catch (const core::ResultFileError&) {
    state.reset();
    throw;
  } catch (const std::exception& error) {
    why = error.what();
  }
  state.reset();
  fail_reading(path, why);
}

}  // namespace

ResultReader::ResultReader(std::filesystem::path path) : state_(std::make_unique<State>()) {
  state_->path = std::move(path);
  const detail::Session session;
  guarded(state_, [](State& s) {
    s.open(true);
    s.read_header();
  });
}

bool check_result(const std::filesystem::path& path, bool verify) {
  const detail::Session session;
  auto state = std::make_unique<ResultReader::State>();
  state->path = path;
  bool sealed = false;
  guarded(state, [&](ResultReader::State& s) {
    s.open(verify);
    // Of what others saved arms may be cut, and dimensions gone; a sweep has one more.
    if (s.sealed && verify && !s.is_sweep()) s.read_header();
    sealed = s.sealed;
  });
  state.reset();  // while the session still holds the lock
  return sealed;
}

ResultReader::~ResultReader() {
  if (!state_) return;
  const detail::Session session;
  state_.reset();
}

ResultReader::ResultReader(ResultReader&&) noexcept = default;
ResultReader& ResultReader::operator=(ResultReader&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

const Provenance& ResultReader::provenance() const { return state_->provenance; }
const std::vector<Arm>& ResultReader::arms() const { return state_->arms; }
const std::vector<std::int64_t>& ResultReader::replications() const { return state_->replications; }
const std::vector<RunId>& ResultReader::complete() const { return state_->complete; }
const std::vector<RunPrint>& ResultReader::prints() const { return state_->prints; }
core::SimTime ResultReader::end(const RunId& run) const { return state_->ends.at(run); }
const std::string& ResultReader::fingerprint() const { return state_->fingerprint; }
bool ResultReader::sealed() const { return state_->sealed; }

RunSeries ResultReader::read(const RunId& id) const {
  const State& s = *state_;
  if (std::find(s.complete.begin(), s.complete.end(), id) == s.complete.end())
    detail::fail(s.path, "replication " + std::to_string(id.replication) + " of arm " + id.arm + " is not in it",
                 "a replication that was finished", "Run it with --resume and a larger number of replications.");
  const auto arm = static_cast<std::size_t>(
      std::find_if(s.arms.begin(), s.arms.end(), [&](const Arm& a) { return a.name == id.arm; }) - s.arms.begin());
  const auto rep = static_cast<std::size_t>(std::find(s.replications.begin(), s.replications.end(), id.replication) -
                                            s.replications.begin());
  RunSeries run;
  run.arm = id.arm;
  run.replication = id.replication;
  run.axes = s.arms[arm].axes;
  run.end = s.ends.at(id);
  const detail::Session session;
  try {
    for (const VariableRow& v : variables()) run[v.id] = s.read_variable(v, arm, rep);
  } catch (const detail::Failure& failure) {
    fail_reading(s.path, failure.action);
  }
  if (const auto log = s.event_logs.find(id); log != s.event_logs.end()) run.events = events_from_json(log->second);
  return run;
}

RunSeries ResultReader::read_checked(const RunId& id) const {
  RunSeries series = read(id);
  const auto print = std::find_if(state_->prints.begin(), state_->prints.end(), [&](const RunPrint& p) {
    return p.arm == id.arm && p.replication == id.replication;
  });
  if (record::fingerprint(series) != print->print)
    detail::fail(
        state_->path,
        "replication " + std::to_string(id.replication) + " of arm " + id.arm + " does not match its fingerprint",
        kOurBytes, remedy_for(state_->path));
  return series;
}

Result read_result(const std::filesystem::path& path) {
  const ResultReader reader(path);
  Result out{reader.provenance(), reader.arms(), reader.replications(), {}, reader.fingerprint()};
  for (const RunId& run : reader.complete()) out.runs.push_back(reader.read(run));
  return out;
}

}  // namespace rackrate::record
