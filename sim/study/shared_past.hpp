#pragma once
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "sim/study/simulation.hpp"

/// Arms that share their past: until the first date on which two arms of a study can differ, one run serves both.
namespace rackrate::study {

/// Where the run of an arm begins.
struct Beginning {
  std::optional<std::size_t> parent;  ///< the arm whose run it leaves; none: it begins on the first day
  core::SimTime at;                   ///< the window boundary at which it does
};

/// The last window boundary at which two runs that can differ from `difference` on are still one, or none if that is
/// the first day. What takes effect on a boundary is reported at that boundary, so it lies before the difference.
[[nodiscard]] std::optional<core::SimTime> fork_date(const market::RunParameters& run, core::SimTime difference);

/// Where each of `open`, the arms to run, begins: each leaves the earlier one from which it differs last.
/// `difference(a, b)`: the first date on which arms a and b can differ. `end`: of the runs.
template <class Difference>
[[nodiscard]] std::vector<Beginning> plan_beginnings(std::span<const std::size_t> open,
                                                     const market::RunParameters& run, core::SimTime end,
                                                     const Difference& difference) {
  std::vector<Beginning> plan(open.empty() ? 0 : open.back() + 1);
  for (std::size_t i = 1; i < open.size(); ++i) {
    Beginning& mine = plan[open[i]];
    for (std::size_t j = 0; j < i; ++j) {
      const auto at = fork_date(run, std::min(end, difference(open[i], open[j])));
      if (at && (!mine.parent || *at > mine.at)) mine = {open[j], *at};
    }
    // before that arm has left its own parent the two are one
    while (mine.parent && plan[*mine.parent].parent && mine.at <= plan[*mine.parent].at)
      mine.parent = plan[*mine.parent].parent;
  }
  return plan;
}

/// A copy of a run at the boundary where other arms fork from it. Threads may call take() at once, each arm once.
class Stem {
 public:
  Stem(Simulation simulation, std::size_t arms) : simulation_(std::move(simulation)), left_(arms) {}

  [[nodiscard]] Simulation take() {
    const std::lock_guard lock(mutex_);
    return --left_ == 0 ? std::move(simulation_) : simulation_;
  }

 private:
  std::mutex mutex_;
  Simulation simulation_;
  std::size_t left_;
};

}  // namespace rackrate::study
