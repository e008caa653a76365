#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/market/contracts/contract.hpp"

namespace rackrate::market::contracts {

/// Collects mistakes under one key path after another.
class Complaints {
 public:
  explicit Complaints(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {}

  void at(std::string key) { key_ = std::move(key); }
  [[nodiscard]] const std::string& key() const { return key_; }
  void add(std::string_view field, std::string got, std::string expected, std::string remedy);
  /// Complains unless `name` is one of `known`; names the nearest one.
  void require_name(std::string_view field, const std::string& name, const std::vector<std::string>& known,
                    std::string_view what);
  /// Complains unless 0 <= value <= 1.
  void require_share(std::string_view field, double value);
  /// Complains unless value >= 0 (NaN is not).
  void require_not_negative(std::string_view field, double value, std::string_view what);
  /// Complains unless a < b.
  void require_order(std::string_view field, core::SimTime a, core::SimTime b, std::string_view name_of_a);

  [[nodiscard]] const Vocabulary& vocabulary() const { return vocabulary_; }
  [[nodiscard]] std::vector<core::Mistake> take() { return std::move(mistakes_); }

 private:
  const Vocabulary& vocabulary_;
  std::string key_;
  std::vector<core::Mistake> mistakes_;
};

/// Mistakes of one clause, considered alone: what its kind checks.
void check_terms(const Clause& clause, const Version& version, Complaints& complaints);
/// Mistakes of roles, holders and scope of a clause that decides permissions.
void check_right(const Clause& clause, Complaints& complaints);
/// Every name that the clause's roles could mean, clouds first, and what to call one of them.
[[nodiscard]] std::vector<std::string> known_actors(const std::vector<Role>& roles, const Vocabulary& vocabulary);
[[nodiscard]] std::string described_actor(const std::vector<Role>& roles);
/// A payer and a payee that are firms and not the same one.
void check_payer_and_payee(const kinds::Paid& paid, Complaints& complaints);
void check_lab_and_host(const std::string& lab, const std::string& host, Complaints& complaints);
/// A condition on a version that does not exist.
void check_after(const std::vector<Contract>& contracts, const std::string& after, Complaints& complaints);
/// Names in switches_on and switches_off that are no clauses, or the clause itself.
void check_switches(const std::vector<Contract>& contracts, const Contract& contract, const Clause& clause,
                    const kinds::Switches& switches, Complaints& complaints);
/// "contract/clause" of all that a trigger or an agreement may switch on: it is checked as if it were enabled.
[[nodiscard]] std::set<std::string> may_be_switched_on(const std::vector<Contract>& contracts);
/// Names of the contract's clauses of one kind.
[[nodiscard]] std::vector<std::string> clauses_of_kind(const Contract& contract, ClauseKind kind);
/// Payers and payees that are no party to their contract, names restated as another obligation, and what the kinds
/// check of all clauses together.
void check_references(const std::vector<Contract>& contracts, Complaints& complaints);
/// The key path of a clause.
[[nodiscard]] std::string key_of(const Contract& contract, const Version& version, const Clause& clause);

/// Calls f(contract, version, clause) for every clause.
template <class F>
void for_each_clause(const std::vector<Contract>& contracts, F f) {
  for (const Contract& contract : contracts)
    for (const Version& version : contract.versions)
      for (const Clause& clause : version.clauses) f(contract, version, clause);
}

}  // namespace rackrate::market::contracts
