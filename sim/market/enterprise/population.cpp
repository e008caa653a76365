#include "sim/market/enterprise/population.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

constexpr double kNoArrival = 1e9;  // days: after any run

/// Longest time before the start at which an initial adopter may have adopted; the data give shares of
/// adopters, not dates. Assumption, uniform.
constexpr double kAdoptedWithinYears = 1.5;
/// Spread of volume between workloads of one enterprise (sigma of a lognormal with mean 1). Assumption.
constexpr double kVolumeSigma = 0.5;
/// A Gamma law of a smaller shape is 0 for all that doubles can tell.
constexpr double kLeastShape = 1e-6;

double lognormal_mean_one(double sigma, double z) { return math::exp(sigma * z - 0.5 * sigma * sigma); }

/// Index of the interval of a cumulative distribution that u falls into. Weights need not sum to 1.
int pick(const std::vector<double>& weights, double u) {
  double total = 0.0;
  for (const double w : weights) total += w;
  double left = u * total;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    left -= weights[i];
    if (left < 0) return static_cast<int>(i);
  }
  return static_cast<int>(weights.size()) - 1;
}

void draw_estate(const Regime& regime, const core::Draws& draws, const Segment& segment, Enterprise& e) {
  const auto& s = regime.compiled;
  const auto& clouds = s.parameters.vocabulary.clouds;
  double largest = 0.0;
  std::vector<double> share(clouds.size(), 0.0);
  for (std::size_t c = 0; c < clouds.size(); ++c) {
    const auto it = segment.incumbent.find(clouds[c]);
    if (it == segment.incumbent.end() || it->second <= 0) continue;
    const double shape = s.parameters.choice.gravity_concentration * it->second;
    if (shape < kLeastShape) continue;
    share[c] = draws.gamma(at(e.key, Purpose::Incumbents, 0, s.cloud_key[c]), shape);
    if (share[c] > largest) {
      largest = share[c];
      e.primary_cloud = static_cast<std::int16_t>(c);
    }
  }
  e.gravity.assign(clouds.size(), 0.0F);
  if (largest <= 0) return;
  for (std::size_t c = 0; c < clouds.size(); ++c) e.gravity[c] = static_cast<float>(std::sqrt(share[c] / largest));
}

}  // namespace

double arrival_gap_days(const MarketView& view, const Enterprise& e, std::int32_t ordinal) {
  const double rate = view.parameters().segments[static_cast<std::size_t>(e.segment)].workloads_per_year;
  if (rate <= 0) return kNoArrival;
  return std::min(kNoArrival,
                  view.draws.exponential(at(e.key, Purpose::WorkloadGap, static_cast<std::uint64_t>(ordinal))) *
                      core::kDaysPerYear / rate);
}

Workload draw_workload(const MarketView& view, const Enterprise& e, std::int32_t ordinal, core::SimTime born) {
  const auto& segment = view.parameters().segments[static_cast<std::size_t>(e.segment)];
  const auto index = static_cast<std::uint64_t>(ordinal);
  Workload w;
  w.key = core::name_hash("workload", e.key + index * 0x9e3779b97f4a7c15ULL);
  std::vector<double> weights(kProductNames.size(), 0.0);
  for (const auto& [name, share] : segment.products) weights[*index_of(kProductNames, name)] = share;
  w.product = static_cast<Product>(pick(weights, view.draws.uniform(at(e.key, Purpose::WorkloadProduct, index))));
  const double zeta = lognormal_mean_one(kVolumeSigma, view.draws.normal(at(e.key, Purpose::WorkloadVolume, index)));
  w.units = core::whole(segment.units_per_day * e.size * zeta * e.expansion * 1e6 + 0.5,
                        "the volume of a workload, in millionths of a unit,");
  w.born = born;
  return w;
}

std::vector<Enterprise> draw_population(const Regime& regime, const core::Draws& draws) {
  const auto& p = regime.compiled.parameters;
  const Board empty;
  const MarketView view{regime, draws, empty};
  std::vector<Enterprise> all;
  const auto sizes = sample_sizes(p);
  for (std::size_t g = 0; g < p.segments.size(); ++g) {
    const auto& segment = p.segments[g];
    std::vector<double> regions(p.vocabulary.regions.size(), 0.0);
    for (const auto& [name, share] : segment.regions) regions[*index_of(p.vocabulary.regions, name)] = share;
    for (int k = 0; k < sizes[g]; ++k) {
      Enterprise e;
      e.key = core::name_hash(std::to_string(k), core::name_hash(segment.name, core::name_hash("enterprise")));
      e.segment = static_cast<std::int16_t>(g);
      e.expansion = segment.enterprises / sizes[g];
      e.region = static_cast<std::int16_t>(pick(regions, draws.uniform(at(e.key, Purpose::Region))));
      e.size = lognormal_mean_one(segment.size_sigma, draws.normal(at(e.key, Purpose::Size)));
      e.alpha = segment.price_sensitivity *
                lognormal_mean_one(segment.price_sensitivity_sigma, draws.normal(at(e.key, Purpose::PriceSensitivity)));
      for (std::size_t lab = 0; lab < p.labs.size(); ++lab)
        e.taste.push_back(static_cast<float>(
            p.choice.taste_sigma * draws.normal(at(e.key, Purpose::LabTaste, 0, regime.compiled.lab_key[lab]))));
      draw_estate(regime, draws, segment, e);
      if (draws.uniform(at(e.key, Purpose::Commitment)) < segment.committed)
        e.commitment =
            core::tenthousandths(segment.commitment_usd_per_year * e.size * e.expansion, "a commitment, in $,");
      e.threshold = draws.exponential(at(e.key, Purpose::AdoptionThreshold));
      e.adopted = draws.uniform(at(e.key, Purpose::InitiallyAdopted)) < segment.adopters;
      if (e.adopted) {
        const double ago = kAdoptedWithinYears * core::kDaysPerYear * draws.uniform(at(e.key, Purpose::AdoptedSince));
        core::SimTime next = p.run.start - core::days(ago);
        while (next <= p.run.start && e.arrivals < static_cast<std::int32_t>(segment.max_workloads)) {
          e.workloads.push_back(draw_workload(view, e, e.arrivals, next));
          next += core::days(arrival_gap_days(view, e, ++e.arrivals));
        }
        e.next_arrival = next;
      }
      all.push_back(std::move(e));
    }
  }
  return all;
}

}  // namespace rackrate::market
