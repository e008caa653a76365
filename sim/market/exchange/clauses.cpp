#include <algorithm>

#include "sim/market/exchange/window.hpp"

namespace rackrate::market {
namespace {

const Clause& clause_of(const Setting& s, const MoneyClause& m) {
  return s.parameters.contracts[static_cast<std::size_t>(m.contract)].versions[static_cast<std::size_t>(m.version)].clauses[static_cast<std::size_t>(m.clause)];
}
const Version& version_of(const Setting& s, const MoneyClause& m) {
  return s.parameters.contracts[static_cast<std::size_t>(m.contract)].versions[static_cast<std::size_t>(m.version)];
}

/// By label: the money clause in force at t, -1 for none.
std::vector<int> in_force(const Setting& s, core::SimTime t) {
  std::vector<int> active(s.money_labels.size(), -1);
  for (std::size_t k = 0; k < s.money.size(); ++k) {
    const auto& m = s.money[k];
    if (t < m.from || t >= m.until || s.registry.version_in_force(m.contract, t) != m.version) continue;
    active[static_cast<std::size_t>(m.label)] = static_cast<int>(k);
  }
  return active;
}

bool is_lab(const Setting& s, int party) { return std::find(s.lab_firm.begin(), s.lab_firm.end(), party) != s.lab_firm.end(); }

/// A lab pays and receives shares in its model layer; a cloud pays them out of its channel's revenue and
/// receives them as a royalty on models.
Side share_payer(const Setting& s, const MoneyClause& m, const Clause& clause) {
  const bool from_channel = clause.base == RevshareBase::ChannelRevenue && !is_lab(s, m.payer);
  return {m.payer, from_channel ? Layer::Deployment : Layer::Model};
}

void notice_cap(Exchange& exchange, const Setting& s, std::size_t label, core::SimTime t) {
  if (exchange.clauses[label].cap_announced || !exchange.clauses[label].share.capped()) return;
  exchange.clauses[label].cap_announced = true;
  exchange.notices.push_back({t, "cap", s.money_labels[label], "the cap of " + s.money_labels[label] + " is reached"});
}

void settle_share(Exchange& exchange, const Setting& s, std::size_t label, int active, core::SimTime start, const Takings& takings) {
  const auto& m = s.money[static_cast<std::size_t>(active)];
  const auto& clause = clause_of(s, m);
  auto& account = exchange.clauses[label];
  if (account.clause < 0) {
    account.share = contracts::RevshareAccount(clause);
  } else if (account.clause != active) {
    account.share.amend(clause);
    account.cap_announced = false;
  }
  account.clause = active;
  const auto lab = static_cast<std::size_t>(m.lab);
  std::int64_t base = 0;
  if (clause.base == RevshareBase::LabRevenue)
    base = takings.by_lab[lab];
  else if (m.channel >= 0)
    base = takings.by_channel[lab][static_cast<std::size_t>(m.channel)];
  const Side payer = share_payer(s, m, clause);
  const Side payee{m.payee, Layer::Model};
  const auto before = account.share.posted();
  const Money amount{account.share.post(base)};
  exchange.books.post(payer, payee, Category::Revshare, amount, static_cast<int>(label));
  exchange.books.expect(payer, payee, Category::Revshare, Money{account.share.posted() - before});
  notice_cap(exchange, s, label, start);
}

void post_shortfall(Exchange& exchange, const MoneyClause& m, std::size_t label, const std::optional<contracts::Settlement>& settled) {
  if (!settled || settled->shortfall <= 0) return;
  const Side payer{m.payer, Layer::Model}, payee{m.payee, Layer::Infrastructure};
  exchange.books.post(payer, payee, Category::Shortfall, Money{settled->shortfall}, static_cast<int>(label));
  exchange.books.expect(payer, payee, Category::Shortfall, Money{std::max<std::int64_t>(0, settled->commitment - settled->spend)});
}

/// What a clause asks for per day over its term: several commitments to one payee share the purchases in this proportion.
double daily_amount(const Setting& s, const MoneyClause& m) {
  const auto& clause = clause_of(s, m);
  const auto from = std::max(clause.from, version_of(s, m).effective);
  return clause.amount_usd / std::max(1.0, core::in_days(clause.until - from));
}

void settle_commitment(Exchange& exchange, const Setting& s, std::size_t label, int active, const std::vector<int>& all_active, core::SimTime start,
                       core::SimTime end, const Takings& takings) {
  const auto& m = s.money[static_cast<std::size_t>(active)];
  const auto& clause = clause_of(s, m);
  auto& account = exchange.clauses[label];
  if (account.clause < 0)
    account.commitment = contracts::TakeOrPay(contracts::commit_periods(clause, version_of(s, m), std::max(start, s.parameters.run.start)), clause.carry);
  account.clause = active;

  double all = 0.0;
  for (const int other : all_active) {
    if (other < 0) continue;
    const auto& o = s.money[static_cast<std::size_t>(other)];
    if (clause_of(s, o).kind == ClauseKind::Commit && o.payer == m.payer && o.payee == m.payee) all += daily_amount(s, o);
  }
  const auto it = takings.purchases.find({m.payer, m.payee});
  if (it != takings.purchases.end() && all > 0) {
    const Money usage = scaled(Money{it->second}, daily_amount(s, m) / all);
    const Money cash{account.commitment.spend(start, usage.tenthousandths)};
    const Money credit = usage - cash;   // last period's shortfall, honoured now
    const Side payer{m.payer, Layer::Model}, payee{m.payee, Layer::Infrastructure};
    exchange.books.post(payee, payer, Category::Shortfall, credit, static_cast<int>(label));
    exchange.books.expect(payee, payer, Category::Shortfall, credit);
  }
  while (auto settled = account.commitment.settle(end)) post_shortfall(exchange, m, label, settled);
}

/// A clause of a kind of one's own: what it asks for is posted, and expected from a second asking.
void settle_custom(Exchange& exchange, const Setting& s, std::size_t label, int active, core::SimTime start, core::SimTime end, const Takings& takings) {
  const auto& m = s.money[static_cast<std::size_t>(active)];
  auto& account = exchange.clauses[label];
  account.clause = active;
  const auto* kind = contracts::find_kind(s.parameters.custom_kinds, clause_of(s, m));
  if (kind == nullptr) return;
  const contracts::ClauseWindow window{start, end, s.parameters.vocabulary, takings.by_lab, takings.by_channel, takings.purchases};
  auto memory = account.memory;
  const auto side = [&](const std::string& firm, Layer layer) {
    const auto i = index_of(s.parameters.vocabulary.firms, firm);
    if (!i) throw core::LedgerError(s.money_labels[label] + " pays from or to \"" + firm + "\", which is no firm of this scenario");
    return Side{static_cast<int>(*i), layer};
  };
  for (const auto& p : kind->payments(clause_of(s, m), version_of(s, m), window, account.memory))
    exchange.books.post(side(p.from, p.from_layer), side(p.to, p.to_layer), p.category, Money{p.amount}, static_cast<int>(label));
  for (const auto& p : kind->payments(clause_of(s, m), version_of(s, m), window, memory))
    exchange.books.expect(side(p.from, p.from_layer), side(p.to, p.to_layer), p.category, Money{p.amount});
}

}  // namespace

void settle_clauses(Exchange& exchange, const Scene& scene, core::SimTime start, core::SimTime end, const Takings& takings) {
  const auto& s = scene.setting();
  const auto active = in_force(s, start);
  for (std::size_t label = 0; label < active.size(); ++label) {
    auto& account = exchange.clauses[label];
    if (active[label] < 0) {
      // A commitment that its contract no longer states, before its own end, lapses.
      if (account.clause < 0) continue;
      const auto& m = s.money[static_cast<std::size_t>(account.clause)];
      const auto& clause = clause_of(s, m);
      if (clause.kind == ClauseKind::Commit && start < clause.until) post_shortfall(exchange, m, label, account.commitment.terminate(start));
      account.clause = -1;
      continue;
    }
    const auto kind = clause_of(s, s.money[static_cast<std::size_t>(active[label])]).kind;
    if (kind == ClauseKind::Revshare) settle_share(exchange, s, label, active[label], start, takings);
    if (kind == ClauseKind::Custom) settle_custom(exchange, s, label, active[label], start, end, takings);
    if (kind == ClauseKind::Commit) settle_commitment(exchange, s, label, active[label], active, start, end, takings);
  }
}

}  // namespace rackrate::market
