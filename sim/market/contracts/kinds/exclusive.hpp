#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market::kinds {

/// Bars everybody but its holder from its roles.
struct Exclusive : PermissionKind, Held {
  core::SimDuration migration = core::days(90);  ///< what is in use when it begins may be used this much longer

  static constexpr std::string_view name = "exclusive";
  static constexpr contracts::Action action = contracts::Action::Bar;
  static constexpr bool acts_through_permission_alone = true;

  [[nodiscard]] bool bars() const { return true; }
  [[nodiscard]] bool has_one_holder() const { return true; }
  [[nodiscard]] core::SimDuration migration_window() const { return migration; }

  template <class Keys>
  static void describe(Keys& keys) {
    Held::describe(keys);
    keys.duration("migration", &Exclusive::migration,
                  "Time for which what customers use when it begins is still served to them.");
  }
  friend bool operator==(const Exclusive&, const Exclusive&) = default;
};

}  // namespace rackrate::market::kinds
