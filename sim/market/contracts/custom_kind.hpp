#pragma once
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/core/sim_time.hpp"
#include "sim/market/contracts/contract.hpp"
#include "sim/market/vocabulary/facts.hpp"
#include "sim/market/vocabulary/vocabulary.hpp"

/// The interface for clause kinds defined outside this repository; examples/clause-kind is one.
namespace rackrate::market::contracts {

enum class KeyType : std::uint8_t { Dollars, Share, Days, Number, Date };

/// A key of a user-defined kind, checked by the scenario's reader like every other: type, unit, whether it must be
/// there. Shares, dollars and days may not be negative.
struct CustomKey {
  std::string name;
  KeyType type = KeyType::Number;
  std::string meaning;
  bool required = false;
  double fallback = 0.0;  ///< where it may be left out; days for Days; of a Date: never
};

/// One window of the books, as clauses that move money see it.
struct ClauseWindow {
  core::SimTime start, end;
  const Vocabulary& vocabulary;
  std::span<const Money> revenue;                         ///< recognised, by lab
  std::span<const std::vector<Money>> sales;              ///< gross, [lab][channel]
  const std::map<std::pair<int, int>, Money>& purchases;  ///< compute bought, (payer, payee) by index of firm

  [[nodiscard]] Money revenue_of(std::string_view lab) const;
  [[nodiscard]] Money sales_of(std::string_view lab, std::string_view channel) const;
  [[nodiscard]] Money bought(std::string_view payer, std::string_view payee) const;
};

/// One payment that a clause asks for in a window. It is posted, checked and closed like all others.
struct Payment {
  std::string from, to;  ///< firms
  Layer from_layer = Layer::Model, to_layer = Layer::Model;
  Category category = Category::Revshare;
  Money amount;  ///< not negative
};

/// A user-defined clause kind. It states which keys its table takes, which built-in permission clauses it stands
/// for, and what it pays in a window. All three are pure functions of their arguments: an object holds no
/// state, so that replications, forks and threads may share it; what a clause must remember is `memory`.
class CustomKind {
 public:
  virtual ~CustomKind() = default;

  /// The value of `kind` in a scenario. It may not be the name of a built-in kind.
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::vector<CustomKey> keys() const { return {}; }
  /// Which keys of the built-in kinds its table takes too. "role", "holder", "payer", "payee", "lab", "channel" and
  /// "host" are in clause.as<kinds::Custom>(); number_of(), date_of() and names_of() read all others.
  [[nodiscard]] virtual std::vector<std::string_view> takes() const { return {}; }
  /// What is wrong with this clause: `where.key` of each mistake is a key of the table, "until" for instance.
  [[nodiscard]] virtual std::vector<core::Mistake> mistakes(const Clause&, const Version&) const { return {}; }

  /// The permission clauses it stands for, inside the dates of `clause`. They are compiled, reported in conflicts
  /// and named in verdicts like written ones, under the name of `clause`.
  [[nodiscard]] virtual std::vector<Clause> permissions(const Clause&, const Version&) const { return {}; }
  /// What it pays for the window, in the order of posting. Asked once a window while the clause is in force.
  /// `memory` is empty at the first window and afterwards as it was left.
  [[nodiscard]] virtual std::vector<Payment> payments(const Clause&, const Version&, const ClauseWindow&,
                                                      std::vector<std::int64_t>& memory) const {
    static_cast<void>(memory);
    return {};
  }
};

using CustomKinds = std::vector<std::shared_ptr<const CustomKind>>;

/// The number that `key` says in this clause, or `fallback`. Dollars, shares, days, or the plain number; of a flag 0
/// or 1.
[[nodiscard]] double number_of(const Clause& clause, std::string_view key, double fallback);
/// The date that `key` says in this clause, or `fallback`.
[[nodiscard]] core::SimTime date_of(const Clause& clause, std::string_view key, core::SimTime fallback = core::kNever);

/// The names that `key` says in this clause: of a text one, of a list all.
[[nodiscard]] std::vector<std::string> names_of(const Clause& clause, std::string_view key);

/// Writes into every clause of a user-defined kind the clauses it stands for.
/// Returns: what those kinds find wrong, with whole key paths.
[[nodiscard]] std::vector<core::Mistake> expand_custom(std::vector<Contract>& contracts, const CustomKinds& all);

/// The kind of this clause, or null where it is built in or unknown.
[[nodiscard]] const CustomKind* find_kind(const CustomKinds& all, const Clause& clause);

}  // namespace rackrate::market::contracts
