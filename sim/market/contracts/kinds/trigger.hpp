#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market::kinds {

/// Fires once, when all conditions that it states have held for `lasting`; 0 and "" are not stated
/// (negotiation/trigger.cpp).
struct Trigger : Kind, Milestones, Switches {
  static constexpr std::string_view name = "trigger";
  static constexpr bool is_watched = true;
  core::SimTime on = core::kAlways;  ///< not before this date; kAlways: not stated
  double hazard_per_year = 0.0;      ///< of an event that comes by chance
  double unserved = 0.0;             ///< of the load of `of_lab`, a share
  double share_above = 0.0;          ///< of `of_firm` in the revenue of `layer`
  std::string of_firm;
  double hhi = 0.0;  ///< of `layer`
  Layer layer = Layer::Model;
  double stock = 0.0;     ///< of unmet need in the contract's renegotiation clause
  bool breached = false;  ///< a breach of this contract has begun
  core::SimDuration lasting{0};
  std::string exercises;     ///< a termination clause of this contract
  std::string renegotiates;  ///< a renegotiation clause of this contract

  [[nodiscard]] bool acts_daily() const { return false; }
  [[nodiscard]] Sides sides() const { return {.lab = of_lab, .host = at_cloud}; }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;
  void check_references(const std::vector<Contract>& all, const Contract& contract, const Clause& clause,
                        contracts::Complaints& complaints) const;

  template <class Keys>
  static void describe(Keys& keys) {
    Milestones::describe(keys);
    shared::on(keys, &Trigger::on);
    shared::hazard(keys, &Trigger::hazard_per_year);
    keys.number("unserved", &Trigger::unserved, KeyUnit::Share,
                "Condition: the unserved share of the lab's load reaches this.")
        .within(0.0, 1.0)
        .if_absent("no such condition");
    keys.number("share_above", &Trigger::share_above, KeyUnit::Share,
                "Condition: the firm's share of the layer's revenue over a quarter reaches this.")
        .within(0.0, 1.0)
        .if_absent("no such condition");
    keys.text("of_firm", &Trigger::of_firm, "Condition: the firm whose share is meant.").naming(KeyNames::Firms);
    keys.number("hhi", &Trigger::hhi, KeyUnit::Number,
                "Condition: the Herfindahl-Hirschman index of the layer over a quarter reaches this.")
        .within(0.0, 10000.0)
        .if_absent("no such condition");
    keys.choice("layer", &Trigger::layer, kLayerNames, "Condition: the layer that is meant.");
    keys.number("stock", &Trigger::stock, KeyUnit::Number,
                "Condition: the stock of unmet need in the contract's renegotiation clause reaches this.")
        .at_least(0.0)
        .if_absent("no such condition");
    keys.flag("breached", &Trigger::breached, "Condition: a breach of this contract has begun.");
    keys.duration("lasting", &Trigger::lasting, "How long all conditions must have held.");
    Switches::describe(keys);
    keys.text("exercises", &Trigger::exercises, "A termination clause of this contract of which notice is given.");
    keys.text("renegotiates", &Trigger::renegotiates, "A renegotiation clause of this contract that is opened.");
  }
  friend bool operator==(const Trigger&, const Trigger&) = default;
};

}  // namespace rackrate::market::kinds
