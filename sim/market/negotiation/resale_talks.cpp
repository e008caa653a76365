#include "sim/market/negotiation/resale_talks.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/negotiation/watch.hpp"

namespace rackrate::market {
namespace {

/// Enterprises in the sample of these talks, about: they come more often than renegotiations, and ask for less.
constexpr int kTalksSample = 500;

/// Does a date at which the rate is settled fall into [start, end)?
bool settles_in(const PaymentClause& m, const kinds::Resale& resale, core::SimTime run_start, core::SimTime start,
                core::SimTime end) {
  if (m.from >= end || m.from == core::kAlways) return false;
  if (resale.settled == RateSettlement::Bargained && m.from >= start && m.from >= run_start) return true;
  if (resale.renewal.count() <= 0) return false;
  const auto last = (end - core::SimDuration{1} - m.from) / resale.renewal;  // renewals before the end
  return last >= 1 && m.from + last * resale.renewal >= start;
}

bool settles_in(const CompiledScenario& s, const PaymentClause& m, core::SimTime start, core::SimTime end) {
  const auto* resale = s.clause_of(m).get_if<kinds::Resale>();
  return resale != nullptr && resale->is_bargained() && settles_in(m, *resale, s.parameters.run.start, start, end) &&
         s.in_force(m, end);
}

/// The resale of the label in a regime of one day.
kinds::Resale& resale_in(HypotheticalRegime& day, const std::string& contract, const std::string& clause) {
  for (Contract& one : day.regime.compiled.parameters.contracts)
    for (Version& version : one.versions)
      for (Clause& each : version.clauses)
        if (one.name == contract && each.name == clause) return each.as<kinds::Resale>();
  throw core::mistake(contract + "." + clause, "not in force", "a resale that is in force when it is bargained over",
                      "This is an error of the program.");
}

/// The status quo of one instant, which all its talks share.
struct StatusQuo {
  const MarketState& market;
  Sample sample;
  HypotheticalRegime regime;
  ExpectedDay day;
  Profits profit;
};

StatusQuo status_quo(const MarketState& market, const std::vector<contracts::ContractChange>& earlier) {
  StatusQuo now{market, draw_sample(market, kTalksSample), regime_under(market, earlier), {}, {}};
  now.day = expected_day(market, now.sample, now.regime);
  now.profit = profit_of_day(market, now.regime, now.day);
  return now;
}

/// Profits of the day at another rate.
Profits profit_at(StatusQuo& now, const std::string& contract, const std::string& clause, double rate) {
  kinds::Resale& resale = resale_in(now.regime, contract, clause);
  const kinds::Resale kept = resale;
  resale.rate = rate;
  resale.agreed.clear();
  Profits profit = profit_of_day(now.market, now.regime, now.day);
  resale_in(now.regime, contract, clause) = kept;
  return profit;
}

GainLine line_through(double rate, double gain, double other_rate, double other_gain) {
  const double slope = (other_gain - gain) / (other_rate - rate);
  return {gain - slope * rate, slope};
}

ResaleGains resale_gains(StatusQuo& now, const PaymentClause& m) {
  const CompiledScenario& s = now.market.coming;
  const auto &contract = s.contract_of(m).name, &clause = s.clause_of(m).name;
  const double rate = s.clause_of(m).as<kinds::Resale>().rate_at(now.market.now), other = rate < 0.5 ? 1.0 : 0.0;
  const Profits elsewhere = profit_at(now, contract, clause, other);
  const IntervalId closed = add_interval(now.regime, access_without_channel(now.regime, m.lab, m.channel));
  const Profits without = daily_profit(now.market, now.sample, now.regime, closed);
  const auto gain = [&](PartyId firm) {
    return line_through(rate, now.profit[firm] - without[firm], other, elsewhere[firm] - without[firm]);
  };
  return {gain(s.channel_firm[m.channel]), gain(s.lab_firm[m.lab])};
}

/// A share as text: 62.5 %.
std::string percent(double share) {
  std::string text = std::to_string(std::round(share * 1000.0) / 10.0);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + " %";
}

void settle(const CompiledScenario& s, const PaymentClause& m, core::SimTime now, const ResaleGains& gains,
            PendingChanges& pending) {
  const auto& resale = s.clause_of(m).as<kinds::Resale>();
  const std::string& label = s.money_labels[m.label];
  const double before = resale.rate_at(now);
  const auto rate = nash_rate(gains.channel, gains.lab, resale.channel_weight, resale.least_rate, resale.most_rate);
  pending.gains.push_back({label, now, gains.joint() * core::kDaysPerYear});
  if (!rate) {
    pending.notices.push_back({now, "talks", label,
                               "the sides of " + label + " find no rate from which both gain; " + resale.channel +
                                   " keeps " + percent(before) + " as before"});
    return;
  }
  pending.notices.push_back({now, "talks", label,
                             "the sides of " + label + " agree that " + resale.channel + " keeps " + percent(*rate) +
                                 " of the price, " + percent(before) + " so far"});
  if (*rate == before) return;
  contracts::ContractChange change;
  change.kind = contracts::ChangeKind::SettleRate;
  change.at = now;
  change.contract = s.contract_of(m).name;
  change.version = s.version_of(m).name;
  change.clause = s.clause_of(m).name;
  change.rate = *rate;
  pending.changes.push_back(std::move(change));
}

/// The clauses to be settled, by label.
std::vector<const PaymentClause*> due_clauses(const CompiledScenario& s, core::SimTime start, core::SimTime end) {
  std::vector<const PaymentClause*> due;
  for (const auto& m : s.money)
    if (settles_in(s, m, start, end)) due.push_back(&m);
  std::stable_sort(due.begin(), due.end(),
                   [](const PaymentClause* a, const PaymentClause* b) { return a->label < b->label; });
  return due;
}

}  // namespace

bool resale_talks_due(const CompiledScenario& s, core::SimTime start, core::SimTime end) {
  return std::any_of(s.money.begin(), s.money.end(),
                     [&](const PaymentClause& m) { return settles_in(s, m, start, end); });
}

void hold_resale_talks(const MarketState& market, core::SimTime start, PendingChanges& pending) {
  const CompiledScenario& s = market.coming;
  StatusQuo now = status_quo(market, pending.changes);
  for (const PaymentClause* m : due_clauses(s, start, market.now)) {
    const auto& contracts = now.regime.regime.compiled.parameters.contracts;
    const bool goes_on = std::any_of(contracts.begin(), contracts.end(), [&](const Contract& c) {
      return c.name == s.contract_of(*m).name &&
             std::any_of(c.versions.front().clauses.begin(), c.versions.front().clauses.end(),
                         [&](const Clause& clause) { return clause.name == s.clause_of(*m).name; });
    });
    if (goes_on)
      settle(s, *m, market.now, resale_gains(now, *m), pending);  // else an event of this window has ended it
  }
}

}  // namespace rackrate::market
