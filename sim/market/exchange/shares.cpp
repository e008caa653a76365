#include <algorithm>

#include "sim/market/exchange/clause_run.hpp"

namespace rackrate::market {
namespace {

bool is_lab(const Setting& s, int party) { return std::find(s.lab_firm.begin(), s.lab_firm.end(), party) != s.lab_firm.end(); }

/// A lab pays and receives shares in its model layer; a cloud pays them out of its channel's revenue and
/// receives them as a royalty on models.
Side share_payer(const Setting& s, const MoneyClause& m, const Clause& clause) {
  const bool from_channel = clause.base == RevshareBase::ChannelRevenue && !is_lab(s, m.payer);
  return {m.payer, from_channel ? Layer::Deployment : Layer::Model};
}

std::int64_t base_of(const MoneyClause& m, const Clause& clause, const Takings& takings) {
  const auto lab = static_cast<std::size_t>(m.lab);
  if (clause.base == RevshareBase::LabRevenue) return takings.by_lab[lab];
  return m.channel >= 0 ? takings.by_channel[lab][static_cast<std::size_t>(m.channel)] : 0;
}

/// A new account, or the old one under the terms of today: what counted against the cap outlives a pause.
void begin_share(ClauseAccount& account, const Clause& clause) {
  if (account.last < 0) {
    account.share = contracts::RevshareAccount(clause);
    account.share_audit = contracts::ShareAudit(clause);
    return;
  }
  account.share.amend(clause);
  account.share_audit.amend(clause);
  account.cap_announced = account.share.capped() && account.cap_announced;
}

void notice_cap(const ClauseRun& run, std::size_t label) {
  auto& account = run.account(label);
  if (account.cap_announced || !account.share.capped()) return;
  account.cap_announced = true;
  run.notice("cap", label, "the cap of " + run.s().money_labels[label] + " is reached");
}

}  // namespace

void settle_share(ClauseRun& run, std::size_t label) {
  const auto& m = run.money(run.active[label]);
  const auto& clause = run.s().clause_of(m);
  auto& account = run.account(label);
  if (run.begins(label)) begin_share(account, clause);
  const std::int64_t base = base_of(m, clause, run.takings);
  const Side payer = share_payer(run.s(), m, clause), payee{m.payee, Layer::Model};
  post_clause(run.exchange, m.label, payer, payee, Category::Revshare, Money{account.share.post(base)});
  run.exchange.books.expect(payer, payee, Category::Revshare, Money{account.share_audit.add(base_of(m, clause, run.again))});
  notice_cap(run, label);
  auto& line = line_of(run.exchange, m.label);
  line.base = base;
  line.rate = clause.rate;
  line.cumulative = account.share.counted();
  line.cap = clause.cap_usd < 0 ? -1 : contracts::amount_from_usd(clause.cap_usd);
}

}  // namespace rackrate::market
