#include "sim/market/negotiation/renegotiation.hpp"

#include <algorithm>
#include <array>

#include "sim/market/contracts/compile.hpp"
#include "sim/market/negotiation/bargaining.hpp"
#include "sim/market/negotiation/watch.hpp"

namespace rackrate::market {
namespace {

/// From one appraisal to the next where the clause does not say it: a quarter.
constexpr core::SimDuration kQuarter = core::kDay * 91;
/// A hazard above this calls the sides many times a day: they meet at once, and counting more calls would only take
/// time.
constexpr double kAtOncePerYear = 1e5;

core::SimDuration period_of(const kinds::Renegotiation& terms) {
  return terms.period.count() > 0 ? terms.period : kQuarter;
}

/// The renegotiation clause in force at t under a label, or none.
const PaymentClause* clause_in_force(const CompiledScenario& s, const std::string& label, core::SimTime t) {
  for (const auto& m : s.money)
    if (s.clause_of(m).is<kinds::Renegotiation>() && s.money_labels[static_cast<std::size_t>(m.label)] == label &&
        s.in_force(m, t))
      return &m;
  return nullptr;
}

TalkState& state_of(std::vector<TalkState>& talks, const MarketView& view, const std::string& label) {
  const auto at = std::lower_bound(talks.begin(), talks.end(), label,
                                   [](const TalkState& talk, const std::string& name) { return talk.label < name; });
  if (at != talks.end() && at->label == label) return *at;
  TalkState talk;
  talk.label = label;
  talk.chance = HazardClock(view.draws, core::name_hash(label, core::name_hash("talks")),
                            static_cast<std::uint32_t>(Purpose::TalksHazard));
  return *talks.insert(at, std::move(talk));
}

void follow_hazard(TalkState& talk, const kinds::Renegotiation& terms, const MarketView& view, int lab,
                   core::SimTime start, core::SimTime end) {
  const std::array slopes{terms.unmet_slope, terms.outside_slope};
  const std::array features{talk.unmet.level, outside_capacity(view, lab, start)};
  const double rate = std::min(hazard_rate(terms.hazard_per_year, slopes, features), kAtOncePerYear);
  double left = core::in_years(end - start);
  core::SimTime at = start;
  while (const auto when = talk.chance.advance(view.draws, rate, left)) {
    at += core::years(*when);
    left -= *when;
    if (at >= talk.quiet_until) talk.due = std::min(talk.due, at);
  }
}

/// Versions of other contracts that are to be talked about, and what of this contract bars them.
void call_over_conflicts(TalkState& talk, const kinds::Renegotiation& terms, const MarketView& view,
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
          talk.due = std::min(talk.due, date);
  }
}

/// Appraisals fall on multiples of the period since the run's start, whatever happened.
bool period_turns(const kinds::Renegotiation& terms, const CompiledScenario& s, core::SimTime start,
                  core::SimTime end) {
  const auto since = s.parameters.run.start;
  return (end - since) / period_of(terms) > (start - since) / period_of(terms);
}

/// Does the clause still speak at t after what was found in this window? What has just ended a contract, or switched
/// its talks off, leaves nothing to agree on, nor a clause to pay under.
bool stands_after(const std::vector<contracts::ContractChange>& found, const CompiledScenario& s,
                  const PaymentClause& m, core::SimTime t) {
  if (found.empty()) return true;
  const auto contracts = contracts::with_changes(s.parameters.contracts, found);
  const Contract& contract = contracts[static_cast<std::size_t>(m.contract)];
  const int version = contracts::version_in_force(contract, t);
  if (version < 0) return false;
  const auto& clauses = contract.versions[static_cast<std::size_t>(version)].clauses;
  return std::any_of(clauses.begin(), clauses.end(),
                     [&](const Clause& c) { return c.name == s.clause_of(m).name && contracts::speaks_at(c, t); });
}

bool meets(const TalkState& talk, core::SimTime end) { return talk.due < end && talk.quiet_until <= end; }

std::string usd_text(double usd) { return to_string(Money::from_usd(usd)); }

std::string payments_text(const std::vector<AgreedPayment>& payments) {
  std::string text;
  for (const auto& p : payments)
    text += "; " + p.payer + " pays " + p.payee + " " + usd_text(p.usd_per_year) + " a year";
  return text;
}

void agree(TalkState& talk, const PaymentClause& m, const CompiledScenario& s, core::SimTime now, Deal deal,
           PendingChanges& pending) {
  talk.agreed = true;
  pending.milestones.push_back({talk.label, now});
  pending.notices.push_back(
      {now, "talks", talk.label, "the talks of " + talk.label + " end in agreement" + payments_text(deal.payments)});
  for (auto& change : deal.switches) pending.changes.push_back(std::move(change));
  if (deal.payments.empty()) return;
  contracts::ContractChange change;
  change.kind = contracts::ChangeKind::Agree;
  change.at = now;
  change.contract = s.parameters.contracts[static_cast<std::size_t>(m.contract)].name;
  change.version = s.version_of(m).name;
  change.clause = s.clause_of(m).name;
  change.agreed = std::move(deal.payments);
  pending.changes.push_back(std::move(change));
}

}  // namespace

