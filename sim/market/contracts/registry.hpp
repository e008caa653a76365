#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/market/contracts/breach.hpp"
#include "sim/market/contracts/compiled.hpp"
#include "sim/market/contracts/contract.hpp"
#include "sim/market/vocabulary/ids.hpp"

namespace rackrate::market {

enum class Permission : std::uint8_t { No, Preview, Ga };
inline constexpr std::array<std::string_view, 3> kPermissionNames{"NO", "PREVIEW", "GA"};
[[nodiscard]] constexpr std::string_view name_of(Permission state) {
  return kPermissionNames[static_cast<std::size_t>(state)];
}
enum class Step : std::uint8_t { None, Regulator, Grant, Exclusive, ShipFirst, Rollout };
inline constexpr std::array<std::string_view, 6> kStepNames{"",          "regulator",  "grant",
                                                            "exclusive", "ship_first", "rollout"};
[[nodiscard]] constexpr std::string_view name_of(Step step) { return kStepNames[static_cast<std::size_t>(step)]; }

/// One question to the registry, by vocabulary index. No channel or cloud means "not in play".
struct Tuple {
  LabId lab;
  ModelClass model_class = ModelClass::Closed;
  Product product = Product::ApiStateless;
  ChannelId channel;
  CloudId host, runtime;
  SegmentId segment;  ///< none: the commercial segments in general
  RegionId region;
  friend bool operator==(const Tuple&, const Tuple&) = default;
};

/// The facts about a model release that decide the ship-first rule.
struct Release {
  core::SimTime date = core::kAlways;       ///< T_rel; kAlways: released long ago
  core::SimTime holder_ga = core::kAlways;  ///< when the ship-first holder made it generally available; kNever: not yet
  bool holder_can = true;                   ///< capability test passed at release notice
  bool holder_declines = false;             ///< did not cure, or waived
};

/// The answer and the clause that decided it, none where nothing decided.
/// NO: the clause that denies (none for step Grant: nothing permits). PREVIEW: the rollout.
/// GA: step None, and the grant that opens the last role that needs one, or the senior exclusive
/// where seniority between two exclusives let the tuple through.
struct Verdict {
  Permission state = Permission::No;
  Step step = Step::None;
  Role role = Role::Host;
  ClauseRef by;
  bool conflict = false;   ///< two exclusives with different holders covered the tuple; seniority decided
  double allowlist = 1.0;  ///< PREVIEW: share of accounts admitted
  double token_cap = 1.0;  ///< PREVIEW: share of volume served
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

/// "GA", "PREVIEW" or "NO:step:ROLE".
[[nodiscard]] std::string to_string(const Verdict& verdict);

enum class ConflictKind : std::uint8_t {
  Exclusives,        ///< two exclusives with different holders: the senior contract prevails
  GrantAgainstLive,  ///< a grant signed while another contract's exclusive was live: blocked (MODEL 5.6)
  Breach             ///< a grant that opens what another contract's exclusive bars, at the price that contract asks
};

/// Two exclusives (or an exclusive and a later grant) that contradict each other over [from, until).
struct Conflict {
  ConflictKind kind = ConflictKind::Exclusives;
  std::string senior;  ///< "contract/version/clause"
  std::string junior;
  core::SimTime from;
  core::SimTime until;
  std::string sentence;  ///< one line naming both
  ContractId against;    ///< of the senior clause
  ContractId by;         ///< of the junior
};

/// All contracts of a scenario, compiled: the pure function F of MODEL 5.2. Deny by default.
/// A plain value; questions are const and touch no shared state, so any thread may ask.
class Registry {
 public:
  Registry() = default;
  /// `channel_cloud[x]` is the cloud of channel x, or none (direct, m365).
  /// Rollouts of drawn lengths count with their means, unless a replication has set their dates (rollouts.hpp).
  /// Throws: ScenarioError with every mistake found, when a name is not in the vocabulary or a contract
  ///         makes no sense; key paths are those of the scenario file.
  Registry(std::vector<Contract> contracts, Vocabulary vocabulary, Table<ChannelId, CloudId> channel_cloud);

