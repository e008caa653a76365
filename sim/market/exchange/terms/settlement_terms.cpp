#include "sim/market/exchange/terms/settlement_terms.hpp"

#include <algorithm>

namespace rackrate::market {
namespace {

Table<LabelId, PaymentClauseId> in_force(const CompiledScenario& s, core::SimTime t) {
  Table<LabelId, PaymentClauseId> active(s.money_labels.size());
  for (const PaymentClauseId k : s.money.ids())
    if (s.in_force(s.money[k], t)) active[s.money[k].label] = k;
  return active;
}

Grid<LabId, ChannelId, ResaleTerms> resale(const CompiledScenario& s, core::SimTime t) {
  const auto& p = s.parameters;
  Grid<LabId, ChannelId, ResaleTerms> terms(p.labs.size(), p.channels.size());
  for (const LabId lab : p.labs.ids())
    for (const ChannelId channel : p.channels.ids()) terms(lab, channel) = resale_terms(s, lab, channel, t);
  return terms;
}

Grid<LabId, CloudId, HostingTerms> hosting(const CompiledScenario& s, core::SimTime t) {
  const auto& p = s.parameters;
  Grid<LabId, CloudId, HostingTerms> terms(p.labs.size(), p.clouds.size());
  for (const LabId lab : p.labs.ids())
    for (const CloudId host : p.clouds.ids()) terms(lab, host) = first_hosting_terms(s, lab, host, t);
  return terms;
}

Buyer buyer_of(const DemandClass& c) { return {c.payer, c.payer_layer, c.lab}; }

void find_buyers(const DemandTable& table, SettlementTerms& terms) {
  std::vector<Buyer> buyers;
  for (const auto& c : table.classes)
    if (c.lab.exists()) buyers.push_back(buyer_of(c));
  std::sort(buyers.begin(), buyers.end());
  buyers.erase(std::unique(buyers.begin(), buyers.end()), buyers.end());
  for (const auto& c : table.classes) {
    if (!c.lab.exists()) {
      terms.buyer_of_class.push_back({});
      continue;
    }
    const auto place = std::lower_bound(buyers.begin(), buyers.end(), buyer_of(c)) - buyers.begin();
    terms.buyer_of_class.push_back(BuyerId(place));
  }
  terms.buyers = std::move(buyers);
}

}  // namespace

SettlementTerms settlement_terms(const CompiledScenario& s, const DemandTable& table, core::SimTime t) {
  SettlementTerms terms;
  terms.active = in_force(s, t);
  terms.hosting = hosting(s, t);
  terms.resale = resale(s, t);
  find_buyers(table, terms);
  return terms;
}

}  // namespace rackrate::market
