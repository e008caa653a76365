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

}  // namespace rackrate::market
