#include "sim/market/enterprise/adoption.hpp"

#include <algorithm>
#include <utility>

#include "sim/market/primitives/adoption.hpp"

namespace rackrate::market {
namespace {

constexpr core::SimDuration kWeek = core::kDay * 7;

}  // namespace

Adoption::Adoption(std::size_t segments, core::SimTime start, std::span<const Enterprise> enterprises)
    : segments_(segments), week_(start) {
  Table<SegmentId, std::vector<Waiting>> waiting(segments);
  for (std::size_t k = 0; k < enterprises.size(); ++k)
    if (!enterprises[k].adopted) waiting[enterprises[k].segment].push_back({enterprises[k].threshold, EnterpriseId(k)});
  for (auto& members : waiting)
    std::stable_sort(members.begin(), members.end(),
                     [](const Waiting& a, const Waiting& b) { return a.threshold < b.threshold; });
  waiting_ = std::make_shared<const Table<SegmentId, std::vector<Waiting>>>(std::move(waiting));
}

std::vector<Adoption::Crossing> Adoption::crossings(const MarketView& view, core::SimTime until) {
  std::vector<Crossing> crossed;
  for (; week_ < until; week_ += kWeek)
    for (const SegmentId segment : segments_.ids()) pass_week(view, segment, crossed);
  return crossed;
}

/// F is frozen at the last digest, so the hazard of the week is constant.
void Adoption::pass_week(const MarketView& view, SegmentId segment, std::vector<Crossing>& crossed) {
  const auto& parameters = view.parameters().segments[segment];
  const Bass bass{parameters.bass_p, parameters.bass_q};
  const double weekly = bass.hazard(view.board.adoption[segment]) * core::in_years(kWeek);
  auto& [hazard, next] = segments_[segment];
  const auto& waiting = (*waiting_)[segment];
  for (; next < waiting.size(); ++next) {
    double integral = hazard;
    const auto share = cross_threshold(integral, waiting[next].threshold, weekly);
    if (!share) break;  // nor do those behind it
    crossed.push_back({waiting[next].enterprise, week_ + core::days(7.0 * *share)});
  }
  hazard += weekly;
}

}  // namespace rackrate::market
