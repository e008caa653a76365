#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/actors/actors.hpp"
#include "sim/market/supply/budget.hpp"

/// The stages in which a site is paid: of its shell a deposit when it is begun and the rest while it is built, and of
/// everything else as its power comes on. Amounts are counted in whole kilowatts' worth of `facility_cost`, so that the
/// parts of a site sum to it exactly.
namespace rackrate::market {

/// Kilowatts of the four phases of a site.
[[nodiscard]] std::array<std::int64_t, 4> site_parts(std::int64_t kilowatts);
/// Of this power, what is paid as shell; the rest is paid when the power comes on.
[[nodiscard]] std::int64_t shell_part(const CapitalRule& rule, std::int64_t kilowatts);
/// The same for a site of four phases.
[[nodiscard]] std::int64_t shell_of_site(const CapitalRule& rule, std::int64_t kilowatts);

/// Adds a shell to what is paid by month: the deposit in the first month, the rest in equal parts in the months after
/// it up to that of `until`; all in the first month where they are the same.
void add_shell(std::vector<std::int64_t>& by_month, const PlanMonths& months, core::SimTime from, core::SimTime until,
               std::int64_t shell_kw, double deposit_share);

/// Power to start in each region, kW: the total by `share`, within `build_limit_mw` times `years`; what a region cannot
/// take goes to the others in proportion, and what none can take is left out.
/// Order: by region as the cloud lists them.
[[nodiscard]] std::vector<double> split_site(const Cloud& cloud, double kilowatts, double years);

}  // namespace rackrate::market
