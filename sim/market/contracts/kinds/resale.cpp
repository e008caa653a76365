#include "sim/market/contracts/kinds/resale.hpp"

#include "sim/market/actors/actors.hpp"
#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

double Resale::rate_at(core::SimTime t) const {
  double last = rate;
  for (const AgreedRate& one : agreed)
    if (one.from <= t) last = one.rate;
  return last;
}

void Resale::check(const Clause&, const Version&, contracts::Complaints& complaints) const {
  complaints.require_name("lab", lab, complaints.vocabulary().labs, "a lab");
  complaints.require_name("channel", channel, complaints.vocabulary().channels, "a channel");
  complaints.require_share("rate", rate);
  complaints.require_share("channel_weight", channel_weight);
  complaints.require_share("least_rate", least_rate);
  complaints.require_share("most_rate", most_rate);
  complaints.require_not_negative("renewal", core::in_days(renewal), "a duration of 0 or more days (0: never)");
  if (least_rate > most_rate)
    complaints.add("least_rate", std::to_string(least_rate), "at most most_rate (" + std::to_string(most_rate) + ")",
                   "No rate lies between the two");
}

/// Nobody bargains with itself, or over what the lab sells itself.
void Resale::check_market(const Actors& p, const Contract&, const Clause&, contracts::Complaints& complaints) const {
  if (!is_bargained()) return;
  for (const Lab& one : p.labs)
    for (const Channel& shop : p.channels)
      if (one.name == lab && shop.name == channel && (shop.firm.empty() || shop.firm == one.firm))
        complaints.add(
            "channel", "'" + channel + "' of " + (shop.firm.empty() ? "no firm" : shop.firm + ", as is the lab"),
            "a channel of another firm than the lab's", "Leave out renewal and settled, or name another channel");
}

}  // namespace rackrate::market::kinds
