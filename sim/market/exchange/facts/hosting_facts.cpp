#include "sim/market/exchange/facts/hosting_facts.hpp"

#include "sim/core/error.hpp"

namespace rackrate::market {
namespace {

/// What a lab got at a host.
struct Hosted {
  bool permitted = false;
  std::int64_t served = 0, inside = 0;
};

Grid<LabId, CloudId, Hosted> hosted(const SettlementInput& in) {
  const auto& s = in.view.compiled();
  Grid<LabId, CloudId, Hosted> all(s.parameters.labs.size(), s.parameters.clouds.size());
  for (const ClassId k : in.table.classes.ids()) {
    const auto& c = in.table.classes[k];
    if (!c.lab.exists()) continue;
    for (const CloudId host : c.hosts.members()) all(c.lab, host).permitted = true;
    for (const CloudId host : in.allocation.classes[k].hosts.members()) {
      const std::int64_t served = in.allocation.by_host(k, host);
      all(c.lab, host).served += served;
      if (c.payer == s.cloud_firm[host]) all(c.lab, host).inside += served - in.allocation.reserved(k, host);
    }
  }
  return all;
}

void check_surcharge(const MarketView& view, const HostingFact& fact) {
  if (Money{} <= fact.surcharge && fact.surcharge <= fact.dearest) return;
  const auto& v = view.parameters().vocabulary;
  throw core::LedgerError("what shares of " + v.clouds[fact.host.position()] + " add for " +
                          v.labs[fact.lab.position()] + " on " + core::to_string(view.board.as_of) + " is " +
                          to_string(fact.surcharge) + " an hour; expected 0 to " + to_string(fact.dearest) +
                          ", what the dearest steps in use would");
}

}  // namespace

std::vector<HostingFact> hosting_facts(const SettlementInput& in) {
  const auto& s = in.view.compiled();
  const auto all = hosted(in);
  std::vector<HostingFact> facts;
  for (const LabId lab : s.parameters.labs.ids())
    for (const CloudId host : s.parameters.clouds.ids()) {
      const auto& [permitted, served, inside] = all(lab, host);
      if (!permitted) continue;
      const Money price = scaled(s.serving_cost(lab, host), in.table.priced_at[host], "a serving cost, in $,");
      HostingFact fact{lab, host, served, inside, price, {}, {}};
      if (!in.allocation.spread.empty()) {
        fact.surcharge = in.allocation.spread(lab, host).added;
        fact.dearest = in.allocation.spread(lab, host).dearest;
      }
      check_surcharge(in.view, fact);
      facts.push_back(fact);
    }
  return facts;
}

}  // namespace rackrate::market
