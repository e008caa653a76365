#include "sim/market/supply/power_authority.hpp"

#include "sim/market/primitives/leadtime.hpp"

namespace rackrate::market {

void handle_power_authority(const MarketView& view, Context& context, const Event& event) {
  if (event_kind(event) != EventKind::SiteStart) return;
  const auto request = receive<SiteStart>(event);
  const auto& sites = view.parameters().sites;
  const auto address = at(view.compiled().pools[request.pool].key, Purpose::SiteLead, month_key(request.month));
  const double lead = SiteLead{sites.lead_median_days, sites.lead_sigma, sites.lead_min_days, sites.lead_max_days}.draw(
      view.draws, address);
  std::int64_t left = request.kilowatts;
  const auto phases = site_phase_days(lead);
  for (std::size_t phase = 0; phase < phases.size(); ++phase) {
    const std::int64_t part = phase < 3 ? request.kilowatts / 4 : left;
    left -= part;
    send_at(context, view.regime.directory.of(request.pool), context.now() + core::days(phases[phase]), PowerOn{part});
  }
}

}  // namespace rackrate::market
