#include "sim/market/supply/site_plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/core/whole.hpp"

namespace rackrate::market {

std::array<std::int64_t, 4> site_parts(std::int64_t kilowatts) {
  const std::int64_t quarter = kilowatts / 4;
  return {quarter, quarter, quarter, kilowatts - 3 * quarter};
}

std::int64_t shell_part(const CapitalRule& rule, std::int64_t kilowatts) {
  return core::whole(std::floor(core::real(kilowatts) * rule.shell_share + 0.5), "the shell of a site");
}

std::int64_t shell_of_site(const CapitalRule& rule, std::int64_t kilowatts) {
  std::int64_t sum = 0;
  for (const std::int64_t part : site_parts(kilowatts)) sum += shell_part(rule, part);
  return sum;
}

void add_shell(std::vector<std::int64_t>& by_month, const PlanMonths& months, core::SimTime from, core::SimTime until,
               std::int64_t shell_kw, double deposit_share) {
  by_month.resize(months.size());
  const std::size_t first = months.of(from);
  const auto parts = static_cast<std::int64_t>(months.of(until) - first);
  const std::int64_t deposit =
      parts == 0 ? shell_kw : core::whole(std::floor(core::real(shell_kw) * deposit_share + 0.5), "a deposit");
  by_month[first] += deposit;
  std::int64_t paid = 0;
  for (std::int64_t k = 1; k <= parts; ++k) {
    const std::int64_t by_now = (shell_kw - deposit) / parts * k + (shell_kw - deposit) % parts * k / parts;
    by_month[first + static_cast<std::size_t>(k)] += by_now - paid;
    paid = by_now;
  }
}

std::vector<double> split_site(const Cloud& cloud, double kilowatts, double years) {
  const auto limit = [&](const CloudRegion& region) {
    return region.build_limit_mw < 0 ? std::numeric_limits<double>::infinity() : region.build_limit_mw * 1e3 * years;
  };
  std::vector<double> out(cloud.regions.size(), 0.0);
  std::vector<char> open(cloud.regions.size(), 1);
  double left = kilowatts;
  for (std::size_t round = 0; round < cloud.regions.size() && left > 0; ++round) {
    double shares = 0.0, placed = 0.0;
    for (std::size_t r = 0; r < out.size(); ++r) shares += open[r] != 0 ? cloud.regions[r].share : 0.0;
    if (!(shares > 0)) break;
    for (std::size_t r = 0; r < out.size(); ++r) {
      if (open[r] == 0) continue;
      const double room = limit(cloud.regions[r]) - out[r], asked = left * cloud.regions[r].share / shares;
      if (asked >= room) open[r] = 0;
      out[r] += std::min(asked, room);
      placed += std::min(asked, room);
    }
    left -= placed;
    if (left <= 1e-9 * kilowatts) break;
  }
  return out;
}

}  // namespace rackrate::market
