#include "sim/market/contracts/kinds/rollout.hpp"

#include "sim/market/contracts/compiled.hpp"
#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

namespace {

/// Lengths to be drawn: a mean each, and an end of the preview where its beginning is drawn.
void check_drawn(const Rollout& rollout, contracts::Complaints& complaints) {
  complaints.require_not_negative("preview_spread", core::in_days(rollout.preview_spread),
                                  "a duration of 0 or more days");
  complaints.require_not_negative("general_spread", core::in_days(rollout.general_spread),
                                  "a duration of 0 or more days");
  const auto check_spread = [&complaints](const std::string& length, core::SimDuration mean, core::SimDuration spread) {
    if (spread.count() <= 0 || mean.count() > 0) return;
    complaints.add(length + "_spread", "given without a mean above 0", "a spread around " + length + "_after",
                   "Say how long it takes on average, or drop the spread");
  };
  check_spread("preview", rollout.preview_after, rollout.preview_spread);
  check_spread("general", rollout.general_after, rollout.general_spread);
  if (rollout.preview_after.count() >= 0 && rollout.general_after.count() < 0 && rollout.general <= core::kAlways)
    complaints.add("general", "not given", "a date or \"never\", or general_after, beside preview_after",
                   "Say how long the preview lasts; general_after = \"0 d\" has none");
}

}  // namespace

void Rollout::check(const Clause& clause, const Version&, contracts::Complaints& complaints) const {
  if (preview >= core::kNever)
    complaints.add("preview", "never", "a date", "A rollout that never starts bars for ever; drop the grant instead");
  contracts::check_right(clause, complaints);
  check_drawn(*this, complaints);
  if (!is_drawn() && general < preview)
    complaints.add("general", core::to_string(general), "a date not before preview (" + core::to_string(preview) + ")",
                   "Swap the two dates, or drop preview");
  complaints.require_share("allowlist", allowlist);
  complaints.require_share("token_cap", token_cap);
}

void Rollout::fill(contracts::Rule& rule) const {
  rule.preview = preview;
  rule.general = general;
  rule.allowlist = allowlist;
  rule.token_cap = token_cap;
}

}  // namespace rackrate::market::kinds
