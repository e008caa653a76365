#include "sim/market/contracts/registry.hpp"

#include <algorithm>

#include "sim/core/error.hpp"
#include "sim/market/contracts/compile.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/contracts/rollouts.hpp"

namespace rackrate::market {

std::string to_string(const Verdict& verdict) {
  if (verdict.state != Permission::No) return std::string(name_of(verdict.state));
  return "NO:" + std::string(name_of(verdict.step)) + ":" + std::string(name_of(verdict.role));
}

Registry::Registry(std::vector<Contract> contracts, Vocabulary vocabulary, Table<ChannelId, CloudId> channel_cloud)
    : contracts_(std::move(contracts)), vocabulary_(std::move(vocabulary)), channel_cloud_(std::move(channel_cloud)) {
  channel_cloud_.resize(vocabulary_.channels.size());
  if (auto mistakes = contracts::find_mistakes(contracts_, vocabulary_); !mistakes.empty())
    throw core::ScenarioError(std::move(mistakes));
  contracts_ = contracts::with_mean_rollouts(std::move(contracts_));  // for rollouts without a drawn length
  breakpoints_ = contracts::find_breakpoints(contracts_);
  compiled_ = contracts::compile(contracts_, vocabulary_, breakpoints_);
  conflicts_ = contracts::find_conflicts(contracts_, compiled_, vocabulary_, breakpoints_);
  breaches_ = contracts::find_breaches(conflicts_);
}

Tuple Registry::with_defaults(Tuple tuple) const {
  const bool known = tuple.channel.exists() && tuple.channel.position() < channel_cloud_.size();
  const CloudId home = known ? channel_cloud_[tuple.channel] : CloudId();
  if (!tuple.host.exists()) tuple.host = home;
  if (!tuple.runtime.exists()) tuple.runtime = home.exists() ? home : tuple.host;
  return tuple;
}

VersionId Registry::version_in_force(ContractId contract, core::SimTime t) const {
  if (!core::within(contract, contracts_.size())) return {};
  return contracts::version_in_force(contract_at(contracts_, contract), t);
}

contracts::BreakId Registry::interval_at(core::SimTime t) const {
  return contracts::BreakId(std::upper_bound(breakpoints_.begin(), breakpoints_.end(), t) - breakpoints_.begin());
}

SegmentId Registry::segment(std::string_view name) const {
  if (const auto i = index_of(vocabulary_.segments, name)) return SegmentId(*i);
  return name == contracts::kNationalSecurity ? SegmentId(vocabulary_.segments.size()) : SegmentId();
}

std::string Registry::path(const ClauseRef& ref) const { return path_of(contracts_, ref); }

const Clause& Registry::clause(const ClauseRef& ref) const { return clause_at(contracts_, ref); }

core::SimTime Registry::served_until(const ClauseRef& bar) const {
  const Clause& clause = this->clause(bar);
  core::SimDuration window{0};
  contracts::for_each_permission(clause, [&window](const Clause& one) {
    contracts::visit_permission(one,
                                [&window](const auto& terms) { window = std::max(window, terms.migration_window()); });
  });
  return contracts::begin_of(version_at(contracts_, bar), clause) + window;
}

bool Registry::in_force(const ClauseRef& ref, core::SimTime t) const {
  return contracts::in_force(contract_at(contracts_, ref.contract), ref.version, clause(ref), t);
}

bool Registry::voided(const ClauseRef& ref, core::SimTime t) const {
  using contracts::Action;
  const auto in_force_at_t = [&](const contracts::Rule& rule) {
    return rule.from <= t && t < rule.until && version_in_force(rule.clause.contract, t) == rule.clause.version;
  };
  bool any = false;
  for (const contracts::Rule& right : compiled_.rules) {
    if (right.clause != ref || !right.holder.exists()) continue;
    contracts::Boxes left{right.box};
    for (const contracts::Rule& order : compiled_.rules) {
      if (order.action != Action::Void || order.role != right.role || !in_force_at_t(order)) continue;
      if (!order.box.actors.contains(right.holder)) continue;
      contracts::Box voided = order.box;
      voided.actors = voided.actors.everything();  // the holder's right is void for every actor
      left = contracts::difference(left, {voided});
    }
    if (!left.empty()) return false;
    any = true;
  }
  return any;
}

}  // namespace rackrate::market
