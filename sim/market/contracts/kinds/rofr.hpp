#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market {

/// A right recorded as waived: under a right of first refusal the waived host is open from that date.
struct Waiver {
  std::string host;
  core::SimTime date = core::kNever;
  friend bool operator==(const Waiver&, const Waiver&) = default;
};

namespace kinds {

/// A right of first refusal: an exclusive until it is waived.
struct Rofr : PermissionKind, Held {
  static constexpr std::string_view name = "rofr";
  static constexpr contracts::Action action = contracts::Action::Bar;
  core::SimDuration window = core::days(30);  ///< the holder's time to answer a request
  std::vector<Waiver> waivers;                ///< written, or added in a run

  [[nodiscard]] bool bars() const { return true; }
  [[nodiscard]] bool has_one_holder() const { return true; }
  void add_dates(std::vector<core::SimTime>& dates) const {
    for (const Waiver& waiver : waivers) dates.push_back(waiver.date);
  }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;

  template <class Keys>
  static void describe(Keys& keys) {
    Held::describe(keys);
    keys.duration("window", &Rofr::window, "Time the holder has to answer a request; silence waives.");
    keys.dates_by_name("waivers", "Rights recorded as waived: the host is open from that date.", "CLOUD",
                       KeyNames::Clouds, "From when this host is open.",
                       [](Rofr& rofr, const std::string& host, core::SimTime from) {
                         rofr.waivers.push_back({host, from});
                       });
  }
  friend bool operator==(const Rofr&, const Rofr&) = default;
};

}  // namespace kinds
}  // namespace rackrate::market
