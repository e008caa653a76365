#include "sim/market/supply/power_authority.hpp"

#include "sim/market/primitives/leadtime.hpp"
#include "sim/market/supply/site_plan.hpp"

namespace rackrate::market {

void handle_power_authority(const MarketView& view, Context& context, const Event& event) {
  if (event_kind(event) != EventKind::SiteStart) return;
  const auto request = receive<SiteStart>(event);
  const auto& sites = view.parameters().sites;
  const auto address = at(view.compiled().pools[request.pool].key, Purpose::SiteLead, month_key(request.month));
  const double lead = SiteLead{sites.lead_median_days, sites.lead_sigma, sites.lead_min_days, sites.lead_max_days}.draw(
      view.draws, address);
  const auto phases = site_phase_days(lead);
  const auto parts = site_parts(request.kilowatts);
  for (std::size_t phase = 0; phase < phases.size(); ++phase)
    send_at(context, view.regime.directory.of(request.pool), context.now() + core::days(phases[phase]),
            PowerOn{parts[phase]});
}

}  // namespace rackrate::market
