#include "sim/market/world/drivers.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "sim/core/math.hpp"
#include "sim/market/labs/lab.hpp"
#include "sim/market/view/demand_factor.hpp"
#include "sim/market/world/demand_future.hpp"

namespace rackrate::market {
namespace {

bool draws_hits(const ShockParameters& shocks, WorkKind kind) {
  return shocks.hits[kind].per_year > 0 && shocks.hits[kind].spread > 0;
}
bool draws_demand(const ShockParameters& shocks) { return shocks.common.spread > 0 || shocks.growth.gap_per_year > 0; }
bool draws_rounds(const Lab& lab) { return lab.cash.opening_usd >= 0 && lab.cash.round_gap_months > 0; }
bool draws_leads(const Parameters& p) {
  return p.labs.size() > 1 && std::any_of(p.labs.begin(), p.labs.end(), [](const Lab& l) { return l.jump_mean > 0; });
}

/// The days on which a path is read: the first of the run and of every month in it.
std::vector<core::SimTime> month_days(const RunParameters& run) {
  std::vector<core::SimTime> days{run.start};
  for (int month = core::month_index(run.start) + 1; core::month_start(month) < run.end; ++month)
    days.push_back(core::month_start(month));
  return days;
}

/// Calls `visit(name, value of a signal)` for what demand_future.hpp draws. With no signal only the names are asked
/// for.
template <class Visit>
void for_each_shock(const CompiledScenario& s, const DemandSignal* signal, Visit&& visit) {
  const auto& p = s.parameters;
  const auto value = [&](auto&& of) { return signal == nullptr ? 0.0 : of(*signal); };
  if (draws_demand(p.shocks)) visit("demand", value([](const DemandSignal& d) { return d.common; }));
  for (const LabId lab : p.labs.ids())
    for (std::size_t i = 0; i < kWorkKindNames.size(); ++i) {
      const auto kind = static_cast<WorkKind>(i);
      if (!draws_hits(p.shocks, kind)) continue;
      visit("hits." + p.labs[lab].name + "." + std::string(kWorkKindNames[i]),
            value([&](const DemandSignal& d) { return d.hits.empty() ? 0.0 : d.hits[lab][kind]; }));
    }
  if (p.shocks.other_business.gap_per_year > 0)
    for (const CloudId cloud : p.clouds.ids())
      visit("business." + p.clouds[cloud].name, value([&](const DemandSignal& d) { return d.other_business[cloud]; }));
  if (p.shocks.supply.gap_per_year > 0)
    for (const VendorId vendor : p.vendors.ids())
      visit("supply." + p.vendors[vendor].name, value([&](const DemandSignal& d) { return d.supply[vendor]; }));
}

bool draws_volume(const Parameters& p, WorkKind kind) { return draws_demand(p.shocks) || draws_hits(p.shocks, kind); }

/// Calls `visit(lab, kind)` for each pair whose volume is drawn.
template <class Visit>
void for_each_volume(const Parameters& p, Visit&& visit) {
  for (const LabId lab : p.labs.ids())
    for (const WorkKind kind : ByWorkKind<int>::keys())
      if (draws_volume(p, kind)) visit(lab, kind);
}

/// Releases of all labs in order of time, as the labs draw them. A lab of the market sees the frontier of a window
/// before.
class Releases {
 public:
  explicit Releases(const MarketView& view) : view_(view) {
    for (const LabId lab : view.parameters().labs.ids()) {
      labs_.push_back(first_lab(view.compiled(), lab));
      next_.push_back(view.parameters().labs[lab].jump_mean > 0 ? view.parameters().run.start + gap(lab)
                                                                : core::kNever);
    }
  }
  void advance_to(core::SimTime t) {
    for (;;) {
      LabId first(0);
      for (const LabId lab : next_.ids())
        if (next_[lab] < next_[first]) first = lab;
      if (next_[first] > t) return;
      auto& lab = labs_[first];
      lab.signal.best = std::max(lab.signal.best, draw_model(lab, view_, best_but()).quality);
      ++lab.releases;
      next_[first] += gap(first);
    }
  }
  [[nodiscard]] double lead(LabId lab) const { return labs_[lab].signal.best - best_but(lab); }

