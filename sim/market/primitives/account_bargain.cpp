#include "sim/market/primitives/account_bargain.hpp"

#include <algorithm>
#include <stdexcept>

#include "sim/core/math.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

bool is_share(double value) { return value >= 0.0 && value <= 1.0; }

/// The bargain with premium service or without.
AccountDeal bargain_at(const AccountStakes& stakes, const AccountIssues& issues, bool service) {
  AccountDeal deal;
  deal.service = service;
  deal.commitment = efficient_commitment(issues.planning_value, issues.shortfall_aversion, issues.spread);
  const double short_of = expected_shortfall(deal.commitment, issues.spread);
  const double added = issues.planning_value * deal.commitment - issues.shortfall_aversion * short_of +
                       (service ? issues.service_value - issues.service_cost : 0.0);
  const double burden = (1.0 + issues.shortfall_aversion) * short_of - (service ? issues.service_value : 0.0);
  deal.at_stake = stakes.margin + added;
  deal.discount = issues.weight * (stakes.reliance + deal.at_stake) - stakes.reliance + burden;
  deal.gain = std::min(deal.discount, issues.most_discount) - burden;
  return deal;
}

}  // namespace

double expected_shortfall(double m, double sigma) {
  if (m <= 0) return 0.0;
  if (sigma <= 0) return std::max(0.0, m - 1.0);
  const double z = (math::log(m) + 0.5 * sigma * sigma) / sigma;
  return m * math::normal_cdf(z) - math::normal_cdf(z - sigma);
}

double efficient_commitment(double planning_value, double aversion, double sigma) {
  if (planning_value <= 0) return 0.0;
  if (planning_value >= aversion || sigma <= 0) return 1.0;
  const double z = math::normal_quantile(planning_value / aversion);
  return std::min(1.0, math::exp(sigma * z - 0.5 * sigma * sigma));
}

AccountDeal account_bargain(const AccountStakes& stakes, const AccountIssues& issues) {
  if (!is_share(issues.weight)) throw std::invalid_argument("account_bargain: a weight lies between 0 and 1");
  if (!is_share(issues.most_discount))
    throw std::invalid_argument("account_bargain: the largest discount lies between 0 and 1");
  const bool worth_it = issues.service_value > issues.service_cost;
  AccountDeal deal = bargain_at(stakes, issues, worth_it);
  // Nobody pays more than the list, so service whose price would be on top of it is not agreed.
  if (worth_it && deal.discount < 0) deal = bargain_at(stakes, issues, false);
  if (stakes.margin <= 0 || deal.discount <= 0 || deal.gain <= 0) return {0.0, 0.0, false, 0.0, deal.at_stake};
  deal.discount = std::min(deal.discount, issues.most_discount);
  return deal;
}

}  // namespace rackrate::market
