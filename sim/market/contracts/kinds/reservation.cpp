#include "sim/market/contracts/kinds/reservation.hpp"

#include "sim/market/actors/actors.hpp"
#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

namespace {

void check_schedule(const std::vector<ScheduleStep>& schedule, contracts::Complaints& complaints) {
  core::SimTime before = core::kAlways;
  for (const ScheduleStep& step : schedule) {
    if (step.from >= core::kNever)
      complaints.add("schedule", "a key that is no date", "dates such as 2026-07-01",
                     "Write schedule = { 2026-07-01 = \"50 %\", 2027-01-01 = \"100 %\" }");
    else
      complaints.require_share("schedule." + core::to_string(step.from), step.share);
    if (step.from < before)
      complaints.add("schedule", core::to_string(step.from) + " after " + core::to_string(before), "ascending dates",
                     "Sort the steps");
    before = step.from;
  }
}

}  // namespace

void Reservation::check(const Clause&, const Version&, contracts::Complaints& complaints) const {
  contracts::check_payer_and_payee(*this, complaints);
  contracts::check_lab_and_host(lab, host, complaints);
  complaints.require_not_negative("quantity", quantity_h100e, "a number of H100e of 0 or more");
  complaints.require_not_negative("power", power_mw, "a power of 0 or more");
  if ((quantity_h100e > 0.0) == (power_mw > 0.0))
    complaints.add("quantity", power_mw > 0.0 ? "given, and power too" : "not given, nor power",
                   "one of quantity and power",
                   "Say how many H100e are reserved, or how many megawatts of a named chip");
  if (power_mw > 0.0 && chip.empty())
    complaints.add("chip", "not given", "the chip that the power is for",
                   "Megawatts become H100e by the chip's own figures");
  if (!(price_usd >= 0.0))
    complaints.add("price", "not given", "a price per H100e-hour",
                   "What is reserved is paid whether it is used or not");
  check_schedule(schedule, complaints);
}

void Reservation::check_market(const Actors& p, const Contract&, const Clause&,
                               contracts::Complaints& complaints) const {
  for (const Cloud& cloud : p.clouds)
    if (cloud.name == host && cloud.firm != payee && !payee.empty())
      complaints.add("payee", "'" + payee + "'", "the firm of the host, " + cloud.firm,
                     "What is reserved at a cloud is paid to it");
  for (const Lab& one : p.labs)
    if (one.name == lab && one.firm != payer && !payer.empty())
      complaints.add("payer", "'" + payer + "'", "the firm of the lab, " + one.firm,
                     "The reserved compute is for work that the lab pays for");
}

}  // namespace rackrate::market::kinds
