#include <algorithm>

#include "sim/market/contracts/roles.hpp"
#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::contracts {

namespace {

std::string_view holder_field(ClauseKind kind) { return kind == ClauseKind::Grant ? "grantee" : "holder"; }

const std::vector<std::string>& list_of(Role role, const Vocabulary& vocabulary) {
  return held_by_channel(role) ? vocabulary.channels : vocabulary.clouds;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Every name the clause's roles could mean, clouds first.
std::vector<std::string> candidates(const std::vector<Role>& roles, const Vocabulary& vocabulary) {
  std::vector<std::string> all;
  for (const Role role : roles)
    for (const std::string& name : list_of(role, vocabulary))
      if (!contains(all, name)) all.push_back(name);
  return all;
}

std::string described(const std::vector<Role>& roles) {
  const bool channel = std::any_of(roles.begin(), roles.end(), held_by_channel);
  const bool cloud = std::any_of(roles.begin(), roles.end(), [](Role r) { return !held_by_channel(r); });
  return channel && cloud ? "a cloud or a channel" : channel ? "a channel" : "a cloud";
}

void check_roles(const Clause& clause, Complaints& complaints) {
  const bool none = clause_roles(clause).empty();
  if (none)
    complaints.add("role", "not given", "at least one of HOST, CHANNEL, RUNTIME, TRAIN, IP", "Say which role the clause is about");
  const std::vector<Role> roles = clause_roles(clause);
  const bool ip = std::find(roles.begin(), roles.end(), Role::Ip) != roles.end();
  if (clause.kind == ClauseKind::Licence && (clause.roles.size() > 1 || !ip))
    complaints.add("role", "another role", "IP or nothing", "A licence is about the models' IP; use a grant for the other roles");
  if (clause.kind == ClauseKind::Grant && ip)
    complaints.add("role", "IP", "HOST, CHANNEL, RUNTIME or TRAIN", "The use of IP is permitted by a clause of kind \"licence\"");
}

/// Exclusive rights have one holder in every role they speak of, for instance holder = ["aws", "bedrock"]
/// on HOST and CHANNEL.
void check_single_holder(const Clause& clause, Complaints& complaints) {
  for (const Role role : clause_roles(clause)) {
    const auto& known = list_of(role, complaints.vocabulary());
    const auto held = std::count_if(clause.holders.begin(), clause.holders.end(), [&](const std::string& n) { return contains(known, n); });
    const std::string name(kRoleNames[static_cast<std::size_t>(role)]);
    if (held != 1 && !clause.holders.empty())
      complaints.add("holder", std::to_string(held) + " holders on " + name, "exactly one", "Name one " + std::string(held_by_channel(role) ? "channel" : "cloud") + " for " + name);
  }
}

void check_holders(const Clause& clause, Complaints& complaints) {
  const std::vector<Role> roles = clause_roles(clause);
  const std::string_view field = holder_field(clause.kind);
  const std::vector<std::string> known = candidates(roles, complaints.vocabulary());
  bool all_known = true;
  for (const std::string& name : clause.holders) {
    complaints.require_name(field, name, known, described(roles));
    all_known = all_known && contains(known, name);
  }
  if (clause.kind == ClauseKind::Carveout || is_order(clause.kind)) return;
  if (clause.holders.empty()) complaints.add(field, "not given", described(roles), "Name who holds the right");
  const bool one_holder = is_exclusive(clause) || clause.kind == ClauseKind::ShipFirst;
  if (one_holder && all_known) check_single_holder(clause, complaints);
  if (one_holder || !all_known) return;
  for (const Role role : roles)   // a role that no name fits would silently grant nothing
    if (std::none_of(clause.holders.begin(), clause.holders.end(), [&](const std::string& n) { return contains(list_of(role, complaints.vocabulary()), n); }) && !clause.holders.empty())
      complaints.add(field, "nobody on " + std::string(kRoleNames[static_cast<std::size_t>(role)]), described({role}), "Add one or drop the role");
}

void check_scope(const Scope& scope, Complaints& complaints) {
  const Vocabulary& vocabulary = complaints.vocabulary();
  for (const std::string& lab : scope.labs) complaints.require_name("scope.labs", lab, vocabulary.labs, "a lab");
  std::vector<std::string> segments = vocabulary.segments;
  segments.emplace_back(kNationalSecurity);
  segments.emplace_back(kCommercial);
  for (const std::string& segment : scope.segments) complaints.require_name("scope.segments", segment, segments, "a segment, us_natsec or commercial");
  for (const std::string& region : scope.regions) complaints.require_name("scope.regions", region, vocabulary.regions, "a region");
}

/// Lengths to be drawn: a mean each, and an end of the preview where its beginning is drawn.
void check_drawn_rollout(const Clause& clause, Complaints& complaints) {
  const bool port = clause.preview_after.count() >= 0, general = clause.general_after.count() >= 0;
  complaints.require_not_negative("preview_spread", core::in_days(clause.preview_spread), "a duration of 0 or more days");
  complaints.require_not_negative("general_spread", core::in_days(clause.general_spread), "a duration of 0 or more days");
  const auto check_spread = [&complaints](const std::string& length, core::SimDuration mean, core::SimDuration spread) {
    if (spread.count() <= 0 || mean.count() > 0) return;
    complaints.add(length + "_spread", "given without a mean above 0", "a spread around " + length + "_after",
                   "Say how long it takes on average, or drop the spread");
  };
  check_spread("preview", clause.preview_after, clause.preview_spread);
  check_spread("general", clause.general_after, clause.general_spread);
  if (port && !general && clause.general <= core::kAlways)
    complaints.add("general", "not given", "a date or \"never\", or general_after, beside preview_after", "Say how long the preview lasts; general_after = \"0 d\" has none");
}

void check_rollout(const Clause& clause, Complaints& complaints) {
  check_drawn_rollout(clause, complaints);
  if (clause.preview_after.count() < 0 && clause.general_after.count() < 0 && clause.general < clause.preview)
    complaints.add("general", core::to_string(clause.general), "a date not before preview (" + core::to_string(clause.preview) + ")", "Swap the two dates, or drop preview");
  complaints.require_share("allowlist", clause.allowlist);
  complaints.require_share("token_cap", clause.token_cap);
}

void check_ship_first(const Clause& clause, Complaints& complaints) {
  complaints.require_not_negative("lead", core::in_days(clause.lead), "a duration of 0 or more days");
  complaints.require_not_negative("cure", core::in_days(clause.cure), "a duration of 0 or more days");
  complaints.require_not_negative("margin", clause.margin, "a share of 0 or more");
}

void check_waivers(const Clause& clause, Complaints& complaints) {
  for (const Waiver& waiver : clause.waivers)
    complaints.require_name("waivers." + waiver.host, waiver.host, candidates(clause_roles(clause), complaints.vocabulary()), described(clause_roles(clause)));
}

}  // namespace

void check_permission_clause(const Clause& clause, Complaints& complaints) {
  check_roles(clause, complaints);
  if (!clause_roles(clause).empty()) check_holders(clause, complaints);
  check_scope(clause.scope, complaints);
  if (clause.kind == ClauseKind::ShipFirst) check_ship_first(clause, complaints);
  if (clause.kind == ClauseKind::Rofr) check_waivers(clause, complaints);
  if (clause.kind == ClauseKind::Rollout) check_rollout(clause, complaints);
}

}  // namespace rackrate::market::contracts
