#pragma once
#include <span>

#include "sim/market/contracts/compiled.hpp"

namespace rackrate::market::contracts {

/// A tuple without its lab and its actor: cells are per lab, and each role has an actor of its own.
struct Probe {
  SegmentId segment;
  RegionId region;
  Product product;
  ModelClass model_class;
};

[[nodiscard]] inline bool covers(const Rule& rule, const Probe& probe, ActorId actor) {
  return rule.box.products.contains(probe.product) && rule.box.model_classes.contains(probe.model_class) &&
         rule.box.segments.contains(probe.segment) && rule.box.regions.contains(probe.region) && actor.exists() &&
         rule.box.actors.contains(actor);
}

/// The rules in force for one lab and one role.
class Cell {
 public:
  Cell(const Compiled& compiled, BreakId interval, LabId lab, Role role)
      : compiled_(compiled), starts_(compiled.starts(interval, lab, role)) {}

  [[nodiscard]] std::span<const RuleId> rules(Action action) const { return compiled_.rules_of(starts_, action); }
  [[nodiscard]] const Rule& rule(RuleId r) const { return compiled_.rules[r]; }

  /// Does the contract of this bar or delay exempt the actor, by a carve-out or a waiver?
  [[nodiscard]] bool carved_out(const Rule& right, const Probe& probe, ActorId actor) const {
    for (const RuleId r : rules(Action::Exempt))
      if (!rule(r).is_breach() && rule(r).bars_of == right.clause.contract && covers(rule(r), probe, actor))
        return true;
    return false;
  }
  /// Does the actor act in a priced breach of this bar? A holder cannot breach its own bar. A delay cannot be breached:
  /// its dates are those of releases.
  [[nodiscard]] bool broken(const Rule& bar, const Probe& probe, ActorId actor) const {
    if (bar.action != Action::Bar || actor == bar.holder) return false;
    for (const RuleId r : rules(Action::Exempt))
      if (rule(r).is_breach() && rule(r).bars_of == bar.clause.contract && covers(rule(r), probe, actor)) return true;
    return false;
  }
  /// Has a regulator voided this right for the tuple?
  [[nodiscard]] bool voided(const Rule& right, const Probe& probe) const {
    for (const RuleId r : rules(Action::Void))
      if (covers(rule(r), probe, right.holder)) return true;
    return false;
  }
  /// Does this bar or delay apply to the actor, after carve-outs and a regulator's orders?
  [[nodiscard]] bool binds(const Rule& right, const Probe& probe, ActorId actor) const {
    return covers(right, probe, actor) && !carved_out(right, probe, actor) && !voided(right, probe);
  }
  /// Does it stop the actor: does it apply, and is it not breached?
  [[nodiscard]] bool applies(const Rule& right, const Probe& probe, ActorId actor) const {
    return binds(right, probe, actor) && !broken(right, probe, actor);
  }

 private:
  const Compiled& compiled_;
  const Compiled::Starts& starts_;
};

}  // namespace rackrate::market::contracts
