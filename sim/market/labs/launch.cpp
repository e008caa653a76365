#include "sim/market/labs/launch.hpp"

#include <algorithm>
#include <vector>

#include "sim/market/contracts/roles.hpp"
#include "sim/market/pricing/hosting_terms.hpp"
#include "sim/market/pricing/resale_terms.hpp"

namespace rackrate::market {
namespace {

/// How long a launch must be carried, and how long a lease lasts. Assumption.
constexpr core::SimDuration kLaunchHorizon = core::kDay * 91;
/// A holder short of capacity needs this long to lease some. Assumption.
constexpr core::SimDuration kLeaseTakes = core::kDay * 30;

const CloudSignal& signal_of(const MarketView& view, int cloud) {
  return view.board.clouds[static_cast<std::size_t>(cloud)];
}

/// Least spare capacity, week by week: what is for sale today less demand that grows as the cloud expects it to.
double least_headroom(const MarketView& view, int cloud) {
  const auto& signal = signal_of(view, cloud);
  const double weekly =
      view.parameters().clouds[static_cast<std::size_t>(cloud)].expected_growth / core::kDaysPerYear * 7.0;
  double least = signal.available - signal.demand;
  double demand = signal.demand;
  for (core::SimDuration ahead = core::kDay * 7; ahead <= kLaunchHorizon; ahead += core::kDay * 7) {
    demand *= 1.0 + weekly;
    least = std::min(least, signal.available - demand);
  }
  return least;
}

bool covers(const Scope& scope, Product product) {
  const auto& products = scope.products;
  return products.empty() || std::find(products.begin(), products.end(), product) != products.end();
}

/// The holder's own alternatives in the right's scope: what it may sell, and what an H100e-hour of it brings.
struct Shelf {
  bool compliant = true;
  double usd_per_h100e_hour = 0.0;
};
Shelf holders_shelf(const MarketView& view, int lab, const ShipFirstRule& rule) {
  const auto& s = view.compiled();
  const auto& p = view.parameters();
  Shelf shelf;
  int kinds = 0;
  for (std::size_t a = 0; a < s.alternatives.size(); ++a) {
    const auto& alternative = s.alternatives[a];
    if (alternative.lab != lab || alternative.channel != rule.holder || !covers(*rule.scope, alternative.product))
      continue;
    bool somebody = false;
    for (int segment = 0; segment < static_cast<int>(p.segments.size()); ++segment)
      for (int region = 0; region < static_cast<int>(p.vocabulary.regions.size()); ++region)
        somebody = somebody ||
                   view.access().cells[static_cast<std::size_t>(s.cell(segment, static_cast<int>(a), region))].state !=
                       Permission::No;
    shelf.compliant = shelf.compliant && somebody;
    if (view.board.unit_compute[a] <= 0) continue;
    shelf.usd_per_h100e_hour += view.board.unit_price[a] / view.board.unit_compute[a];
    ++kinds;
  }
  if (kinds > 0) shelf.usd_per_h100e_hour /= kinds;
  return shelf;
}

/// The cheapest cloud with that much to spare all along the horizon; -1: none has.
double spill_over_price(const MarketView& view, int holder, double h100e) {
  double price = -1.0;
  const auto& clouds = view.parameters().clouds;
  for (int cloud = 0; cloud < static_cast<int>(clouds.size()); ++cloud) {
    if (cloud == holder || least_headroom(view, cloud) < h100e) continue;
    const double asked = clouds[static_cast<std::size_t>(cloud)].price_usd * signal_of(view, cloud).price_index;
    if (price < 0 || asked < price) price = asked;
  }
  return price;
}

}  // namespace

ShipFirstRule ship_first_in_force(const CompiledScenario& s, int lab, core::SimTime t) {
  const auto& name = s.parameters.vocabulary.labs[static_cast<std::size_t>(lab)];
  const auto& all = s.registry.contracts();
  for (std::size_t c = 0; c < all.size(); ++c) {
    const int version = s.registry.version_in_force(static_cast<int>(c), t);
    if (version < 0) continue;
    const auto& clauses = all[c].versions[static_cast<std::size_t>(version)].clauses;
    for (std::size_t k = 0; k < clauses.size(); ++k) {
      const ClauseRef ref{static_cast<int>(c), version, static_cast<int>(k)};
      if (!s.registry.in_force(ref, t) || s.registry.voided(ref, t)) continue;
      ShipFirstRule found;
      contracts::for_each_permission(clauses[k], [&](const Clause& clause) {
        const auto* terms = clause.get_if<kinds::ShipFirst>();
        if (found.terms != nullptr || terms == nullptr || t < clause.from || t >= clause.until) return;
        const auto& labs = clause.scope.labs;
        if (!labs.empty() && std::find(labs.begin(), labs.end(), name) == labs.end()) return;
        if (const auto holder = index_of(s.parameters.vocabulary.channels, terms->holder.front()))
          found = {terms, &clause.scope, static_cast<int>(*holder)};
      });
      if (found.terms != nullptr) return found;
    }
  }
  return {};
}

LaunchCase launch_case(const MarketView& view, int lab, core::SimTime released, const ShipFirstRule& rule) {
  const auto& s = view.compiled();
  LaunchCase launch;
  launch.need_h100e = (1.0 + rule.terms->margin) * view.parameters().labs[static_cast<std::size_t>(lab)].launch_h100e;
  const int cloud = s.channel_cloud[static_cast<std::size_t>(rule.holder)];
  if (cloud < 0) {  // a seller without a cloud sells from others'
    launch.headroom_h100e = launch.need_h100e;
    return launch;
  }
  const Shelf shelf = holders_shelf(view, lab, rule);
  const ResaleTerms terms = resale_terms(s, lab, rule.holder, released);
  launch.port_ready = s.ported_from(lab, cloud) <= released;
  launch.compliant = shelf.compliant;
  launch.headroom_h100e = least_headroom(view, cloud);
  launch.earned_usd = terms.channel_share * shelf.usd_per_h100e_hour +
                      (terms.channel_pays_host ? 0.0 : hosting_terms(view, lab, cloud, released).price);
  launch.unit_cost_usd = signal_of(view, cloud).cost_per_h100e_hour;
  if (launch.missing_h100e() > 0) launch.lease_usd = spill_over_price(view, cloud, launch.missing_h100e());
  return launch;
}

double cure_gain_usd(const LaunchCase& launch) {
  if (launch.lease_usd < 0) return 0.0;
  return launch.missing_h100e() * core::in_hours(kLaunchHorizon) * (launch.earned_usd - launch.lease_usd);
}

Release decide_launch(const LaunchCase& launch, core::SimTime released, core::SimTime port, core::SimDuration cure) {
  const double headroom[] = {launch.headroom_h100e};
  Release release;
  release.date = released;
  release.holder_ga = port;
  release.holder_can = contracts::holder_can({launch.port_ready, launch.compliant, headroom, launch.need_h100e, 0.0});
  if (release.holder_can) {
    release.holder_declines = launch.earned_usd < launch.unit_cost_usd;
    if (release.holder_declines) release.holder_ga = core::kNever;
    return release;
  }
  // Capacity can be leased; a port or a permission cannot.
  const bool curable = launch.port_ready && launch.compliant;
  release.holder_declines = contracts::holder_declines({curable ? cure_gain_usd(launch) : 0.0, kLeaseTakes}, cure);
  if (!release.holder_declines) release.holder_ga = std::max(port, released + kLeaseTakes);
  return release;
}

}  // namespace rackrate::market
