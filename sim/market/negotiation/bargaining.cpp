#include "sim/market/negotiation/bargaining.hpp"

#include <cmath>
#include <optional>

#include "sim/core/money.hpp"
#include "sim/market/contracts/switches.hpp"
#include "sim/market/primitives/bargain.hpp"

namespace rackrate::market {
namespace {

/// Profits of the two sides; one firm that is both counts once.
struct Pair {
  PartyId lab, host;
  [[nodiscard]] double joint(const Profits& profit) const { return profit[lab] + (host == lab ? 0.0 : profit[host]); }
};

/// Adds a payment at a constant rate, where it rounds to more than nothing.
void add_payment(Deal& deal, const std::string& payer, const std::string& payee, double usd_per_year,
                 core::SimTime from) {
  if (Money::from_usd(usd_per_year) > Money{}) deal.payments.push_back({payer, payee, usd_per_year, from});
}

/// What the rival's party would pay the lab a day for its part of the opened market; none if it is not positive.
std::optional<double> rival_payment(const Pair& pair, PartyId rival, const Profits& opened, const Profits& without,
                                    double weight) {
  const PairGains gains{opened[rival] - without[rival], opened[pair.lab] - without[pair.lab]};
  if (gains.joint() <= 0) return std::nullopt;
  const double paid = nash_transfer(gains, weight);
  return paid > 0 ? std::optional(paid) : std::nullopt;
}

}  // namespace

Deal appraise_opening(const MarketState& state, const std::vector<contracts::ContractChange>& earlier,
                      const PaymentClause& m) {
  const CompiledScenario& s = state.coming;
  const auto& terms = s.clause_of(m).as<kinds::Renegotiation>();
  Deal deal;
  deal.switches =
      switch_changes(contracts::with_changes(s.parameters.contracts, earlier), s.contract_of(m).name, terms, state.now);
  auto changes = earlier;
  changes.insert(changes.end(), deal.switches.begin(), deal.switches.end());

  const Sample sample = draw_sample(state);
  const HypotheticalRegime status_quo = regime_under(state, earlier);
  HypotheticalRegime opened = regime_under(state, changes);
  const Profits today = daily_profit(state, sample, status_quo);
  const Profits after = daily_profit(state, sample, opened);
  const Pair pair{s.lab_firm[m.lab], s.cloud_firm[m.host]};

  std::vector<double> rival_payments;
  for (const CloudId rival : gaining_clouds(opened, status_quo, m.lab).members()) {
    const PartyId party = s.cloud_firm[rival];
    if (party == pair.lab || party == pair.host) continue;  // no firm pays itself, and the host bargains over the whole
    const IntervalId interval = add_interval(opened, access_without(opened, status_quo, m.lab, rival));
    const auto paid = rival_payment(pair, party, after, daily_profit(state, sample, opened, interval), terms.weight);
    if (!paid) continue;
    rival_payments.push_back(*paid);
    add_payment(deal, s.parties[party], s.parties[pair.lab], *paid * core::kDaysPerYear, state.now);
  }
  const double gain = opening_gain(pair.joint(today), pair.joint(after), rival_payments);
  deal.usd_per_year = gain * core::kDaysPerYear;
  const double to_host = settling_payment(today[pair.host], after[pair.host], gain, terms.weight) * core::kDaysPerYear;
  if (pair.host != pair.lab)
    add_payment(deal, s.parties[to_host > 0 ? pair.lab : pair.host], s.parties[to_host > 0 ? pair.host : pair.lab],
                std::abs(to_host), state.now);
  return deal;
}

}  // namespace rackrate::market
