#include "sim/market/enterprise/inclusive_value.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "sim/core/math.hpp"
#include "sim/market/view/integration.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

constexpr core::SimDuration kWeekOfPull = core::kDay * 7;
/// Least share that is bought, known or served: its logarithm must be finite.
constexpr double kLeastShare = 1e-3;
/// A pull beyond this, in utility, counts as this: a market that opens from nothing has no finite one.
constexpr double kMostPull = 5.0;

double frontier(const Board& board) {
  double best = board.labs.empty() ? 0.0 : board.labs[LabId(0)].best;
  for (const auto& lab : board.labs) best = std::max(best, lab.best);
  return best;
}

/// Gravity of an estate like the segment's mean, by cloud; one more is 0.
std::vector<double> mean_gravity(const Parameters& p, const Segment& segment) {
  std::vector<double> share(p.clouds.size() + 1, 0.0);
  double largest = 0.0;
  for (const CloudId c : p.clouds.ids()) {
    const auto it = segment.incumbent.find(p.clouds[c].name);
    if (it != segment.incumbent.end()) share[c.position()] = it->second;
    largest = std::max(largest, share[c.position()]);
  }
  for (double& one : share) one = largest > 0 ? std::sqrt(one / largest) : 0.0;
  return share;
}

double log_share(double share) { return math::log(std::max(share, kLeastShare)); }

/// What only a share of the segment considers.
void weigh_considered(const MarketView& view, const Offer& offer, SegmentId segment, std::vector<double>& v) {
  const auto& considered = view.board.considered;
  if (considered.empty()) return;
  for (std::size_t k = 0; k < offer.alternatives.size(); ++k)
    if (offer.cloud[k] < view.parameters().clouds.size())
      v[k] += log_share(considered(segment, CloudId(offer.cloud[k])));
}

/// What crossings cost the mean workload, and the share of production that demands more depth.
void weigh_missing_items(const MarketView& view, const Offer& offer, SegmentId segment, Product product,
                         std::vector<double>& v) {
  const auto& p = view.parameters();
  const Segment& s = p.segments[segment];
  for (const Offer::Shallow& shallow : offer.shallow) {
    double crossings = 0.0;
    for (const Item item : ByItem<int>::keys())
      if (shallow.missing.contains(item)) crossings += need_probability(p, s, product, item);
    const double cost = crossings * p.integration.crossing_cost;
    v[shallow.row] -=
        s.price_sensitivity * (p.choice.form == UtilityForm::Log ? math::log1p(cost) : cost * offer.price[shallow.row]);
    v[shallow.row] += log_share(1.0 - demand_probability(p.integration, product, shallow.quarters + 1));
  }
}

double inclusive_value(const MarketView& view, const Offer& offer, const std::vector<double>& gravity,
                       SegmentId segment, Product product) {
  const double epsilon = view.parameters().segments[segment].price_sensitivity;
  const auto& c = view.parameters().choice;
  const std::size_t n = offer.alternatives.size();
  std::vector<double> v(offer.set->columns(), kInfeasible), share(offer.set->size());
  const double runtime = product == Product::AgentStateful ? c.beta_runtime : 0.0;
  const auto& unserved = view.board.market.unserved;
  for (std::size_t k = 0; k < n; ++k) {
    v[k] = offer.worth[k] - epsilon * offer.price[k] + c.beta_gravity * gravity[offer.near[k]] +
           runtime * gravity[offer.cloud[k]];
    if (!unserved.empty()) v[k] += log_share(1.0 - unserved[LabId(offer.lab[k])]);
  }
  weigh_missing_items(view, offer, segment, product, v);
  for (const auto& [row, allowlist] : offer.previews) v[row] += log_share(allowlist);
  for (const std::uint32_t row : offer.partly_known) v[row] += log_share(view.board.awareness[offer.alternatives[row]]);
  weigh_considered(view, offer, segment, v);
  v[n] = c.outside + view.board.outside_gain;
  expected_shares(*offer.set, v, share);
  return -math::log(std::max(share[n], 1e-300));  // the outside option is alone in its nest
}

double weight(const std::map<std::string, double>& shares, const std::string& name) {
  const auto it = shares.find(name);
  return it == shares.end() ? 0.0 : it->second;
}

}  // namespace

InclusiveValues inclusive_values(const MarketView& view, const Offers& offers) {
  const auto& p = view.parameters();
  InclusiveValues values;
  for (const Product product : values.keys()) {
    values[product].assign(p.segments.size(), p.vocabulary.regions.size(), 0.0);
    if (view.compiled().alternatives_of_product[product].empty()) continue;
    for (const SegmentId segment : p.segments.ids()) {
      const auto gravity = mean_gravity(p, p.segments[segment]);
      for (const RegionId region : core::indices<RegionId>(p.vocabulary.regions.size()))
        values[product](segment, region) =
            inclusive_value(view, offers.to(segment, region, product), gravity, segment, product);
    }
  }
  return values;
}

bool answers_offers(const ChoiceParameters& c) {
  return c.adoption_response > 0 || c.volume_response > 0 || (c.pilot_days > 0 && c.pilot_response > 0);
}

void DemandPull::publish(const MarketView& view, const Offers& offers, Board& board) {
  const auto& p = view.parameters();
  const bool first = due_ == core::kAlways;
  if (first) first_frontier_ = frontier(board);
  if (!answers_offers(p.choice)) {
    board.pull = {};
    board.segment_pull.clear();
    due_ = board.as_of;
    return;
  }
  if (!first && board.as_of < due_ && !board.segment_pull.empty()) return;
  board.pull = inclusive_values(view, offers);
  if (first || first_[Product::ApiStateless].empty()) first_ = board.pull;
  due_ = board.as_of + kWeekOfPull;
  board.segment_pull.assign(p.segments.size(), 0.0);
  for (const Product product : board.pull.keys())
    for (const SegmentId segment : p.segments.ids())
      for (const RegionId region : core::indices<RegionId>(p.vocabulary.regions.size())) {
        double& pull = board.pull[product](segment, region);
        pull = std::clamp(pull - first_[product](segment, region), -kMostPull, kMostPull);
        board.segment_pull[segment] += pull * offers.mix(segment)[product] *
                                       weight(p.segments[segment].regions, p.vocabulary.regions[region.position()]);
      }
}

void DemandPull::advance(const Parameters& p, const Board& board, core::SimTime to) {
  const double gain = frontier(board) - first_frontier_;
  if (p.choice.outside_lag_days <= 0) {
    followed_.level = gain;
    return;
  }
  followed_.half_life = p.choice.outside_lag_days;
  followed_.advance(core::in_days(to - board.as_of), gain * std::numbers::ln2 / p.choice.outside_lag_days);
}

double DemandPull::outside_gain(const Parameters& p) const {
  return p.choice.outside_pace * p.choice.beta_quality * followed_.level;
}

}  // namespace rackrate::market
