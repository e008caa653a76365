#include <algorithm>

#include "sim/market/exchange/clause_run.hpp"

namespace rackrate::market {
namespace {

bool is_lab(const CompiledScenario& s, int party) {
  return std::find(s.lab_firm.begin(), s.lab_firm.end(), party) != s.lab_firm.end();
}

/// A lab pays and receives shares in its model layer; a cloud pays them out of its channel's revenue and
/// receives them as a royalty on models.
Side share_payer(const CompiledScenario& s, const PaymentClause& m, const kinds::Revshare& terms) {
  const bool from_channel = terms.base == RevshareBase::ChannelRevenue && !is_lab(s, m.payer);
  return {m.payer, from_channel ? Layer::Deployment : Layer::Model};
}

std::int64_t base_of(const PaymentClause& m, const kinds::Revshare& terms, const Receipts& receipts) {
  const auto lab = static_cast<std::size_t>(m.lab);
  if (terms.base == RevshareBase::LabRevenue) return receipts.by_lab[lab];
  return m.channel >= 0 ? receipts.by_channel[lab][static_cast<std::size_t>(m.channel)] : 0;
}

/// A new account, or the old one under the terms of today: what counted against the cap outlives a pause.
void begin_share(ClauseAccount& account, const kinds::Revshare& terms) {
  if (account.last < 0) {
    account.share = contracts::RevshareAccount(terms);
    account.share_audit = contracts::ShareAudit(terms);
    return;
  }
  account.share.amend(terms);
  account.share_audit.amend(terms);
  account.cap_announced = account.share.capped() && account.cap_announced;
}

void notice_cap(const ClauseRun& run, std::size_t label) {
  auto& account = run.account(label);
  if (account.cap_announced || !account.share.capped()) return;
  account.cap_announced = true;
  run.notice("cap", label, "the cap of " + run.s().money_labels[label] + " is reached");
}

}  // namespace

void kinds::Revshare::settle(ClauseRun& run, std::size_t label) const {
  const auto& m = run.money(run.active[label]);
  auto& account = run.account(label);
  if (run.begins(label)) begin_share(account, *this);
  const std::int64_t taken = base_of(m, *this, run.receipts);
  const Side from = share_payer(run.s(), m, *this), to{m.payee, Layer::Model};
  post_clause(run.exchange, m.label, from, to, Category::Revshare, Money{account.share.post(taken)});
  run.exchange.books.expect(from, to, Category::Revshare,
                            Money{account.share_audit.add(base_of(m, *this, run.audited))});
  notice_cap(run, label);
  auto& line = line_of(run.exchange, m.label);
  line.base = taken;
  line.rate = rate;
  line.cumulative = account.share.counted();
  line.cap = cap_usd < 0 ? -1 : contracts::amount_from_usd(cap_usd);
}

}  // namespace rackrate::market
