#include "sim/market/negotiation/renegotiation.hpp"

#include <algorithm>
#include <array>

#include "sim/market/contracts/in_force.hpp"
#include "sim/market/negotiation/bargaining.hpp"
#include "sim/market/negotiation/watch.hpp"

namespace rackrate::market {
namespace {

/// From one appraisal to the next where the clause does not say it: a quarter.
constexpr core::SimDuration kQuarter = core::kDay * 91;
/// Hazards are cut here: at this rate the sides meet at once, and further calls would only cost time.
constexpr double kAtOncePerYear = 1e5;

core::SimDuration period_of(const kinds::Renegotiation& terms) {
  return terms.period.count() > 0 ? terms.period : kQuarter;
}

/// The renegotiation clause in force at t under a label, or none.
const PaymentClause* clause_in_force(const CompiledScenario& s, const std::string& label, core::SimTime t) {
  for (const auto& m : s.money)
    if (s.clause_of(m).is<kinds::Renegotiation>() && s.money_labels[m.label] == label && s.in_force(m, t)) return &m;
  return nullptr;
}

RenegotiationState& state_of(std::vector<RenegotiationState>& states, const MarketView& view,
                             const std::string& label) {
  const auto at =
      std::lower_bound(states.begin(), states.end(), label,
                       [](const RenegotiationState& state, const std::string& name) { return state.label < name; });
  if (at != states.end() && at->label == label) return *at;
  RenegotiationState state;
  state.label = label;
  state.hazard =
      HazardClock(view.draws, core::name_hash(label, core::name_hash("talks")), number(Purpose::TalksHazard));
  return *states.insert(at, std::move(state));
}

void follow_hazard(RenegotiationState& state, const kinds::Renegotiation& terms, const MarketView& view, LabId lab,
                   core::SimTime start, core::SimTime end) {
  const std::array slopes{terms.unmet_slope, terms.outside_slope};
  const std::array features{state.unmet.level, outside_capacity(view, lab, start)};
  const double rate = std::min(hazard_rate(terms.hazard_per_year, slopes, features), kAtOncePerYear);
  double left = core::in_years(end - start);
  core::SimTime at = start;
  while (const auto when = state.hazard.advance(view.draws, rate, left)) {
    at += core::years(*when);
    left -= *when;
    if (at >= state.not_before) state.due = std::min(state.due, at);
  }
}

/// A lab about to run out of cash asks for talks; where talks have failed, not before their period is over.
void call_for_cash(RenegotiationState& state, const kinds::Renegotiation& terms, const MarketView& view, LabId lab,
                   core::SimTime start) {
  if (view.board.labs[lab].finance.defers && start >= state.not_before)
    state.due = std::min(state.due, start + terms.notice);
}

/// Calls a meeting about versions of other contracts with conflict = "renegotiate" that this contract bars.
void call_over_conflicts(RenegotiationState& state, const kinds::Renegotiation& terms, const MarketView& view,
                         const std::string& contract, core::SimTime start, core::SimTime end) {
  const auto& registry = view.compiled().registry;
  for (const auto& conflict : registry.conflicts()) {
    if (conflict.kind != ConflictKind::GrantAgainstLive || !conflict.senior.starts_with(contract + "/")) continue;
    const core::SimTime date = std::max(conflict.from, view.parameters().run.start) + terms.notice;
    if (date < start || date >= end || date >= conflict.until) continue;
    for (const auto& junior : registry.contracts())
      for (const auto& version : junior.versions)
        if (version.conflict == ConflictPolicy::Renegotiate &&
            conflict.junior.starts_with(junior.name + "/" + version.name + "/"))
          state.due = std::min(state.due, date);
  }
}

/// Periodic appraisals fall on fixed dates: multiples of the period since the run's start.
bool period_turns(const kinds::Renegotiation& terms, const CompiledScenario& s, core::SimTime start,
                  core::SimTime end) {
  const auto since = s.parameters.run.start;
  return (end - since) / period_of(terms) > (start - since) / period_of(terms);
}

/// Does the clause still apply at t after the changes found in this window? A contract that has just ended, or a
/// renegotiation that was just switched off, leaves nothing to agree on, nor a clause to pay under.
bool applies_after(const std::vector<contracts::ContractChange>& found, const CompiledScenario& s,
                   const PaymentClause& m, core::SimTime t) {
  if (found.empty()) return true;
  const auto changed = contracts::with_changes(s.parameters.contracts, found);
  const auto contract =
      std::find_if(changed.begin(), changed.end(), [&](const Contract& c) { return c.name == s.contract_of(m).name; });
  const Version* const version = contract == changed.end() ? nullptr : contracts::version_at(*contract, t);
  return version != nullptr && std::any_of(version->clauses.begin(), version->clauses.end(), [&](const Clause& c) {
           return c.name == s.clause_of(m).name && contracts::active_at(c, t);
         });
}

bool meets(const RenegotiationState& state, core::SimTime end) { return state.due < end && state.not_before <= end; }

std::string usd_text(double usd) { return to_string(Money::from_usd(usd)); }

std::string payments_text(const std::vector<AgreedPayment>& payments) {
  std::string text;
  for (const auto& p : payments)
    text += "; " + p.payer + " pays " + p.payee + " " + usd_text(p.usd_per_year) + " a year";
  return text;
}

void add_notice(PendingChanges& pending, const RenegotiationState& state, core::SimTime now, const std::string& text) {
  pending.notices.push_back({now, "talks", state.label, text});
}

void agree(RenegotiationState& state, const PaymentClause& m, const CompiledScenario& s, core::SimTime now, Deal deal,
           PendingChanges& pending) {
  state.agreed = true;
  pending.milestones.push_back({state.label, now});
  add_notice(pending, state, now, "the talks of " + state.label + " end in agreement" + payments_text(deal.payments));
  for (auto& change : deal.switches) pending.changes.push_back(std::move(change));
  if (deal.payments.empty()) return;
  contracts::ContractChange change;
  change.kind = contracts::ChangeKind::Agree;
  change.at = now;
  change.contract = s.contract_of(m).name;
  change.version = s.version_of(m).name;
  change.clause = s.clause_of(m).name;
  change.agreed = std::move(deal.payments);
  pending.changes.push_back(std::move(change));
}

/// A meeting of the two sides over the appraised deal.
void meet(RenegotiationState& state, const PaymentClause& m, const CompiledScenario& s, core::SimTime now, Deal deal,
          PendingChanges& pending) {
  const auto& terms = s.clause_of(m).as<kinds::Renegotiation>();
  state.due = core::kNever;
  add_notice(pending, state, now, "the sides of " + state.label + " meet");
  if (deal.usd_per_year > terms.hurdle_usd) return agree(state, m, s, now, std::move(deal), pending);
  state.not_before = now + period_of(terms);
  add_notice(
      pending, state, now,
      "the talks of " + state.label + " fail: opening is worth " + usd_text(deal.usd_per_year) + " a year to the two");
}

}  // namespace

double outside_capacity(const MarketView& view, LabId lab, core::SimTime t) {
  const auto& market = view.board.market;
  if (market.unserved.empty() || market.load.empty()) return 0.0;
  const double unserved = market.unserved[lab] * market.load[lab];
  if (unserved <= 0) return 0.0;
  double spare = 0.0;
  for (const CloudId cloud : view.board.clouds.ids()) {
    if (view.access().lab_hosts[lab].contains(cloud) || view.compiled().ported_from(lab, cloud) > t) continue;
    const auto& signal = view.board.clouds[cloud];
    spare += std::max(0.0, signal.available - signal.demand);
  }
  return std::min(1.0, spare / unserved);
}

void call_meeting(std::vector<RenegotiationState>& states, const MarketView& view, const std::string& label,
                  core::SimTime due) {
  RenegotiationState& state = state_of(states, view, label);
  state.due = std::min(state.due, due);
}

void watch_renegotiations(std::vector<RenegotiationState>& states, const MarketView& view, core::SimTime start,
                          core::SimTime end) {
  const auto& s = view.compiled();
  for (const auto& m : s.money) {
    const auto* terms = s.clause_of(m).get_if<kinds::Renegotiation>();
    if (terms == nullptr || !s.in_force(m, start)) continue;
    RenegotiationState& state = state_of(states, view, s.money_labels[m.label]);
    if (!state.agreed) {
      follow_hazard(state, *terms, view, m.lab, start, end);
      if (terms->on >= start && terms->on < end) state.due = std::min(state.due, terms->on);
      call_over_conflicts(state, *terms, view, s.contract_of(m).name, start, end);
      call_for_cash(state, *terms, view, m.lab, start);
    }
    const auto& unserved = view.board.market.unserved;
    state.unmet.half_life = core::in_years(terms->half_life);
    state.unmet.advance(core::in_years(end - start), unserved.empty() ? 0.0 : unserved[m.lab]);
  }
}

bool appraisal_due(const std::vector<RenegotiationState>& states, const CompiledScenario& s, core::SimTime start,
                   core::SimTime end) {
  return std::any_of(states.begin(), states.end(), [&](const RenegotiationState& state) {
    const PaymentClause* const m = state.agreed ? nullptr : clause_in_force(s, state.label, end);
    return m != nullptr &&
           (meets(state, end) || period_turns(s.clause_of(*m).as<kinds::Renegotiation>(), s, start, end));
  });
}

void renegotiate(std::vector<RenegotiationState>& states, const MarketState& market, core::SimTime start,
                 PendingChanges& pending) {
  const CompiledScenario& s = market.coming;
  const core::SimTime now = market.now;
  for (RenegotiationState& state : states) {
    const PaymentClause* const m = state.agreed ? nullptr : clause_in_force(s, state.label, now);
    if (m == nullptr || !applies_after(pending.changes, s, *m, now)) continue;
    const bool meeting = meets(state, now);
    if (!meeting && !period_turns(s.clause_of(*m).as<kinds::Renegotiation>(), s, start, now)) continue;
    Deal deal = appraise_opening(market, pending.changes, *m);
    pending.gains.push_back({state.label, now, deal.usd_per_year});
    if (meeting) meet(state, *m, s, now, std::move(deal), pending);
  }
}

}  // namespace rackrate::market
