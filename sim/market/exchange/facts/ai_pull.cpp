#include <numbers>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/exchange/facts/publish.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

constexpr double kLeastShare = 0.01;

/// Of what enterprises pay for AI in the interval, by the cloud through whose channel; the rest is bought elsewhere.
Table<CloudId, double> ai_shares(const PublishInput& in) {
  const auto& s = in.view.compiled();
  Table<CloudId, double> paid(s.parameters.clouds.size(), 0.0);
  double all = 0.0;
  for (const CellLoad& cell : in.load.cells) {
    const double usd = core::real(cell.volume) * in.allocation.classes[cell.demand_class].fill *
                       in.view.board.unit_price[cell.alternative];
    all += usd;
    if (const CloudId cloud = s.alternatives[cell.alternative].cloud; cloud.exists()) paid[cloud] += usd;
  }
  if (all > 0)
    for (double& usd : paid) usd /= all;
  return paid;
}

}  // namespace

void publish_pull(const PublishInput& in, Signals& signals) {
  const auto& law = in.view.parameters().pull;
  if (law.elasticity <= 0) return;
  const auto shares = ai_shares(in);
  if (signals.first_ai_share.empty()) signals.first_ai_share = shares;
  const double years = in.interval.days() / core::kDaysPerYear;
  const double gain = -math::expm1(-std::numbers::ln2 * years * 12.0 / law.half_life_months);
  for (const CloudId c : shares.ids()) {
    const double ratio = (shares[c] + kLeastShare) / (signals.first_ai_share[c] + kLeastShare);
    signals.clouds[c].pull += gain * (law.elasticity * math::log(ratio) - signals.clouds[c].pull);
  }
}

}  // namespace rackrate::market
