#include "sim/market/exchange/facts/backlog.hpp"

#include <algorithm>

#include "sim/market/contracts/in_force.hpp"
#include "sim/market/exchange/clauses/commitment_part.hpp"
#include "sim/market/exchange/finance/defaults.hpp"
#include "sim/market/exchange/finance/other_business.hpp"
#include "sim/market/exchange/ledger/sides.hpp"
#include "sim/market/exchange/terms/capacity_terms.hpp"

namespace rackrate::market {
namespace {

/// Is the clause one that will still be in force at t or later, by what is signed at t?
bool is_expected(const CompiledScenario& s, const PaymentClause& m, core::SimTime t) {
  const core::SimTime from = std::max(t, m.from);
  return m.until > from && contracts::active_at(s.clause_of(m), from) &&
         contracts::version_expected(s.contract_of(m), t, from) == m.version;
}

CloudId cloud_paid(const CompiledScenario& s, const PaymentClause& m) {
  if (s.clause_of(m).is<kinds::Reservation>()) return m.host;
  for (const CloudId cloud : s.cloud_firm.ids())
    if (s.cloud_firm[cloud] == m.payee) return cloud;
  return {};
}

/// Of a commitment that runs, what its account says; of one that has not begun, its amount less what was drawn under
/// the same label before.
Money commitment_left(const CompiledScenario& s, const Accounts& accounts, PaymentClauseId k, core::SimTime t) {
  const auto& m = s.money[k];
  const auto& account = accounts.clauses[m.label];
  const double owed = 1.0 - core::in_days(time_excused(s, m, t, core::kDay));
  if (account.clause == k) return scaled(account.commitment.remaining(), owed);
  const auto& terms = s.clause_of(m).as<kinds::Commit>();
  const double kept = share_kept(s, m, accounts.defaults);
  const Money left = Money::from_usd(terms.amount_usd - terms.already_drawn_usd) - account.commitment.drawn();
  return scaled(std::max(left, Money{}), kept * owed);
}

Money left_of(const CompiledScenario& s, const Accounts& accounts, PaymentClauseId k, core::SimTime t) {
  const auto& m = s.money[k];
  if (s.clause_of(m).is<kinds::Commit>()) return commitment_left(s, accounts, k, t);
  return reservation_left(s, m, std::max(t, m.from)).value_or(Money{});
}

/// The clause that counts under each label: of several versions the one signed last.
Table<LabelId, PaymentClauseId> counted(const CompiledScenario& s, core::SimTime t) {
  Table<LabelId, PaymentClauseId> out(s.money_labels.size());
  for (const PaymentClauseId k : s.money.ids()) {
    const auto& m = s.money[k];
    if (!s.clause_of(m).is<kinds::Commit>() && !s.clause_of(m).is<kinds::Reservation>()) continue;
    if (!is_expected(s, m, t)) continue;
    PaymentClauseId& best = out[m.label];
    if (!best.exists() || s.version_of(m).signed_on > s.version_of(s.money[best]).signed_on) best = k;
  }
  return out;
}

}  // namespace

std::vector<BacklogFact> backlog(const MarketView& view, const Accounts& accounts, core::SimTime t) {
  const auto& s = view.compiled();
  Grid<CloudId, PartyId, Money> sums(s.parameters.clouds.size(), s.parties.size());
  for (const PaymentClauseId k : counted(s, t))
    if (k.exists())
      if (const CloudId cloud = cloud_paid(s, s.money[k]); cloud.exists())
        sums(cloud, s.money[k].payer) += left_of(s, accounts, k, t);
  const PartyId others = Parties{s}.enterprises().party;
  for (const CloudId cloud : s.parameters.clouds.ids())
    sums(cloud, others) += Money::from_usd(other_backlog(view, cloud, t) + customers_backlog(view, cloud, t));
  std::vector<BacklogFact> facts;
  for (const CloudId cloud : s.parameters.clouds.ids())
    for (const PartyId payer : s.parties.ids())
      if (sums(cloud, payer) != Money{}) facts.push_back({cloud, payer, sums(cloud, payer)});
  return facts;
}

}  // namespace rackrate::market
