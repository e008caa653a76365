#include "sim/market/pricing/contract_prices.hpp"

#include <algorithm>

namespace rackrate::market {
namespace {

const kinds::Hosting* held_by(const CompiledScenario& s, const PaymentClause& m) {
  const auto* hosting = s.clause_of(m).get_if<kinds::Hosting>();
  return hosting != nullptr && hosting->moves == HostingMoves::AtRenewal ? hosting : nullptr;
}

std::int64_t renewals_by(core::SimTime t, core::SimTime from, core::SimDuration every) {
  return every.count() > 0 && from > core::kAlways && t > from ? (t - from) / every : 0;
}

void settle(HeldPrice& held, const PaymentClause& m, core::SimDuration every, core::SimTime run_start, core::SimTime t,
            double list) {
  if (held.from != m.from) {
    const double base = m.from < run_start ? 1.0 : list;
    held = {m.from, renewals_by(std::max(m.from, run_start), m.from, every), base, base};
  }
  const std::int64_t passed = renewals_by(t, m.from, every);
  if (passed > held.renewals) held.index = list;
  held.renewals = passed;
}

}  // namespace

bool any_held_price(const CompiledScenario& s) {
  return std::any_of(s.money.begin(), s.money.end(), [&s](const PaymentClause& m) { return held_by(s, m) != nullptr; });
}

void publish_hosting_index(const CompiledScenario& s, core::SimTime t, HeldPrices& held, Board& board) {
  board.hosting_index = {};
  if (!any_held_price(s)) return;
  const auto& p = s.parameters;
  if (held.empty()) held = {p.labs.size(), p.clouds.size()};
  board.hosting_index = {p.labs.size(), p.clouds.size()};
  for (const LabId lab : p.labs.ids())
    for (const CloudId host : p.clouds.ids()) board.hosting_index(lab, host) = board.clouds[host].price_index;
  for (const auto& m : s.money) {
    const auto* hosting = held_by(s, m);
    if (hosting == nullptr || !s.in_force(m, t)) continue;
    HeldPrice& price = held(m.lab, m.host);
    settle(price, m, hosting->renewal, p.run.start, t, board.clouds[m.host].price_index);
    board.hosting_index(m.lab, m.host) = price.index / price.base;
  }
}

}  // namespace rackrate::market
