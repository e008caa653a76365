#include <algorithm>
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

/// Elements of a chunk at most; a chunk is one run's values of a variable, cut along its first dimensions when larger.
constexpr hsize_t kChunkElements = 1U << 17;
constexpr std::int64_t kNotATime = std::numeric_limits<std::int64_t>::min();  ///< numpy's NaT

/// netCDF-4 requires every dimension to be a scale and every variable to be attached to its scales.
void attach(hid_t dataset, const std::map<std::string, Handle>& scales, const std::vector<std::string>& dims) {
  for (std::size_t i = 0; i < dims.size(); ++i)
    need(H5DSattach_scale(dataset, scales.at(dims[i]).get(), static_cast<unsigned>(i)), "attaching a dimension");
}

void describe(hid_t dataset, std::string_view long_name, std::string_view units, std::string_view comment) {
  detail::put_text(dataset, "long_name", std::string(long_name));
  detail::put_text(dataset, "units", std::string(units));
  detail::put_text(dataset, "comment", std::string(comment));
}

Handle make_scale(hid_t file, const std::string& name, hid_t type, hsize_t size, const std::string& scale_name) {
  Handle dataset = detail::create_dataset(file, name, type, {size}, detail::dataset_properties().get());
  need(H5DSset_scale(dataset.get(), scale_name.c_str()), "making a dimension");
  return dataset;
}

}  // namespace

struct ResultWriter::State {
  std::filesystem::path path;
  std::unique_ptr<detail::ScratchFile> scratch;
  std::unique_ptr<detail::Disk> disk;  ///< outlives HDF5's handles
  Provenance provenance;
  std::vector<Arm> arms;
  std::vector<std::int64_t> replications;
  Axes axes;
  Handle file;
  std::map<std::string, Handle> scales;
  std::vector<Handle> datasets;       ///< by Var; empty where a dimension is empty
  std::vector<std::int8_t> complete;  ///< [arm, replication]
  std::vector<std::string> prints;    ///< [arm, replication]
  std::vector<std::int64_t> ends;     ///< [arm, replication] milliseconds, kNotATime when not done
  std::vector<std::pair<std::int64_t, std::string>> event_logs;  ///< [arm] the lowest replication that is done, its log

  void require_disk() const {
    if (disk->error()) throw detail::Failure{detail::error_text(disk->error())};
  }
  [[nodiscard]] std::size_t arm_index(const std::string& name) const {
    for (std::size_t i = 0; i < arms.size(); ++i)
      if (arms[i].name == name) return i;
    throw std::logic_error("ResultWriter: no arm is called " + name);
  }

  void create();
  void create_variable(const VariableRow& v);
  void create_bookkeeping();
  void write_bookkeeping();
  void cut_bounds();
  void write_arm_variable(const ArmVariableRow& v);
  [[nodiscard]] std::string text_of(ArmVar v, std::size_t arm) const;
  void put_root_attributes();
  void write_variable(const VariableRow& v, const RunSeries& run, hsize_t arm, hsize_t replication);
};

