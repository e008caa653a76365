#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market::kinds {

/// The stages in which granted sales start: none before the preview, PREVIEW until general availability.
/// Either length may be drawn by replication, from the first day on which the clause is in force
/// (contracts/rollouts.hpp).
struct Rollout : PermissionKind, Held {
  static constexpr std::string_view name = "rollout";
  static constexpr contracts::Action action = contracts::Action::Regime;
  core::SimTime preview = core::kAlways;
  core::SimTime general = core::kAlways;  ///< kNever: stays in preview
  double allowlist = 1.0;                 ///< phi: share of accounts admitted in preview
  double token_cap = 1.0;                 ///< share of an admitted account's volume served in preview
  core::SimDuration preview_after{-1};    ///< mean time to the preview; negative: `preview` states it
  core::SimDuration preview_spread{0};    ///< standard deviation of it
  core::SimDuration general_after{-1};    ///< mean length of the preview; negative: `general` states it
  core::SimDuration general_spread{0};

  [[nodiscard]] bool is_drawn() const { return preview_after.count() >= 0 || general_after.count() >= 0; }
  [[nodiscard]] bool acts_daily() const { return false; }
  void add_dates(std::vector<core::SimTime>& dates) const { dates.insert(dates.end(), {preview, general}); }
  void fill(contracts::Rule& rule) const;
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;

  template <class Keys>
  static void describe(Keys& keys) {
    Held::describe(keys);
    keys.date("preview", &Rollout::preview, "Start of the preview.").or_never().if_absent("in preview from the start");
    keys.date("general", &Rollout::general, "General availability; \"never\" stays in preview.")
        .or_never()
        .if_absent("generally available from the start");
    keys.number("allowlist", &Rollout::allowlist, KeyUnit::Share, "Share of accounts admitted in preview.")
        .within(0.0, 1.0);
    keys.number("token_cap", &Rollout::token_cap, KeyUnit::Share,
                "Share of an admitted account's volume served in preview.")
        .within(0.0, 1.0);
    keys.duration("preview_after", &Rollout::preview_after,
                  "Mean time from the clause's first day to the preview, drawn by replication.")
        .if_absent("preview says it");
    keys.duration("preview_spread", &Rollout::preview_spread, "Standard deviation of preview_after; 0: not random.");
    keys.duration("general_after", &Rollout::general_after, "Mean length of the preview, drawn by replication.")
        .if_absent("general says it");
    keys.duration("general_spread", &Rollout::general_spread, "Standard deviation of general_after; 0: not random.");
    keys.at_most("preview", "general");
    keys.not_both("preview", "preview_after");
    keys.not_both("general", "general_after");
  }
  friend bool operator==(const Rollout&, const Rollout&) = default;
};

}  // namespace rackrate::market::kinds
