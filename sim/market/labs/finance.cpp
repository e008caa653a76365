#include "sim/market/labs/finance.hpp"

#include <algorithm>

#include "sim/core/math.hpp"
#include "sim/market/contracts/in_force.hpp"

namespace rackrate::market {
namespace {

constexpr double kDaysPerMonth = core::kDaysPerYear / 12.0;
constexpr double kRoundShape = 4.0;             ///< of the gap between rounds: half as regular as a clock
constexpr std::size_t kMonthsKept = 13;         ///< a year and the month that it is compared with
constexpr std::size_t kMonthsOfEarnings = 3;    ///< over which earnings are averaged
constexpr std::size_t kMonthsOfShortfall = 12;  ///< most commitments are settled once a year
constexpr std::size_t kMonthsOfGrowth = 3;      ///< known before anything is decided

/// Mean of the last months of a rate, by their days.
double mean_of(const std::vector<CashSignal>& months, std::size_t last, double CashSignal::*rate) {
  double sum = 0.0, days = 0.0;
  for (std::size_t i = months.size() - std::min(last, months.size()); i < months.size(); ++i) {
    sum += months[i].*rate * months[i].days;
    days += months[i].days;
  }
  return days > 0 ? sum / days : 0.0;
}

core::SimTime last_promise(const LabCash& rule, core::SimTime start) {
  core::SimTime last = start;
  for (const auto& round : rule.rounds) last = std::max(last, round.date);
  return last;
}

double round_gap_days(const MarketView& view, LabId lab, std::uint32_t n) {
  const double mean = view.parameters().labs[lab].cash.round_gap_months * kDaysPerMonth;
  return mean / kRoundShape * view.draws.gamma(at(view.compiled().lab_key[lab], Purpose::RoundGap, n), kRoundShape);
}

/// Money that investors have promised, in (from, until].
double promised_rounds(const LabCash& rule, core::SimTime from, core::SimTime until) {
  double sum = 0.0;
  for (const auto& round : rule.rounds)
    if (round.date > from && round.date <= until) sum += round.amount_usd;
  return sum;
}

/// Tranches of contracts with a date and no condition.
double promised_tranches(const CompiledScenario& s, LabId lab, core::SimTime from, core::SimTime until) {
  double sum = 0.0;
  for (const auto& m : s.money) {
    const auto* tranche = s.clause_of(m).get_if<kinds::Tranche>();
    if (tranche == nullptr || m.payee != s.lab_firm[lab] || m.from <= from || m.from > until) continue;
    const bool conditional = tranche->revenue_usd > 0 || tranche->capacity_h100e > 0 || !tranche->after.empty();
    if (!conditional && contracts::version_expected(s.contract_of(m), from, m.from) == m.version)
      sum += tranche->amount_usd;
  }
  return sum;
}

double promised(const MarketView& view, LabId lab, core::SimTime from, core::SimTime until) {
  return promised_rounds(view.parameters().labs[lab].cash, from, until) +
         promised_tranches(view.compiled(), lab, from, until);
}

/// $ of a later round of the mean size, at today's growth and cash.
double usual_round(const LabCash& rule, const LabFinance& finance, double cash) {
  return most_raised(rule, finance.months, cash,
                     rule.round_per_growth * std::max(0.0, yearly_growth_usd(finance.months)));
}

/// Rounds beyond those promised, at the rate at which they come and the size that they have today.
double expected_rounds(const LabCash& rule, const LabFinance& finance, double cash, core::SimTime from,
                       core::SimTime until) {
  if (rule.round_gap_months <= 0) return 0.0;
  const double days = core::in_days(until - last_promise(rule, from));
  return std::max(0.0, days) / (rule.round_gap_months * kDaysPerMonth) * usual_round(rule, finance, cash);
}

CashPosition position_of(const LabFinance& finance, const MarketView& view, LabId lab, core::SimTime now) {
  const LabCash& rule = view.parameters().labs[lab].cash;
  const auto& last = finance.months.back();
  const auto horizon = now + core::days(rule.horizon_months * kDaysPerMonth);
  CashPosition p;
  p.cash = view.board.cash[lab].cash.usd();
  p.expected = promised(view, lab, now, horizon) + expected_rounds(rule, finance, p.cash, now, horizon);
  p.promised = promised(view, lab, now, now + core::days(rule.runway_months * kDaysPerMonth));
  p.earned = mean_of(finance.months, kMonthsOfEarnings, &CashSignal::earned);
  p.fell = std::max(0.0, p.earned - last.earned);
  p.shortfall = mean_of(finance.months, kMonthsOfShortfall, &CashSignal::shortfall);
  p.training = last.training;
  p.research = last.research;
  p.prepaid = last.prepaid;
  p.reserved = last.reserved;
  return p;
}

/// $ of the rounds that fall into the month that begins now.
double close_rounds(LabFinance& finance, const MarketView& view, LabId lab, core::SimTime now) {
  const LabCash& rule = view.parameters().labs[lab].cash;
  const int month = core::month_index(now);
  double sum = 0.0;
  if (rule.round_gap_months <= 0) return sum;
  const double usual = rule.round_per_growth * std::max(0.0, yearly_growth_usd(finance.months));
  const double cash = view.board.cash[lab].cash.usd();
  while (finance.next_round < core::month_start(month + 1))
    sum += most_raised(rule, finance.months, cash + sum, usual * next_round_size(finance, view, lab));
  return sum;
}

void publish_round(FinanceSignal& signal, core::SimTime now, double usd) {
  if (usd <= 0) return;
  signal.round_month = core::month_index(now);
  signal.round = Money::from_usd(usd);
}

std::string billions(double usd) {
  const auto tenths = static_cast<std::int64_t>(usd / 1e8 + (usd < 0 ? -0.5 : 0.5));
  const auto size = tenths < 0 ? -tenths : tenths;
  return (tenths < 0 ? "-" : "") + std::to_string(size / 10) + "." + std::to_string(size % 10) + " B$";
}

std::string per_cent(double share) { return std::to_string(static_cast<int>(100.0 * share + 0.5)) + " %"; }

std::string sentence(const std::string& name, const FinanceSignal& decision, const CashPosition& p) {
  const std::string why = ": " + billions(p.cash) + " in cash, " + billions(p.expected) + " expected, " +
                          billions(p.earned * core::kDaysPerYear) + " a year earned before training and research";
  switch (rung_of(decision)) {
    case 0: return name + " pays for all its training and research again" + why;
    case 1: return name + " cuts research to " + per_cent(decision.research) + " of its plans" + why;
    case 2: return name + " puts off training, to " + per_cent(decision.training) + " of its plans" + why;
    default:
      return name + " is about to run out of cash: it defers what it may and defaults at a hazard of " +
             per_cent(decision.default_hazard) + " a year" + why;
  }
}

std::string rescue_sentence(const Lab& lab, const CashPosition& p, double usd) {
  return lab.name + " could not pay the coming month's bills: " + billions(p.cash) + " in cash and a credit line of " +
         billions(lab.cash.overdraft_usd) + "; investors pay " + billions(usd) + " to keep it in business";
}

}  // namespace

double affordable_per_day(const LabCash& rule, const CashPosition& p) {
  const double over_horizon = rule.share * (p.cash + p.expected) / (rule.horizon_months * kDaysPerMonth);
  const double over_runway = (p.cash + p.promised) / (rule.runway_months * kDaysPerMonth);
  return std::max({0.0, std::min(over_horizon, over_runway) + p.earned - p.shortfall, p.prepaid}) + p.reserved;
}

double floor_of(const LabCash& rule, const CashPosition& p) {
  const double over_runway = std::max(0.0, p.cash + p.promised) / (rule.runway_months * kDaysPerMonth);
  const double planned = p.training + p.research;
  return planned > 0 ? std::min(rule.research_floor, over_runway / planned) : rule.research_floor;
}

double falls_per_day(const CashPosition& p, const FinanceSignal& decision) {
  const double spent = decision.training * p.training + decision.research * p.research;
  return spent - std::min(spent, p.reserved) + p.shortfall - p.earned;
}

FinanceSignal budget(const LabCash& rule, const CashPosition& p) {
  FinanceSignal out;
  const double affordable = affordable_per_day(rule, p), floor = floor_of(rule, p);
  if (p.research > 0) out.research = std::clamp((affordable - p.training) / p.research, floor, 1.0);
  if (p.training > 0) out.training = std::clamp((affordable - out.research * p.research) / p.training, floor, 1.0);
  const double needed = falls_per_day(p, out) * rule.runway_months * kDaysPerMonth;
  const double at_hand = p.cash + p.promised;
  if (needed <= 0 || at_hand >= needed) return out;
  out.defers = true;
  out.default_hazard = rule.default_hazard * (1.0 - at_hand / needed);
  return out;
}

FinanceSignal restarted(const LabCash& rule, const CashPosition& p, const FinanceSignal& before,
                        const FinanceSignal& decision) {
  const double planned = p.training + p.research;
  const double paid = planned > 0 ? (p.prepaid + p.reserved) / planned : 1.0;
  const auto most = [&](double share) { return std::max(share + 1.0 / rule.restart_months, paid); };
  FinanceSignal out = decision;
  out.training = std::min(decision.training, most(before.training));
  out.research = std::min(decision.research, most(before.research));
  return out;
}

double rescue_usd(const LabCash& rule, const CashPosition& p, const FinanceSignal& decision) {
  const double falls = std::max(0.0, falls_per_day(p, decision) + p.fell);
  const double next_month = falls * kDaysPerMonth - (p.cash + rule.overdraft_usd);
  if (next_month <= 0) return 0.0;
  return std::max(next_month, falls * rule.runway_months * kDaysPerMonth - (p.cash + p.promised));
}

int rung_of(const FinanceSignal& decision) {
  constexpr double kWorthTelling = 0.95;
  if (decision.defers) return 3;
  if (decision.training < kWorthTelling) return 2;
  return decision.research < kWorthTelling ? 1 : 0;
}

double yearly_growth_usd(const std::vector<CashSignal>& months) {
  if (months.size() < kMonthsOfGrowth) return 0.0;
  const double passed = months.back().month - months.front().month;
  return (months.back().revenue - months.front().revenue) * core::kDaysPerYear * 12.0 / passed;
}

double most_raised(const LabCash& rule, const std::vector<CashSignal>& months, double cash, double offered) {
  if (rule.round_covers_months < 0 || months.empty()) return offered;
  const double a_day = months.back().training + months.back().research;
  return std::clamp(a_day * rule.round_covers_months * kDaysPerMonth - cash, 0.0, offered);
}

LabFinance first_finance(const MarketView& view, LabId lab) {
  const auto& p = view.parameters();
  const LabCash& rule = p.labs[lab].cash;
  LabFinance finance;
  if (rule.opening_usd >= 0 && rule.round_gap_months > 0)
    finance.next_round = last_promise(rule, p.run.start) + core::days(round_gap_days(view, lab, 0));
  return finance;
}

double next_round_size(LabFinance& finance, const MarketView& view, LabId lab) {
  const double spread = view.parameters().labs[lab].cash.round_spread;
  const double z = view.draws.normal(at(view.compiled().lab_key[lab], Purpose::RoundSize, finance.rounds));
  finance.next_round += core::days(round_gap_days(view, lab, ++finance.rounds));
  return core::math::exp(spread * z - 0.5 * spread * spread);
}

std::vector<std::string> review_finance(LabFinance& finance, FinanceSignal& signal, const MarketView& view, LabId lab,
                                        core::SimTime now) {
  const auto& l = view.parameters().labs[lab];
  if (l.cash.opening_usd < 0) return {};
  const CashSignal& last = view.board.cash[lab];
  if (last.month >= 0 && (finance.months.empty() || finance.months.back().month < last.month)) {
    finance.months.push_back(last);
    if (finance.months.size() > kMonthsKept) finance.months.erase(finance.months.begin());
  }
  if (finance.months.size() < kMonthsOfGrowth) return {};
  const double round = close_rounds(finance, view, lab, now);
  publish_round(signal, now, round);
  if (!l.cash.limits) return {};
  const CashPosition position = position_of(finance, view, lab, now);
  const FinanceSignal decision = restarted(l.cash, position, signal, budget(l.cash, position));
  signal.training = decision.training;
  signal.research = decision.research;
  signal.defers = decision.defers;
  signal.default_hazard = decision.default_hazard;
  const double rescue = std::max(0.0, rescue_usd(l.cash, position, decision) - round);
  publish_round(signal, now, round + rescue);
  std::vector<std::string> said;
  if (rescue > 0) said.push_back(rescue_sentence(l, position, rescue));
  const int rung = rung_of(decision);
  if (std::exchange(finance.rung, rung) != rung) said.push_back(sentence(l.name, decision, position));
  return said;
}

}  // namespace rackrate::market
