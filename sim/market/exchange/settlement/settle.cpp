#include "sim/market/exchange/settlement/settle.hpp"

#include "sim/market/exchange/finance/borrowing.hpp"
#include "sim/market/exchange/finance/defaults.hpp"
#include "sim/market/exchange/finance/funding.hpp"
#include "sim/market/exchange/settlement/settlement_run.hpp"

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
  for (const Entry& e : owners_equity(run.in.view, run.in.interval)) run.pay(e.from, e.to, e.category, e.amount);
}

void settle_defaults(SettlementRun& run) {
  for (const Default& d : new_defaults(run.in.view, run.in.interval, run.accounts.defaults)) {
    run.accounts.defaults.push_back(d);
    run.out.notices.push_back(
        {d.time, "default", d.contract,
         run.s().parties[d.payer] + " defaults on the commitments of " + d.contract + ": its cash runs out"});
  }
}

/// A firm that borrows pays interest on what it owes as the interval begins.
void settle_interest(SettlementRun& run) {
  const auto& clouds = run.parameters().clouds;
  for (const CloudId c : clouds.ids())
    if (borrows(clouds[c]))
      run.pay(run.parties().cloud(c), run.parties().services(), Category::Interest,
              interest_due(clouds[c].borrowing, run.accounts.net_debt[c].owed, run.in.interval));
}

/// All that is settled moves what firms owe; lenders may lose patience.
void settle_net_debt(SettlementRun& run) {
  for (const CloudId c : move_net_debt(run.in.view, run.in.interval, run.out.entries, run.accounts.net_debt)) {
    const std::string& name = run.parameters().clouds[c].name;
    run.out.notices.push_back({run.start(), "default", name,
                               name +
                                   " defaults on its debt: its creditors go on selling what runs, at a discount, and "
                                   "buy nothing"});
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
  settle_discounts(run);
  settle_crossings(run);
  settle_drawdowns(run);
  settle_running_costs(run);
  settle_interest(run);
  settle_capital(run);
  settle_other(run);
  settle_funding(run);
  settle_defaults(run);
  settle_clauses(run);
  settle_net_debt(run);
  return out;
}

}  // namespace rackrate::market
