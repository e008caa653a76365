#include "sim/market/regime/buyer_and_hosts.hpp"

namespace rackrate::market {

contracts::BuyerAndHosts buyer_and_hosts(const CompiledScenario& s, const PaymentClause& m) {
  contracts::BuyerAndHosts sides;
  for (const LabId lab : s.lab_firm.ids())
    if (s.lab_firm[lab] == m.payer) sides.labs.push_back(lab);
  for (const CloudId cloud : s.cloud_firm.ids())
    if (s.cloud_firm[cloud] == m.payee) sides.hosts.push_back(cloud);
  for (const ChannelId channel : s.channel_firm.ids())
    if (s.channel_firm[channel] == m.payee) sides.channels.push_back(channel);
  return sides;
}

}  // namespace rackrate::market