void ResultWriter::State::create() {
  file = detail::create_file(path, *disk);
  const Handle text = detail::string_type();
  const auto labels = [&](const std::string& name, const std::vector<std::string>& values, std::string_view long_name,
                          std::string_view comment) {
    if (values.empty()) return;
    Handle scale = make_scale(file.get(), name, text.get(), values.size(), name);
    detail::write_strings(scale.get(), values);
    describe(scale.get(), long_name, "", comment);
    scales.emplace(name, std::move(scale));
  };
  std::vector<std::string> names;
  for (const Arm& arm : arms) names.push_back(arm.name);
  labels("arm", names, "arm", "arms of the comparison; a single run has one");
  Handle reps = make_scale(file.get(), "replication", H5T_NATIVE_INT64, replications.size(), "replication");
  if (!replications.empty())
    need(H5Dwrite(reps.get(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, replications.data()),
         "writing replications");
  describe(reps.get(), "replication", "", "number of the random world; arms of one replication share it");
  scales.emplace("replication", std::move(reps));
  for (const DimensionRow& d : dimensions())
    if (d.id != Dim::Time)
      labels(std::string(d.name), axes.labels[static_cast<std::size_t>(d.id)], d.long_name, d.meaning);

  const std::vector<std::int64_t> days = month_days(axes);
  Handle time = make_scale(file.get(), "time", H5T_NATIVE_INT64, days.size(), "time");
  need(H5Dwrite(time.get(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, days.data()), "writing time");
  describe(time.get(), "month", "days since 1970-01-01", row(Dim::Time).meaning);
  detail::put_text(time.get(), "standard_name", "time");
  detail::put_text(time.get(), "calendar", "proleptic_gregorian");
  detail::put_text(time.get(), "bounds", "time_bounds");
  detail::put_text(time.get(), "axis", "T");
  scales.emplace("time", std::move(time));

  scales.emplace("bnds", make_scale(file.get(), "bnds", H5T_IEEE_F32BE, 2,
                                    "This is a netCDF dimension but not a netCDF variable.          2"));
  const Handle bounds = detail::create_dataset(file.get(), "time_bounds", H5T_NATIVE_DOUBLE, {days.size(), 2},
                                               detail::dataset_properties().get());
  const std::vector<double> values = month_bounds(axes);
  need(H5Dwrite(bounds.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "writing time bounds");
  attach(bounds.get(), scales, {"time", "bnds"});

  datasets.resize(kVars);
  for (const VariableRow& v : variables()) create_variable(v);
  create_bookkeeping();
}

void ResultWriter::State::create_variable(const VariableRow& v) {
  std::vector<std::string> names{"arm", "replication"};
  std::vector<hsize_t> shape{arms.size(), replications.size()}, chunk{1, 1};
  for (const Dim d : v.dims) {
    names.emplace_back(row(d).name);
    shape.push_back(axes.size(d));
    chunk.push_back(axes.size(d));
  }
  if (std::find(shape.begin(), shape.end(), hsize_t{0}) != shape.end())
    return;  // netCDF takes a size of 0 for unlimited
  hsize_t elements = 1;
  for (const hsize_t n : chunk) elements *= n;
  for (std::size_t i = 2; i + 1 < chunk.size() && elements > kChunkElements; ++i) {
    elements /= chunk[i];
    chunk[i] = 1;
  }
  const Handle properties = detail::dataset_properties();
  need(H5Pset_chunk(properties.get(), static_cast<int>(chunk.size()), chunk.data()), "chunks");
  need(H5Pset_shuffle(properties.get()), "shuffle");
  need(H5Pset_deflate(properties.get(), 1), "compression");
  const bool wide = v.type == Type::F64;
  const hid_t type = wide ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT;
  const double missing = std::numeric_limits<double>::quiet_NaN();
  need(H5Pset_fill_value(properties.get(), H5T_NATIVE_DOUBLE, &missing), "fill value");
  Handle dataset = detail::create_dataset(file.get(), std::string(v.name), type, shape, properties.get());
  attach(dataset.get(), scales, names);
  describe(dataset.get(), v.long_name, v.unit, v.meaning);
  detail::put_text(dataset.get(), "cell_methods", std::string(cell_methods(v.cell)));
  if (wide)
    detail::put_double(dataset.get(), "_FillValue", missing);
  else
    detail::put_float(dataset.get(), "_FillValue", std::numeric_limits<float>::quiet_NaN());
  datasets[static_cast<std::size_t>(v.id)] = std::move(dataset);
}

/// Created with the rest, written at the end.
void ResultWriter::State::create_bookkeeping() {
  if (replications.empty() || arms.empty()) return;
  const std::vector<hsize_t> grid{arms.size(), replications.size()};
  const Handle text = detail::string_type();
  const Handle marks =
      detail::create_dataset(file.get(), "complete", H5T_NATIVE_INT8, grid, detail::dataset_properties().get());
  attach(marks.get(), scales, {"arm", "replication"});
  describe(marks.get(), "completeness of the replication", "", "0: not done, all its values are missing; 1: done");
  detail::put_int8s(marks.get(), "flag_values", {0, 1});
  detail::put_text(marks.get(), "flag_meanings", "missing complete");
  const Handle prints_set =
      detail::create_dataset(file.get(), "run_fingerprint", text.get(), grid, detail::dataset_properties().get());
  attach(prints_set.get(), scales, {"arm", "replication"});
  describe(prints_set.get(), "fingerprint of the replication", "",
           "SHA-256 of everything recorded of it; empty when not done");
  const Handle logs_set =
      detail::create_dataset(file.get(), "event_log", text.get(), grid, detail::dataset_properties().get());
  attach(logs_set.get(), scales, {"arm", "replication"});
  describe(logs_set.get(), "dated events", "",
           "JSON list of time, kind, subject, text: contract versions, releases, conflicts, sites; of the arm's lowest "
           "replication, empty for the others");
  const Handle ends_set =
      detail::create_dataset(file.get(), "run_end", H5T_NATIVE_INT64, grid, detail::dataset_properties().get());
  attach(ends_set.get(), scales, {"arm", "replication"});
  describe(ends_set.get(), "end of the replication", "milliseconds since 1970-01-01",
           "up to here it was simulated, exclusive; missing when not done");
  detail::put_text(ends_set.get(), "calendar", "proleptic_gregorian");
  detail::put_int64(ends_set.get(), "_FillValue", kNotATime);
}

void ResultWriter::State::write_bookkeeping() {
  if (complete.empty()) return;
  const auto put = [&](const char* name, hid_t type, const void* values) {
    need(H5Dwrite(detail::open_dataset(file.get(), name).get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values),
         "writing completeness");
  };
  put("complete", H5T_NATIVE_INT8, complete.data());
  put("run_end", H5T_NATIVE_INT64, ends.data());
  detail::write_strings(detail::open_dataset(file.get(), "run_fingerprint").get(), prints);
  std::vector<std::string> logs(complete.size());
  for (std::size_t arm = 0; arm < arms.size(); ++arm) {
    const auto at = std::find(replications.begin(), replications.end(), event_logs[arm].first);
    if (at != replications.end())
      logs[arm * replications.size() + static_cast<std::size_t>(at - replications.begin())] = event_logs[arm].second;
  }
  detail::write_strings(detail::open_dataset(file.get(), "event_log").get(), logs);
  cut_bounds();
}

/// The month in which all runs end holds the days up to that end.
void ResultWriter::State::cut_bounds() {
  const std::int64_t last = *std::max_element(ends.begin(), ends.end());
  if (last == kNotATime ||
      std::any_of(ends.begin(), ends.end(), [last](std::int64_t end) { return end != kNotATime && end != last; }))
    return;
  const core::SimTime end{core::SimDuration{last}};
  if (end <= axes.start || end >= axes.end) return;
  std::vector<double> bounds = month_bounds(axes);
  const double day = core::in_days(end.time_since_epoch());
  for (std::size_t m = 0; m + 1 < bounds.size(); m += 2)
    if (bounds[m] < day) bounds[m + 1] = std::min(bounds[m + 1], day);
  const Handle dataset = detail::open_dataset(file.get(), "time_bounds");
  need(H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, bounds.data()), "writing time bounds");
  detail::put_text(dataset.get(), "horizon", core::to_string(axes.end));
}

std::string ResultWriter::State::text_of(ArmVar v, std::size_t arm) const {
  const Arm& a = arms[arm];
  switch (v) {
    case ArmVar::ScenarioDigest: return a.digest;
    case ArmVar::ReplayPrices: return a.replay_prices;
    case ArmVar::ReplayInvestment: return a.replay_investment;
    case ArmVar::ValuationDate: return a.valuation_date;
    case ArmVar::Axes: return a.axes == axes ? std::string() : detail::axes_to_json(a.axes);
    case ArmVar::Interventions: return a.interventions;
    case ArmVar::Scenario: return a.scenario_toml;
    case ArmVar::DiscountRate: break;
  }
  throw std::logic_error("ResultWriter: this is no text");
}

void ResultWriter::State::write_arm_variable(const ArmVariableRow& v) {
  const bool is_text = v.unit.empty();
  const Handle text = detail::string_type();
  const Handle dataset =
      detail::create_dataset(file.get(), std::string(v.name), is_text ? text.get() : H5T_NATIVE_DOUBLE, {arms.size()},
                             detail::dataset_properties().get());
  attach(dataset.get(), scales, {"arm"});
  describe(dataset.get(), v.long_name, v.unit, v.meaning);
  if (is_text) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < arms.size(); ++i) texts.push_back(text_of(v.id, i));
    detail::write_strings(dataset.get(), texts);
  } else {
    std::vector<double> rates;
    for (const Arm& arm : arms) rates.push_back(arm.discount_rate);
    need(H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, rates.data()),
         "writing discount rates");
  }
}

