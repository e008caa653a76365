#include <algorithm>

#include "sim/market/contracts/custom_kind.hpp"
#include "sim/market/exchange/audit/audit_run.hpp"
#include "sim/market/view/milestones.hpp"

namespace rackrate::market {
namespace {

void audit_one(AuditRun& run, LabelId label) {
  auto& known = run.clause(label);
  const PaymentClauseId active = run.terms.active[label];
  if (!active.exists()) {
    if (known.clause.exists())
      visit_terms(run.s().clause_of(run.money(known.clause)),
                  [&](const auto& terms) { terms.audit_lapse(run, label); });
    known.clause = {};
    return;
  }
  visit_terms(run.s().clause_of(run.money(active)), [&](const auto& terms) { terms.audit(run, label); });
  known.clause = known.last = active;
}

/// What has fallen due by t since the agreement, from the dates alone.
Money due_by(const AgreedPayment& payment, core::SimTime t) {
  if (t <= payment.from) return {};
  return accrued(Money::from_usd(payment.usd_per_year), t - payment.from, core::years(1));
}

}  // namespace

void audit_clauses(AuditRun& run) {
  audit_notices(run);
  for (const LabelId label : run.terms.active.ids()) audit_one(run, label);
}

namespace kinds {

/// The closed form of the share, over the audit's own receipts.
void Revshare::audit(AuditRun& run, LabelId label) const {
  const auto& m = run.in_force(label);
  auto& known = run.clause(label);
  if (!known.last.exists())
    known.share = contracts::ShareAudit(*this);
  else if (run.begins(label))
    known.share.amend(*this);
  Money taken;
  if (base == RevshareBase::LabRevenue)
    taken = run.receipts.by_lab[m.lab];
  else if (m.channel.exists())
    taken = run.receipts.sales(m.lab, m.channel);
  run.expect(run.parties().share_payer(m, base), {m.payee, Layer::Model}, Category::Revshare, known.share.add(taken),
             label);
}

/// The agreed payments, from the dates: due by the interval's end, less due by its start.
void Renegotiation::audit(AuditRun& run, LabelId label) const {
  const LabId of_lab = run.in_force(label).lab;
  for (const auto& payment : agreed)
    run.expect(run.parties().agreed(payment.payer, of_lab), run.parties().agreed(payment.payee, of_lab),
               Category::Transfer, due_by(payment, run.end()) - due_by(payment, run.start()), label);
}

/// The investment that the contract promises, once, when its milestones are reached.
void Tranche::audit(AuditRun& run, LabelId label) const {
  const auto& m = run.in_force(label);
  auto& known = run.clause(label);
  if (known.paid || !milestones_reached(run.in.view, m, *this, run.start())) return;
  known.paid = true;
  run.expect({m.payer, Layer::Model}, {m.payee, Layer::Model}, Category::Investment, Money::from_usd(amount_usd),
             label);
}

/// What the user-defined kind asks for of the audit's receipts, with a memory of its own.
void Custom::audit(AuditRun& run, LabelId label) const {
  const auto& s = run.s();
  const auto& m = run.in_force(label);
  const auto* kind = contracts::find_kind(s.parameters.custom_kinds, s.clause_of(m));
  if (kind == nullptr) return;
  const auto window = run.receipts.window(run.in.interval, s.parameters.vocabulary);
  for (const auto& p : kind->payments(s.clause_of(m), s.version_of(m), window, run.clause(label).memory))
    run.expect(run.parties().named(p.from, p.from_layer, label), run.parties().named(p.to, p.to_layer, label),
               p.category, p.amount, label);
}

}  // namespace kinds
}  // namespace rackrate::market
