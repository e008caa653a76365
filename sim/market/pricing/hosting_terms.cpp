#include "sim/market/pricing/hosting_terms.hpp"

namespace rackrate::market {

HostingTerms first_hosting_terms(const CompiledScenario& s, LabId lab, CloudId host, core::SimTime t) {
  HostingTerms terms{s.parameters.clouds[host].price_usd, {}};
  for (const auto& m : s.money) {
    const auto* hosting = s.clause_of(m).get_if<kinds::Hosting>();
    if (hosting == nullptr || m.lab != lab || m.host != host || hosting->price_usd < 0 || !s.in_force(m, t)) continue;
    terms = {hosting->price_usd, m.label};
  }
  return terms;
}

HostingTerms hosting_terms(const MarketView& view, LabId lab, CloudId host, core::SimTime t) {
  HostingTerms terms = first_hosting_terms(view.compiled(), lab, host, t);
  terms.price *= view.board.price_index_for(lab, host);
  return terms;
}

}  // namespace rackrate::market
