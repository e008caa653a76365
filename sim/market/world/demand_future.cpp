#include "sim/market/world/demand_future.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "sim/core/math.hpp"
#include "sim/core/name_hash.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

core::EntityKey demand_key() { return core::name_hash("demand"); }

/// Months from the one in which the run starts to the one in which it ends.
std::vector<double> draw_common(const CommonShock& law, const RunParameters& run, const core::Draws& draws) {
  std::vector<double> path;
  if (law.spread <= 0) return path;
  const double memory = math::exp(-std::numbers::ln2 / law.half_life_months);
  const double kick = law.spread * std::sqrt(1.0 - memory * memory);
  path.push_back(0.0);  // the first day's figures hold what there was
  for (int month = core::month_index(run.start) + 1; month <= core::month_index(run.end); ++month)
    path.push_back(memory * path.back() +
                   kick * draws.normal(at(demand_key(), Purpose::DemandFactor, month_key(month))));
  return path;
}

GrowthChain draw_growth(const GrowthShock& law, const RunParameters& run, core::EntityKey entity,
                        const core::Draws& draws) {
  bool fast = law.first == FirstGrowth::Fast;
  if (law.first == FirstGrowth::Either) fast = draws.uniform(at(entity, Purpose::GrowthStart)) < law.fast_share();
  GrowthChain chain(run.start, fast, law.gap_per_year, law.fast_share());
  if (law.gap_per_year <= 0) return chain;
  core::SimTime t = run.start;
  for (std::uint64_t n = 0; t < run.end; ++n, fast = !fast) {
    const double months =
        (fast ? law.fast_months : law.slow_months) * draws.exponential(at(entity, Purpose::GrowthLength, n));
    t += core::years(std::min(months / 12.0, 1000.0));
    chain.add_switch(t);
  }
  return chain;
}

/// Student t: a normal over the root of a chi-square by its degrees of freedom.
double student_t(const core::Draws& draws, const core::Address& normal, const core::Address& tail, double freedom) {
  return draws.normal(normal) / std::sqrt(2.0 * draws.gamma(tail, 0.5 * freedom) / freedom);
}

DecayingJumps draw_hits(const HitShock& law, const RunParameters& run, core::EntityKey lab, WorkKind kind,
                        const core::Draws& draws) {
  DecayingJumps hits(law.half_life_months / 12.0);
  if (law.per_year <= 0 || law.spread <= 0) return hits;
  const core::EntityKey sub = core::name_hash(kWorkKindNames[static_cast<std::size_t>(kind)]);
  core::SimTime t = run.start;
  for (std::uint64_t n = 0;; ++n) {
    t += core::years(std::min(draws.exponential(at(lab, Purpose::HitGap, n, sub)) / law.per_year, 1000.0));
    if (t >= run.end) return hits;
    hits.add(t, law.spread * student_t(draws, at(lab, Purpose::HitSize, n, sub), at(lab, Purpose::HitTail, n, sub),
                                       law.freedom));
  }
}

std::string percent(double log_factor) {
  const auto p = std::llround(100.0 * (math::exp(log_factor) - 1.0));
  return (p > 0 ? "+" : "") + std::to_string(p) + " %";
}

Notice hit_notice(const Parameters& p, LabId lab, WorkKind kind, const DecayingJumps::Jump& jump) {
  const auto& name = p.labs[lab].name;
  const std::string work{kWorkKindNames[static_cast<std::size_t>(kind)]};
  const auto months = std::llround(p.shocks.hits[kind].half_life_months);
  return {jump.time, "hit", name,
          name + " has a " + (jump.size >= 0 ? "hit" : "flop") + " in " + work + " work: demand " + percent(jump.size) +
              ", half of it gone in " + std::to_string(months) + " months; hits and flops so far " +
              percent(jump.after)};
}

Notice growth_notice(const Parameters& p, const GrowthChain& chain, core::SimTime t) {
  const bool fast = chain.fast_at(t);
  const auto& law = p.shocks.growth;
  const double apart = law.gap_per_year * (fast ? 1.0 - law.fast_share() : -law.fast_share());
  return {t, "regime", "demand",
          std::string("growth of AI demand turns ") + (fast ? "fast" : "slow") + ": " + percent(apart) +
              " a year beside the scenario's paths, which it has left by " + percent(chain.log_level(t)) + " so far"};
}

}  // namespace

DemandFuture::DemandFuture(const CompiledScenario& s, const core::Draws& draws) {
  const auto& p = s.parameters;
  const auto& law = p.shocks;
  first_month_ = core::month_index(p.run.start);
  common_ = draw_common(law.common, p.run, draws);
  growth_ = draw_growth(law.growth, p.run, demand_key(), draws);
  any_other_ = law.other_business.gap_per_year > 0;
  for (const CloudId cloud : p.clouds.ids())
    other_business_.push_back(draw_growth(law.other_business, p.run, s.cloud_key[cloud], draws));
  any_supply_ = law.supply.gap_per_year > 0;
  for (const VendorId vendor : p.vendors.ids())
    supply_.push_back(draw_growth(law.supply, p.run, s.vendor_key[vendor], draws));
  for (const LabId lab : p.labs.ids()) {
    ByWorkKind<DecayingJumps> of_lab;
    for (const WorkKind kind : of_lab.keys()) {
      of_lab[kind] = draw_hits(law.hits[kind], p.run, s.lab_key[lab], kind, draws);
      any_hits_ = any_hits_ || !of_lab[kind].jumps().empty();
    }
    hits_.push_back(std::move(of_lab));
  }
}

double DemandFuture::common_level(core::SimTime t) const {
  if (common_.empty()) return 0.0;
  return common_[static_cast<std::size_t>(core::month_index(t) - first_month_)];
}

DemandSignal DemandFuture::at(core::SimTime t) const {
  DemandSignal signal;
  signal.common = common_level(t) + growth_.log_level(t);
  signal.fast = growth_.fast_at(t);
  if (any_other_)
    for (const GrowthChain& chain : other_business_) signal.other_business.push_back(chain.log_level(t));
  if (any_supply_)
    for (const GrowthChain& chain : supply_) signal.supply.push_back(chain.log_level(t));
  if (!any_hits_) return signal;
  for (const auto& of_lab : hits_) {
    ByWorkKind<double> levels;
    for (const WorkKind kind : levels.keys()) levels[kind] = of_lab[kind].level(t);
    signal.hits.push_back(levels);
  }
  return signal;
}

std::vector<Notice> DemandFuture::notices(const Parameters& p, core::SimTime from, core::SimTime until) const {
  std::vector<Notice> found;
  const auto inside = [&](core::SimTime t) { return t > from && t <= until && t < p.run.end; };
  for (const core::SimTime t : growth_.switches())
    if (inside(t)) found.push_back(growth_notice(p, growth_, t));
  for (const LabId lab : hits_.ids())
    for (const WorkKind kind : hits_[lab].keys())
      for (const auto& jump : hits_[lab][kind].jumps())
        if (inside(jump.time)) found.push_back(hit_notice(p, lab, kind, jump));
  std::stable_sort(found.begin(), found.end(), [](const Notice& a, const Notice& b) { return a.time < b.time; });
  return found;
}

}  // namespace rackrate::market
