#include "sim/market/contracts/kinds/renegotiation.hpp"

#include <cmath>
#include <utility>

#include "sim/market/actors/actors.hpp"
#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

void Renegotiation::check(const Clause& clause, const Version&, contracts::Complaints& complaints) const {
  contracts::check_lab_and_host(lab, host, complaints);
  complaints.require_share("weight", weight);
  complaints.require_not_negative("hazard", hazard_per_year, "a rate of 0 or more");
  complaints.require_not_negative("period", core::in_days(period), "a duration of 0 or more days (0: a quarter)");
  complaints.require_not_negative("hurdle", hurdle_usd, "an amount of 0 $/y or more");
  complaints.require_not_negative("notice", core::in_days(notice), "a duration of 0 or more days");
  constexpr double kSteepest = 1000.0;  // of a log hazard: beyond it, exp overflows
  const std::pair<const char*, double> slopes[] = {{"unmet_slope", unmet_slope}, {"outside_slope", outside_slope}};
  for (const auto& [field, slope] : slopes)
    if (!(std::abs(slope) <= kSteepest))
      complaints.add(field, std::to_string(slope), "a slope between -1000 and 1000",
                     "It multiplies the log of the hazard; 5 is steep");
  if (on != core::kAlways && on >= clause.until)
    complaints.add("on", core::to_string(on), "a date before until (" + core::to_string(clause.until) + ")",
                   "Ends are exclusive; the sides would never meet");
  if (half_life.count() <= 0)
    complaints.add("half_life", std::to_string(core::in_days(half_life)) + " d", "a duration above 0",
                   "A stock that nothing is kept in moves no hazard; leave out unmet_slope instead");
  if (switches_on.empty() && switches_off.empty())
    complaints.add("switches_off", "not given, nor switches_on", "the clauses that an agreement switches",
                   "A renegotiation that switches nothing has no value; name the exclusive that it ends");
}

void Renegotiation::check_references(const std::vector<Contract>& all, const Contract& contract, const Clause& clause,
                                     contracts::Complaints& complaints) const {
  contracts::check_switches(all, contract, clause, *this, complaints);
}

void Renegotiation::check_market(const Actors& p, const Contract&, const Clause&,
                                 contracts::Complaints& complaints) const {
  for (const Lab& one : p.labs)
    for (const Cloud& cloud : p.clouds)
      if (one.name == lab && cloud.name == host && one.firm == cloud.firm)
        complaints.add("host", "'" + host + "' of " + cloud.firm + ", as is the lab",
                       "a cloud of another firm than the lab's", "Nobody negotiates with itself");
}

}  // namespace rackrate::market::kinds