void ResultWriter::State::put_root_attributes() {
  const hid_t root = file.get();
  detail::put_text(root, "Conventions", "CF-1.10");
  detail::put_text(root, "title", "rackrate result");
  detail::put_text(root, "format_version", std::string(kFormatVersion));
  detail::put_text(root, "program_version", provenance.program_version);
  detail::put_text(root, "commit", provenance.commit);
  detail::put_text(root, "build_type", provenance.build_type);
  detail::put_uint64(root, "seed", provenance.seed);
  detail::put_text(root, "lookahead", provenance.lookahead);
  detail::put_text(root, "baseline", provenance.baseline);
  detail::put_text(root, "design", provenance.design);
  if (provenance.until) detail::put_text(root, "until", core::to_string(*provenance.until));
  detail::put_text(root, "structural", provenance.structural);
  const auto base =
      std::find_if(arms.begin(), arms.end(), [this](const Arm& a) { return a.name == provenance.baseline; });
  const Arm& first = base == arms.end() ? arms.front() : *base;
  detail::put_double(root, "discount_rate", first.discount_rate);
  detail::put_text(root, "valuation_date", first.valuation_date);
  std::vector<std::string> names;
  std::vector<RunPrint> done;
  for (std::size_t a = 0; a < arms.size(); ++a) {
    names.push_back(arms[a].name);
    for (std::size_t r = 0; r < replications.size(); ++r)
      if (complete[a * replications.size() + r])
        done.push_back({arms[a].name, replications[r], prints[a * replications.size() + r]});
  }
  detail::put_text(root, "fingerprint", combined_fingerprint(names, done));
}

