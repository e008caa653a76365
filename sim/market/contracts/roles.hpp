#pragma once
#include <span>
#include <string>
#include <vector>

#include "sim/market/contracts/registry.hpp"

namespace rackrate::market::contracts {

/// The channel that is the lab itself: no third party, so it needs no channel grant and neither breaks
/// a channel exclusive nor rivals the holder of a channel ship-first (MODEL 5.2).
inline constexpr std::string_view kOwnChannel = "direct";
/// The segment that contracts may name although nobody in it buys in the market.
inline constexpr std::string_view kNationalSecurity = "us_natsec";
/// In a scope: every segment but us_natsec.
inline constexpr std::string_view kCommercial = "commercial";

/// The roles a product needs, in the order in which they are tested.
/// Source: MODEL 5.2.
[[nodiscard]] std::span<const Role> roles_of(Product product);

/// The products that need a role: a grant of others in it opens nothing and breaks nothing.
[[nodiscard]] ProductSet products_asking(Role role);

/// Channels hold CHANNEL and IP; clouds hold HOST, TRAIN and RUNTIME.
[[nodiscard]] constexpr bool held_by_channel(Role role) { return role == Role::Channel || role == Role::Ip; }

/// Who acts in a role: the host for HOST and TRAIN, the channel for CHANNEL and IP, the runtime for RUNTIME.
[[nodiscard]] constexpr ActorId actor_of(Role role, const Tuple& tuple) {
  if (held_by_channel(role)) return ActorId(tuple.channel.number());
  return ActorId((role == Role::Runtime ? tuple.runtime : tuple.host).number());
}

/// Clauses that decide permissions; the others keep an account.
[[nodiscard]] inline bool decides_permission(const Clause& clause) {
  return visit_terms(clause, []<class K>(const K&) { return K::decides_permission; });
}
/// A regulator's orders: they bind whoever the contract's parties are, and have none of their own.
[[nodiscard]] inline bool is_order(const Clause& clause) {
  return visit_terms(clause, []<class K>(const K&) { return K::is_order; });
}
/// Clauses that may change contracts in a run.
[[nodiscard]] inline bool is_watched(const Clause& clause) {
  return visit_terms(clause, []<class K>(const K&) { return K::is_watched; });
}
/// The names that a clause is settled by.
[[nodiscard]] inline kinds::Sides sides_of(const Clause& clause) {
  return visit_terms(clause, [](const auto& terms) { return terms.sides(); });
}
/// The value of `kind` in a scenario.
[[nodiscard]] std::string kind_name(const Clause& clause);

/// Calls f(permission clause) for a clause that decides permissions, and for each one that a clause of a user-defined
/// kind stands for. Disabled clauses are left out.
template <class F>
void for_each_permission(const Clause& clause, F f) {
  if (!clause.enabled) return;
  if (decides_permission(clause)) f(clause);
  for (const Clause& one : clause.stands_for) f(one);
}

/// Calls f(terms) where the clause decides permissions.
template <class F>
void visit_permission(const Clause& clause, F f) {
  visit_terms(clause, [&f]<class K>(const K& terms) {
    if constexpr (K::decides_permission) f(terms);
  });
}

/// The roles of a permission clause, its kind's default filled in: a licence is about IP, a ship-first
/// about CHANNEL unless it states others, a carve-out and a regulator's order about all five.
[[nodiscard]] std::vector<Role> clause_roles(const Clause& clause);

}  // namespace rackrate::market::contracts
