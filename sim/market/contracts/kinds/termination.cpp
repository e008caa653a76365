#include "sim/market/contracts/kinds/termination.hpp"

#include <algorithm>

#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

void Termination::check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const {
  contracts::check_payer_and_payee(*this, complaints);
  complaints.require_not_negative("amount", amount_usd, "a fee of 0 $ or more");
  complaints.require_not_negative("notice", core::in_days(notice), "a duration of 0 or more days");
  if (exercised >= core::kNever) return;
  const core::SimTime from = std::max(clause.from, version.effective), until = std::min(clause.until, version.ends);
  if (exercised >= from && exercised < until) return;
  std::string dates = "from " + core::to_string(from);
  if (until < core::kNever) dates += " until " + core::to_string(until);
  complaints.add("exercised", core::to_string(exercised), "a date on which the clause is in force, " + dates,
                 "Notice is given under a clause that is in force");
}

}  // namespace rackrate::market::kinds
