#pragma once

/// What a big buyer and its cloud agree on when a contract is renewed.
namespace rackrate::market {

/// Per dollar of list prices that the buyer is expected to spend there.
struct AccountStakes {
  double reliance = 0.0;  ///< what doing without the cloud would cost the buyer, at list prices
  double margin = 0.0;    ///< what the cloud keeps, and loses when the buyer leaves
};

/// What the two bargain over, and by which rule.
struct AccountIssues {
  double weight = 0.5;              ///< of the buyer
  double most_discount = 0.3;       ///< d_max, of the list
  double planning_value = 0.0;      ///< g: what a committed dollar is worth to the cloud beside what it brings
  double shortfall_aversion = 0.0;  ///< r: what a dollar paid for nothing costs the buyer beside the dollar
  double spread = 0.0;              ///< sigma of the log of what the buyer will spend, whose mean is what is expected
  double service_value = 0.0;       ///< v: of premium service to the buyer, per dollar of list
  double service_cost = 0.0;        ///< h: of the same to the cloud
};

struct AccountDeal {
  double discount = 0.0;    ///< of the list, in [0, most_discount]
  double commitment = 0.0;  ///< share of expected spending that is owed in any case, in [0, 1]
  bool service = false;     ///< premium
  double gain = 0.0;        ///< of the buyer over buying at list, per dollar of list
  double at_stake = 0.0;    ///< what it could gain at most: the margin, and what commitment and service add
};

/// Mean of max(0, m - X) for X lognormal with mean 1 and spread `sigma` of its logarithm.
[[nodiscard]] double expected_shortfall(double commitment, double sigma);

/// The commitment that the two want together: it maximises g m - r E max(0, m - X), so that the probability of falling
/// short is g / r (the newsvendor of Arrow, Harris and Marschak 1951); at most 1.
[[nodiscard]] double efficient_commitment(double planning_value, double aversion, double sigma);

/// Efficient Nash bargaining over discount, commitment and service level. What either side gains by commitment and
/// service is shared through the discount, so these are set to what is best for both together; the discount then gives
/// the buyer `weight` of the joint surplus
///   S = reliance + margin + [g m - r E max(0, m - X)] + [v - h where the service is worth its cost].
/// Disagreement: the buyer does without this cloud, the cloud without the buyer. Lists are open to everybody, so a
/// buyer whose part of S is less than what it has at list buys at list, and nothing is agreed.
///
///   d = weight S - reliance + (1 + r) E max(0, m - X) - v,   cut to [0, most_discount]
///
/// Throws:  std::invalid_argument if the weight or the largest discount does not lie between 0 and 1.
/// Source:  Nash (1950), Econometrica 18, 155-162; reliance as willingness to pay for a member of a choice set: Capps,
///          Dranove and Satterthwaite (2003), RAND J. Econ. 34, 737-763. MODEL 8.4.
[[nodiscard]] AccountDeal account_bargain(const AccountStakes& stakes, const AccountIssues& issues);

}  // namespace rackrate::market
