#include "sim/market/view/list_prices.hpp"

#include <algorithm>

#include "sim/core/math.hpp"
#include "sim/market/primitives/list_price.hpp"
#include "sim/market/primitives/posted.hpp"
#include "sim/market/vocabulary/limits.hpp"

namespace rackrate::market {
namespace {

/// What moves little at a time may move every month.
constexpr double kSmoothReviewMonths = 1.0;

}  // namespace

double reviewed_index(const PriceParameters& prices, double index, double target, double utilisation) {
  double next = index;
  switch (prices.rule) {
    case PriceRule::Quarterly:
    case PriceRule::Bertrand:  // of compute: only labs know what competition makes of their lists
      next = ListPriceRule{prices.eta, target, prices.clip, prices.menu}.next(index, utilisation);
      break;
    case PriceRule::Smooth:
      next = SmoothPriceRule{prices.eta, target, prices.clip, kSmoothReviewMonths / 3.0}.next(index, utilisation);
      break;
    case PriceRule::Frozen: return index;
  }
  return std::clamp(next, kLeastPriceIndex, kMostPriceIndex);
}

double kept_markup(const PriceParameters& prices, double markup) {
  if (prices.markup_reversion <= 0) return markup;
  return core::math::pow(markup, core::math::pow(1.0 - prices.markup_reversion, review_months(prices) / 3.0));
}

double posted_index(const PriceParameters& prices, double index) {
  return std::clamp(posted(index, prices.posted_step), kLeastPriceIndex, kMostPriceIndex);
}

double review_months(const PriceParameters& prices) {
  return prices.rule == PriceRule::Smooth ? kSmoothReviewMonths : 3.0;
}

}  // namespace rackrate::market
