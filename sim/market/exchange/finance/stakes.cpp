#include "sim/market/exchange/clauses/clause_run.hpp"

/// Stakes, whether an investment bought them or a clause states them.
namespace rackrate::market {
namespace {

struct Stake {
  PartyId firm, owner;
};

/// A tranche is paid by the owner; an equity clause names the firm owned first.
Stake stake_of(const CompiledScenario& s, const PaymentClause& m) {
  return s.clause_of(m).is<kinds::Equity>() ? Stake{m.payer, m.payee} : Stake{m.payee, m.payer};
}

}  // namespace

void dilute(const ClauseRun& run, PartyId firm, double sold) {
  for (auto& account : run.accounts.clauses)
    if (account.stake > 0 && stake_of(run.s(), run.money(account.last)).firm == firm) account.stake *= 1.0 - sold;
}

void report_income(ClauseRun& run) {
  for (const LabelId label : run.accounts.clauses.ids()) {
    const auto& account = run.account(label);
    if (account.stake <= 0) continue;
    const auto [firm, owner] = stake_of(run.s(), run.money(account.last));
    const Money profit = run.out.profit[firm];
    auto& line = run.line(label);
    line.base = profit;
    line.rate = account.stake;
    line.income = scaled(profit, account.stake);
    line.owner = owner;
  }
}

}  // namespace rackrate::market
