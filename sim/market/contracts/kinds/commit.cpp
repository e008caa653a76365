#include "sim/market/contracts/kinds/commit.hpp"

#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

void Commit::check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const {
  contracts::check_payer_and_payee(*this, complaints);
  if (!(amount_usd > 0.0))
    complaints.add("amount", std::to_string(amount_usd), "an amount above 0 $",
                   "Drop the clause if nothing is committed");
  complaints.require_not_negative("already_drawn", already_drawn_usd, "an amount of 0 $ or more");
  if (already_drawn_usd > amount_usd)
    complaints.add("already_drawn", std::to_string(already_drawn_usd), "at most the amount",
                   "The commitment is already met");
  complaints.require_not_negative("period", core::in_days(period),
                                  "a duration of 0 or more days (0: one settlement at the end)");
  if (clause.until >= core::kNever && version.ends >= core::kNever)
    complaints.add("until", "not given", "the end of the commitment", "Take-or-pay is settled over a term");
}

}  // namespace rackrate::market::kinds
