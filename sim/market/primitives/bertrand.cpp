#include "sim/market/primitives/bertrand.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <stdexcept>

#include "sim/core/math.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

constexpr double kConverged = 1e-10;
constexpr int kMostSteps = 50, kMostHalvings = 30;

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

/// The conditions at prices whose logarithms are `log_price`.
struct Conditions {
  Vector share, elasticity, gap;
  [[nodiscard]] bool inside() const { return elasticity.minCoeff() > 1.0; }
  [[nodiscard]] double residual() const { return gap.cwiseAbs().maxCoeff(); }
};

Conditions conditions(std::span<const ListSeller> sellers, double elasticity, const Vector& log_price) {
  const auto n = log_price.size();
  Conditions at{Vector(n), Vector(n), Vector(n)};
  double weights = 1.0;
  for (const ListSeller& seller : sellers) weights -= seller.share;  // the outside option
  for (Eigen::Index i = 0; i < n; ++i) {
    at.share[i] = sellers[static_cast<std::size_t>(i)].share * math::exp(-elasticity * log_price[i]);
    weights += at.share[i];
  }
  at.share /= weights;
  for (Eigen::Index i = 0; i < n; ++i) {
    const ListSeller& seller = sellers[static_cast<std::size_t>(i)];
    const double e = at.elasticity[i] = elasticity * (1.0 - at.share[i]);
    at.gap[i] = e > 1.0 ? log_price[i] - math::log(e / (e - 1.0) * seller.cost / seller.kept) : 0.0;
  }
  return at;
}

Matrix jacobian(const Conditions& at, double elasticity) {
  const auto n = at.share.size();
  Matrix j = Matrix::Identity(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const double slope = elasticity * elasticity / (at.elasticity[i] * (at.elasticity[i] - 1.0));
    for (Eigen::Index k = 0; k < n; ++k) j(i, k) += slope * ((i == k ? at.share[i] : 0.0) - at.share[i] * at.share[k]);
  }
  return j;
}

void check(std::span<const ListSeller> sellers, double elasticity) {
  double shares = 0.0;
  for (const ListSeller& one : sellers) {
    shares += one.share;
    if (!(one.share > 0.0 && one.cost > 0.0 && one.kept > 0.0 && elasticity * (1.0 - one.share) > 1.0))
      throw std::invalid_argument("list_equilibrium: shares, costs and kept parts are above 0, elasticities above 1");
  }
  if (sellers.empty() || !(shares < 1.0)) throw std::invalid_argument("list_equilibrium: shares sum to less than 1");
}

}  // namespace

std::optional<ListEquilibrium> list_equilibrium(std::span<const ListSeller> sellers, double elasticity) {
  check(sellers, elasticity);
  Vector log_price = Vector::Zero(static_cast<Eigen::Index>(sellers.size()));
  Conditions now = conditions(sellers, elasticity, log_price);
  ListEquilibrium found;
  while (now.residual() > kConverged) {
    if (++found.steps > kMostSteps) return std::nullopt;
    Vector step = jacobian(now, elasticity).partialPivLu().solve(now.gap);
    Conditions next = conditions(sellers, elasticity, log_price - step);
    for (int halved = 0; !(next.inside() && next.residual() < now.residual()); ++halved) {
      if (halved == kMostHalvings) return std::nullopt;
      step *= 0.5;
      next = conditions(sellers, elasticity, log_price - step);
    }
    log_price -= step;
    now = next;
  }
  found.residual = now.residual();
  for (const double log : log_price) found.price.push_back(math::exp(log));
  return found;
}

}  // namespace rackrate::market
