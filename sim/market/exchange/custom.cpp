#include "sim/core/error.hpp"
#include "sim/market/contracts/custom_kind.hpp"
#include "sim/market/exchange/clause_run.hpp"

namespace rackrate::market::kinds {

/// Posts what the user-defined kind asks for; the books expect what it asks for of the takings that the other route
/// counted.
void Custom::settle(ClauseRun& run, std::size_t label) const {
  const auto& s = run.s();
  const auto& m = run.money(run.active[label]);
  const auto* kind = contracts::find_kind(s.parameters.custom_kinds, s.clause_of(m));
  if (kind == nullptr) return;
  auto& account = run.account(label);
  auto memory = account.memory;
  const auto side = [&](const std::string& firm, Layer layer) {
    const auto i = index_of(s.parameters.vocabulary.firms, firm);
    if (!i)
      throw core::LedgerError(s.money_labels[label] + " pays from or to \"" + firm +
                              "\", which is no firm of this scenario");
    return Side{static_cast<int>(*i), layer};
  };
  const auto window = [&](const Receipts& receipts) {
    return contracts::ClauseWindow{run.start,           run.end,           s.parameters.vocabulary, receipts.by_lab,
                                   receipts.by_channel, receipts.purchases};
  };
  for (const auto& p : kind->payments(s.clause_of(m), s.version_of(m), window(run.receipts), account.memory))
    post_clause(run.exchange, m.label, side(p.from, p.from_layer), side(p.to, p.to_layer), p.category, Money{p.amount});
  for (const auto& p : kind->payments(s.clause_of(m), s.version_of(m), window(run.audited), memory))
    run.exchange.books.expect(side(p.from, p.from_layer), side(p.to, p.to_layer), p.category, Money{p.amount});
  line_of(run.exchange, m.label).cumulative = account.moved;
}

}  // namespace rackrate::market::kinds
