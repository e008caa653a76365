#include "sim/record/result_arrays.hpp"

#include <algorithm>
#include <limits>

namespace rackrate::record {

ResultArrays::ResultArrays(Provenance provenance, std::vector<Arm> arms, std::vector<std::int64_t> replications)
    : table_(std::move(provenance), std::move(arms), std::move(replications)) {
  const std::size_t runs = table_.complete().size();
  for (const VariableRow& v : variables()) {
    const std::size_t values = runs * table_.axes().count(v);
    if (v.type == Type::F64)
      wide(v.id).assign(values, std::numeric_limits<double>::quiet_NaN());
    else
      narrow(v.id).assign(values, std::numeric_limits<float>::quiet_NaN());
  }
}

void ResultArrays::add(std::span<const RunSeries> batch) {
  for (const RunSeries& run : batch) {
    const std::size_t cell = table_.cell(run);
    // Runs have cells of their own, so their values need no lock.
    for (const VariableRow& v : variables()) {
      const std::vector<double> values = table_.spread(v, run);
      const auto at = static_cast<std::ptrdiff_t>(cell * values.size());
      if (v.type == Type::F64)
        std::copy(values.begin(), values.end(), wide(v.id).begin() + at);
      else  // floats already: the conversion is exact
        std::transform(values.begin(), values.end(), narrow(v.id).begin() + at,
                       [](double value) { return static_cast<float>(value); });
    }
    std::string print = fingerprint(run);
    const std::lock_guard lock(mutex_);
    table_.mark_done(cell, run, std::move(print));
  }
}

}  // namespace rackrate::record
