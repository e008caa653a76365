#include <algorithm>
#include <string>

#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::contracts {

void check_damages_clause(const Clause& clause, Complaints& complaints) {
  check_payer_and_payee(clause, true, complaints);
  complaints.require_not_negative("amount", clause.amount_usd, "an amount of 0 $ or more");
  complaints.require_not_negative("per_year", clause.per_year_usd, "an amount of 0 $ a year or more");
  if (clause.amount_usd == 0.0 && clause.per_year_usd == 0.0)
    complaints.add("amount", "0, and per_year is 0 too", "a price of a breach above 0", "Say what a breach costs once, or by the year; drop the clause and a breach stays barred");
}

void check_termination_clause(const Clause& clause, const Version& version, Complaints& complaints) {
  check_payer_and_payee(clause, true, complaints);
  complaints.require_not_negative("amount", clause.amount_usd, "a fee of 0 $ or more");
  complaints.require_not_negative("notice", core::in_days(clause.notice), "a duration of 0 or more days");
  if (clause.exercised >= core::kNever) return;
  const core::SimTime from = std::max(clause.from, version.effective), until = std::min(clause.until, version.ends);
  if (clause.exercised >= from && clause.exercised < until) return;
  std::string dates = "from " + core::to_string(from);
  if (until < core::kNever) dates += " until " + core::to_string(until);
  complaints.add("exercised", core::to_string(clause.exercised), "a date on which the clause is in force, " + dates, "Notice is given under a clause that is in force");
}

}  // namespace rackrate::market::contracts
