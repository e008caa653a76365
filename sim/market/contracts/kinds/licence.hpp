#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market::kinds {

/// Permits its holder to use the models' IP; an exclusive one bars everybody else from it.
struct Licence : PermissionKind {
  static constexpr std::string_view name = "licence";
  static constexpr std::array default_roles{Role::Ip};
  static constexpr bool acts_through_permission_alone = true;
  std::vector<std::string> holder;  ///< channels
  bool exclusive = false;

  [[nodiscard]] const std::vector<std::string>& actors() const { return holder; }
  [[nodiscard]] bool bars() const { return exclusive; }
  [[nodiscard]] bool has_one_holder() const { return exclusive; }

  template <class Keys>
  static void describe(Keys& keys) {
    shared::holder(keys, &Licence::holder);
    keys.flag("exclusive", &Licence::exclusive, "Whether nobody else may use the IP.");
  }
  friend bool operator==(const Licence&, const Licence&) = default;
};

}  // namespace rackrate::market::kinds
