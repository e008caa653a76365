#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/market/contracts/contract.hpp"

namespace rackrate::market {

enum class Permission : std::uint8_t { No, Preview, Ga };
inline constexpr std::array<std::string_view, 3> kPermissionNames{"NO", "PREVIEW", "GA"};
enum class Step : std::uint8_t { None, Grant, Exclusive, ShipFirst, Rollout };
inline constexpr std::array<std::string_view, 5> kStepNames{"", "grant", "exclusive", "ship_first", "rollout"};

/// One question to the registry, by vocabulary index. A channel or cloud of -1 means "not in play".
struct Tuple {
  int lab = 0;
  ModelClass model_class = ModelClass::Closed;
  Product product = Product::ApiStateless;
  int channel = -1;
  int host = -1;
  int runtime = -1;
  int segment = -1;     ///< -1: the commercial segments in general
  int region = -1;
  friend bool operator==(const Tuple&, const Tuple&) = default;
};

/// The facts about a model release that ship-first looks at.
struct Release {
  core::SimTime date = core::kAlways;        ///< T_rel; kAlways: released long ago
  core::SimTime holder_ga = core::kAlways;   ///< when the ship-first holder made it generally available; kNever: not yet
  bool holder_can = true;                    ///< capability test passed at release notice
  bool holder_declines = false;              ///< did not cure, or waived
};

/// The answer and the clause that decided it; indices are -1 where nothing decided.
struct Verdict {
  Permission state = Permission::No;
  Step step = Step::None;
  Role role = Role::Host;
  int contract = -1;
  int version = -1;
  int clause = -1;
  bool conflict = false;     ///< two exclusives with different holders covered the tuple; seniority decided
  double allowlist = 1.0;    ///< PREVIEW: share of accounts admitted
  double token_cap = 1.0;    ///< PREVIEW: share of volume served
};

/// Two exclusives (or an exclusive and a later grant) that contradict each other.
struct Conflict {
  std::string senior;        ///< "contract/version/clause"
  std::string junior;
  core::SimTime from;
  core::SimTime until;
  std::string sentence;      ///< one line naming both
};

/// All contracts of a scenario, compiled: the pure function F of MODEL 5.2.
class Registry {
 public:
  Registry() = default;
  /// Throws ScenarioError when a name is not in the vocabulary or a contract makes no sense.
  Registry(std::vector<Contract> contracts, Vocabulary vocabulary, std::vector<int> channel_cloud);

  [[nodiscard]] Verdict decide(const Tuple& tuple, core::SimTime t, const Release& release = {}) const;
  /// Every date on which any answer may change, ascending, without duplicates (releases apart).
  [[nodiscard]] const std::vector<core::SimTime>& breakpoints() const { return breakpoints_; }
  /// The last breakpoint <= t at which this tuple's answer changed, and the next one > t at which it will.
  struct Span { core::SimTime since; core::SimTime until; };
  [[nodiscard]] Span span(const Tuple& tuple, core::SimTime t, const Release& release = {}) const;
  [[nodiscard]] const std::vector<Conflict>& conflicts() const { return conflicts_; }
  [[nodiscard]] const std::vector<Contract>& contracts() const { return contracts_; }
  [[nodiscard]] const Vocabulary& vocabulary() const { return vocabulary_; }
  /// Index of the version of a contract in force at t, or -1.
  [[nodiscard]] int version_in_force(int contract, core::SimTime t) const;

 private:
  std::vector<Contract> contracts_;
  Vocabulary vocabulary_;
  std::vector<int> channel_cloud_;   ///< channel -> its own cloud, or -1 (direct, m365)
  std::vector<core::SimTime> breakpoints_;
  std::vector<Conflict> conflicts_;
};

}  // namespace rackrate::market
