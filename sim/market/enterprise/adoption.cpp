#include "sim/market/enterprise/adoption.hpp"

#include <algorithm>
#include <utility>

#include "sim/core/math.hpp"
#include "sim/market/primitives/adoption.hpp"

namespace rackrate::market {
namespace {

constexpr core::SimDuration kWeek = core::kDay * 7;

}  // namespace

double adoption_threshold(const core::Draws& draws, core::EntityKey enterprise) {
  return draws.exponential(at(enterprise, Purpose::AdoptionThreshold));
}

Adoption::Adoption(std::size_t segments, core::SimTime start, const core::Draws& draws, const Population& population)
    : segments_(segments), week_(start) {
  Table<SegmentId, std::vector<std::pair<double, EnterpriseId>>> thresholds(segments);
  for (const EnterpriseId e : population.ids())
    if (!population[e].adopted)
      thresholds[population[e].segment].emplace_back(adoption_threshold(draws, population[e].key), e);
  Table<SegmentId, std::vector<EnterpriseId>> waiting(segments);
  for (const SegmentId segment : waiting.ids()) {
    std::sort(thresholds[segment].begin(), thresholds[segment].end());
    waiting[segment].reserve(thresholds[segment].size());
    for (const auto& [threshold, enterprise] : thresholds[segment]) waiting[segment].push_back(enterprise);
  }
  waiting_ = std::make_shared<const Table<SegmentId, std::vector<EnterpriseId>>>(std::move(waiting));
}

std::vector<Adoption::Crossing> Adoption::crossings(const MarketView& view, const Population& population,
                                                    core::SimTime until) {
  std::vector<Crossing> crossed;
  for (; week_ < until; week_ += kWeek)
    for (const SegmentId segment : segments_.ids()) pass_week(view, population, segment, crossed);
  return crossed;
}

/// F is frozen at the last digest, so the hazard of the week is constant.
void Adoption::pass_week(const MarketView& view, const Population& population, SegmentId segment,
                         std::vector<Crossing>& crossed) {
  const auto& parameters = view.parameters().segments[segment];
  const Bass bass{parameters.bass_p, parameters.bass_q};
  const double pull = view.board.segment_pull.empty() ? 0.0 : view.board.segment_pull[segment];
  const double weekly = bass.hazard(view.board.adoption[segment]) * core::in_years(kWeek) *
                        core::math::exp(view.parameters().choice.adoption_response * pull);
  auto& [hazard, next] = segments_[segment];
  const auto& waiting = (*waiting_)[segment];
  for (; next < waiting.size(); ++next) {
    double integral = hazard;
    const double threshold = adoption_threshold(view.draws, population[waiting[next]].key);
    const auto share = cross_threshold(integral, threshold, weekly);
    if (!share) break;  // nor do those behind it
    crossed.push_back({waiting[next], week_ + core::days(7.0 * *share)});
  }
  hazard += weekly;
}

}  // namespace rackrate::market
