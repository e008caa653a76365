#include "sim/market/primitives/choice.hpp"

#include <algorithm>
#include <stdexcept>

#include "sim/core/math.hpp"
#include "sim/market/primitives/require.hpp"

namespace rackrate::market {
namespace {

namespace math = core::math;

/// ln G is top + ln sum; kept apart, so that shares do not suffer from the size of utilities.
struct LogSum {
  double top;
  double sum;
};

/// Fills by nest: the largest member, the sum of members' exponentials relative to it, the inclusive value.
LogSum nest_sums(std::span<const double> utility, const ChoiceSet& set, ChoiceScratch& s) {
  const auto& nests = set.nests();
  s.nest_top.assign(nests.size(), kInfeasible);
  s.nest_sum.assign(nests.size(), 0.0);
  s.nest_value.assign(nests.size(), kInfeasible);
  for (std::size_t j = 0; j < utility.size(); ++j) {
    for (const ChoiceSet::Membership& m : set.alternatives()[j].in) {
      if (!m.nest.exists()) continue;
      double& top = s.nest_top[m.nest];
      top = std::max(top, utility[j] + m.log_share);
    }
  }
  for (std::size_t j = 0; j < utility.size(); ++j) {
    if (utility[j] == kInfeasible) continue;
    for (const ChoiceSet::Membership& m : set.alternatives()[j].in) {
      if (!m.nest.exists()) continue;
      const NestId n = m.nest;
      s.nest_sum[n] += math::exp((utility[j] + m.log_share - s.nest_top[n]) / nests[n].lambda);
    }
  }
  LogSum all{kInfeasible, 0.0};
  for (const NestId n : nests.ids()) {
    if (s.nest_sum[n] == 0.0) continue;
    s.nest_value[n] = s.nest_top[n] + nests[n].lambda * math::log(s.nest_sum[n]);
    all.top = std::max(all.top, s.nest_value[n]);
  }
  for (const double value : s.nest_value) {
    if (value != kInfeasible) all.sum += math::exp(value - all.top);
  }
  return all;
}

}  // namespace

NestId ChoiceSet::nest(std::uint64_t key, double lambda) {
  require(lambda > 0.0 && lambda <= 1.0, "nested logit", "a nest's lambda must lie in (0, 1]");
  for (const NestId n : nests_.ids()) {
    if (nests_[n].key != key) continue;
    require(nests_[n].lambda == lambda, "nested logit", "one nest was given two values of lambda");
    return n;
  }
  return nests_.push_back({key, lambda});
}

std::size_t ChoiceSet::add_alone(std::uint64_t key) { return add_nested(key, key, 1.0); }

std::size_t ChoiceSet::add_nested(std::uint64_t key, std::uint64_t nest_key, double lambda) {
  alternatives_.push_back({key, {Membership{nest(nest_key, lambda), 0.0}, Membership{}}});
  return alternatives_.size() - 1;
}

std::size_t ChoiceSet::add_crossed(std::uint64_t key, std::uint64_t first, double first_lambda, std::uint64_t second,
                                   double second_lambda, double first_share) {
  require(first_share > 0.0 && first_share < 1.0, "nested logit", "an allocation must lie in (0, 1)");
  require(first != second, "nested logit", "the two nests of an alternative must differ");
  alternatives_.push_back({key,
                           {Membership{nest(first, first_lambda), math::log(first_share)},
                            Membership{nest(second, second_lambda), math::log(1.0 - first_share)}}});
  return alternatives_.size() - 1;
}

void ChoiceSet::clear() {
  alternatives_.clear();
  nests_.clear();
}

Shares choice_shares(std::span<const double> utility, const ChoiceSet& set) {
  require(utility.size() == set.size(), "nested logit", "choice_shares: one utility per alternative");
  ChoiceScratch s;
  const LogSum all = nest_sums(utility, set, s);
  require(all.sum > 0.0, "nested logit", "choice_shares: no alternative is feasible");
  Shares out{std::vector<double>(utility.size(), 0.0), all.top + math::log(all.sum)};
  for (std::size_t j = 0; j < utility.size(); ++j) {
    if (utility[j] == kInfeasible) continue;
    for (const ChoiceSet::Membership& m : set.alternatives()[j].in) {
      if (!m.nest.exists()) continue;
      const NestId n = m.nest;
      const double within =
          math::exp((utility[j] + m.log_share - s.nest_top[n]) / set.nests()[n].lambda) / s.nest_sum[n];
      out.share[j] += within * math::exp(s.nest_value[n] - all.top) / all.sum;
    }
  }
  return out;
}

double choice_logsum(std::span<const double> utility, const ChoiceSet& set, ChoiceScratch& scratch) {
  require(utility.size() == set.size(), "nested logit", "choice_logsum: one utility per alternative");
  const LogSum all = nest_sums(utility, set, scratch);
  return all.sum > 0.0 ? all.top + math::log(all.sum) : kInfeasible;
}

}  // namespace rackrate::market
