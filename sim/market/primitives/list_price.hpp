#pragma once
namespace rackrate::market {

/// The quarterly rule by which a seller moves its list price towards a target utilisation.
///
/// P <- P x clip((u/u*)^eta, 1 - most, 1 + most), unless the change is smaller than the menu threshold.
/// With iso-elastic demand and fixed capacity ln(u/u*) shrinks by 1 - eta eps a quarter: stable iff eta eps < 2.
/// Source: MODEL 8.1; cloud lists are sticky although capacity is fixed (Kilcioglu et al. 2017). Check D7.
struct ListPriceRule {
  double eta = 0.5;              ///< elasticity of the price to relative utilisation
  double target = 0.8;           ///< u*
  double most = 0.15;            ///< largest relative change; infinity for none
  double menu_threshold = 0.03;  ///< smaller relative changes are not made

  /// Throws: std::invalid_argument if the target is not positive or the utilisation negative.
  [[nodiscard]] double next(double price, double utilisation) const;
};

/// The same aim without thresholds: each review moves the price a part of the way.
///
/// ln P <- ln P + q s tanh(eta ln(u/u*) / s), s = ln(1 + most), q the time between two reviews in quarters. To first
/// order it is the quarterly rule, q of it at a time; the move of a quarter stays below a factor of 1 + most either
/// way; and it is smooth in u, so that a small cause has a small effect. With iso-elastic demand and fixed capacity
/// ln(u/u*) shrinks by 1 - q eta eps a review near the target: stable iff q eta eps < 2.
struct SmoothPriceRule {
  double eta = 0.5;
  double target = 0.8;
  double most = 0.15;         ///< bound of the relative change in a quarter; infinity for none
  double quarters = 1.0 / 3;  ///< between two reviews

  /// Throws: std::invalid_argument if the target is not positive or the utilisation negative.
  [[nodiscard]] double next(double price, double utilisation) const;
};

}  // namespace rackrate::market
