#include "sim/market/exchange/clauses/clause_run.hpp"

namespace rackrate::market {
namespace {

/// The base of the share.
Money base_of(const PaymentClause& m, const kinds::Revshare& terms, const Receipts& receipts) {
  if (terms.base == RevshareBase::LabRevenue) return receipts.by_lab[m.lab];
  return m.channel.exists() ? receipts.sales(m.lab, m.channel) : Money{};
}

/// A new account, or the old one under today's terms. The amount counted against the cap is kept while no clause is in
/// force.
void begin_share(ClauseAccount& account, const kinds::Revshare& terms) {
  if (!account.last.exists()) {
    account.share = contracts::RevshareAccount(terms);
    return;
  }
  account.share.amend(terms);
  account.cap_announced = account.share.capped() && account.cap_announced;
}

void notice_cap(const ClauseRun& run, LabelId label) {
  auto& account = run.account(label);
  if (account.cap_announced || !account.share.capped()) return;
  account.cap_announced = true;
  run.notice("cap", label, "the cap of " + run.s().money_labels[label] + " is reached");
}

}  // namespace

void kinds::Revshare::settle(ClauseRun& run, LabelId label) const {
  const auto& m = run.in_force(label);
  auto& account = run.account(label);
  if (run.begins(label)) begin_share(account, *this);
  const Money taken = base_of(m, *this, run.out.receipts);
  run.pay(run.parties().share_payer(m, base), {m.payee, Layer::Model}, Category::Revshare, account.share.post(taken),
          label);
  notice_cap(run, label);
  auto& line = run.line(label);
  line.base = taken;
  line.rate = rate;
  line.cumulative = account.share.counted();
  line.cap = cap();
}

}  // namespace rackrate::market
