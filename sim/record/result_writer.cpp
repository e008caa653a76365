#include <algorithm>
#include <limits>
#include <map>
#include <stdexcept>

#include "sim/core/error.hpp"
#include "sim/record/detail/file_steps.hpp"
#include "sim/record/detail/hdf5.hpp"
#include "sim/record/detail/missing.hpp"
#include "sim/record/detail/seal.hpp"
#include "sim/record/result_file.hpp"
#include "sim/record/run_table.hpp"

namespace rackrate::record {
namespace {

using detail::Handle;
using detail::need;

/// Elements of a chunk at most; a chunk is one run's values of a variable, cut along its first dimensions when larger.
constexpr hsize_t kChunkElements = 1U << 17;
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
  RunTable table;
  Handle file;
  std::map<std::string, Handle> scales;
  std::vector<Handle> datasets;  ///< by Var; empty where a dimension is empty

  State(std::filesystem::path to, Provenance provenance, std::vector<Arm> arms, std::vector<std::int64_t> replications)
      : path(std::move(to)), table(std::move(provenance), std::move(arms), std::move(replications)) {}

  void require_disk() const {
    if (disk->error()) throw detail::Failure{detail::error_text(disk->error())};
  }

  void create();
  void create_variable(const VariableRow& v);
  void create_bookkeeping();
  void write_bookkeeping();
  void cut_bounds();
  void write_arm_variable(const ArmVariableRow& v);
  void put_root_attributes();
  void write_variable(const VariableRow& v, const RunSeries& run, hsize_t arm, hsize_t replication);
};

void ResultWriter::State::create() {
  const Axes& axes = table.axes();
  const std::vector<std::int64_t>& replications = table.replications();
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
  for (const Arm& arm : table.arms()) names.push_back(arm.name);
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
  const Axes& axes = table.axes();
  std::vector<std::string> names{"arm", "replication"};
  std::vector<hsize_t> shape{table.arms().size(), table.replications().size()}, chunk{1, 1};
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
  if (table.complete().empty()) return;
  const Handle text = detail::string_type();
  const auto type_of = [&text](RunVar v) {
    switch (v) {
      case RunVar::Complete: return hid_t{H5T_NATIVE_INT8};
      case RunVar::RunEnd: return hid_t{H5T_NATIVE_INT64};
      case RunVar::RunFingerprint:
      case RunVar::EventLog: break;
    }
    return text.get();
  };
  for (const RunVariableRow& v : run_variables()) {
    const Handle dataset =
        detail::create_dataset(file.get(), std::string(v.name), type_of(v.id),
                               {table.arms().size(), table.replications().size()}, detail::dataset_properties().get());
    attach(dataset.get(), scales, {"arm", "replication"});
    describe(dataset.get(), v.long_name, v.unit, v.meaning);
    if (v.id == RunVar::Complete) {
      detail::put_int8s(dataset.get(), "flag_values", {0, 1});
      detail::put_text(dataset.get(), "flag_meanings", "missing complete");
    } else if (v.id == RunVar::RunEnd) {
      detail::put_text(dataset.get(), "calendar", "proleptic_gregorian");
      detail::put_int64(dataset.get(), "_FillValue", detail::kNotATime);
    }
  }
}

void ResultWriter::State::write_bookkeeping() {
  if (table.complete().empty()) return;
  const auto dataset = [this](RunVar v) { return detail::open_dataset(file.get(), std::string(row(v).name)); };
  const auto put = [&](RunVar v, hid_t type, const void* values) {
    need(H5Dwrite(dataset(v).get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "writing completeness");
  };
  put(RunVar::Complete, H5T_NATIVE_INT8, table.complete().data());
  put(RunVar::RunEnd, H5T_NATIVE_INT64, table.ends().data());
  detail::write_strings(dataset(RunVar::RunFingerprint).get(), table.prints());
  detail::write_strings(dataset(RunVar::EventLog).get(), table.event_logs());
  cut_bounds();
}

/// The month in which all runs end holds the days up to that end.
void ResultWriter::State::cut_bounds() {
  const auto horizon = table.horizon();
  if (!horizon) return;
  const std::vector<double> bounds = table.time_bounds();
  const Handle dataset = detail::open_dataset(file.get(), "time_bounds");
  need(H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, bounds.data()), "writing time bounds");
  detail::put_text(dataset.get(), "horizon", core::to_string(*horizon));
}

void ResultWriter::State::write_arm_variable(const ArmVariableRow& v) {
  const bool is_text = v.unit.empty();
  const Handle text = detail::string_type();
  const Handle dataset =
      detail::create_dataset(file.get(), std::string(v.name), is_text ? text.get() : H5T_NATIVE_DOUBLE,
                             {table.arms().size()}, detail::dataset_properties().get());
  attach(dataset.get(), scales, {"arm"});
  describe(dataset.get(), v.long_name, v.unit, v.meaning);
  if (is_text) {
    detail::write_strings(dataset.get(), table.texts(v.id));
  } else {
    const std::vector<double> rates = table.discount_rates();
    need(H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, rates.data()),
         "writing discount rates");
  }
}

void ResultWriter::State::put_root_attributes() {
  for (const auto& [name, value] : table.attributes()) {
    if (const auto* text = std::get_if<std::string>(&value)) detail::put_text(file.get(), name, *text);
    if (const auto* number = std::get_if<double>(&value)) detail::put_double(file.get(), name, *number);
    if (const auto* whole = std::get_if<std::uint64_t>(&value)) detail::put_uint64(file.get(), name, *whole);
  }
}

void ResultWriter::State::write_variable(const VariableRow& v, const RunSeries& run, hsize_t arm, hsize_t replication) {
  const Handle& dataset = datasets[static_cast<std::size_t>(v.id)];
  if (!dataset) return;
  const std::vector<double> values = table.spread(v, run);
  std::vector<hsize_t> start{arm, replication}, count{1, 1};
  for (const Dim d : v.dims) {
    start.push_back(0);
    count.push_back(table.axes().size(d));
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
    : state_(std::make_unique<State>(detail::behind_links(path), std::move(provenance), std::move(arms),
                                     std::move(replications))) {
  State& s = *state_;
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
  const std::size_t cell = s.table.cell(run);
  const std::string print = record::fingerprint(run);
  const detail::Session session;
  try {
    const std::size_t replications = s.table.replications().size();
    for (const VariableRow& v : variables()) s.write_variable(v, run, cell / replications, cell % replications);
    s.require_disk();
  } catch (const detail::Failure& failure) {
    detail::fail_writing(s.path, failure.action);
  }
  s.table.mark_done(cell, run, print);
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
