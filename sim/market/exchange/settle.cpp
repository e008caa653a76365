#include "sim/market/exchange/settle.hpp"

#include "sim/market/exchange/defaults.hpp"
#include "sim/market/exchange/funding.hpp"
#include "sim/market/exchange/settlement_run.hpp"

namespace rackrate::market {

void SettlementRun::pay(Side from, Side to, Category category, Money amount, LabelId clause) {
  if (clause.exists()) {
    auto& account = accounts.clauses[clause];
    account.moved += amount;
    line(clause).cumulative = account.moved;
  }
  if (amount == Money{}) return;
  out.entries.push_back({from, to, category, amount, clause});
  if (category == Category::Capex || category == Category::Investment) return;
  out.profit[from.party] -= amount;
  if (category != Category::Depreciation) out.profit[to.party] += amount;
}

ClauseFact& SettlementRun::line(LabelId label) {
  auto& line = out.lines[label];
  line.clause = label;
  return line;
}

void settle_funding(SettlementRun& run) {
  for (const Entry& e : funding_rounds(run.in.view, run.in.interval, run.accounts.round_paid))
    run.pay(e.from, e.to, e.category, e.amount);
}

void settle_defaults(SettlementRun& run) {
  for (const Default& d : new_defaults(run.in.view, run.in.interval, run.accounts.defaults)) {
    run.accounts.defaults.push_back(d);
    run.out.notices.push_back(
        {d.time, "default", d.contract,
         run.s().parties[d.payer] + " defaults on the commitments of " + d.contract + ": its cash runs out"});
  }
}

Settlement settle(const SettlementInput& input, Accounts& accounts) {
  const auto& s = input.view.compiled();
  Settlement out;
  out.receipts = Receipts(s.parameters.labs.size(), s.parameters.channels.size());
  out.profit.assign(s.parties.size(), Money{});
  out.lines.resize(s.money_labels.size());
  SettlementRun run{input, accounts, out};
  settle_sales(run);
  settle_streams(run);
  settle_compute(run);
  settle_reservations(run);
  settle_fleet_uses(run);
  settle_leases(run);
  settle_drawdowns(run);
  settle_running_costs(run);
  settle_capital(run);
  settle_other(run);
  settle_funding(run);
  settle_defaults(run);
  settle_clauses(run);
  return out;
}

}  // namespace rackrate::market
