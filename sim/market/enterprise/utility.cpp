#include "sim/market/enterprise/utility.hpp"

#include "sim/core/math.hpp"
#include "sim/market/contracts/allowlist.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

/// One workload of one enterprise that compares alternatives: the terms of its utility.
class Comparison {
 public:
  Comparison(const MarketView& view, const Enterprise& enterprise, const Workload& workload, core::SimTime now)
      : view_(view),
        c_(view.parameters().choice),
        segment_(view.parameters().segments[enterprise.segment]),
        e_(enterprise),
        w_(workload),
        now_(now),
        governed_(governed_clouds(view, enterprise, &workload)),
        one_more_cloud_(governance_cost(c_.governance_first, c_.governance_pair, governed_.size() + 1) -
                        governance_cost(c_.governance_first, c_.governance_pair, governed_.size())) {}

  [[nodiscard]] double utility(AlternativeId id) const {
    const auto& s = view_.compiled();
    const Alternative& a = s.alternatives[id];
    const Access& access = view_.access().cells[s.cell(e_.segment, id, e_.region)];
    if (!admits(access, a) || !knows(id, a)) return kInfeasible;
    double v = attraction(a);
    v -= e_.alpha * price(id, a);
    if (a.cloud.exists()) {
      v += c_.beta_gravity * gravity(access.host);
      if (w_.product == Product::AgentStateful) v += c_.beta_runtime * gravity(a.cloud);
    }
    if (access.state == Permission::Preview) v -= c_.preview_discount;
    v += c_.beta_integration * integration(access);
    v -= c_.beta_wait * math::log1p(view_.board.clouds[access.host].wait_hours / c_.wait_scale_hours);
    if (w_.alternative != kOutsideOption && w_.alternative != id) v -= c_.switching;
    return v;
  }

 private:
  /// Do the contracts permit it, to this account where it is a preview?
  [[nodiscard]] bool admits(const Access& access, const Alternative& a) const {
    if (access.state != Permission::Preview) return access.state != Permission::No;
    return contracts::admitted(view_.draws, e_.key, static_cast<double>(access.allowlist), a.key);
  }

  /// Has it heard that this can be bought? What it uses, it knows.
  [[nodiscard]] bool knows(AlternativeId id, const Alternative& a) const {
    const auto& awareness = view_.board.awareness;
    return awareness.empty() || w_.alternative == id ||
           view_.draws.uniform(at(e_.key, Purpose::Awareness, 0, a.key)) < awareness[id];
  }

  /// Quality, brand, appeal of the channel and taste.
  [[nodiscard]] double attraction(const Alternative& a) const {
    const auto& lab = view_.parameters().labs[a.lab];
    double v = c_.beta_quality * view_.board.labs[a.lab].quality[a.channel] + lab.brand +
               view_.parameters().channels[a.channel].appeal + static_cast<double>(e_.taste[a.lab]);
    if (const auto it = lab.segment_brand.find(segment_.name); it != lab.segment_brand.end()) v += it->second;
    return v;
  }

  /// Of a work unit, with the governance that one more cloud adds. What draws a commitment that would be owed anyway
  /// costs nothing more.
  [[nodiscard]] double price(AlternativeId id, const Alternative& a) const {
    double price = view_.board.unit_price[id];
    if (a.cloud.exists() && !governed_.contains(a.cloud)) price *= 1.0 + one_more_cloud_;
    if (!view_.board.drawdown.empty() && committed_to_seller(view_.compiled(), e_, id))
      price *= 1.0 - view_.board.drawdown(e_.segment, id);
    return price;
  }

  [[nodiscard]] double gravity(CloudId cloud) const { return static_cast<double>(e_.gravity[cloud]); }

  /// Depth of integration: complete where it was always available, else growing from the day of availability.
  [[nodiscard]] double integration(const Access& access) const {
    if (access.state != Permission::Ga) return c_.integration_start;
    if (access.since == core::kAlways) return 1.0;
    return 1.0 - (1.0 - c_.integration_start) * math::exp(-core::in_days(now_ - access.since) / c_.integration_days);
  }

  const MarketView& view_;
  const ChoiceParameters& c_;
  const Segment& segment_;
  const Enterprise& e_;
  const Workload& w_;
  core::SimTime now_;
  HostSet governed_;
  double one_more_cloud_;  ///< marginal cost of it, as a share of the spend on this workload
};

}  // namespace

double governance_cost(double first, double pair, int clouds) {
  return clouds < 2 ? 0.0 : first * (clouds - 1) + pair * clouds * (clouds - 1) / 2.0;
}

HostSet governed_clouds(const MarketView& view, const Enterprise& enterprise, const Workload* except) {
  HostSet set = HostSet::only(enterprise.primary_cloud);
  for (const auto& workload : enterprise.workloads) {
    if (&workload == except || workload.alternative == kOutsideOption) continue;
    const CloudId cloud = view.compiled().alternatives[workload.alternative].cloud;
    if (cloud.exists()) set.insert(cloud);
  }
  return set;
}

void utilities(const MarketView& view, const Enterprise& enterprise, const Workload& workload, core::SimTime now,
               std::span<double> utility) {
  const auto& list = view.compiled().alternatives_of_product[workload.product];
  const Comparison comparison(view, enterprise, workload, now);
  for (std::size_t k = 0; k < list.size(); ++k) utility[k] = comparison.utility(list[k]);
  utility[list.size()] = view.parameters().choice.outside;
}

}  // namespace rackrate::market
