#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market {

/// The value of one key in the table of a user-defined clause kind.
struct KeyValue {
  std::string key;
  double number = 0.0;  ///< in the key's own unit; of a flag 0 or 1
  core::SimTime time = core::kNever;
  std::vector<std::string> names;  ///< of a text one, of a list all
  friend bool operator==(const KeyValue&, const KeyValue&) = default;
};

namespace kinds {

/// A clause of a user-defined kind (contracts/custom_kind.hpp). It has a field for the built-in keys that name
/// somebody; all other keys that its table takes, built in or its own, are in `values`.
struct Custom : Kind, Held, Paid {
  std::string kind_name;
  std::string lab, channel, host;
  std::vector<KeyValue> values;  ///< in no order that matters

  [[nodiscard]] Sides sides() const {
    return {.payer = payer, .payee = payee, .lab = lab, .channel = channel, .host = host};
  }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;
  void settle(ClauseRun& run, LabelId label) const;
  void audit(AuditRun& run, LabelId label) const;

  template <class Keys>
  static void describe(Keys& keys) {
    Held::describe(keys);
    Paid::describe(keys);
    shared::lab(keys, &Custom::lab);
    shared::channel(keys, &Custom::channel);
    shared::host(keys, &Custom::host);
  }
  friend bool operator==(const Custom&, const Custom&) = default;
};

}  // namespace kinds
}  // namespace rackrate::market
