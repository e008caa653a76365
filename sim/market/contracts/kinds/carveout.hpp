#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market::kinds {

/// Exempts actors from the bars and delays of its own contract; without a holder it exempts everybody.
struct Carveout : PermissionKind, Held {
  static constexpr std::string_view name = "carveout";
  static constexpr contracts::Action action = contracts::Action::Exempt;
  static constexpr auto default_roles = kAllRoles;
  static constexpr bool may_name_nobody = true;
  static constexpr bool acts_through_permission_alone = true;

  template <class Keys>
  static void describe(Keys& keys) {
    Held::describe(keys);
  }
  friend bool operator==(const Carveout&, const Carveout&) = default;
};

}  // namespace rackrate::market::kinds
