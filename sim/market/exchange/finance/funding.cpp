#include "sim/market/exchange/finance/funding.hpp"

#include "sim/market/exchange/ledger/sides.hpp"

namespace rackrate::market {

std::vector<Entry> funding_rounds(const MarketView& view, const Interval& interval, Table<LabId, int>& paid) {
  const auto& s = view.compiled();
  const Parties parties{s};
  std::vector<Entry> out;
  for (const LabId lab : s.parameters.labs.ids()) {
    const LabCash& rule = s.parameters.labs[lab].cash;
    if (rule.opening_usd < 0) continue;
    Money sum;
    for (const auto& round : rule.rounds)
      if (interval.start <= round.date && round.date < interval.end) sum += Money::from_usd(round.amount_usd);
    if (const FinanceSignal& published = view.board.labs[lab].finance; published.round_month > paid[lab]) {
      paid[lab] = published.round_month;
      sum += published.round;
    }
    if (sum > Money{}) out.push_back({parties.investors(), parties.lab(lab), Category::Investment, sum, {}});
  }
  return out;
}

std::vector<Entry> owners_equity(const MarketView& view, const Interval& interval) {
  const auto& p = view.parameters();
  const Parties parties{view.compiled()};
  std::vector<Entry> out;
  if (interval.start != view.board.as_of) return out;
  for (const CloudId c : p.clouds.ids()) {
    if (!must_enter(p.clouds[c])) continue;
    const core::SimTime entered = view.board.clouds[c].entered;
    if (entered < interval.start - p.run.window || entered >= interval.start) continue;
    const Money equity = Money::from_usd(p.clouds[c].entry.equity_usd, "the equity of a cloud, in $,");
    if (equity > Money{}) out.push_back({parties.investors(), parties.cloud(c), Category::Investment, equity, {}});
  }
  return out;
}

}  // namespace rackrate::market
