#include "sim/market/enterprise/draw.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/enterprise/agreement.hpp"
#include "sim/market/enterprise/utility.hpp"
#include "sim/market/view/integration.hpp"

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

/// The size of account that states how many clouds are considered, $ a year.
constexpr double kConsideredAt = 1e6;
/// Gravity of a cloud that is not in an estate, for who considers it. Assumption.
constexpr double kLeastWeight = 0.1;

double lognormal_mean_one(double sigma, double z) { return math::exp(sigma * z - 0.5 * sigma * sigma); }

/// Of `keys`, the one into whose interval of the cumulative distribution u falls. Weights need not sum to 1.
template <class Keys, class Weights>
auto pick(const Keys& keys, const Weights& weights, double u) {
  double total = 0.0;
  for (const double w : weights) total += w;
  double left = u * total;
  auto picked = *keys.begin();
  for (const auto key : keys) {
    picked = key;
    left -= weights[key];
    if (left < 0) break;
  }
  return picked;
}

/// Does a channel of the cloud sell anything?
bool sells_models(const CompiledScenario& s, CloudId cloud) {
  return std::any_of(s.alternatives.begin(), s.alternatives.end(),
                     [cloud](const Alternative& a) { return a.cloud == cloud; });
}

RegionId draw_region(const Parameters& p, const core::Draws& draws, const Segment& segment, core::EntityKey key) {
  Table<RegionId, double> weights(p.vocabulary.regions.size(), 0.0);
  for (const auto& [name, share] : segment.regions) weights[RegionId(*index_of(p.vocabulary.regions, name))] = share;
  return pick(weights.ids(), weights, draws.uniform(at(key, Purpose::Region)));
}

/// Shares of clouds in the enterprise's estate: a Dirichlet vector about its segment's means.
void draw_estate(const CompiledScenario& s, const core::Draws& draws, const Segment& segment, Enterprise& e,
                 std::span<float> gravity) {
  const auto& clouds = s.parameters.vocabulary.clouds;
  double largest = 0.0;
  Table<CloudId, double> share(clouds.size(), 0.0);
  for (const CloudId c : share.ids()) {
    const auto it = segment.incumbent.find(clouds[c.position()]);
    if (it == segment.incumbent.end() || it->second <= 0) continue;
    const double shape = s.parameters.choice.gravity_concentration * it->second;
    if (shape < kLeastShape) continue;
    share[c] = draws.gamma(at(e.key, Purpose::Incumbents, 0, s.cloud_key[c]), shape);
    if (share[c] > largest) {
      largest = share[c];
      e.primary_cloud = c;
    }
  }
  if (largest <= 0) return;
  for (const CloudId c : share.ids()) gravity[c.position()] = static_cast<float>(std::sqrt(share[c] / largest));
}

void draw_tastes(const CompiledScenario& s, const core::Draws& draws, core::EntityKey key, std::span<float> taste) {
  for (const LabId lab : s.lab_key.ids())
    taste[lab.position()] = static_cast<float>(s.parameters.choice.taste_sigma *
                                               draws.normal(at(key, Purpose::LabTaste, 0, s.lab_key[lab])));
}

/// The clouds that it considers: its primary one and as many others as its size allows, those in its estate first, by a
/// race of exponential times. A cloud that comes to be, or one more that is considered, changes no other.
HostSet draw_considered(const MarketView& view, const Enterprise& e, std::span<const float> gravity) {
  const auto& c = view.parameters().choice;
  HostSet considered = HostSet::only(e.primary_cloud);
  if (c.considered < 0) return considered;
  const double size = std::max(reference_size(view, e), 1.0);
  const double number = c.considered + c.considered_by_size * math::log(size / kConsideredAt) / math::log(10.0) +
                        view.draws.uniform(at(e.key, Purpose::Considered));
  std::vector<std::pair<double, CloudId>> times;
  for (const CloudId cloud : view.compiled().cloud_key.ids()) {
    const double weight = std::max(kLeastWeight, static_cast<double>(gravity[cloud.position()]));
    if (cloud == e.primary_cloud || !sells_models(view.compiled(), cloud)) continue;
    times.emplace_back(
        view.draws.exponential(at(e.key, Purpose::Considered, 0, view.compiled().cloud_key[cloud])) / (weight * weight),
        cloud);
  }
  std::sort(times.begin(), times.end());
  const double most = core::real(static_cast<std::int64_t>(times.size()));
  times.resize(static_cast<std::size_t>(std::clamp(std::floor(number), 0.0, most)));
  for (const auto& [time, cloud] : times) considered.insert(cloud);
  return considered;
}

