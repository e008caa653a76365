#include "sim/market/contracts/kinds/tranche.hpp"

#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

void Tranche::check(const Clause&, const Version&, contracts::Complaints& complaints) const {
  contracts::check_payer_and_payee(*this, complaints);
  if (!(amount_usd > 0.0))
    complaints.add("amount", std::to_string(amount_usd), "an amount above 0 $",
                   "Drop the clause if nothing is invested");
  complaints.require_not_negative("valuation", valuation_usd, "an amount of 0 $ or more");
  if (valuation_usd > 0.0 && valuation_usd < amount_usd)
    complaints.add("valuation", std::to_string(valuation_usd), "at least the amount invested",
                   "The valuation counts the new money: a stake is amount / valuation");
  complaints.require_not_negative("revenue", revenue_usd, "a revenue of 0 or more");
  complaints.require_not_negative("capacity", capacity_h100e, "a capacity of 0 or more");
  if (revenue_usd > 0.0 || !of_lab.empty())
    complaints.require_name("of_lab", of_lab, complaints.vocabulary().labs, "the lab whose revenue is meant");
  if (capacity_h100e > 0.0 || !at_cloud.empty())
    complaints.require_name("at_cloud", at_cloud, complaints.vocabulary().clouds, "the cloud whose capacity is meant");
}

void Tranche::check_references(const std::vector<Contract>& all, const Contract&, const Clause&,
                               contracts::Complaints& complaints) const {
  contracts::check_after(all, after, complaints);
}

}  // namespace rackrate::market::kinds
