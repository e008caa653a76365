#include "sim/study/shared_past.hpp"

namespace rackrate::study {

std::optional<core::SimTime> fork_date(const market::RunParameters& run, core::SimTime difference) {
  if (difference <= run.start) return std::nullopt;
  const auto windows = (difference - core::SimDuration{1} - run.start) / run.window;
  if (windows < 1) return std::nullopt;
  return run.start + windows * run.window;
}

}  // namespace rackrate::study
