#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market {

/// What becomes of reserved capacity that its lab does not use.
enum class UnusedRule : std::uint8_t { Release, Idle };

/// From this date on, this share of a reservation is in force.
struct ScheduleStep {
  core::SimTime from = core::kAlways;
  double share = 1.0;
  friend bool operator==(const ScheduleStep&, const ScheduleStep&) = default;
};

namespace kinds {

inline constexpr std::array<std::string_view, 2> kUnusedRuleNames{"release", "idle"};

/// Compute of a host set aside for a lab, and paid whether it is used or not. Its size is stated in H100e or in power.
struct Reservation : Kind, Paid {
  static constexpr std::string_view name = "reservation";
  static constexpr bool moves_between_parties = true;
  std::string lab, host;
  double price_usd = -1.0;  ///< per H100e-hour
  double quantity_h100e = 0.0;
  double power_mw = 0.0;               ///< of `chip`
  std::string chip;                    ///< empty: whatever the host has
  std::vector<ScheduleStep> schedule;  ///< ascending; empty: all of it from the start
  UnusedRule unused = UnusedRule::Release;

  [[nodiscard]] Sides sides() const { return {.payer = payer, .payee = payee, .lab = lab, .host = host}; }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;
  /// What is reserved at a cloud is paid to it, by the lab that it is for.
  void check_market(const Actors& actors, const Contract& contract, const Clause& clause,
                    contracts::Complaints& complaints) const;

  template <class Keys>
  static void describe(Keys& keys) {
    Paid::describe(keys);
    shared::lab(keys, &Reservation::lab);
    shared::host(keys, &Reservation::host);
    shared::price(keys, &Reservation::price_usd);
    shared::quantity(keys, &Reservation::quantity_h100e);
    keys.number("power", &Reservation::power_mw, KeyUnit::Megawatts,
                "Facility power of the named chip reserved; this or quantity.")
        .at_least(0.0);
    keys.text("chip", &Reservation::chip, "The silicon that is reserved.")
        .naming(KeyNames::Chips)
        .if_absent("whatever the host has");
    keys.choice("unused", &Reservation::unused, kUnusedRuleNames, "Whether others may use what the lab does not use.");
    keys.shares_by_date(
        "schedule",
        "Steps of a reservation: from each date on, this share of it is in force; before the first, nothing.", "DATE",
        "Share in force from this date on.", [](Reservation& reservation, core::SimTime from, double share) {
          reservation.schedule.push_back({from, share});
        });
  }
  friend bool operator==(const Reservation&, const Reservation&) = default;
};

}  // namespace kinds
}  // namespace rackrate::market
