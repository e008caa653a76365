#include "sim/market/negotiation/trigger.hpp"

#include <algorithm>

#include "sim/market/contracts/in_force.hpp"
#include "sim/market/contracts/switches.hpp"
#include "sim/market/negotiation/watch.hpp"
#include "sim/market/view/milestones.hpp"

namespace rackrate::market {
namespace {

TriggerState& state_of(std::vector<TriggerState>& triggers, const std::string& label, const MarketView& view) {
  const auto known =
      std::find_if(triggers.begin(), triggers.end(), [&label](const TriggerState& t) { return t.label == label; });
  if (known != triggers.end()) return *known;
  TriggerState fresh;
  fresh.label = label;
  fresh.chance = HazardClock(view.draws, core::name_hash(label), number(Purpose::TriggerChance));
  return triggers.emplace_back(std::move(fresh));
}

bool in_force(const CompiledScenario& s, const std::string& label, core::SimTime t) {
  return std::any_of(s.money.begin(), s.money.end(),
                     [&](const PaymentClause& m) { return s.money_labels[m.label] == label && s.in_force(m, t); });
}

/// The renegotiation of this contract: that of the named clause, or its only one.
const RenegotiationState* renegotiation_of(const std::vector<RenegotiationState>& states, const std::string& contract,
                                           const std::string& clause) {
  for (const auto& one : states)
    if (clause.empty() ? one.label.rfind(contract + "/", 0) == 0 : one.label == contract + "/" + clause) return &one;
  return nullptr;
}

/// Advances the hazard of the chance event, if the trigger waits for one.
void advance_chance(TriggerState& state, const kinds::Trigger& trigger, const MarketView& view,
                    core::SimDuration window) {
  if (trigger.hazard_per_year > 0 && !state.happened &&
      state.chance.advance(view.draws, trigger.hazard_per_year, core::in_years(window)))
    state.happened = true;
}

bool conditions_hold(const TriggerState& state, const PaymentClause& m, const kinds::Trigger& trigger,
                     const std::vector<RenegotiationState>& renegotiations, const MarketView& view, core::SimTime start,
                     core::SimTime end) {
  const auto& s = view.compiled();
  const auto& market = view.board.market;
  if (trigger.on != core::kAlways && end < trigger.on) return false;
  if (trigger.hazard_per_year > 0 && !state.happened) return false;
  if (trigger.unserved > 0 && market.unserved[m.lab] < trigger.unserved) return false;
  if (trigger.breached && !contracts::breached(s.registry, m.contract, start)) return false;
  if (trigger.hhi > 0 && market.hhi[trigger.layer] < trigger.hhi) return false;
  if (trigger.share_above > 0) {
    const PartyId firm(index_of(s.parameters.vocabulary.firms, trigger.of_firm).value());
    if (market.share[trigger.layer][firm] < trigger.share_above) return false;
  }
  if (trigger.stock > 0) {
    const auto* const own = renegotiation_of(renegotiations, s.contract_of(m).name, trigger.renegotiates);
    if (own == nullptr || own->unmet.level < trigger.stock) return false;
  }
  return milestones_reached(view, m, trigger, start);
}

/// Notice under a clause of the version that is in force at the window's end, when it is given.
void give_notice(const Contract& contract, const kinds::Trigger& trigger, core::SimTime end, PendingChanges& pending) {
  const Version* const version = contracts::version_at(contract, end);
  if (version == nullptr) return;
  contracts::ContractChange change;
  change.kind = contracts::ChangeKind::GiveNotice;
  change.at = end;
  change.contract = contract.name;
  change.version = version->name;
  change.clause = trigger.exercises;
  pending.changes.push_back(std::move(change));
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? " " : ", ") + name;
  return text;
}

void fire(TriggerState& state, const Contract& contract, const kinds::Trigger& trigger,
          std::vector<RenegotiationState>& renegotiations, const MarketView& view, core::SimTime start,
          core::SimTime end, PendingChanges& pending) {
  state.fired = true;
  std::string text = state.label + " fires";
  for (auto& change : switch_changes(view.parameters().contracts, contract.name, trigger, end))
    pending.changes.push_back(std::move(change));
  if (!trigger.switches_off.empty()) text += "; switches off" + listed(trigger.switches_off);
  if (!trigger.switches_on.empty()) text += "; switches on" + listed(trigger.switches_on);
  if (!trigger.exercises.empty()) {
    give_notice(contract, trigger, end, pending);
    text += "; gives notice under " + trigger.exercises;
  }
  if (!trigger.renegotiates.empty()) {
    call_meeting(renegotiations, view, contract.name + "/" + trigger.renegotiates, start);
    text += "; opens talks under " + trigger.renegotiates;
  }
  pending.milestones.push_back({state.label, end});
  pending.notices.push_back({end, "trigger", state.label, text});
}

}  // namespace

void watch_triggers(std::vector<TriggerState>& triggers, std::vector<RenegotiationState>& renegotiations,
                    const MarketView& view, core::SimTime start, core::SimTime end, PendingChanges& pending) {
  const auto& s = view.compiled();
  for (TriggerState& state : triggers)  // out of force, conditions do not count as held
    if (!in_force(s, state.label, start)) state.held_since = core::kNever;
  for (const PaymentClause& m : s.money) {
    const auto* trigger = s.clause_of(m).get_if<kinds::Trigger>();
    if (trigger == nullptr || !s.in_force(m, start)) continue;
    TriggerState& state = state_of(triggers, s.money_labels[m.label], view);
    if (state.fired) continue;
    advance_chance(state, *trigger, view, end - start);
    if (!conditions_hold(state, m, *trigger, renegotiations, view, start, end)) {
      state.held_since = core::kNever;
      continue;
    }
    if (state.held_since == core::kNever)
      state.held_since = std::max(start, trigger->on);  // a date may fall inside the window, or on its end
    if (trigger->lasting.count() == 0 || end - state.held_since >= trigger->lasting)
      fire(state, s.contract_of(m), *trigger, renegotiations, view, start, end, pending);
  }
}

}  // namespace rackrate::market
