#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market::kinds {

/// Permits its grantees to act in its roles. IP is permitted by a licence.
struct Grant : PermissionKind {
  static constexpr std::string_view name = "grant";
  static constexpr std::string_view actors_key = "grantee";
  std::vector<Role> role;
  std::vector<std::string> grantee;  ///< clouds and channels

  [[nodiscard]] const std::vector<std::string>& actors() const { return grantee; }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;

  template <class Keys>
  static void describe(Keys& keys) {
    shared::role(keys, &Grant::role);
    keys.list("grantee", &Grant::grantee, KeyNames::Actors, "Who receives the permission.").required();
  }
  friend bool operator==(const Grant&, const Grant&) = default;
};

}  // namespace rackrate::market::kinds
