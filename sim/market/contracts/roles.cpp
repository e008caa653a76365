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

ProductSet products_asking(Role role) {
  ProductSet asking;
  for (const Product product : ProductSet::everything().members()) {
    const auto roles = roles_of(product);
    if (std::find(roles.begin(), roles.end(), role) != roles.end()) asking.insert(product);
  }
  return asking;
}

std::string kind_name(const Clause& clause) {
  if (const auto* custom = clause.get_if<kinds::Custom>()) return custom->kind_name;
  return std::string(kClauseKindNames[clause.terms.index()]);
}

std::vector<Role> clause_roles(const Clause& clause) {
  std::vector<Role> roles;
  visit_permission(clause, [&roles]<class K>(const K& terms) {
    if constexpr (requires { terms.role; }) roles = terms.role;
    if (roles.empty()) roles.assign(K::default_roles.begin(), K::default_roles.end());
  });
  return roles;
}

}  // namespace rackrate::market::contracts
