#include "sim/record/axes.hpp"

#include <algorithm>
#include <stdexcept>

#include "sim/market/regime/compiled_scenario.hpp"
#include "sim/market/vocabulary/facts.hpp"

namespace rackrate::record {
namespace {

template <std::size_t N>
std::vector<std::string> as_strings(const std::array<std::string_view, N>& names) {
  return {names.begin(), names.end()};
}

constexpr std::int64_t kMsPerDay = 86'400'000;

}  // namespace

std::size_t Axes::count(const VariableRow& variable) const {
  std::size_t n = 1;
  for (const Dim d : variable.dims) n *= size(d);
  return n;
}

Axes axes_of(const market::Parameters& parameters) {
  const market::Vocabulary& words = parameters.vocabulary;
  if (parameters.run.end <= parameters.run.start)
    throw std::invalid_argument("run.end is not after run.start; a run without length has no months to record");
  Axes axes;
  axes.start = parameters.run.start;
  axes.end = parameters.run.end;
  const auto set = [&axes](Dim dim, std::vector<std::string> labels) {
    axes.labels[static_cast<std::size_t>(dim)] = std::move(labels);
  };
  std::vector<std::string> parties = words.firms;
  for (const std::string_view outside : market::kOutsideParties) parties.emplace_back(outside);
  set(Dim::Payer, parties);
  set(Dim::Payee, parties);
  parties.resize(words.firms.size() + market::kOutsideFirms);
  set(Dim::Firm, std::move(parties));
  set(Dim::Layer, as_strings(market::kLayerNames));
  set(Dim::Cloud, words.clouds);
  set(Dim::Region, words.regions);
  set(Dim::Lab, words.labs);
  set(Dim::Product, as_strings(market::kProductNames));
  set(Dim::Channel, words.channels);
  set(Dim::Segment, words.segments);
  set(Dim::Host, words.clouds);
  std::vector<std::string> applications;
  for (const auto& application : parameters.applications) applications.push_back(application.name);
  set(Dim::Application, std::move(applications));
  std::vector<std::string> runs;
  for (const auto& lab : parameters.labs)
    for (const auto& run : lab.runs) runs.push_back(lab.name + "/" + run.name);
  set(Dim::TrainingRun, std::move(runs));
  set(Dim::Input, as_strings(market::kInputNames));
  std::vector<std::string> chips;
  for (const auto& chip : parameters.chips) chips.push_back(chip.vendor + "/" + chip.name);
  set(Dim::Chip, std::move(chips));
  set(Dim::Clause, market::money_labels(parameters));
  const int first = core::month_index(axes.start);
  const int last = core::month_index(axes.end - core::SimDuration{1});
  for (int m = first; m <= last; ++m) axes.months.push_back(m);
  return axes;
}

Axes merge(std::span<const Axes> arms) {
  Axes whole;
  if (arms.empty()) return whole;
  whole = arms.front();
  for (const Axes& arm : arms.subspan(1)) {
    if (arm == whole) continue;
    for (std::size_t d = 0; d < kDims; ++d)
      for (const std::string& label : arm.labels[d])
        if (std::find(whole.labels[d].begin(), whole.labels[d].end(), label) == whole.labels[d].end())
          whole.labels[d].push_back(label);
    whole.months.insert(whole.months.end(), arm.months.begin(), arm.months.end());
    whole.start = std::min(whole.start, arm.start);
    whole.end = std::max(whole.end, arm.end);
  }
  std::sort(whole.months.begin(), whole.months.end());
  whole.months.erase(std::unique(whole.months.begin(), whole.months.end()), whole.months.end());
  return whole;
}

namespace {

template <class T>
std::vector<std::size_t> find_each(const std::vector<T>& part, const std::vector<T>& whole) {
  std::vector<std::size_t> out;
  out.reserve(part.size());
  for (const T& item : part) {
    const auto at = std::find(whole.begin(), whole.end(), item);
    if (at == whole.end())
      throw std::logic_error("record::positions: the axes of an arm are not part of the file's axes");
    out.push_back(static_cast<std::size_t>(at - whole.begin()));
  }
  return out;
}

}  // namespace

std::vector<std::size_t> positions(const Axes& part, const Axes& whole, Dim dim) {
  const auto d = static_cast<std::size_t>(dim);
  return dim == Dim::Time ? find_each(part.months, whole.months) : find_each(part.labels[d], whole.labels[d]);
}

std::vector<std::int64_t> month_days(const Axes& axes) {
  std::vector<std::int64_t> out;
  for (const int m : axes.months) out.push_back(core::month_start(m).time_since_epoch().count() / kMsPerDay);
  return out;
}

std::vector<double> month_bounds(const Axes& axes) {
  std::vector<double> out;
  for (const int m : axes.months) {
    out.push_back(core::in_days(std::max(core::month_start(m), axes.start).time_since_epoch()));
    out.push_back(core::in_days(std::min(core::month_start(m + 1), axes.end).time_since_epoch()));
  }
  return out;
}

}  // namespace rackrate::record