Architecture draw_architecture(const MarketView& view, const Segment& segment, const Enterprise& e) {
  const double u = view.draws.uniform(at(e.key, Purpose::Architecture));
  if (u < segment.split) return Architecture::Split;
  return u < segment.split + segment.native ? Architecture::Native : Architecture::Consolidate;
}

Money draw_commitment(const MarketView& view, const Enterprise& e, double expansion) {
  const Segment& segment = view.parameters().segments[e.segment];
  if (!(view.draws.uniform(at(e.key, Purpose::Commitment)) < segment.committed)) return {};
  return Money::from_usd(segment.commitment_usd_per_year * drawn_size(view, e) * expansion, "a commitment, in $,");
}

/// Whether it has adopted before the start, and the workloads that it has brought since.
void draw_adoption(const MarketView& view, const Segment& segment, Population& population, EnterpriseId id) {
  Enterprise& e = population[id];
  const core::SimTime start = view.parameters().run.start;
  e.adopted = view.draws.uniform(at(e.key, Purpose::InitiallyAdopted)) < segment.adopters;
  if (!e.adopted) return;
  const double ago = kAdoptedWithinYears * core::kDaysPerYear * view.draws.uniform(at(e.key, Purpose::AdoptedSince));
  core::SimTime next = start - core::days(ago);
  population.give_room(id, workloads_by_the_end(view, e, next));
  const ByProduct<double> mix = product_mix(segment);
  while (next <= start && !has_all_workloads(segment, e.workloads)) {
    population.add_workload(id, draw_workload(view, mix, population, id, e.workloads, next));
    next += arrival_gap(view, e, e.workloads);
  }
}

void draw_enterprise(const MarketView& view, SegmentId id, int ordinal, Population& population) {
  const auto& p = view.parameters();
  const auto& segment = p.segments[id];
  Enterprise e;
  e.key = core::name_hash(std::to_string(ordinal), core::name_hash(segment.name, core::name_hash("enterprise")));
  e.segment = id;
  e.region = draw_region(p, view.draws, segment, e.key);
  e.alpha = segment.price_sensitivity * lognormal_mean_one(segment.price_sensitivity_sigma,
                                                           view.draws.normal(at(e.key, Purpose::PriceSensitivity)));
  e.committed = draw_commitment(view, e, population.expansion(id)) > Money{};
  const EnterpriseId added = population.add(e);
  if (bargains(view, e)) population.add_account(added);
  draw_tastes(view.compiled(), view.draws, e.key, population.taste(added));
  draw_estate(view.compiled(), view.draws, segment, population[added], population.gravity(added));
  population[added].considered = draw_considered(view, population[added], population.gravity(added));
  population[added].architecture = draw_architecture(view, segment, population[added]);
  draw_adoption(view, segment, population, added);
}

}  // namespace

double drawn_size(const MarketView& view, const Enterprise& e) {
  return lognormal_mean_one(view.parameters().segments[e.segment].size_sigma,
                            view.draws.normal(at(e.key, Purpose::Size)));
}

double reference_size(const MarketView& view, const Enterprise& e) {
  const auto& segment = view.parameters().segments[e.segment];
  return segment.max_workloads * segment.units_per_day * drawn_size(view, e) * core::kDaysPerYear;
}

Money commitment(const MarketView& view, const Population& population, EnterpriseId id) {
  const Enterprise& e = population[id];
  return e.committed ? draw_commitment(view, e, population.expansion(e.segment)) : Money{};
}

bool has_all_workloads(const Segment& segment, std::uint32_t workloads) {
  return workloads >= core::whole(segment.max_workloads, "the most workloads of an enterprise");
}

