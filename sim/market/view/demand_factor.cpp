#include "sim/market/view/demand_factor.hpp"

#include <algorithm>

#include "sim/core/math.hpp"
#include "sim/market/vocabulary/limits.hpp"

namespace rackrate::market {
namespace {

double factor(double log_factor) { return core::math::exp(std::clamp(log_factor, -kMostShock, kMostShock)); }

double exposure_of(const ShockExposure& exposure, Product product) {
  switch (product) {
    case Product::Consumer: return exposure.consumer;
    case Product::Copilot: return exposure.seats;
    case Product::Training: return exposure.training;
    case Product::Research: return exposure.research;
    default: return exposure.developers;
  }
}

double hits_of(const Board& board, LabId lab, Product product) {
  const auto kind = work_kind(product);
  return !kind || board.demand.hits.empty() ? 0.0 : board.demand.hits[lab][*kind];
}

}  // namespace

double common_factor(const Board& board, double exposure) { return factor(exposure * board.demand.common); }

double hit_factor(const Board& board, LabId lab, Product product) { return factor(hits_of(board, lab, product)); }

double demand_factor(const Parameters& parameters, const Board& board, LabId lab, Product product) {
  return factor(exposure_of(parameters.shocks.exposure, product) * board.demand.common + hits_of(board, lab, product));
}

double supply_factor(const Board& board, VendorId vendor) {
  return board.demand.supply.empty() ? 1.0 : factor(board.demand.supply[vendor]);
}

double other_business_factor(const Board& board, CloudId cloud) {
  const double own = board.demand.other_business.empty() ? 0.0 : board.demand.other_business[cloud];
  return factor(own + board.clouds[cloud].pull);
}

}  // namespace rackrate::market
