#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market::kinds {

/// A regulator's order that forbids its holders to act; without a holder it forbids everybody.
struct Ban : PermissionKind, Held {
  static constexpr std::string_view name = "ban";
  static constexpr contracts::Action action = contracts::Action::Forbid;
  static constexpr auto default_roles = kAllRoles;
  static constexpr bool may_name_nobody = true;
  static constexpr bool is_order = true;

  template <class Keys>
  static void describe(Keys& keys) {
    Held::describe(keys);
  }
  friend bool operator==(const Ban&, const Ban&) = default;
};

}  // namespace rackrate::market::kinds