core::SimDuration arrival_gap(const MarketView& view, const Enterprise& e, std::uint32_t ordinal) {
  const double rate = view.parameters().segments[e.segment].workloads_per_year;
  if (rate <= 0) return core::days(kNoArrival);
  const double years = view.draws.exponential(at(e.key, Purpose::WorkloadGap, ordinal));
  return core::days(std::min(kNoArrival, years * core::kDaysPerYear / rate));
}

std::size_t workloads_by_the_end(const MarketView& view, const Enterprise& e, core::SimTime first) {
  std::uint32_t count = 0;
  const Segment& segment = view.parameters().segments[e.segment];
  for (core::SimTime t = first; t < view.parameters().run.end && !has_all_workloads(segment, count);)
    t += arrival_gap(view, e, ++count);
  return count;
}

Workload draw_workload(const MarketView& view, const ByProduct<double>& mix, const Population& population,
                       EnterpriseId id, std::uint32_t ordinal, core::SimTime created) {
  const Enterprise& e = population[id];
  const auto& segment = view.parameters().segments[e.segment];
  Workload w;
  w.key = core::name_hash("workload", e.key + ordinal * 0x9e3779b97f4a7c15ULL);
  w.product = pick(mix.keys(), mix, view.draws.uniform(at(e.key, Purpose::WorkloadProduct, ordinal)));
  const double zeta = lognormal_mean_one(kVolumeSigma, view.draws.normal(at(e.key, Purpose::WorkloadVolume, ordinal)));
  const double expansion = population.expansion(e.segment);
  w.units = core::whole(segment.units_per_day * drawn_size(view, e) * zeta * expansion * 1e6 + 0.5,
                        "the volume of a workload, in millionths of a unit,");
  w.created = created;
  const Needs needs = draw_needs(view, segment, w.product, w.key);
  w.needs = needs.items;
  w.least_depth = needs.least_depth;
  return w;
}

void begin_pilot(const MarketView& view, Workload& w) {
  const auto& c = view.parameters().choice;
  if (c.pilot_days <= 0) return;
  w.pilot = true;
  w.units = core::whole(core::real(w.units) * c.pilot_share, "the volume of a pilot, in millionths of a unit,");
}

bool pilot_succeeds(const MarketView& view, const Enterprise& e, const Workload& w, core::SimTime t) {
  const auto& c = view.parameters().choice;
  const auto& pull = view.board.pull[w.product];
  const double answer = pull.empty() ? 1.0 : math::exp(c.pilot_response * pull(e.segment, e.region));
  return core::in_days(t - w.created) * answer >
         c.pilot_days * view.draws.exponential(at(w.key, Purpose::PilotThreshold));
}

Grid<SegmentId, CloudId, double> considered_shares(const Parameters& p, const Population& population) {
  if (p.choice.considered < 0) return {};
  Grid<SegmentId, CloudId, double> count(p.segments.size(), p.clouds.size());
  Table<SegmentId, double> all(p.segments.size(), 0.0);
  for (const EnterpriseId e : population.ids()) {
    all[population[e].segment] += 1.0;
    for (const CloudId cloud : population[e].considered.members()) count(population[e].segment, cloud) += 1.0;
  }
  for (const SegmentId segment : all.ids())
    for (const CloudId cloud : p.clouds.ids())
      count(segment, cloud) = all[segment] > 0 ? count(segment, cloud) / all[segment] : 1.0;
  return count;
}

Population draw_population(const Regime& regime, const core::Draws& draws) {
  const Board empty;
  const MarketView view{regime, draws, empty};
  const auto& p = view.parameters();
  const Table<SegmentId, int> sizes(sample_sizes(p));
  Table<SegmentId, double> expansion;
  for (const SegmentId segment : sizes.ids())
    expansion.push_back(sizes[segment] > 0 ? p.segments[segment].enterprises / sizes[segment] : 0.0);
  Population population(p.vocabulary.clouds.size(), view.compiled().lab_key.size(), std::move(expansion));
  population.reserve(static_cast<std::size_t>(p.run.enterprises));
  for (const SegmentId segment : sizes.ids())
    for (int ordinal = 0; ordinal < sizes[segment]; ++ordinal) draw_enterprise(view, segment, ordinal, population);
  return population;
}

}  // namespace rackrate::market
