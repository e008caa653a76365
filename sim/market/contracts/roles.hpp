#pragma once
#include <span>

#include "sim/market/contracts/registry.hpp"

namespace rackrate::market::contracts {

/// The channel that is the lab itself: no third party, so it needs no channel grant and neither breaks
/// a channel exclusive nor rivals the holder of a channel ship-first (MODEL 5.2).
inline constexpr std::string_view kOwnChannel = "direct";
/// The one segment that exists in contracts but buys nothing in the market.
inline constexpr std::string_view kNationalSecurity = "us_natsec";
/// In a scope: every segment but us_natsec.
inline constexpr std::string_view kCommercial = "commercial";

/// The roles a product needs, in the order in which they are tested.
/// Source: MODEL 5.2.
[[nodiscard]] std::span<const Role> roles_of(Product product);

/// The products that need a role, as in Box::products: a grant of others in it opens nothing and breaks nothing.
[[nodiscard]] std::uint16_t products_asking(Role role);

/// Channels hold CHANNEL and IP; clouds hold HOST, TRAIN and RUNTIME.
[[nodiscard]] constexpr bool held_by_channel(Role role) { return role == Role::Channel || role == Role::Ip; }

/// Who acts in a role: the host for HOST and TRAIN, the channel for CHANNEL and IP, the runtime for RUNTIME.
[[nodiscard]] constexpr int actor_of(Role role, const Tuple& tuple) {
  if (held_by_channel(role)) return tuple.channel;
  return role == Role::Runtime ? tuple.runtime : tuple.host;
}

/// Clauses that decide permissions; the others move money.
[[nodiscard]] constexpr bool decides_permission(ClauseKind kind) { return kind < ClauseKind::Commit; }
/// Clauses that bar everybody but their holder. A sole licence permits as well.
[[nodiscard]] inline bool is_exclusive(const Clause& clause) {
  return clause.kind == ClauseKind::Exclusive || clause.kind == ClauseKind::Rofr || (clause.kind == ClauseKind::Licence && clause.sole);
}
/// A regulator's orders: they bind whoever the contract's parties are, and have none of their own.
[[nodiscard]] constexpr bool is_order(ClauseKind kind) { return kind == ClauseKind::Void || kind == ClauseKind::Ban; }
/// Clauses that permit.
[[nodiscard]] constexpr bool is_grant(ClauseKind kind) { return kind == ClauseKind::Grant || kind == ClauseKind::Licence; }

/// Calls f(permission clause) for a clause that decides permissions, and for each one that a clause of one's own
/// kind stands for. Disabled clauses say nothing.
template <class F>
void for_each_permission(const Clause& clause, F f) {
  if (!clause.enabled) return;
  if (decides_permission(clause.kind)) f(clause);
  for (const Clause& one : clause.stands_for) f(one);
}

/// The roles a clause speaks of, its kind's default filled in: a licence is about IP, a ship-first
/// about CHANNEL unless it says otherwise, a carve-out and a regulator's order about all five.
[[nodiscard]] std::vector<Role> clause_roles(const Clause& clause);

}  // namespace rackrate::market::contracts
