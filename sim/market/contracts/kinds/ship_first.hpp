#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market {

/// How the ship-first exception reads (MODEL 5.3): "cannot and chooses not to" or "cannot or chooses not to".
enum class ShipFirstReading : std::uint8_t { And, Or };

namespace kinds {

inline constexpr std::array<std::string_view, 2> kShipFirstReadingNames{"and", "or"};

/// The holder ships a release first; the others follow after the lead (contracts/ship_first.hpp).
struct ShipFirst : PermissionKind, Held {
  static constexpr std::string_view name = "ship_first";
  static constexpr contracts::Action action = contracts::Action::Delay;
  static constexpr std::array default_roles{Role::Channel};
  core::SimDuration lead{0};
  core::SimDuration cure{0};
  ShipFirstReading reading = ShipFirstReading::And;
  double margin = 0.0;  ///< m of the capability test

  [[nodiscard]] bool has_one_holder() const { return true; }
  void fill(contracts::Rule& rule) const;
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;

  template <class Keys>
  static void describe(Keys& keys) {
    Held::describe(keys);
    keys.duration("lead", &ShipFirst::lead, "How much earlier the holder ships.");
    keys.duration("cure", &ShipFirst::cure, "Time the holder has to cure.");
    keys.choice("reading", &ShipFirst::reading, kShipFirstReadingNames,
                "Whether the exception needs \"cannot and chooses not to\" or either.");
    keys.number("margin", &ShipFirst::margin, KeyUnit::Share,
                "Headroom that the capability test requires beyond the need, as a share of it.")
        .at_least(0.0);
  }
  friend bool operator==(const ShipFirst&, const ShipFirst&) = default;
};

}  // namespace kinds
}  // namespace rackrate::market
