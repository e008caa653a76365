#include "sim/market/exchange/clearing/commitment_steer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/exchange/clauses/commitment_part.hpp"
#include "sim/market/exchange/settlement/settlement_run.hpp"
#include "sim/market/pricing/hosting_terms.hpp"
#include "sim/market/regime/buyer_and_hosts.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

constexpr double kMemoryDays = 30.0;
constexpr double kLeastDeviation = 0.02;    ///< of what remains
constexpr double kDeviationOfAYear = 0.10;  ///< of what remains, a year before the end
constexpr double kDaysOfAYear = 365.25;

bool draws_on(const CommittedPair& pair, const CompiledScenario& s, const DemandClass& c, CloudId host) {
  return c.payer == pair.payer && s.cloud_firm[host] == pair.payee;
}

CommittedPairId pair_of(DemandTable& table, const PaymentClause& m) {
  for (const CommittedPairId i : table.committed.ids())
    if (table.committed[i].payer == m.payer && table.committed[i].payee == m.payee) return i;
  CommittedPair pair;
  pair.payer = m.payer;
  pair.payee = m.payee;
  return table.committed.push_back(std::move(pair));
}

/// The account as settlement will have it at t.
contracts::TakeOrPay account_at(const CompiledScenario& s, const Accounts& accounts, PaymentClauseId clause,
                                core::SimTime t) {
  ClauseAccount account = accounts.clauses[s.money[clause].label];
  if (account.clause != clause) continue_commitment(s, s.money[clause], t, account);
  return std::move(account.commitment);
}

/// The probability that a dollar counted to this commitment is free.
double free_under(const CompiledScenario& s, const Accounts& accounts, PaymentClauseId clause, double usd_per_day,
                  core::SimTime t) {
  const auto& m = s.money[clause];
  const contracts::TakeOrPay account = account_at(s, accounts, clause, t);
  const contracts::CommitPeriod* period = account.open_period();
  if (period == nullptr || period->from > t || period->until <= t) return 0.0;
  const core::SimDuration left = period->until - t;
  const double days = core::in_days(left);
  return free_probability(account.prepaid(time_excused(s, m, t, left)), usd_per_day * days, days);
}

double in_whole_per_cent(double share) { return std::floor(share * 100.0 + 0.5) / 100.0; }

}  // namespace

double forecast_deviation(Money remaining, double days_left) {
  return remaining.usd() * std::max(kLeastDeviation, kDeviationOfAYear * math::sqrt(days_left / kDaysOfAYear));
}

double free_probability(Money remaining, double forecast_usd, double days_left) {
  if (remaining <= Money{}) return 0.0;
  return math::normal_cdf((remaining.usd() - forecast_usd) / forecast_deviation(remaining, days_left));
}

double smoothed_draw(double before, double usd, double days) {
  return before + (usd / days - before) * -math::expm1(-days / kMemoryDays);
}

void find_commitments(const CompiledScenario& s, core::SimTime t, DemandTable& table) {
  for (const PaymentClauseId k : s.money.ids())
    if (s.clause_of(s.money[k]).is<kinds::Commit>() && s.in_force(s.money[k], t))
      table.committed[pair_of(table, s.money[k])].clauses.push_back(k);
  for (auto& pair : table.committed) {
    double all = 0.0;
    for (const PaymentClauseId k : pair.clauses) all += commitment_per_day(s, s.money[k], t);
    for (const PaymentClauseId k : pair.clauses)
      pair.parts.push_back(all > 0 ? commitment_per_day(s, s.money[k], t) / all : 0.0);
  }
  for (const ArcId a : table.arcs()) {
    ArcTerms& terms = table.arc_terms[a];
    const ClassId k = table.demand_class(table.network.arcs[a]);
    for (const CommittedPairId i : table.committed.ids()) {
      auto& pair = table.committed[i];
      if (!draws_on(pair, s, table.classes[k], terms.host)) continue;
      if (pair.classes.empty() || pair.classes.back() != k) pair.classes.push_back(k);
      if (terms.own) continue;  // what is reserved is paid for anyway
      terms.commitment = i;
      pair.arcs.push_back(a);
    }
  }
  for (auto& pair : table.committed) {  // the part of a class that prefers a host has arcs of its own
    std::sort(pair.classes.begin(), pair.classes.end());
    pair.classes.erase(std::unique(pair.classes.begin(), pair.classes.end()), pair.classes.end());
  }
}

namespace {

/// Does routing forecast anew in the interval that begins at t?
bool is_planning_day(const Parameters& p, core::SimTime t) {
  const auto week = [&](core::SimTime at) { return (at - p.run.start) / (core::kDay * 7); };
  switch (p.hosting.replan) {
    case Replan::Daily: return true;
    case Replan::Weekly: return week(t) != week(t - p.run.window);
    case Replan::Monthly: return t == core::month_start(core::month_index(t));
  }
  return true;
}

}  // namespace