  /// May this be sold so at `t`? No host stands for the channel's own cloud; no runtime for the
  /// channel's own cloud too, and for the host where the channel has none (direct).
  /// Cost: a binary search over the breakpoints and a scan of the rules of one lab and role.
  /// Source: MODEL 5.2.
  [[nodiscard]] Verdict decide(const Tuple& tuple, core::SimTime t, const Release& release = {}) const;
  /// What stands between a host and a lab's work in one role (HOST, RUNTIME or TRAIN) at t, whoever grants it.
  struct Obstacles {
    bool barred = false;  ///< by a ban or an exclusive that no waiver lifts
    std::vector<ClauseRef>
        refusals;  ///< rights of first refusal whose waivers would open it; empty: it is open, or barred
  };
  [[nodiscard]] Obstacles obstacles(const Tuple& tuple, Role role, core::SimTime t) const;
  /// Every date on which any answer may change, ascending, without duplicates (releases apart).
  [[nodiscard]] const std::vector<core::SimTime>& breakpoints() const { return breakpoints_; }
  /// The last date <= t at which this tuple's answer (state, step, role) changed, and the next one > t
  /// at which it will; kAlways and kNever where there is none. Ship-first dates of `release` count.
  struct Span {
    core::SimTime since;
    core::SimTime until;
  };
  [[nodiscard]] Span span(const Tuple& tuple, core::SimTime t, const Release& release = {}) const;
  /// Contradictions between contracts, ordered by start, senior and junior clause.
  [[nodiscard]] const std::vector<Conflict>& conflicts() const { return conflicts_; }
  /// The breaches among them, by pair of contracts.
  [[nodiscard]] const std::vector<contracts::Breach>& breaches() const { return breaches_; }
  /// Which contracts break this one at t, ascending. Computed from the rules, placement by placement, independently of
  /// breaches().
  [[nodiscard]] std::vector<ContractId> breakers(ContractId contract, core::SimTime t) const;
  [[nodiscard]] const std::vector<Contract>& contracts() const { return contracts_; }
  [[nodiscard]] const Vocabulary& vocabulary() const { return vocabulary_; }
  /// The version of a contract in force at t, or none.
  [[nodiscard]] VersionId version_in_force(ContractId contract, core::SimTime t) const;

  /// The tuple with the defaults of decide() filled in.
  [[nodiscard]] Tuple with_defaults(Tuple tuple) const;
  /// The segment for Tuple::segment, us_natsec included even where the vocabulary lacks it; none: unknown.
  [[nodiscard]] SegmentId segment(std::string_view name) const;
  /// "contract/version/clause", as far as the place says; empty for none.
  [[nodiscard]] std::string path(const ClauseRef& clause) const;
  [[nodiscard]] const Clause& clause(const ClauseRef& ref) const;
  /// Is the clause's version in force at t, and t inside the clause's own dates? A regulator's orders are not
  /// considered: see voided().
  [[nodiscard]] bool in_force(const ClauseRef& ref, core::SimTime t) const;
  /// Until when what was in use as this clause began to bar it is still served.
  [[nodiscard]] core::SimTime served_until(const ClauseRef& bar) const;
  /// Have a regulator's orders voided all of this exclusive, right of first refusal or ship-first at t?
  [[nodiscard]] bool voided(const ClauseRef& ref, core::SimTime t) const;

 private:
  [[nodiscard]] contracts::BreakId interval_at(core::SimTime t) const;

  std::vector<Contract> contracts_;
  Vocabulary vocabulary_;
  Table<ChannelId, CloudId> channel_cloud_;  ///< its own cloud, or none (direct, m365)
  std::vector<core::SimTime> breakpoints_;
  std::vector<Conflict> conflicts_;
  std::vector<contracts::Breach> breaches_;
  contracts::Compiled compiled_;
};

}  // namespace rackrate::market
