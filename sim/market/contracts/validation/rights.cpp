#include <algorithm>

#include "sim/market/contracts/roles.hpp"
#include "sim/market/contracts/validation/validation.hpp"
#include "sim/market/vocabulary/contains.hpp"

namespace rackrate::market::contracts {

namespace {

const std::vector<std::string>& list_of(Role role, const Vocabulary& vocabulary) {
  return held_by_channel(role) ? vocabulary.channels : vocabulary.clouds;
}

/// Exclusive rights have one holder in every role they speak of, for instance holder = ["aws", "bedrock"]
/// on HOST and CHANNEL.
void check_single_holder(const std::vector<Role>& roles, const std::vector<std::string>& holders,
                         Complaints& complaints) {
  for (const Role role : roles) {
    const auto& known = list_of(role, complaints.vocabulary());
    const auto held =
        std::count_if(holders.begin(), holders.end(), [&](const std::string& n) { return contains(known, n); });
    const std::string name(name_of(role));
    if (held != 1 && !holders.empty())
      complaints.add("holder", std::to_string(held) + " holders on " + name, "exactly one",
                     "Name one " + std::string(held_by_channel(role) ? "channel" : "cloud") + " for " + name);
  }
}

template <class K>
void check_actors(const K& terms, const std::vector<Role>& roles, Complaints& complaints) {
  const std::vector<std::string>& names = terms.actors();
  const std::vector<std::string> known = known_actors(roles, complaints.vocabulary());
  bool all_known = true;
  for (const std::string& name : names) {
    complaints.require_name(K::actors_key, name, known, described_actor(roles));
    all_known = all_known && contains(known, name);
  }
  if (K::may_name_nobody) return;
  if (names.empty()) complaints.add(K::actors_key, "not given", described_actor(roles), "Name who holds the right");
  if (terms.has_one_holder() && all_known) check_single_holder(roles, names, complaints);
  if (terms.has_one_holder() || !all_known || names.empty()) return;
  for (const Role role : roles)  // a role that no name fits would silently grant nothing
    if (std::none_of(names.begin(), names.end(),
                     [&](const std::string& n) { return contains(list_of(role, complaints.vocabulary()), n); }))
      complaints.add(K::actors_key, "nobody on " + std::string(name_of(role)), described_actor({role}),
                     "Add one or drop the role");
}

void check_scope(const Scope& scope, Complaints& complaints) {
  const Vocabulary& vocabulary = complaints.vocabulary();
  for (const std::string& lab : scope.labs) complaints.require_name("scope.labs", lab, vocabulary.labs, "a lab");
  std::vector<std::string> segments = vocabulary.segments;
  segments.emplace_back(kNationalSecurity);
  segments.emplace_back(kCommercial);
  for (const std::string& segment : scope.segments)
    complaints.require_name("scope.segments", segment, segments, "a segment, us_natsec or commercial");
  for (const std::string& region : scope.regions)
    complaints.require_name("scope.regions", region, vocabulary.regions, "a region");
}

}  // namespace

std::vector<std::string> known_actors(const std::vector<Role>& roles, const Vocabulary& vocabulary) {
  std::vector<std::string> all;
  for (const Role role : roles)
    for (const std::string& name : list_of(role, vocabulary))
      if (!contains(all, name)) all.push_back(name);
  return all;
}

std::string described_actor(const std::vector<Role>& roles) {
  const bool channel = std::any_of(roles.begin(), roles.end(), held_by_channel);
  const bool cloud = std::any_of(roles.begin(), roles.end(), [](Role r) { return !held_by_channel(r); });
  return channel && cloud ? "a cloud or a channel" : channel ? "a channel" : "a cloud";
}

void check_right(const Clause& clause, Complaints& complaints) {
  const std::vector<Role> roles = clause_roles(clause);
  if (roles.empty())
    complaints.add("role", "not given", "at least one of HOST, CHANNEL, RUNTIME, TRAIN, IP",
                   "Say which role the clause is about");
  else
    visit_permission(clause, [&](const auto& terms) { check_actors(terms, roles, complaints); });
  check_scope(clause.scope, complaints);
}

}  // namespace rackrate::market::contracts
