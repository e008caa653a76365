#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/market/contracts/compiled.hpp"

namespace rackrate::market::contracts {

/// A tuple in the bits of a Box. The lab is not here: cells are per lab.
struct Probe {
  std::size_t segment, region;
  std::uint16_t product;
  std::uint8_t model_class;
};

[[nodiscard]] inline bool covers(const Rule& rule, const Probe& probe, int actor) {
  return (rule.box.products & probe.product) != 0 && (rule.box.model_classes & probe.model_class) != 0 &&
         rule.box.segments[probe.segment] && rule.box.regions[probe.region] && actor >= 0 &&
         rule.box.actors[static_cast<std::size_t>(actor)];
}

/// The rules in force for one lab and one role.
class Cell {
 public:
  Cell(const Compiled& compiled, std::size_t interval, int lab, Role role)
      : compiled_(compiled),
        starts_(compiled.cells[(interval * compiled.labs + static_cast<std::size_t>(lab)) * kRoleNames.size() +
                               static_cast<std::size_t>(role)]) {}

  [[nodiscard]] std::span<const std::uint32_t> rules(Action action) const {
    const auto a = static_cast<std::size_t>(action);
    return {compiled_.lists.data() + starts_[a], starts_[a + 1] - starts_[a]};
  }
  [[nodiscard]] const Rule& rule(std::uint32_t r) const { return compiled_.rules[r]; }

  /// Does this bar or delay's own contract let the actor off, carved out or waived?
  [[nodiscard]] bool carved_out(const Rule& right, const Probe& probe, int actor) const {
    for (const std::uint32_t r : rules(Action::Exempt))
      if (rule(r).price_version < 0 && rule(r).bars_of == right.contract && covers(rule(r), probe, actor)) return true;
    return false;
  }
  /// Does the actor act in a priced breach of this bar? A holder breaks no bar of its own, and a delay, whose dates are
  /// those of releases, cannot be broken.
  [[nodiscard]] bool broken(const Rule& bar, const Probe& probe, int actor) const {
    if (bar.action != Action::Bar || actor == bar.holder) return false;
    for (const std::uint32_t r : rules(Action::Exempt))
      if (rule(r).price_version >= 0 && rule(r).bars_of == bar.contract && covers(rule(r), probe, actor)) return true;
    return false;
  }
  /// Has a regulator struck out this right over the tuple?
  [[nodiscard]] bool voided(const Rule& right, const Probe& probe) const {
    for (const std::uint32_t r : rules(Action::Void))
      if (covers(rule(r), probe, right.holder)) return true;
    return false;
  }
  /// Does this bar or delay speak of the actor, carve-outs and a regulator's orders heard?
  [[nodiscard]] bool binds(const Rule& right, const Probe& probe, int actor) const {
    return covers(right, probe, actor) && !carved_out(right, probe, actor) && !voided(right, probe);
  }
  /// Does it hold the actor up: does it speak of it, and is it not broken?
  [[nodiscard]] bool applies(const Rule& right, const Probe& probe, int actor) const {
    return binds(right, probe, actor) && !broken(right, probe, actor);
  }

 private:
  const Compiled& compiled_;
  const std::array<std::uint32_t, kActions + 1>& starts_;
};

}  // namespace rackrate::market::contracts
