#include "sim/record/run_table.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "sim/record/detail/axes_json.hpp"
#include "sim/record/detail/missing.hpp"

namespace rackrate::record {
namespace {}  // namespace

RunTable::RunTable(Provenance provenance, std::vector<Arm> arms, std::vector<std::int64_t> replications)
    : provenance_(std::move(provenance)), arms_(std::move(arms)), replications_(std::move(replications)) {
  if (arms_.empty()) throw std::logic_error("RunTable: a result has at least one arm");
  std::vector<Axes> all;
  for (const Arm& arm : arms_) all.push_back(arm.axes);
  axes_ = merge(all);
  complete_.assign(arms_.size() * replications_.size(), 0);
  prints_.resize(complete_.size());
  ends_.assign(complete_.size(), detail::kNotATime);
  event_logs_.assign(arms_.size(), {std::numeric_limits<std::int64_t>::max(), "[]"});
}

std::size_t RunTable::cell(const RunSeries& run) const {
  const auto arm = std::find_if(arms_.begin(), arms_.end(), [&](const Arm& a) { return a.name == run.arm; });
  if (arm == arms_.end()) throw std::logic_error("RunTable: no arm is called " + run.arm);
  if (run.axes != arm->axes) throw std::logic_error("RunTable: the run's axes are not those of arm " + run.arm);
  const auto at = std::find(replications_.begin(), replications_.end(), run.replication);
  if (at == replications_.end())
    throw std::logic_error("RunTable: no room for replication " + std::to_string(run.replication));
  return static_cast<std::size_t>(arm - arms_.begin()) * replications_.size() +
         static_cast<std::size_t>(at - replications_.begin());
}

void RunTable::mark_done(std::size_t cell, const RunSeries& run, std::string print) {
  complete_[cell] = 1;
  prints_[cell] = std::move(print);
  ends_[cell] = run.end.time_since_epoch().count();
  auto& log = event_logs_[cell / replications_.size()];
  if (run.replication < log.first) log = {run.replication, events_to_json(run.events)};
}

std::vector<std::string> RunTable::event_logs() const {
  std::vector<std::string> logs(complete_.size());
  for (std::size_t arm = 0; arm < arms_.size(); ++arm) {
    const auto at = std::find(replications_.begin(), replications_.end(), event_logs_[arm].first);
    if (at != replications_.end())
      logs[arm * replications_.size() + static_cast<std::size_t>(at - replications_.begin())] = event_logs_[arm].second;
  }
  return logs;
}

/// The end of all runs that are done, if they have one end and it lies before that of the scenarios.
std::optional<core::SimTime> RunTable::common_end() const {
  if (ends_.empty()) return std::nullopt;
  const std::int64_t last = *std::max_element(ends_.begin(), ends_.end());
  if (last == detail::kNotATime || std::any_of(ends_.begin(), ends_.end(), [last](std::int64_t end) {
        return end != detail::kNotATime && end != last;
      }))
    return std::nullopt;
  const core::SimTime end{core::SimDuration{last}};
  if (end <= axes_.start || end >= axes_.end) return std::nullopt;
  return end;
}

std::vector<double> RunTable::time_bounds() const {
  std::vector<double> bounds = month_bounds(axes_);
  if (const auto end = common_end()) {
    const double day = core::in_days(end->time_since_epoch());
    for (std::size_t m = 0; m + 1 < bounds.size(); m += 2)
      if (bounds[m] < day) bounds[m + 1] = std::min(bounds[m + 1], day);
  }
  return bounds;
}

std::optional<core::SimTime> RunTable::horizon() const {
  return common_end() ? std::optional(axes_.end) : std::nullopt;
}

std::string RunTable::text_of(ArmVar v, const Arm& arm) const {
  switch (v) {
    case ArmVar::ScenarioDigest: return arm.digest;
    case ArmVar::ReplayPrices: return arm.replay_prices;
    case ArmVar::ReplayInvestment: return arm.replay_investment;
    case ArmVar::ValuationDate: return arm.valuation_date;
    case ArmVar::Axes: return arm.axes == axes_ ? std::string() : detail::axes_to_json(arm.axes);
    case ArmVar::Interventions: return arm.interventions;
    case ArmVar::Scenario: return arm.scenario_toml;
    case ArmVar::DiscountRate: break;
  }
  throw std::logic_error("RunTable: this is no text");
}

std::vector<std::string> RunTable::texts(ArmVar variable) const {
  std::vector<std::string> out;
  for (const Arm& arm : arms_) out.push_back(text_of(variable, arm));
  return out;
}

std::vector<double> RunTable::discount_rates() const {
  std::vector<double> out;
  for (const Arm& arm : arms_) out.push_back(arm.discount_rate);
  return out;
}

std::string RunTable::fingerprint() const {
  std::vector<std::string> names;
  std::vector<RunPrint> done;
  for (std::size_t a = 0; a < arms_.size(); ++a) {
    names.push_back(arms_[a].name);
    for (std::size_t r = 0; r < replications_.size(); ++r)
      if (complete_[a * replications_.size() + r])
        done.push_back({arms_[a].name, replications_[r], prints_[a * replications_.size() + r]});
  }
  return combined_fingerprint(names, done);
}

std::vector<RunTable::Attribute> RunTable::attributes() const {
  const auto base =
      std::find_if(arms_.begin(), arms_.end(), [this](const Arm& a) { return a.name == provenance_.baseline; });
  const Arm& first = base == arms_.end() ? arms_.front() : *base;
  std::vector<Attribute> out{{"Conventions", "CF-1.10"},
                             {"title", "rackrate result"},
                             {"format_version", std::string(kFormatVersion)},
                             {"program_version", provenance_.program_version},
                             {"commit", provenance_.commit},
                             {"build_type", provenance_.build_type},
                             {"seed", provenance_.seed},
                             {"lookahead", provenance_.lookahead},
                             {"baseline", provenance_.baseline},
                             {"design", provenance_.design},
                             {"until", provenance_.until ? core::to_string(*provenance_.until) : std::string()},
                             {"structural", provenance_.structural},
                             {"discount_rate", first.discount_rate},
                             {"valuation_date", first.valuation_date},
                             {"fingerprint", fingerprint()}};
  std::erase_if(out, [](const Attribute& a) {
    const auto* text = std::get_if<std::string>(&a.second);
    return text && text->empty();
  });
  return out;
}

std::vector<double> RunTable::spread(const VariableRow& v, const RunSeries& run) const {
  const std::vector<double>& own = run[v.id];
  if (own.size() != run.axes.count(v))
    throw std::logic_error("RunTable: " + std::string(v.name) + " has the wrong number of values");
  if (run.axes == axes_) return own;
  std::vector<double> values(axes_.count(v), std::numeric_limits<double>::quiet_NaN());
  std::vector<std::vector<std::size_t>> at;
  for (const Dim d : v.dims) at.push_back(positions(run.axes, axes_, d));
  std::vector<std::size_t> index(v.dims.size, 0);
  for (const double value : own) {
    std::size_t flat = 0;
    for (std::size_t i = 0; i < v.dims.size; ++i) flat = flat * axes_.size(v.dims.values[i]) + at[i][index[i]];
    values[flat] = value;
    for (std::size_t i = v.dims.size; i-- > 0;) {
      if (++index[i] < at[i].size()) break;
      index[i] = 0;
    }
  }
  return values;
}

}  // namespace rackrate::record
