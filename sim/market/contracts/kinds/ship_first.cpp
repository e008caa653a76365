#include "sim/market/contracts/kinds/ship_first.hpp"

#include "sim/market/contracts/compiled.hpp"
#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

void ShipFirst::check(const Clause& clause, const Version&, contracts::Complaints& complaints) const {
  contracts::check_right(clause, complaints);
  complaints.require_not_negative("lead", core::in_days(lead), "a duration of 0 or more days");
  complaints.require_not_negative("cure", core::in_days(cure), "a duration of 0 or more days");
  complaints.require_not_negative("margin", margin, "a share of 0 or more");
}

void ShipFirst::fill(contracts::Rule& rule) const {
  rule.lead = lead;
  rule.cure = cure;
  rule.reading = reading;
}

}  // namespace rackrate::market::kinds
