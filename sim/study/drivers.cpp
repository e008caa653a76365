#include "sim/study/drivers.hpp"

#include "sim/market/world/drivers.hpp"

namespace rackrate::study {

Drivers drivers(const scenario::Scenario& scenario, std::uint64_t seed, std::uint64_t first, std::uint64_t count) {
  const market::Regime regime = market::build_regime(scenario.parameters());
  Drivers out;
  out.names = market::driver_names(regime.compiled);
  out.values.reserve(out.names.size() * count);
  for (std::uint64_t replication = first; replication < first + count; ++replication) {
    const auto values = market::driver_values(regime, core::Draws(seed, replication));
    out.values.insert(out.values.end(), values.begin(), values.end());
  }
  return out;
}

}  // namespace rackrate::study
