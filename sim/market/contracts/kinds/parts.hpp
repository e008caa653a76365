#pragma once
#include <string>
#include <vector>

#include "sim/market/contracts/kinds/shared_keys.hpp"

/// Groups of fields that several kinds have in common.
namespace rackrate::market::kinds {

/// Who holds a right, in which roles.
struct Held {
  std::vector<Role> role;
  std::vector<std::string> holder;  ///< clouds and channels

  [[nodiscard]] const std::vector<std::string>& actors() const { return holder; }
  template <class Keys>
  static void describe(Keys& keys) {
    shared::role(keys, &Held::role);
    shared::holder(keys, &Held::holder);
  }
  friend bool operator==(const Held&, const Held&) = default;
};

/// Who pays whom.
struct Paid {
  std::string payer, payee;  ///< firms

  template <class Keys>
  static void describe(Keys& keys) {
    shared::payer(keys, &Paid::payer);
    shared::payee(keys, &Paid::payee);
  }
  friend bool operator==(const Paid&, const Paid&) = default;
};

/// Conditions on how far the market has come; all that are stated must hold. 0 and "" are not stated.
struct Milestones {
  double revenue_usd = 0.0;     ///< of `of_lab` in the last full month, times 12
  std::string of_lab;           ///< the lab whose revenue or unserved load is meant
  double capacity_h100e = 0.0;  ///< installed at `at_cloud`
  std::string at_cloud;
  std::string after;  ///< "contract/version" that must have been signed

  template <class Keys>
  static void describe(Keys& keys) {
    keys.number("revenue", &Milestones::revenue_usd, KeyUnit::DollarsPerYear,
                "Condition: twelve times the lab's revenue of the last full month reaches this.")
        .at_least(0.0)
        .if_absent("no such condition");
    keys.text("of_lab", &Milestones::of_lab, "Condition: the lab whose revenue or unserved load is meant.")
        .naming(KeyNames::Labs);
    keys.number("capacity", &Milestones::capacity_h100e, KeyUnit::Compute,
                "Condition: the compute installed at the cloud reaches this.")
        .at_least(0.0)
        .if_absent("no such condition");
    keys.text("at_cloud", &Milestones::at_cloud, "Condition: the cloud whose capacity is meant.")
        .naming(KeyNames::Clouds);
    keys.text("after", &Milestones::after, "Condition: this version, \"contract/version\", has been signed.");
  }
  friend bool operator==(const Milestones&, const Milestones&) = default;
};

/// Clauses that are switched: "clause" of the same contract, or "contract/clause".
struct Switches {
  std::vector<std::string> switches_on, switches_off;

  template <class Keys>
  static void describe(Keys& keys) {
    keys.list(
        "switches_on", &Switches::switches_on, KeyNames::Any,
        "Clauses switched on: \"clause\" of this contract, or \"contract/clause\"; of a renegotiation on agreement.");
    keys.list("switches_off", &Switches::switches_off, KeyNames::Any, "Clauses switched off, in the same way.");
  }
  friend bool operator==(const Switches&, const Switches&) = default;
};

}  // namespace rackrate::market::kinds
