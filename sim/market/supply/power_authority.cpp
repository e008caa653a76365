#include "sim/market/supply/power_authority.hpp"

#include "sim/market/primitives/leadtime.hpp"

namespace rackrate::market {

void handle_power_authority(const MarketView& view, Context& context, const Event& event) {
  if (static_cast<Kind>(event.kind) != Kind::SiteStart) return;
  const auto request = unpack<SiteStart>(event.payload);
  const auto& sites = view.parameters().sites;
  const auto& ref = view.compiled().pools[static_cast<std::size_t>(request.pool)];
  const double lead = SiteLead{sites.lead_median_days, sites.lead_sigma, sites.lead_min_days, sites.lead_max_days}.draw(
      view.draws, at(ref.key, Purpose::SiteLead, static_cast<std::uint64_t>(request.month)));
  std::int64_t left = request.kilowatts;
  const auto phases = site_phase_days(lead);
  for (std::size_t phase = 0; phase < phases.size(); ++phase) {
    const std::int64_t part = phase < 3 ? request.kilowatts / 4 : left;
    left -= part;
    context.send(view.regime.directory.first_pool + static_cast<ProcessId>(request.pool),
                 std::max(context.now() + core::days(phases[phase]), context.window_end()),
                 static_cast<std::uint16_t>(Kind::PowerOn), pack(PowerOn{part}), priority::kSupply);
  }
}

}  // namespace rackrate::market
