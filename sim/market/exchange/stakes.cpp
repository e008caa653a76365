#include "sim/market/exchange/clause_run.hpp"

/// Stakes, whether an investment bought them or a clause states them.
namespace rackrate::market {
namespace {

/// The firm a stake is in, and who holds it: a tranche is paid by the owner, an equity clause names the firm owned
/// first.
std::pair<int, int> owned_and_owner(const CompiledScenario& s, const PaymentClause& m) {
  return s.clause_of(m).is<kinds::Equity>() ? std::pair{m.payer, m.payee} : std::pair{m.payee, m.payer};
}

}  // namespace

void dilute(const ClauseRun& run, int firm, double sold) {
  for (auto& account : run.exchange.clauses)
    if (account.stake > 0 && owned_and_owner(run.s(), run.money(account.last)).first == firm)
      account.stake *= 1.0 - sold;
}

void report_income(ClauseRun& run) {
  for (std::size_t label = 0; label < run.exchange.clauses.size(); ++label) {
    const auto& account = run.exchange.clauses[label];
    if (account.stake <= 0) continue;
    const auto [firm, owner] = owned_and_owner(run.s(), run.money(account.last));
    const Money profit = run.exchange.books.profit(firm);
    auto& line = line_of(run.exchange, static_cast<int>(label));
    line.base = profit.tenthousandths;
    line.rate = account.stake;
    line.income = scaled(profit, account.stake).tenthousandths;
    line.owner = static_cast<std::int16_t>(owner);
  }
}

}  // namespace rackrate::market
