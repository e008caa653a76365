#include "sim/market/exchange/clearing/streams.hpp"

#include "sim/core/math.hpp"
#include "sim/market/view/demand_factor.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

/// Compute price of a lab's hosts relative to the start, weighted by what they have for sale.
double compute_price_index(const MarketView& view, LabId lab) {
  double price = 0.0, available = 0.0;
  for (const CloudId host : view.compiled().hosts_of_lab[lab]) {
    if (!view.access().lab_hosts[lab].contains(host)) continue;
    const auto& signal = view.board.clouds[host];
    price += signal.available * signal.price_index;
    available += signal.available;
  }
  return available > 0 ? price / available : 1.0;
}

/// Seats follow their own book; shocks move how much they are used, too.
StreamLoad seat_load(const MarketView& view, StreamId k, core::SimTime t) {
  const auto& p = view.parameters();
  const auto& ref = view.compiled().streams[k];
  const auto& application = p.applications[ref.application];
  StreamLoad load;
  load.users = view.board.seats[ref.application].seats * routed_share(view, k);
  load.h100e = load.users * 1e-6 * application.h100e_per_million_seats *
               application.intensity.level(years_since_start(p, t)) * seat_shock(view, ref.application) *
               view.board.kappa[ref.lab];
  load.usd_per_day = load.users * application.usd_per_seat_month * 12.0 / core::kDaysPerYear;
  return load;
}

}  // namespace

const Stream& stream_terms(const Parameters& p, const StreamRef& ref) {
  return p.labs[ref.lab].streams[static_cast<std::size_t>(ref.stream)];
}

double users_after(const Stream& stream, double years) {
  // The initial rate is what the data show, the ceiling where it ends.
  const double room = 1.0 - stream.users / stream.users_ceiling;
  const double rate = room > 0 ? math::log1p(stream.user_growth) / room : 0.0;
  const double gap = stream.users_ceiling / stream.users - 1.0;  // 0 also where users are just below the ceiling
  return gap > 0.0 ? stream.users_ceiling / (1.0 + gap * math::exp(-rate * years)) : stream.users;
}

StreamLoad stream_load(const MarketView& view, StreamId k, core::SimTime t) {
  const auto& ref = view.compiled().streams[k];
  if (ref.application.exists()) return seat_load(view, k, t);
  const auto& stream = stream_terms(view.parameters(), ref);
  const double years = years_since_start(view.parameters(), t);
  double factor = stream.intensity.level(years) * ref.share;
  if (stream.efficiency_applies) factor *= view.board.kappa[ref.lab];
  if (stream.price_elasticity > 0) factor *= math::pow(compute_price_index(view, ref.lab), -stream.price_elasticity);
  const double noise = math::exp(view.board.labs[ref.lab].noise[k]);
  const double shock = demand_factor(view.parameters(), view.board, ref.lab, ref.product);
  StreamLoad load;
  if (stream.users > 0) {
    const double users = users_after(stream, years) * shock;
    load.users = users * ref.share;
    load.h100e = users * 1e-6 * stream.h100e_per_million_users * factor * noise;
    load.usd_per_day = load.users * stream.usd_per_user_month * stream.revenue.level(years) * 12.0 / core::kDaysPerYear;
  } else {
    load.h100e = stream.compute_h100e * factor * shock * noise;
    load.usd_per_day = load.h100e * 24.0 * stream.price_usd;
  }
  return load;
}

double routed_share(const MarketView& view, StreamId k) {
  const auto& streams = view.compiled().streams;
  const auto& hosts = view.access().stream_hosts;
  if (hosts[k].empty() && streams[k].share >= 1.0) return 1.0;  // all of it waits for a licence
  double licensed = 0.0;
  for (const StreamId other : streams.ids())
    if (streams[other].application == streams[k].application && !hosts[other].empty()) licensed += streams[other].share;
  if (licensed <= 0) return streams[k].share;
  return hosts[k].empty() ? 0.0 : streams[k].share / licensed;
}

double seat_shock(const MarketView& view, ApplicationId id) {
  const auto& p = view.parameters();
  const LabId lab(index_of(p.vocabulary.labs, p.applications[id].lab).value());
  return demand_factor(p, view.board, lab, Product::Copilot);
}

}  // namespace rackrate::market
