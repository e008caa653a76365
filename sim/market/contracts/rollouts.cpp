#include "sim/market/contracts/rollouts.hpp"

#include <algorithm>
#include <functional>
#include <string>

#include "sim/core/math.hpp"

namespace rackrate::market::contracts {
namespace {

/// Durations beyond this would leave the calendar (scenario/field.hpp has the same bound).
constexpr double kLongestDays = 4e6;

/// Calls f(clause, its rollout) for the clause itself and for what a clause of a user-defined kind stands for, where
/// lengths are drawn.
template <class AnyClause, class F>
void for_each_drawn(AnyClause& clause, F&& f) {
  if (auto* rollout = clause.template get_if<kinds::Rollout>(); rollout != nullptr && rollout->is_drawn())
    f(clause, *rollout);
  for (auto& one : clause.stands_for)
    if (auto* rollout = one.template get_if<kinds::Rollout>(); rollout != nullptr && rollout->is_drawn())
      f(one, *rollout);
}

core::SimTime own_first_day(const Version& version, const Clause& clause) {
  return std::max({version.effective, clause.from, clause.switched_on});
}

core::SimTime rounded_up(core::SimTime t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  return day == t ? t : core::SimTime{day} + core::kDay;
}

using Length =
    std::function<double(const std::string& name, Purpose purpose, core::SimDuration mean, core::SimDuration spread)>;

/// `name`: of what is drawn for, "contract/clause". A user-defined kind may stand for several rollouts, which then
/// share it.
void set_dates(kinds::Rollout& rollout, core::SimTime first, const std::string& name, const Length& length) {
  const auto after = [&](core::SimTime from, Purpose purpose, core::SimDuration mean, core::SimDuration spread) {
    return rounded_up(from + core::days(std::min(length(name, purpose, mean, spread), kLongestDays)));
  };
  if (rollout.preview_after.count() >= 0)
    rollout.preview = after(first, Purpose::RolloutPort, rollout.preview_after, rollout.preview_spread);
  if (rollout.general_after.count() >= 0)
    rollout.general =
        after(std::max(first, rollout.preview), Purpose::RolloutGeneral, rollout.general_after, rollout.general_spread);
  rollout.general = std::max(rollout.general, rollout.preview);
  rollout.preview_after = rollout.general_after = core::SimDuration{-1};  // nothing is left to draw
  rollout.preview_spread = rollout.general_spread = core::SimDuration{0};
}

std::vector<Contract> with_lengths(std::vector<Contract> contracts, const Length& length) {
  if (!has_drawn_rollouts(contracts)) return contracts;
  const std::vector<Contract> written = contracts;  // first days are those of the contracts as they stand
  for (std::size_t c = 0; c < contracts.size(); ++c)
    for (std::size_t v = 0; v < contracts[c].versions.size(); ++v)
      for (Clause& clause : contracts[c].versions[v].clauses) {
        const std::string name = contracts[c].name + "/" + clause.name;
        for_each_drawn(clause, [&](const Clause& one, kinds::Rollout& rollout) {
          set_dates(rollout, first_day(written[c], written[c].versions[v], one), name, length);
        });
      }
  return contracts;
}

}  // namespace

bool has_drawn_rollouts(const std::vector<Contract>& contracts) {
  bool any = false;
  for (const Contract& contract : contracts)
    for (const Version& version : contract.versions)
      for (const Clause& clause : version.clauses)
        for_each_drawn(clause, [&any](const Clause&, const kinds::Rollout&) { any = true; });
  return any;
}

core::SimTime first_day(const Contract& contract, const Version& version, const Clause& clause) {
  core::SimTime first = own_first_day(version, clause);
  if (first > version.effective) return first;  // it begins on a day of its own, or was switched on
  for (const Version& other : contract.versions) {
    if (other.effective >= version.effective) continue;
    for (const Clause& before : other.clauses)
      if (before.name == clause.name && before.enabled && before.switched_off > clause.switched_on)
        for_each_drawn(before, [&](const Clause& one, const kinds::Rollout&) {
          first = std::min(first, own_first_day(other, one));
        });
  }
  return first;
}

double draw_length(const core::Draws& draws, std::string_view name, Purpose purpose, core::SimDuration mean,
                   core::SimDuration spread) {
  const double m = core::in_days(mean), s = core::in_days(spread);
  constexpr double kNoSpread = 1e-6;  // of the mean: a Gamma as narrow as that is its mean
  if (!(m > 0.0) || s <= kNoSpread * m) return m;
  const double shape = m / s * (m / s);
  return draws.gamma({core::name_hash(name, core::name_hash("rollout")), static_cast<std::uint32_t>(purpose), 0, 0},
                     shape) *
         (s * s / m);
}

std::vector<Contract> with_drawn_rollouts(std::vector<Contract> contracts, const core::Draws& draws) {
  return with_lengths(std::move(contracts),
                      [&draws](const std::string& name, Purpose purpose, core::SimDuration mean,
                               core::SimDuration spread) { return draw_length(draws, name, purpose, mean, spread); });
}

std::vector<Contract> with_mean_rollouts(std::vector<Contract> contracts) {
  return with_lengths(std::move(contracts), [](const std::string&, Purpose, core::SimDuration mean, core::SimDuration) {
    return core::in_days(mean);
  });
}

}  // namespace rackrate::market::contracts
