#include "sim/market/regime/first_use.hpp"

#include <vector>

#include "sim/core/whole.hpp"
#include "sim/market/primitives/power.hpp"

namespace rackrate::market {

RunningFleet running_on_first_day(const CompiledScenario& s, CloudId id) {
  const auto& cloud = s.parameters.clouds[id];
  RunningFleet running;
  for (const auto& region : cloud.regions) {
    std::vector<FleetLine> fleet;
    for (const auto& entry : region.fleet)
      for (const auto& chip : s.parameters.chips)
        if (chip.name == entry.chip)
          fleet.push_back({core::name_hash(chip.name), core::whole(entry.units + 0.5, "a fleet"), chip.h100e,
                           chip.facility_kw, cloud.availability});
    const double limit = region.power_mw < 0 ? facility_kw(fleet) + 1.0 : region.power_mw * 1e3;
    const Powered on = power_fleet(fleet, limit);
    running.h100e += core::real(on.up_h100e);
    for (std::size_t i = 0; i < fleet.size(); ++i) running.kw += fleet[i].kw * core::real(on.on[i]);
  }
  return running;
}

FirstUse first_use(const CompiledScenario& s, CloudId id) {
  const auto& cloud = s.parameters.clouds[id];
  const double shared = cloud.internal_share > 0 ? cloud.internal_share * running_on_first_day(s, id).h100e : 0.0;
  FirstUse use;
  use.own = cloud.own_use.h100e >= 0 ? cloud.own_use.h100e : shared * (1.0 - cloud.customers_share);
  use.customers = cloud.customers_h100e >= 0 ? cloud.customers_h100e : shared * cloud.customers_share;
  return use;
}

}  // namespace rackrate::market
