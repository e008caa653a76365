#include "sim/market/contracts/roles.hpp"

#include <algorithm>

namespace rackrate::market::contracts {

std::span<const Role> roles_of(Product product) {
  static constexpr std::array kTraining{Role::Train};
  static constexpr std::array kAgents{Role::Host, Role::Channel, Role::Runtime};
  static constexpr std::array kLicensed{Role::Ip};
  static constexpr std::array kSold{Role::Host, Role::Channel};
  switch (product) {
    case Product::Training:
    case Product::Research: return kTraining;
    case Product::AgentStateful: return kAgents;
    case Product::Copilot: return kLicensed;
    default: return kSold;
  }
}

std::uint16_t products_asking(Role role) {
  std::uint16_t out = 0;
  for (std::size_t p = 0; p < kProductNames.size(); ++p) {
    const auto roles = roles_of(static_cast<Product>(p));
    if (std::find(roles.begin(), roles.end(), role) != roles.end()) out = static_cast<std::uint16_t>(out | (1U << p));
  }
  return out;
}

std::vector<Role> clause_roles(const Clause& clause) {
  if (!clause.roles.empty()) return clause.roles;
  switch (clause.kind) {
    case ClauseKind::Licence: return {Role::Ip};
    case ClauseKind::ShipFirst: return {Role::Channel};
    case ClauseKind::Carveout:
    case ClauseKind::Void:
    case ClauseKind::Ban: return {Role::Host, Role::Channel, Role::Runtime, Role::Train, Role::Ip};
    default: return {};
  }
}

}  // namespace rackrate::market::contracts