void ResultWriter::State::write_variable(const VariableRow& v, const RunSeries& run, hsize_t arm, hsize_t replication) {
  const Handle& dataset = datasets[static_cast<std::size_t>(v.id)];
  if (!dataset) return;
  const std::vector<double>& own = run[v.id];
  if (own.size() != run.axes.count(v))
    throw std::logic_error("ResultWriter: " + std::string(v.name) + " has the wrong number of values");
  std::vector<double> values;
  if (run.axes == axes) {
    values = own;
  } else {  // the arm has fewer labels than the file: spread its values, the rest is missing
    values.assign(axes.count(v), std::numeric_limits<double>::quiet_NaN());
    std::vector<std::vector<std::size_t>> at;
    for (const Dim d : v.dims) at.push_back(positions(run.axes, axes, d));
    std::vector<std::size_t> index(v.dims.size, 0);
    for (const double value : own) {
      std::size_t flat = 0;
      for (std::size_t i = 0; i < v.dims.size; ++i) flat = flat * axes.size(v.dims.values[i]) + at[i][index[i]];
      values[flat] = value;
      for (std::size_t i = v.dims.size; i-- > 0;) {
        if (++index[i] < at[i].size()) break;
        index[i] = 0;
      }
    }
  }
  std::vector<hsize_t> start{arm, replication}, count{1, 1};
  for (const Dim d : v.dims) {
    start.push_back(0);
    count.push_back(axes.size(d));
  }
  const Handle space = need(H5Dget_space(dataset.get()), H5Sclose, "a dataset's space");
  need(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
       "selecting a run");
  const Handle memory =
      need(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose, "a run's space");
  // The values of F32 variables are floats already, so the conversion on the way is exact.
  need(H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, memory.get(), space.get(), H5P_DEFAULT, values.data()),
       "writing a run");
}

