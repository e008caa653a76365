#include "sim/market/exchange/commitment_part.hpp"

#include <algorithm>

namespace rackrate::market {
namespace {

/// The commitment of a clause per day of its term, $.
double daily_amount(const CompiledScenario& s, const PaymentClause& m) {
  const auto& clause = s.clause_of(m);
  const auto from = std::max(clause.from, s.version_of(m).effective);
  return clause.as<kinds::Commit>().amount_usd / std::max(1.0, core::in_days(clause.until - from));
}

}  // namespace

Money commitment_part(const CompiledScenario& s, const Table<LabelId, PaymentClauseId>& active, const PaymentClause& m,
                      const Receipts& receipts) {
  const Money* bought = receipts.bought(m.payer, m.payee);
  if (bought == nullptr) return {};
  double all = 0.0;
  for (const PaymentClauseId other : active) {
    if (!other.exists()) continue;
    const auto& o = s.money[other];
    if (s.clause_of(o).is<kinds::Commit>() && o.payer == m.payer && o.payee == m.payee) all += daily_amount(s, o);
  }
  return all > 0 ? scaled(*bought, daily_amount(s, m) / all) : Money{};
}

}  // namespace rackrate::market