void steer(const MarketView& view, core::SimTime t, const Accounts& accounts, bool first, DemandTable& table) {
  if (first) return;
  const bool due = is_planning_day(view.parameters(), t);
  for (auto& pair : table.committed) {
    if (pair.arcs.empty() || (pair.planned && !due)) continue;
    pair.planned = true;
    const auto drawn = accounts.usd_per_day.find({pair.payer.number(), pair.payee.number()});
    const double usd_per_day = drawn == accounts.usd_per_day.end() ? 0.0 : drawn->second;
    double free = 0.0;
    for (std::size_t i = 0; i < pair.clauses.size(); ++i)
      free += pair.parts[i] * free_under(view.compiled(), accounts, pair.clauses[i], usd_per_day * pair.parts[i], t);
    pair.free = in_whole_per_cent(free);
  }
}

void carry_forecasts(const DemandTable& before, DemandTable& table) {
  for (CommittedPair& pair : table.committed)
    for (const CommittedPair& known : before.committed) {
      if (known.payer != pair.payer || known.payee != pair.payee) continue;
      pair.free = known.free;
      pair.planned = known.planned;
    }
}

void count_draws(const SettlementRun& run) {
  auto& draws = run.accounts.usd_per_day;
  const auto& bought = run.out.receipts.purchases;
  const double days = run.in.interval.days();
  if (run.in.cleared.empty()) {
    for (const auto& [pair, amount] : bought) draws[pair] = amount.usd() / days;
    return;
  }
  for (const auto& [pair, amount] : bought) draws.try_emplace(pair, 0.0);
  for (auto& [pair, usd_per_day] : draws) {
    const auto found = bought.find(pair);
    usd_per_day = smoothed_draw(usd_per_day, found == bought.end() ? 0.0 : found->second.usd(), days);
  }
}

namespace {

Movable movable(const SettlementRun& run, const CommittedPair& pair) {
  const auto& s = run.s();
  const auto& table = run.in.table;
  const auto& served = run.in.allocation;
  Movable out;
  Table<ClassId, std::int64_t> elsewhere(table.classes.size(), 0);
  for (const ClassId k : pair.classes) {
    elsewhere[k] = run.in.load.classes[k].demand;
    for (const CloudId host : s.cloud_firm.ids())
      if (s.cloud_firm[host] == pair.payee) elsewhere[k] -= served.by_host(k, host);
    out.elsewhere += std::max<std::int64_t>(0, elsewhere[k]);
  }
  Table<NodeId, std::int64_t> room = served.node_idle;
  for (const ArcId a : pair.arcs) {
    const FlowArc& arc = table.network.arcs[a];
    if (elsewhere[table.demand_class(arc)] > 0) out.room += std::exchange(room[DemandTable::node(arc)], 0);
  }
  return out;
}

/// Does any lab of the payer run at any cloud of the payee yet?
bool is_ported(const CompiledScenario& s, const contracts::BuyerAndHosts& sides, core::SimTime t) {
  for (const LabId lab : sides.labs)
    for (const CloudId host : sides.hosts)
      if (s.ported_from(lab, host) <= t) return true;
  return false;
}

}  // namespace

CouldHaveUsed count_missing(const SettlementRun& run, const PaymentClause& m, Money asked, Money used,
                            MissingByReason& missing) {
  const double usd = (asked - used).usd();
  if (usd <= 0) return {};
  const auto add = [&](ShortfallReason reason, double part) { missing[static_cast<std::size_t>(reason)] += part; };
  const auto all_for = [&](ShortfallReason reason) {
    add(reason, usd);
    return CouldHaveUsed{};
  };
  const auto& s = run.s();
  const auto sides = buyer_and_hosts(s, m);
  if (sides.labs.empty() || sides.hosts.empty())
    return all_for(sides.labs.empty() ? ShortfallReason::NoDemand : ShortfallReason::NoCapacity);
  const PartOfPair of = part_of_pair(s, run.in.table, m);
  if (of.pair == nullptr)
    return all_for(is_ported(s, sides, run.start()) ? ShortfallReason::NoPermission : ShortfallReason::NoPort);
  const double price = hosting_terms(run.in.view, sides.labs.front(), sides.hosts.front(), run.start()).price;
  if (price <= 0) return all_for(ShortfallReason::NoDemand);  // what is given away draws nothing
  const CouldHaveUsed could = could_have_used(usd, movable(run, *of.pair), of.part, price * run.in.interval.hours());
  const bool cut =
      std::any_of(sides.labs.begin(), sides.labs.end(), [&](LabId lab) { return run.in.load.plans[lab].is_cut(); });
  add(cut ? ShortfallReason::NoCash : ShortfallReason::NoDemand, usd - could.wanted);
  add(ShortfallReason::NoCapacity, could.undelivered());
  add(ShortfallReason::Dearer, could.fits);
  return could;
}

std::string reasons_text(const MissingByReason& missing) {
  double all = 0.0;
  for (const double usd : missing) all += usd;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < missing.size(); ++i)
    if (missing[i] > 0.05 * all) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return missing[a] > missing[b]; });
  std::string out;
  for (const std::size_t i : order)
    out += (out.empty() ? "" : ", ") + std::string(kShortfallReasonNames[i]) + " (" +
           std::to_string(static_cast<int>(std::floor(100.0 * missing[i] / all + 0.5))) + " %)";
  return out;
}

}  // namespace rackrate::market
