#include "sim/market/negotiation/static_contracts.hpp"

#include <algorithm>

#include "sim/market/contracts/in_force.hpp"
#include "sim/market/contracts/roles.hpp"

namespace rackrate::market {
namespace {

bool acts_daily(const Clause& clause) {
  return visit_terms(clause, [](const auto& terms) { return terms.acts_daily(); });
}

/// A commitment's part of one day, $: of the period that is open in its account, or would be if it began now.
double committed_per_day(const Exchange& exchange, const CompiledScenario& present, const std::string& label,
                         const Clause& clause, const Version& version, core::SimTime t) {
  const auto covers = [t](const contracts::CommitPeriod& period) { return period.from <= t && t < period.until; };
  const auto per_day = [](const contracts::CommitPeriod& period) {
    return period.commitment.usd() / core::in_days(period.until - period.from);
  };
  if (const auto at = index_of(present.money_labels.rows(), label))
    if (const auto* open = exchange.accounts.clauses[LabelId(*at)].commitment.open_period();
        open != nullptr && covers(*open))
      return per_day(*open);
  for (const auto& period : contracts::commit_periods(clause, version, t))
    if (covers(period)) return per_day(period);
  return 0.0;
}

/// Replaces a commitment by one of `usd` over the day that begins at t.
void limit_to_day(Clause& clause, kinds::Commit& commit, double usd, core::SimTime t) {
  commit.amount_usd = usd;
  commit.already_drawn_usd = 0.0;
  commit.period = core::SimDuration{0};
  commit.carry = CarryRule::None;
  clause.from = t;
  clause.until = t + core::kDay;
}

}  // namespace

std::vector<Contract> contracts_of_a_day(const std::vector<Contract>& all, core::SimTime t, const Exchange& exchange,
                                         const CompiledScenario& present) {
  std::vector<Contract> out;
  for (const Contract& contract : all) {
    const Version* const version = contracts::version_at(contract, t);
    if (version == nullptr) continue;
    Version today = *version;
    today.clauses.clear();
    for (const Clause& clause : version->clauses) {
      if (!contracts::active_at(clause, t) || !acts_daily(clause)) continue;
      Clause one = clause;
      std::erase_if(one.stands_for, [](const Clause& part) { return part.is<kinds::Rollout>(); });
      if (auto* damages = one.get_if<kinds::Damages>()) damages->amount_usd = 0.0;
      if (auto* commit = one.get_if<kinds::Commit>()) {
        if (commit->bought_out <= t) continue;
        const double usd = committed_per_day(exchange, present, contract.name + "/" + clause.name, clause, *version, t);
        if (usd <= 0) continue;
        limit_to_day(one, *commit, usd, t);
      }
      today.clauses.push_back(std::move(one));
    }
    out.push_back({contract.name, contract.parties, contract.terminated, {std::move(today)}});
  }
  return out;
}

}  // namespace rackrate::market
