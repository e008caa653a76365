#include "sim/market/pricing/resale_terms.hpp"

namespace rackrate::market {

ResaleTerms resale_terms(const CompiledScenario& s, int lab, int channel, core::SimTime t) {
  ResaleTerms terms;
  if (s.channel_firm[static_cast<std::size_t>(channel)] >= 0)
    terms.channel_share = s.parameters.labs[static_cast<std::size_t>(lab)].channel_fee;
  for (const auto& m : s.money) {
    const auto* resale = s.clause_of(m).get_if<kinds::Resale>();
    if (resale == nullptr || m.lab != lab || m.channel != channel || !s.in_force(m, t)) continue;
    terms.channel_share = resale->rate;
    terms.channel_pays_host = resale->hosting == HostingPayer::Channel;
    terms.label = m.label;
  }
  return terms;
}

}  // namespace rackrate::market
