#include "sim/market/contracts/required_access.hpp"

#include <algorithm>

#include "sim/market/contracts/in_force.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/contracts/switches.hpp"

namespace rackrate::market::contracts {
namespace {

/// What a commitment requires, by name.
struct Required {
  std::vector<Role> roles;
  const Clause* grant = nullptr;  ///< null: any grant in the roles
  bool in_force = true;           ///< the grant's label is
};

Required required_by(const Registry& registry, const ClauseRef& commitment, const std::string& name, core::SimTime t) {
  Required required;
  if (const auto role = index_of(kRoleNames, name)) {
    required.roles = {static_cast<Role>(*role)};
    return required;
  }
  const auto [of, label] = switched_clause(contract_at(registry.contracts(), commitment.contract).name, name);
  required.in_force = false;
  for (const Contract& contract : registry.contracts()) {
    if (contract.name != of) continue;
    for (const VersionId v : contract.version_ids())
      for (const Clause& clause : contract[v].clauses) {
        if (clause.name != label || !clause.is<kinds::Grant>()) continue;
        const bool speaks = in_force(contract, v, clause, t);
        if (required.in_force || (required.grant != nullptr && !speaks)) continue;
        required.grant = &clause;
        required.in_force = speaks;
      }
  }
  if (required.grant != nullptr) required.roles = clause_roles(*required.grant);
  return required;
}

template <class T>
bool covers(const std::vector<T>& list, const T& x) {
  return list.empty() || std::find(list.begin(), list.end(), x) != list.end();
}

bool asks_for_one_of(Product product, const std::vector<Role>& roles) {
  const auto asked = roles_of(product);
  return std::any_of(roles.begin(), roles.end(),
                     [&](Role role) { return std::find(asked.begin(), asked.end(), role) != asked.end(); });
}

/// May the product of the lab run at one of the hosts?
bool may_run(const Registry& registry, LabId lab, ModelClass model_class, Product product,
             const std::vector<CloudId>& hosts, const std::vector<ChannelId>& channels, core::SimTime t) {
  for (const CloudId host : hosts)
    for (const ChannelId channel : channels) {
      Tuple tuple;
      tuple.lab = lab;
      tuple.model_class = model_class;
      tuple.product = product;
      tuple.channel = channel;
      tuple.host = tuple.runtime = host;
      if (registry.decide(tuple, t).state != Permission::No) return true;
    }
  return false;
}

}  // namespace

PermittedShare permitted_share(const Registry& registry, const ClauseRef& commitment, const BuyerAndHosts& sides,
                               core::SimTime t) {
  const Clause& clause = registry.clause(commitment);
  const auto& name = clause.as<kinds::Commit>().requires_access;
  if (name.empty()) return {};
  const Required required = required_by(registry, commitment, name, t);
  std::vector<ChannelId> channels = sides.channels;
  const auto own = index_of(registry.vocabulary().channels, kOwnChannel);
  if (required.roles != std::vector{Role::Channel} && own) channels.push_back(ChannelId(*own));
  const ModelClass model_class = clause.scope.model_class.empty() ? ModelClass::Closed : clause.scope.model_class[0];
  PermittedShare share{0, 0};
  for (const LabId lab : sides.labs) {
    const auto& lab_name = registry.vocabulary().labs[lab.position()];
    if (!covers(clause.scope.labs, lab_name)) continue;
    if (required.grant != nullptr && !covers(required.grant->scope.labs, lab_name)) continue;
    for (const Product product : ProductSet::everything().members()) {
      if (product == Product::Copilot || !asks_for_one_of(product, required.roles)) continue;
      if (!covers(clause.scope.products, product)) continue;
      if (required.grant != nullptr && !covers(required.grant->scope.products, product)) continue;
      ++share.asked;
      if (required.in_force && may_run(registry, lab, model_class, product, sides.hosts, channels, t)) ++share.open;
    }
  }
  if (share.asked == 0) share.asked = 1;  // nothing that it asks for exists: nothing is permitted
  return share;
}

core::SimDuration time_excused(const kinds::Commit& terms, PermittedShare permitted, core::SimDuration time) {
  switch (terms.while_barred) {
    case BarredRule::Owe: break;
    case BarredRule::Suspend: return permitted.open == 0 ? time : core::SimDuration{0};
    case BarredRule::Scale: return time - time * permitted.open / permitted.asked;
  }
  return core::SimDuration{0};
}

}  // namespace rackrate::market::contracts
