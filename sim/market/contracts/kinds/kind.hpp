#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/contracts/action.hpp"
#include "sim/market/vocabulary/ids.hpp"
#include "sim/market/vocabulary/vocabulary.hpp"

namespace rackrate::market {

struct Clause;
struct Version;
struct Contract;
struct Actors;
struct ClauseRun;
struct AuditRun;
namespace contracts {
class Complaints;
struct Rule;
}  // namespace contracts

/// The clause kinds: what a clause holds besides its header.
namespace kinds {

/// The names that a clause is settled by; empty where its kind has none.
struct Sides {
  std::string_view payer{}, payee{};  ///< firms; of a stake: the firm owned, its owner
  std::string_view lab{}, channel{}, host{};
};

/// What a kind may state, and what holds where it states nothing. A kind derives from this struct and repeats the
/// members that differ. Every kind has besides:
///   name         the value of `kind` in a scenario
///   describe()   its keys (key.hpp)
///   check()      what is wrong with one clause, considered alone; defined in the kind's .cpp
struct Kind {
  static constexpr bool decides_permission = false;  ///< else it keeps an account, with a label in the results
  static constexpr bool is_order = false;            ///< of a regulator: binds everybody, its contract has no parties
  static constexpr bool is_watched = false;          ///< may change contracts in a run: negotiation/ watches it
  static constexpr bool acts_through_permission_alone =
      false;                                            ///< the access table holds all it does (study/terms.cpp)
  static constexpr bool moves_between_parties = false;  ///< its payer and its payee are parties to the contract
  static constexpr std::string_view payer_key = "payer", payee_key = "payee";  ///< the keys that sides() reads

  /// Does it take part in the profit of one day? Appraisals leave out what does not.
  [[nodiscard]] bool acts_daily() const { return true; }
  [[nodiscard]] Sides sides() const { return {}; }

  /// Mistakes that only the other clauses of all contracts show.
  void check_references(const std::vector<Contract>&, const Contract&, const Clause&, contracts::Complaints&) const {}
  /// Mistakes that only the clouds, labs and channels of the scenario show.
  void check_market(const Actors&, const Contract&, const Clause&, contracts::Complaints&) const {}
  /// Mistakes of all clauses of the kind together.
  static void check_all(const std::vector<Contract>&, contracts::Complaints&) {}

  /// Pays one interval of a clause in force. Defined in exchange/.
  void settle(ClauseRun&, LabelId) const {}
  /// Called for the first interval in which the clause of the one before is no longer in force. Defined in exchange/.
  void lapse(ClauseRun&, LabelId) const {}
  /// What settle() and lapse() should have paid, found by another route. Defined in exchange/audit/*.cpp.
  void audit(AuditRun&, LabelId) const {}
  void audit_lapse(AuditRun&, LabelId) const {}

  friend bool operator==(const Kind&, const Kind&) = default;
};

/// A kind that decides permissions. It compiles to one rule per role (compile.cpp).
struct PermissionKind : Kind {
  static constexpr bool decides_permission = true;
  static constexpr contracts::Action action = contracts::Action::Permit;
  static constexpr std::array<Role, 0> default_roles{};     ///< where `role` says nothing
  static constexpr std::string_view actors_key = "holder";  ///< the key that actors() reads
  static constexpr bool may_name_nobody = false;            ///< no actor means every actor

  /// Bars everybody but its holder.
  [[nodiscard]] bool bars() const { return false; }
  /// Has exactly one holder in each role.
  [[nodiscard]] bool has_one_holder() const { return bars(); }
  /// For how long after it begins to bar something what customers use of it is still served to them.
  [[nodiscard]] core::SimDuration migration_window() const { return core::SimDuration{0}; }
  /// Dates of its own on which an answer may change.
  void add_dates(std::vector<core::SimTime>&) const {}
  /// What its rules hold besides roles, actors and scope.
  void fill(contracts::Rule&) const {}
  /// Mistakes of roles, holders and scope: all that is checked of a kind without fields of its own.
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;

  friend bool operator==(const PermissionKind&, const PermissionKind&) = default;
};
inline constexpr std::array kAllRoles{Role::Host, Role::Channel, Role::Runtime, Role::Train, Role::Ip};

}  // namespace kinds
}  // namespace rackrate::market
