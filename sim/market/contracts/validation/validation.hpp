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
  void require_name(std::string_view field, const std::string& name, const std::vector<std::string>& known, std::string_view what);
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

/// Mistakes of one permission clause (grant ... rollout).
void check_permission_clause(const Clause& clause, Complaints& complaints);
/// A payer and a payee that are firms and not the same one.
void check_payer_and_payee(const Clause& clause, bool needed, Complaints& complaints);
/// Mistakes of one clause that steers capacity, capital or spend (primary ... drawdown).
void check_capital_clause(const Clause& clause, Complaints& complaints);
/// Mistakes of one clause by which a contract changes by what happens, one function a kind.
void check_damages_clause(const Clause& clause, Complaints& complaints);
void check_termination_clause(const Clause& clause, const Version& version, Complaints& complaints);
void check_trigger_clause(const Clause& clause, Complaints& complaints);
void check_renegotiation_clause(const Clause& clause, Complaints& complaints);
void check_tender_clause(const Clause& clause, Complaints& complaints);
/// Names of clauses that a trigger or a renegotiation switches, exercises or opens, and that are not there.
void check_reactions(const std::vector<Contract>& contracts, Complaints& complaints);
/// "contract/clause" of all that a trigger or an agreement may switch on: it is checked as if it were enabled.
[[nodiscard]] std::set<std::string> may_be_switched_on(const std::vector<Contract>& contracts);
/// Clauses whose names a tender of their contract needs for its awards.
void check_award_names(const Contract& contract, Complaints& complaints);
/// Payers and payees that are no party to their contract, names restated as another obligation, and conditions on
/// versions that do not exist: what one clause alone cannot show.
void check_references(const std::vector<Contract>& contracts, Complaints& complaints);
/// Mistakes of one money clause (commit ... hosting).
void check_money_clause(const Clause& clause, const Version& version, Complaints& complaints);
/// Revenue shares that together take more than the whole of one base at some date.
void check_share_totals(const std::vector<Contract>& contracts, Complaints& complaints);

}  // namespace rackrate::market::contracts