ResultWriter::ResultWriter(std::filesystem::path path, Provenance provenance, std::vector<Arm> arms,
                           std::vector<std::int64_t> replications, const std::filesystem::path& scratch_folder)
    : state_(std::make_unique<State>()) {
  State& s = *state_;
  if (arms.empty()) throw std::logic_error("ResultWriter: a result has at least one arm");
  s.path = detail::behind_links(path);
  s.provenance = std::move(provenance);
  s.arms = std::move(arms);
  s.replications = std::move(replications);
  std::vector<Axes> all;
  for (const Arm& arm : s.arms) all.push_back(arm.axes);
  s.axes = merge(all);
  s.complete.assign(s.arms.size() * s.replications.size(), 0);
  s.prints.resize(s.complete.size());
  s.ends.assign(s.complete.size(), kNotATime);
  s.event_logs.assign(s.arms.size(), {std::numeric_limits<std::int64_t>::max(), "[]"});
  s.scratch = std::make_unique<detail::ScratchFile>(scratch_folder.empty() ? detail::folder_of(s.path) : scratch_folder,
                                                    s.path);
  s.disk = std::make_unique<detail::Disk>(s.scratch->descriptor());
  const detail::Session session;
  try {
    s.create();
    s.require_disk();
  } catch (const detail::Failure& failure) {
    const std::filesystem::path target = s.path;
    const std::string why = s.disk->error() ? detail::error_text(s.disk->error()) : failure.action;
    state_.reset();  // while the session still holds the lock
    detail::fail_writing(target, why);
  }
}

ResultWriter::~ResultWriter() {
  if (!state_) return;
  const detail::Session session;
  state_.reset();
}

void ResultWriter::write(const RunSeries& run) {
  State& s = *state_;
  const std::size_t arm = s.arm_index(run.arm);
  if (run.axes != s.arms[arm].axes)
    throw std::logic_error("ResultWriter: the run's axes are not those of arm " + run.arm);
  const auto at = std::find(s.replications.begin(), s.replications.end(), run.replication);
  if (at == s.replications.end())
    throw std::logic_error("ResultWriter: no room for replication " + std::to_string(run.replication));
  const auto replication = static_cast<std::size_t>(at - s.replications.begin());
  const std::string print = record::fingerprint(run);
  const detail::Session session;
  try {
    for (const VariableRow& v : variables()) s.write_variable(v, run, arm, replication);
    s.require_disk();
  } catch (const detail::Failure& failure) {
    detail::fail_writing(s.path, failure.action);
  }
  const std::size_t cell = arm * s.replications.size() + replication;
  s.complete[cell] = 1;
  s.prints[cell] = print;
  s.ends[cell] = run.end.time_since_epoch().count();
  if (run.replication < s.event_logs[arm].first) s.event_logs[arm] = {run.replication, events_to_json(run.events)};
}

void ResultWriter::finish() {
  State& s = *state_;
  {
    const detail::Session session;
    try {
      s.write_bookkeeping();
      for (const ArmVariableRow& v : arm_variables()) s.write_arm_variable(v);
      s.put_root_attributes();
      s.datasets.clear();
      s.scales.clear();
      if (!s.file.reset()) throw detail::Failure{"closing the file"};
      s.require_disk();
    } catch (const detail::Failure& failure) {
      detail::fail_writing(s.path, failure.action);
    }
  }
  if (const int error = detail::put_seal(s.scratch->descriptor()))
    detail::fail_writing(s.path, detail::error_text(error));
  s.scratch->publish();
}

void write_result(const std::filesystem::path& path, const Provenance& provenance, const std::vector<Arm>& arms,
                  std::span<const RunSeries> runs, std::optional<std::int64_t> n) {
  std::vector<std::int64_t> replications;
  for (const RunSeries& run : runs) replications.push_back(run.replication);
  for (std::int64_t r = 0; r < n.value_or(0); ++r) replications.push_back(r);
  std::sort(replications.begin(), replications.end());
  replications.erase(std::unique(replications.begin(), replications.end()), replications.end());
  ResultWriter writer(path, provenance, arms, std::move(replications));
  for (const RunSeries& run : runs) writer.write(run);
  writer.finish();
}

}  // namespace rackrate::record
