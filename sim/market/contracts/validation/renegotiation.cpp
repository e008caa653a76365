#include <cmath>
#include <string>
#include <utility>

#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::contracts {

void check_renegotiation_clause(const Clause& clause, Complaints& complaints) {
  complaints.require_name("lab", clause.lab, complaints.vocabulary().labs, "a lab");
  complaints.require_name("host", clause.host, complaints.vocabulary().clouds, "a cloud");
  complaints.require_share("weight", clause.weight);
  complaints.require_not_negative("hazard", clause.rate_per_year, "a rate of 0 or more");
  complaints.require_not_negative("period", core::in_days(clause.period), "a duration of 0 or more days (0: a quarter)");
  complaints.require_not_negative("hurdle", clause.hurdle_usd, "an amount of 0 $/y or more");
  complaints.require_not_negative("notice", core::in_days(clause.notice), "a duration of 0 or more days");
  constexpr double kSteepest = 1000.0;   // of a log hazard: beyond it, exp overflows
  const std::pair<const char*, double> slopes[] = {{"unmet_slope", clause.unmet_slope}, {"outside_slope", clause.outside_slope}};
  for (const auto& [field, slope] : slopes)
    if (!(std::abs(slope) <= kSteepest)) complaints.add(field, std::to_string(slope), "a slope between -1000 and 1000", "It multiplies the log of the hazard; 5 is steep");
  if (clause.on != core::kAlways && clause.on >= clause.until)
    complaints.add("on", core::to_string(clause.on), "a date before until (" + core::to_string(clause.until) + ")", "Ends are exclusive; the sides would never meet");
  if (clause.half_life.count() <= 0)
    complaints.add("half_life", std::to_string(core::in_days(clause.half_life)) + " d", "a duration above 0", "A stock that nothing is kept in moves no hazard; leave out unmet_slope instead");
  if (clause.switches_on.empty() && clause.switches_off.empty())
    complaints.add("switches_off", "not given, nor switches_on", "the clauses that an agreement switches", "Talks that change nothing are worth nothing; name the exclusive that they end");
}

}  // namespace rackrate::market::contracts
