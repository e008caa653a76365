#pragma once
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/contracts/kinds/list.hpp"
#include "sim/market/vocabulary/ids.hpp"
#include "sim/market/vocabulary/vocabulary.hpp"

namespace rackrate::market {

/// What a clause covers: a conjunction of sets; an empty set does not restrict.
struct Scope {
  std::vector<std::string> labs;
  std::vector<ModelClass> model_class;
  std::vector<Product> products;
  std::vector<std::string> segments;
  std::vector<std::string> regions;
  friend bool operator==(const Scope&, const Scope&) = default;
};

/// What happens to grants of a version that are barred by another contract's exclusive in force (MODEL 5.6): they have
/// no effect; they take effect as a breach at the price that the other contract states; or they have no effect and the
/// sides of the other contract renegotiate.
enum class ConflictPolicy : std::uint8_t { Block, Breach, Renegotiate };
inline constexpr std::array<std::string_view, 3> kConflictPolicyNames{"block", "breach", "renegotiate"};

/// One clause of one version: a header, and the terms of its kind (kinds/). All ends are exclusive.
struct Clause {
  std::string name;
  bool enabled = true;
  Scope scope;
  core::SimTime from = core::kAlways;  ///< the clause's own dates, inside its version's
  core::SimTime until = core::kNever;
  Terms terms;

  // Set by the program, never written. In a run (changes.hpp) the clause is in force in [switched_on, switched_off) of
  // its dates. Its terms, for instance what a commitment owes per day, stay those of its own dates.
  core::SimTime switched_on = core::kAlways;
  core::SimTime switched_off = core::kNever;
  std::string awarded_by;          ///< the tender of this contract that added the clause
  std::vector<Clause> stands_for;  ///< of a user-defined kind: the permission clauses it stands for, cut to its dates

  [[nodiscard]] ClauseKind kind() const { return static_cast<ClauseKind>(terms.index()); }
  template <class K>
  [[nodiscard]] bool is() const {
    return std::holds_alternative<K>(terms);
  }
  /// The terms of this kind, or null where the clause is of another.
  template <class K>
  [[nodiscard]] const K* get_if() const {
    return std::get_if<K>(&terms);
  }
  template <class K>
  [[nodiscard]] K* get_if() {
    return std::get_if<K>(&terms);
  }
  /// The terms of this kind. Throws: std::bad_variant_access where the clause is of another.
  template <class K>
  [[nodiscard]] const K& as() const {
    return std::get<K>(terms);
  }
  template <class K>
  [[nodiscard]] K& as() {
    return std::get<K>(terms);
  }
  friend bool operator==(const Clause&, const Clause&) = default;
};

/// Calls f(terms), with the terms as the struct of their kind.
template <class F>
decltype(auto) visit_terms(const Clause& clause, F&& f) {
  return std::visit(std::forward<F>(f), clause.terms);
}

struct Version {
  std::string name;
  core::SimTime signed_on = core::kAlways;
  core::SimTime effective = core::kAlways;
  core::SimTime ends = core::kNever;
  std::vector<Clause> clauses;
  ConflictPolicy conflict = ConflictPolicy::Block;

  [[nodiscard]] const Clause& operator[](ClauseId clause) const { return clauses[clause.position()]; }
  [[nodiscard]] auto clause_ids() const { return core::indices<ClauseId>(clauses.size()); }
  friend bool operator==(const Version&, const Version&) = default;
};

/// A contract with all its versions. In force at t: the version with the latest signature among
/// those with effective <= t < ends (MODEL 5.2, step 2).
struct Contract {
  std::string name;
  std::vector<std::string> parties;
  core::SimTime terminated = core::kNever;  ///< ended early, exclusive: commitments lapse, versions to come never begin
  std::vector<Version> versions;

  [[nodiscard]] const Version& operator[](VersionId version) const { return versions[version.position()]; }
  [[nodiscard]] auto version_ids() const { return core::indices<VersionId>(versions.size()); }
  friend bool operator==(const Contract&, const Contract&) = default;
};

/// Where a clause stands in a list of contracts.
struct ClauseRef {
  ContractId contract;
  VersionId version;
  ClauseId clause;
  friend auto operator<=>(const ClauseRef&, const ClauseRef&) = default;
};

[[nodiscard]] inline auto contract_ids(const std::vector<Contract>& contracts) {
  return core::indices<ContractId>(contracts.size());
}
[[nodiscard]] inline const Contract& contract_at(const std::vector<Contract>& contracts, ContractId contract) {
  return contracts[contract.position()];
}
[[nodiscard]] inline const Version& version_at(const std::vector<Contract>& contracts, const ClauseRef& ref) {
  return contract_at(contracts, ref.contract)[ref.version];
}
[[nodiscard]] inline const Clause& clause_at(const std::vector<Contract>& contracts, const ClauseRef& ref) {
  return version_at(contracts, ref)[ref.clause];
}
/// "contract/version/clause", as far as the place says; empty for none.
[[nodiscard]] std::string path_of(const std::vector<Contract>& contracts, const ClauseRef& ref);

/// Calls f(place, version, clause) for every clause of all versions, in order.
template <class F>
void for_each_place(const std::vector<Contract>& contracts, F f) {
  for (const ContractId c : contract_ids(contracts))
    for (const VersionId v : contract_at(contracts, c).version_ids()) {
      const Version& version = contract_at(contracts, c)[v];
      for (const ClauseId k : version.clause_ids()) f(ClauseRef{c, v, k}, version, version[k]);
    }
}

}  // namespace rackrate::market
