#include "sim/market/pricing/resale_terms.hpp"

namespace rackrate::market {

ResaleTerms resale_terms(const CompiledScenario& s, LabId lab, ChannelId channel, core::SimTime t) {
  ResaleTerms terms;
  if (s.channel_firm[channel].exists()) terms.channel_share = s.parameters.labs[lab].channel_fee;
  for (const auto& m : s.money) {
    const auto* resale = s.clause_of(m).get_if<kinds::Resale>();
    if (resale == nullptr || m.lab != lab || m.channel != channel || !s.in_force(m, t)) continue;
    terms.channel_share = resale->rate_at(t);
    terms.channel_pays_host = resale->hosting == HostingPayer::Channel;
    terms.sets_price = resale->sets_price;
    terms.label = m.label;
  }
  return terms;
}

}  // namespace rackrate::market