 private:
  [[nodiscard]] core::SimDuration gap(LabId lab) const {
    return core::days(release_gap_days(view_, lab, labs_[lab].releases));
  }
  [[nodiscard]] double best_but(LabId left_out = {}) const {
    double best = std::numeric_limits<double>::lowest();
    for (const LabId lab : labs_.ids())
      if (lab != left_out) best = std::max(best, labs_[lab].signal.best);
    return best;
  }

  const MarketView& view_;
  Table<LabId, LabState> labs_;
  Table<LabId, core::SimTime> next_;
};

/// Weighted means of several paths, of which one value each is added per day.
class Sums {
 public:
  void begin(double weight) {
    at_ = 0;
    weight_ = weight;
    weights_ += weight;
  }
  void add(double value) {
    if (at_ == sums_.size()) sums_.push_back(0.0);
    sums_[at_++] += weight_ * value;
  }
  [[nodiscard]] std::vector<double> means() const {
    std::vector<double> means;
    for (const double sum : sums_) means.push_back(sum / weights_);
    return means;
  }

 private:
  std::vector<double> sums_;
  std::size_t at_ = 0;
  double weight_ = 0.0, weights_ = 0.0;
};

/// Sizes of a lab's rounds by the share of the run that is left.
double weighted_rounds(const MarketView& view, LabId lab) {
  const auto& run = view.parameters().run;
  LabFinance finance = first_finance(view, lab);
  double sum = 0.0;
  while (finance.next_round < run.end) {
    const double left = core::in_days(run.end - finance.next_round) / core::in_days(run.end - run.start);
    sum += next_round_size(finance, view, lab) * std::min(1.0, left);
  }
  return sum;
}

}  // namespace

std::vector<std::string> driver_names(const CompiledScenario& s) {
  std::vector<std::string> names;
  for_each_shock(s, nullptr, [&](std::string name, double) { names.push_back(std::move(name)); });
  const auto& labs = s.parameters.labs;
  for (const Lab& lab : labs)
    if (draws_leads(s.parameters)) names.push_back("lead." + lab.name);
  for (const Lab& lab : labs)
    if (draws_rounds(lab)) names.push_back("rounds." + lab.name);
  for_each_volume(s.parameters, [&](LabId lab, WorkKind kind) {
    names.push_back("volume." + labs[lab].name + "." + std::string(kWorkKindNames[static_cast<std::size_t>(kind)]));
  });
  return names;
}

std::vector<double> driver_values(const Regime& regime, const core::Draws& draws) {
  const auto& s = regime.compiled;
  const Board nothing;
  const MarketView view{regime, draws, nothing, nullptr};
  const DemandFuture future(s, draws);
  const auto& labs = s.parameters.labs;
  const bool leads = draws_leads(s.parameters);
  Releases releases(view);
  Sums means, volumes;
  double month = 0.0;
  for (const core::SimTime day : month_days(s.parameters.run)) {
    month += 1.0;
    const DemandSignal signal = future.at(day);
    means.begin(1.0);
    for_each_shock(s, &signal, [&](const std::string&, double value) { means.add(value); });
    volumes.begin(month);
    for_each_volume(s.parameters, [&](LabId lab, WorkKind kind) {
      volumes.add(core::math::exp(signal.common + (signal.hits.empty() ? 0.0 : signal.hits[lab][kind])));
    });
    if (!leads) continue;
    releases.advance_to(day);
    for (const LabId lab : labs.ids()) means.add(releases.lead(lab));
  }
  std::vector<double> values = means.means();
  for (const LabId lab : labs.ids())
    if (draws_rounds(labs[lab])) values.push_back(weighted_rounds(view, lab));
  const auto weighted = volumes.means();
  values.insert(values.end(), weighted.begin(), weighted.end());
  return values;
}

}  // namespace rackrate::market
