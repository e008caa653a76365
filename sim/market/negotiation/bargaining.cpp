#include "sim/market/negotiation/bargaining.hpp"

#include <cmath>

#include "sim/market/contracts/switches.hpp"
#include "sim/market/primitives/bargain.hpp"
#include "sim/market/primitives/money.hpp"

namespace rackrate::market {
namespace {

/// Profits of the two sides; one firm that is both counts once.
struct Pair {
  std::size_t lab, host;  ///< parties
  [[nodiscard]] double joint(const std::vector<double>& profit) const {
    return profit[lab] + (host == lab ? 0.0 : profit[host]);
  }
};

}  // namespace

Deal weigh_opening(const MarketState& state, const std::vector<contracts::ContractChange>& so_far,
                   const PaymentClause& m) {
  const CompiledScenario& s = state.coming;
  const auto& terms = s.clause_of(m).as<kinds::Renegotiation>();
  const auto contracts = contracts::with_changes(s.parameters.contracts, so_far);
  Deal deal;
  deal.switches = switch_changes(contracts, contracts[static_cast<std::size_t>(m.contract)].name, terms, state.now);
  auto opened = so_far;
  opened.insert(opened.end(), deal.switches.begin(), deal.switches.end());

  const Sample sample = draw_sample(state);
  const HypotheticalRegime closed = regime_under(state, so_far);
  HypotheticalRegime open = regime_under(state, opened);
  const auto today = daily_profit(state, sample, closed);
  const auto after = daily_profit(state, sample, open);
  const Pair pair{static_cast<std::size_t>(s.lab_firm[static_cast<std::size_t>(m.lab)]),
                  static_cast<std::size_t>(s.cloud_firm[static_cast<std::size_t>(m.host)])};
  const auto firm = [&s](std::size_t party) { return s.parties[party]; };
  const auto agree_on = [&](const std::string& payer, const std::string& payee, double usd_per_year) {
    if (Money::from_usd(usd_per_year) > Money{}) deal.payments.push_back({payer, payee, usd_per_year, state.now});
  };

  std::vector<double> rival_payments;
  for (const int rival : gaining_clouds(open, closed, m.lab)) {
    const auto party = static_cast<std::size_t>(s.cloud_firm[static_cast<std::size_t>(rival)]);
    if (party == pair.lab || party == pair.host) continue;  // nobody pays itself, and the host bargains over the whole
    open.regime.access.push_back(access_without(open, closed, m.lab, rival));
    const auto without = daily_profit(state, sample, open, static_cast<int>(open.regime.access.size()) - 1);
    const PairGains gains{after[party] - without[party], after[pair.lab] - without[pair.lab]};
    if (gains.joint() <= 0) continue;
    const double paid = nash_transfer(gains, terms.weight);
    if (paid <= 0) continue;
    rival_payments.push_back(paid);
    agree_on(firm(party), firm(pair.lab), paid * core::kDaysPerYear);
  }
  const double gain = opening_gain(pair.joint(today), pair.joint(after), rival_payments);
  deal.usd_per_year = gain * core::kDaysPerYear;
  const double to_host = settling_payment(today[pair.host], after[pair.host], gain, terms.weight) * core::kDaysPerYear;
  if (pair.host != pair.lab)
    agree_on(firm(to_host > 0 ? pair.lab : pair.host), firm(to_host > 0 ? pair.host : pair.lab), std::abs(to_host));
  return deal;
}

}  // namespace rackrate::market
