#pragma once
#include "sim/market/exchange/clearing/demand.hpp"
#include "sim/market/pricing/hosting_terms.hpp"
#include "sim/market/pricing/resale_terms.hpp"

namespace rackrate::market {

/// Who buys compute: a payer in a layer, for a lab.
struct Buyer {
  PartyId payer;
  Layer layer = Layer::Model;
  LabId lab;
  auto operator<=>(const Buyer&) const = default;
};
using BuyerId = core::Index<struct BuyerTag>;

/// What settlement knows of the contracts and the classes while a network holds. The audit sees none of it: it finds
/// the terms in force by itself (audit.cpp).
struct SettlementTerms {
  Table<LabelId, PaymentClauseId> active;      ///< in force, or none
  Grid<LabId, CloudId, HostingTerms> hosting;  ///< before the host's price index
  Grid<LabId, ChannelId, ResaleTerms> resale;
  Table<BuyerId, Buyer> buyers;            ///< in order
  Table<ClassId, BuyerId> buyer_of_class;  ///< none: no lab's work
};
[[nodiscard]] SettlementTerms settlement_terms(const CompiledScenario& compiled, const DemandTable& table,
                                               core::SimTime t);

}  // namespace rackrate::market