double outside_capacity(const MarketView& view, int lab, core::SimTime t) {
  const auto& market = view.board.market;
  const auto l = static_cast<std::size_t>(lab);
  if (market.unserved.empty() || market.load.empty()) return 0.0;
  const double unserved = market.unserved[l] * market.load[l];
  if (unserved <= 0) return 0.0;
  double spare = 0.0;
  for (std::size_t cloud = 0; cloud < view.board.clouds.size(); ++cloud) {
    const bool permitted = view.access().lab_hosts[l].contains(CloudId(cloud));
    if (permitted || view.compiled().ported_from(lab, static_cast<int>(cloud)) > t) continue;
    spare += std::max(0.0, view.board.clouds[cloud].available - view.board.clouds[cloud].demand);
  }
  return std::min(1.0, spare / unserved);
}

void call_to_talks(std::vector<TalkState>& talks, const MarketView& view, const std::string& label, core::SimTime due) {
  TalkState& talk = state_of(talks, view, label);
  talk.due = std::min(talk.due, due);
}

void watch_talks(std::vector<TalkState>& talks, const MarketView& view, core::SimTime start, core::SimTime end,
                 PendingChanges&) {
  const auto& s = view.compiled();
  for (const auto& m : s.money) {
    const auto* terms = s.clause_of(m).get_if<kinds::Renegotiation>();
    if (terms == nullptr || !s.in_force(m, start)) continue;
    TalkState& talk = state_of(talks, view, s.money_labels[static_cast<std::size_t>(m.label)]);
    if (!talk.agreed) {
      follow_hazard(talk, *terms, view, m.lab, start, end);
      if (terms->on >= start && terms->on < end) talk.due = std::min(talk.due, terms->on);
      call_over_conflicts(talk, *terms, view, s.parameters.contracts[static_cast<std::size_t>(m.contract)].name, start,
                          end);
    }
    const auto& unserved = view.board.market.unserved;
    talk.unmet.half_life = core::in_years(terms->half_life);
    talk.unmet.advance(core::in_years(end - start), unserved.empty() ? 0.0 : unserved[static_cast<std::size_t>(m.lab)]);
  }
}

bool appraises(const std::vector<TalkState>& talks, const CompiledScenario& s, core::SimTime start, core::SimTime end) {
  return std::any_of(talks.begin(), talks.end(), [&](const TalkState& talk) {
    const PaymentClause* const m = talk.agreed ? nullptr : clause_in_force(s, talk.label, end);
    return m != nullptr &&
           (meets(talk, end) || period_turns(s.clause_of(*m).as<kinds::Renegotiation>(), s, start, end));
  });
}

void renegotiate(std::vector<TalkState>& talks, const MarketState& state, core::SimTime start,
                 PendingChanges& pending) {
  const CompiledScenario& s = state.coming;
  for (TalkState& talk : talks) {
    const PaymentClause* const m = talk.agreed ? nullptr : clause_in_force(s, talk.label, state.now);
    if (m == nullptr || !stands_after(pending.changes, s, *m, state.now)) continue;
    const auto& terms = s.clause_of(*m).as<kinds::Renegotiation>();
    const bool meet = meets(talk, state.now);
    if (!meet && !period_turns(terms, s, start, state.now)) continue;
    Deal deal = weigh_opening(state, pending.changes, *m);
    pending.gains.push_back({talk.label, state.now, deal.usd_per_year});
    if (!meet) continue;
    talk.due = core::kNever;
    pending.notices.push_back({state.now, "talks", talk.label, "the sides of " + talk.label + " meet"});
    if (deal.usd_per_year > terms.hurdle_usd) {
      agree(talk, *m, s, state.now, std::move(deal), pending);
      continue;
    }
    talk.quiet_until = state.now + period_of(terms);
    pending.notices.push_back({state.now, "talks", talk.label,
                               "the talks of " + talk.label + " fail: opening is worth " + usd_text(deal.usd_per_year) +
                                   " a year to the two"});
  }
}

}  // namespace rackrate::market
