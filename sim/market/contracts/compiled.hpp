#pragma once
#include <array>
#include <span>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/contracts/action.hpp"
#include "sim/market/contracts/box.hpp"
#include "sim/market/contracts/contract.hpp"

namespace rackrate::market::contracts {

/// One clause in one role, flat. `box.actors` are the actors it concerns: grantees for Permit, actors
/// exempted for Exempt, actors staged for Regime, actors forbidden for Forbid, holders whose bars and delays
/// are voided for Void, everybody for Bar and Delay.
struct Rule {
  Box box;
  core::SimTime from = core::kAlways;  ///< clause and version dates together, end exclusive
  core::SimTime until = core::kNever;
  core::SimTime preview = core::kAlways;
  core::SimTime general = core::kAlways;
  core::SimDuration lead{0};
  core::SimDuration cure{0};
  double allowlist = 1.0;
  double token_cap = 1.0;
  ClauseRef clause;    ///< where the rule comes from
  ActorId holder;      ///< of a Bar or Delay
  ContractId bars_of;  ///< Exempt: the contract whose bars it lifts
  ClauseRef price;     ///< Exempt by a breach: the damages clause of `bars_of` that prices it; else none
  ShipFirstReading reading = ShipFirstReading::And;
  Action action = Action::Permit;
  Role role = Role::Host;

  [[nodiscard]] bool is_breach() const { return price.contract.exists(); }
};

using RuleId = core::Index<struct RuleTag>;
/// Interval i is the stretch before breakpoint i; the last one has no end.
using BreakId = core::Index<struct BreakTag>;

/// The rules in force, by interval between breakpoints, lab and role. Built once, read 10^5 times a
/// breakpoint: a question touches only the rules of its own lab and role.
struct Compiled {
  /// Where each action's list starts in `lists`, and where the last one ends.
  using Starts = std::array<std::size_t, kActions + 1>;

  Table<RuleId, Rule> rules;  ///< ascending seniority: first effective date of the contract, then names
  std::vector<RuleId> lists;  ///< cell after cell
  std::vector<Starts> cells;  ///< by interval, lab and role
  std::size_t labs = 0;
  ActorId own_channel;           ///< `direct`, or none
  SegmentId segment_in_general;  ///< stands for "the commercial segments in general"
  RegionId region_in_general;
  SegmentId national_security;  ///< us_natsec, inside or right behind the vocabulary

  [[nodiscard]] const Starts& starts(BreakId interval, LabId lab, Role role) const {
    return cells[(interval.position() * labs + lab.position()) * kRoleNames.size() + static_cast<std::size_t>(role)];
  }
  /// The rules of a cell that do this.
  [[nodiscard]] std::span<const RuleId> rules_of(const Starts& cell, Action action) const {
    const auto a = static_cast<std::size_t>(action);
    return std::span(lists).subspan(cell[a], cell[a + 1] - cell[a]);
  }
};

}  // namespace rackrate::market::contracts
