#include "sim/market/exchange/funding.hpp"

#include "sim/market/exchange/sides.hpp"

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

}  // namespace rackrate::market
