#include "sim/market/contracts/registry.hpp"

#include <algorithm>

#include "sim/core/error.hpp"
#include "sim/market/contracts/compile.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/contracts/rollouts.hpp"

namespace rackrate::market {

std::string to_string(const Verdict& verdict) {
  if (verdict.state != Permission::No) return std::string(kPermissionNames[static_cast<std::size_t>(verdict.state)]);
  return "NO:" + std::string(kStepNames[static_cast<std::size_t>(verdict.step)]) + ":" +
         std::string(kRoleNames[static_cast<std::size_t>(verdict.role)]);
}

Registry::Registry(std::vector<Contract> contracts, Vocabulary vocabulary, Table<ChannelId, CloudId> channel_cloud)
    : contracts_(std::move(contracts)), vocabulary_(std::move(vocabulary)), channel_cloud_(std::move(channel_cloud)) {
  channel_cloud_.resize(vocabulary_.channels.size());
  if (auto mistakes = contracts::find_mistakes(contracts_, vocabulary_); !mistakes.empty())
    throw core::ScenarioError(std::move(mistakes));
  contracts_ = contracts::with_mean_rollouts(std::move(contracts_));  // those that no replication has drawn
  breakpoints_ = contracts::find_breakpoints(contracts_);
  compiled_ = contracts::compile(contracts_, vocabulary_, breakpoints_);
  conflicts_ = contracts::find_conflicts(contracts_, compiled_, vocabulary_, breakpoints_);
  breaches_ = contracts::find_breaches(conflicts_);
  for (std::size_t c = 0; c < contracts_.size(); ++c)
    for (std::size_t v = 0; v < contracts_[c].versions.size(); ++v)
      for (std::size_t k = 0; k < contracts_[c].versions[v].clauses.size(); ++k) {
        const Clause& one = contracts_[c].versions[v].clauses[k];
        if (one.enabled && !contracts::decides_permission(one))
          money_clauses_.push_back({static_cast<int>(c), static_cast<int>(v), static_cast<int>(k)});
      }
}

Tuple Registry::with_defaults(Tuple tuple) const {
  const bool known = tuple.channel.exists() && tuple.channel.position() < channel_cloud_.size();
  const CloudId home = known ? channel_cloud_[tuple.channel] : CloudId();
  if (!tuple.host.exists()) tuple.host = home;
  if (!tuple.runtime.exists()) tuple.runtime = home.exists() ? home : tuple.host;
  return tuple;
}

int Registry::version_in_force(int contract, core::SimTime t) const {
  if (contract < 0 || static_cast<std::size_t>(contract) >= contracts_.size()) return -1;
  return contracts::version_in_force(contracts_[static_cast<std::size_t>(contract)], t);
}

SegmentId Registry::segment(std::string_view name) const {
  if (const auto i = index_of(vocabulary_.segments, name)) return SegmentId(*i);
  return name == contracts::kNationalSecurity ? SegmentId(vocabulary_.segments.size()) : SegmentId();
}

std::string Registry::path(const ClauseRef& ref) const {
  if (ref.contract < 0) return {};
  const Contract& contract = contracts_[static_cast<std::size_t>(ref.contract)];
  if (ref.version < 0) return contract.name;
  const Version& version = contract.versions[static_cast<std::size_t>(ref.version)];
  if (ref.clause < 0) return contract.name + "/" + version.name;
  return contract.name + "/" + version.name + "/" + version.clauses[static_cast<std::size_t>(ref.clause)].name;
}

const Clause& Registry::clause(const ClauseRef& ref) const {
  return contracts_.at(static_cast<std::size_t>(ref.contract))
      .versions.at(static_cast<std::size_t>(ref.version))
      .clauses.at(static_cast<std::size_t>(ref.clause));
}

bool Registry::in_force(const ClauseRef& ref, core::SimTime t) const {
  const Clause& one = clause(ref);
  return one.enabled && version_in_force(ref.contract, t) == ref.version && one.from <= t && t < one.until &&
         one.switched_on <= t && t < one.switched_off;
}

bool Registry::voided(const ClauseRef& ref, core::SimTime t) const {
  using contracts::Action;
  const auto alive = [&](const contracts::Rule& rule) {
    return rule.from <= t && t < rule.until && version_in_force(rule.contract, t) == rule.version;
  };
  bool any = false;
  for (const contracts::Rule& right : compiled_.rules) {
    if (right.contract != ref.contract || right.version != ref.version || right.clause != ref.clause ||
        right.holder < 0)
      continue;
    contracts::Boxes left{right.box};
    for (const contracts::Rule& order : compiled_.rules) {
      if (order.action != Action::Void || order.role != right.role || !alive(order)) continue;
      if (!order.box.actors[static_cast<std::size_t>(right.holder)]) continue;
      contracts::Box struck = order.box;
      struck.actors.set();  // whoever acts: the holder's right is gone
      left = contracts::difference(left, {struck});
    }
    if (!left.empty()) return false;
    any = true;
  }
  return any;
}

}  // namespace rackrate::market
