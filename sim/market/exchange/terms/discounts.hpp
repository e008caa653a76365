#pragma once
#include "sim/core/whole.hpp"
#include "sim/market/exchange/demand_state.hpp"
#include "sim/market/exchange/ledger/entry.hpp"

/// What big accounts have agreed on with their clouds, as it is paid. A sale is booked at list, and what its seller
/// owes to others is a share of the list: the discount comes out of the seller's own part.
namespace rackrate::market {

/// What a seller gives its accounts off the list, and what their premium service costs it.
struct AccountCosts {
  Money discount, service;
};

/// Who gives discounts on what the cloud's channel sells, and gets what accounts are short of commitments to the cloud.
[[nodiscard]] inline Side account_seller(const CompiledScenario& s, CloudId cloud) {
  return {s.cloud_firm[cloud], Layer::Deployment};
}

/// Of a cell with volume: the part that discounts leave unpaid, and the part with premium service.
[[nodiscard]] inline double rebated_share(const DemandState& demand, CellId cell) {
  return core::real(demand.rebated[cell]) / core::real(demand.units[cell]);
}
[[nodiscard]] inline double premium_share(const DemandState& demand, CellId cell) {
  return core::real(demand.premium[cell]) / core::real(demand.units[cell]);
}

}  // namespace rackrate::market
