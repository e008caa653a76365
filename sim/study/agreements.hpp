#pragma once
#include <string>
#include <vector>

#include "sim/market/primitives/account_bargain.hpp"
#include "sim/study/simulation.hpp"

namespace rackrate::study {

/// What a big account has agreed on with its primary cloud: what its prices there are less than the list, and until
/// when. Money is of one real account, $ a year at the list prices of the day on which it bargained.
struct AccountAgreement {
  std::string segment, cloud;
  core::SimTime since, until;
  double spending = 0.0;                    ///< what it was expected to buy there
  double reliance = 0.0;                    ///< what doing without the cloud would have cost it
  double at_stake = 0.0;                    ///< margin of the cloud, and what commitment and service add
  double gain = 0.0;                        ///< over buying at list
  double committed = 0.0, shortfall = 0.0;  ///< owed a year in any case; paid so far for what was missing
  double discount = 0.0;
  bool service = false;          ///< premium
  market::AccountIssues issues;  ///< as it had them
};

/// Of all accounts that bargain and have adopted, in the order of enterprises.
[[nodiscard]] std::vector<AccountAgreement> agreements(const Simulation& simulation);

}  // namespace rackrate::study
