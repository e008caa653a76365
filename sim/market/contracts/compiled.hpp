#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/contracts/action.hpp"
#include "sim/market/contracts/box.hpp"
#include "sim/market/contracts/contract.hpp"

namespace rackrate::market::contracts {

/// One clause in one role, flat. `box.actors` are the actors it speaks of: grantees for Permit, actors
/// exempted for Exempt, actors staged for Regime, actors forbidden for Forbid, holders whose bars and delays
/// are struck out for Void, everybody for Bar and Delay.
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
  int contract = -1;
  int version = -1;
  int clause = -1;
  int holder = -1;         ///< actor index of a Bar's or Delay's holder
  int bars_of = -1;        ///< Exempt: the contract whose bars it speaks of
  int price_version = -1;  ///< Exempt by a breach: the version of `bars_of` that prices it; else -1
  int price_clause = -1;   ///< its damages clause
  ShipFirstReading reading = ShipFirstReading::And;
  Action action = Action::Permit;
  Role role = Role::Host;
};

/// The rules in force, by interval between breakpoints, lab and role. Built once, read 10^5 times a
/// breakpoint: a question touches only the rules of its own lab and role.
struct Compiled {
  std::vector<Rule> rules;           ///< ascending seniority: first effective date of the contract, then names
  std::vector<std::uint32_t> lists;  ///< rule numbers, cell after cell
  /// Start of each action's list in `lists`, for cell (interval * labs + lab) * roles + role.
  std::vector<std::array<std::uint32_t, kActions + 1>> cells;
  std::size_t labs = 0;
  int own_channel = -1;        ///< index of `direct`, or -1
  int segment_in_general = 0;  ///< bit that stands for "the commercial segments in general"
  int region_in_general = 0;
  int national_security = -1;  ///< index of us_natsec, inside or right behind the vocabulary
};

}  // namespace rackrate::market::contracts
