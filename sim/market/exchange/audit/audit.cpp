#include "sim/market/exchange/audit/audit.hpp"

#include "sim/core/whole.hpp"
#include "sim/market/exchange/audit/audit_run.hpp"
#include "sim/market/exchange/finance/borrowing.hpp"
#include "sim/market/exchange/finance/cash.hpp"
#include "sim/market/exchange/finance/defaults.hpp"
#include "sim/market/exchange/finance/funding.hpp"

namespace rackrate::market {

double Flows::fill(ClassId k) const { return wanted[k] > 0 ? core::real(served[k]) / core::real(wanted[k]) : 1.0; }

/// Served is what the solver did not leave unserved.
Flows flows_of(const AuditInput& in) {
  const auto& table = in.table;
  Flows flows;
  flows.wanted.assign(table.classes.size(), 0);
  for (const NetworkClassId part : table.class_of_part.ids())
    flows.wanted[table.class_of_part[part]] += table.network.classes[part].demand;
  flows.served = flows.wanted;
  for (const NetworkClassId part : table.class_of_part.ids())
    flows.served[table.class_of_part[part]] -= in.solution.unserved[part];
  flows.kept.assign(table.reservations.size(), 0);
  if (table.reservations.empty()) return flows;
  for (const ArcId a : in.solution.used)
    if (const ReservationId r = table.reservation(table.network.arcs[a]); r.exists())
      flows.kept[r] += in.solution.flow[a];
  for (const NodeId node : table.nodes())
    if (const ReservationId r = table.reservation_of_node[node]; r.exists()) flows.kept[r] += in.solution.slack[node];
  return flows;
}

TermsInForce terms_in_force(const AuditInput& in) {
  const auto& s = in.view.compiled();
  const auto& p = s.parameters;
  TermsInForce terms;
  terms.active.resize(s.money_labels.size());
  terms.hosting_usd = {p.labs.size(), p.clouds.size()};
  terms.channel_share = {p.labs.size(), p.channels.size()};
  for (const LabId lab : p.labs.ids()) {
    for (const CloudId host : p.clouds.ids()) terms.hosting_usd(lab, host) = p.clouds[host].price_usd;
    for (const ChannelId channel : p.channels.ids())
      if (s.channel_firm[channel].exists()) terms.channel_share(lab, channel) = p.labs[lab].channel_fee;
  }
  for (const PaymentClauseId k : s.money.ids()) {
    const auto& m = s.money[k];
    if (!s.in_force(m, in.interval.start)) continue;
    terms.active[m.label] = k;
    const Clause& clause = s.clause_of(m);
    if (const auto* hosting = clause.get_if<kinds::Hosting>(); hosting != nullptr && hosting->price_usd >= 0)
      terms.hosting_usd(m.lab, m.host) = hosting->price_usd;
    if (const auto* resale = clause.get_if<kinds::Resale>()) {
      auto& share = terms.channel_share(m.lab, m.channel);
      share = resale->rate;
      for (auto agreed = resale->agreed.rbegin(); agreed != resale->agreed.rend();
           ++agreed)  // the last one that has begun
        if (agreed->from <= in.interval.start) {
          share = agreed->rate;
          break;
        }
    }
  }
  return terms;
}

AuditBook first_audit_book(const CompiledScenario& s) {
  AuditBook book;
  book.clauses.resize(s.money_labels.size());
  book.drawdowns = first_commit_book(s);
  book.round_paid.assign(s.parameters.labs.size(), 0);
  book.cash = opening_cash(s);
  book.net_debt = first_net_debt(s);
  return book;
}

void audit_funding(AuditRun& run) {
  for (const Entry& e : funding_rounds(run.in.view, run.in.interval, run.book.round_paid))
    run.expect(e.from, e.to, e.category, e.amount);
  for (const Entry& e : owners_equity(run.in.view, run.in.interval)) run.expect(e.from, e.to, e.category, e.amount);
  for (const Default& d : new_defaults(run.in.view, run.in.interval, run.book.defaults)) run.book.defaults.push_back(d);
}

/// On what the audit's own account says.
void audit_interest(AuditRun& run) {
  for (const CloudId c : run.book.net_debt.ids()) {
    const auto& terms = run.parameters().clouds[c].borrowing;
    const Money owed = run.book.net_debt[c].owed;
    if (owed > Money{})
      run.expect(run.parties().cloud(c), run.parties().services(), Category::Interest,
                 scaled(owed, (terms.base_rate + terms.spread) * run.in.interval.days() / core::kDaysPerYear));
  }
}

std::vector<Entry> audit(const AuditInput& input, AuditBook& book) {
  const auto& p = input.view.parameters();
  AuditRun run{input, book, flows_of(input), terms_in_force(input), Receipts(p.labs.size(), p.channels.size()), {}};
  audit_sales(run);
  audit_streams(run);
  audit_compute(run);
  audit_reservations(run);
  audit_fleet_uses(run);
  audit_leases(run);
  audit_discounts(run);
  audit_crossings(run);
  audit_drawdowns(run);
  audit_running_costs(run);
  audit_interest(run);
  audit_capital(run);
  audit_other(run);
  audit_funding(run);
  audit_clauses(run);
  move_cash(input.view.compiled(), run.expected, book.cash);
  move_net_debt(input.view, input.interval, run.expected, book.net_debt);
  return std::move(run.expected);
}

}  // namespace rackrate::market
