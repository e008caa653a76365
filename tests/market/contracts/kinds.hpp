#pragma once
#include <utility>

#include "sim/market/contracts/contract.hpp"

/// Clauses whose kind a test chooses at run time.
namespace test {

/// The kinds by name, as values.
struct Kinds {
#define RACKRATE_KIND(kind) \
  static constexpr rackrate::market::ClauseKind kind = rackrate::market::kind_of<rackrate::market::kinds::kind>
  RACKRATE_KIND(Grant);
  RACKRATE_KIND(Exclusive);
  RACKRATE_KIND(Carveout);
  RACKRATE_KIND(ShipFirst);
  RACKRATE_KIND(Rofr);
  RACKRATE_KIND(Licence);
  RACKRATE_KIND(Rollout);
  RACKRATE_KIND(Void);
  RACKRATE_KIND(Ban);
  RACKRATE_KIND(Commit);
  RACKRATE_KIND(Revshare);
  RACKRATE_KIND(Hosting);
#undef RACKRATE_KIND
};

/// Calls f(terms) with the terms as the struct of their kind.
template <class F>
void change(rackrate::market::Clause& clause, F f) {
  std::visit(f, clause.terms);
}

/// Sets the roles and actors of a clause where its kind has them.
inline void set_right(rackrate::market::Clause& clause, const std::vector<rackrate::market::Role>& roles,
                      const std::vector<std::string>& actors) {
  change(clause, [&](auto& terms) {
    if constexpr (requires { terms.role; }) terms.role = roles;
    if constexpr (requires { terms.grantee; })
      terms.grantee = actors;
    else if constexpr (requires { terms.holder; })
      terms.holder = actors;
  });
}
inline std::vector<std::string> actors_of(const rackrate::market::Clause& clause) {
  return rackrate::market::visit_terms(clause, [](const auto& terms) {
    if constexpr (requires { terms.grantee; })
      return terms.grantee;
    else if constexpr (requires { terms.holder; })
      return terms.holder;
    else
      return std::vector<std::string>{};
  });
}
inline std::vector<rackrate::market::Role> roles_of(const rackrate::market::Clause& clause) {
  return rackrate::market::visit_terms(clause, [](const auto& terms) {
    if constexpr (requires { terms.role; })
      return terms.role;
    else
      return std::vector<rackrate::market::Role>{};
  });
}

}  // namespace test
