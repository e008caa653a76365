#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market::kinds {

/// A regulator's order that voids exclusives, rights of first refusal and ship-firsts of its holders; without a holder
/// those of everybody.
struct Void : PermissionKind, Held {
  static constexpr std::string_view name = "void";
  static constexpr contracts::Action action = contracts::Action::Void;
  static constexpr auto default_roles = kAllRoles;
  static constexpr bool may_name_nobody = true;
  static constexpr bool is_order = true;

  template <class Keys>
  static void describe(Keys& keys) {
    Held::describe(keys);
  }
  friend bool operator==(const Void&, const Void&) = default;
};

}  // namespace rackrate::market::kinds
