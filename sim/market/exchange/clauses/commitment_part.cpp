#include "sim/market/exchange/clauses/commitment_part.hpp"

#include <algorithm>
#include <optional>

#include "sim/market/contracts/changes.hpp"
#include "sim/market/contracts/required_access.hpp"
#include "sim/market/exchange/finance/defaults.hpp"
#include "sim/market/regime/buyer_and_hosts.hpp"

namespace rackrate::market {

core::SimDuration time_excused(const CompiledScenario& s, const PaymentClause& m, core::SimTime t,
                               core::SimDuration time) {
  const auto& terms = s.clause_of(m).as<kinds::Commit>();
  if (terms.while_barred == BarredRule::Owe) return core::SimDuration{0};
  const auto permitted =
      contracts::permitted_share(s.registry, {m.contract, m.version, m.clause}, buyer_and_hosts(s, m), t);
  return contracts::time_excused(terms, permitted, time);
}

bool is_bought_out(const CompiledScenario& s, const PaymentClause& m, core::SimTime t) {
  return s.clause_of(m).as<kinds::Commit>().bought_out <= t;
}

Money assigned_purchases(const CompiledScenario& s, const Table<LabelId, PaymentClauseId>& active,
                         const PaymentClause& m, const Receipts& receipts) {
  const auto& name = s.clause_of(m).as<kinds::Commit>().assignee;
  if (name.empty()) return {};
  const PartyId assignee(*index_of(s.parameters.vocabulary.firms, name));
  for (const PaymentClauseId other : active)
    if (other.exists() && s.clause_of(s.money[other]).is<kinds::Commit>() && s.money[other].payer == assignee &&
        s.money[other].payee == m.payee)
      return {};
  const Money* bought = receipts.bought(assignee, m.payee);
  return bought == nullptr ? Money{} : *bought;
}

double commitment_per_day(const CompiledScenario& s, const PaymentClause& m, core::SimTime t) {
  if (is_bought_out(s, m, t)) return 0.0;
  const auto& clause = s.clause_of(m);
  const auto from = contracts::first_stated(s.contract_of(m), s.version_of(m), clause);
  const double owed = 1.0 - core::in_days(time_excused(s, m, t, core::kDay));
  return owed * clause.as<kinds::Commit>().amount_usd / std::max(1.0, core::in_days(clause.until - from));
}

double share_kept(const CompiledScenario& s, const PaymentClause& m, std::span<const Default> defaults) {
  return in_default(s, m, defaults) ? s.clause_of(m).as<kinds::Commit>().recovery : 1.0;
}

Money commitment_part(const CompiledScenario& s, const Table<LabelId, PaymentClauseId>& active,
                      std::span<const Default> defaults, const PaymentClause& m, const Receipts& receipts,
                      core::SimTime t) {
  const Money* bought = receipts.bought(m.payer, m.payee);
  if (bought == nullptr) return {};
  const auto owed = [&](const PaymentClause& o) { return share_kept(s, o, defaults) * commitment_per_day(s, o, t); };
  double all = 0.0;
  std::optional<double> own;
  for (const PaymentClauseId other : active) {
    if (!other.exists()) continue;
    const auto& o = s.money[other];
    if (!s.clause_of(o).is<kinds::Commit>() || o.payer != m.payer || o.payee != m.payee) continue;
    const double of_it = owed(o);
    if (&o == &m) own = of_it;
    all += of_it;
  }
  return all > 0 ? scaled(*bought, (own ? *own : owed(m)) / all) : Money{};
}

}  // namespace rackrate::market
