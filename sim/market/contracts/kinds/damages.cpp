#include "sim/market/contracts/kinds/damages.hpp"

#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

void Damages::check(const Clause&, const Version&, contracts::Complaints& complaints) const {
  contracts::check_payer_and_payee(*this, complaints);
  complaints.require_not_negative("amount", amount_usd, "an amount of 0 $ or more");
  complaints.require_not_negative("per_year", per_year_usd, "an amount of 0 $ a year or more");
  if (amount_usd == 0.0 && per_year_usd == 0.0)
    complaints.add("amount", "0, and per_year is 0 too", "a price of a breach above 0",
                   "Say what a breach costs once, or by the year; drop the clause and a breach stays barred");
}

}  // namespace rackrate::market::kinds
