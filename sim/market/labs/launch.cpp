#include "sim/market/labs/launch.hpp"

#include <algorithm>
#include <vector>

#include "sim/market/contracts/in_force.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/pricing/hosting_terms.hpp"
#include "sim/market/pricing/resale_terms.hpp"

namespace rackrate::market {
namespace {

/// How long a launch must be carried, and how long a lease lasts. Assumption.
constexpr core::SimDuration kLaunchHorizon = core::kDay * 91;
/// A holder short of capacity needs this long to lease some. Assumption.
constexpr core::SimDuration kLeaseTakes = core::kDay * 30;

/// Least spare capacity, week by week: what is for sale today less demand that grows as the cloud expects it to.
double least_headroom(const MarketView& view, CloudId cloud) {
  const auto& signal = view.board.clouds[cloud];
  const double weekly = view.parameters().clouds[cloud].expected_growth / core::kDaysPerYear * 7.0;
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

/// May anybody buy this alternative?
bool sold_to_anybody(const MarketView& view, AlternativeId alternative) {
  for (const CellId cell : view.compiled().cells.of(alternative))
    if (view.access().cells[cell].state != Permission::No) return true;
  return false;
}

/// The holder's own alternatives in the right's scope: whether it may sell them all, and the mean revenue of an
/// H100e-hour.
struct HolderOffer {
  bool compliant = true;
  double usd_per_h100e_hour = 0.0;
};
HolderOffer holder_offer(const MarketView& view, LabId lab, const ShipFirstRule& rule) {
  const auto& alternatives = view.compiled().alternatives;
  const auto& board = view.board;
  HolderOffer offer;
  int priced = 0;
  for (const AlternativeId id : alternatives.ids()) {
    const auto& a = alternatives[id];
    if (a.lab != lab || a.channel != rule.holder || !covers(*rule.scope, a.product)) continue;
    offer.compliant = offer.compliant && sold_to_anybody(view, id);
    if (board.unit_compute[id] <= 0) continue;
    offer.usd_per_h100e_hour += board.unit_price[id] / board.unit_compute[id];
    ++priced;
  }
  if (priced > 0) offer.usd_per_h100e_hour /= priced;
  return offer;
}

/// The list price of the cheapest other cloud that can spare this much over the whole horizon; -1: none can.
double spill_over_price(const MarketView& view, CloudId holder, double h100e) {
  double price = -1.0;
  const auto& clouds = view.parameters().clouds;
  for (const CloudId cloud : clouds.ids()) {
    if (cloud == holder || least_headroom(view, cloud) < h100e) continue;
    const double asked = clouds[cloud].price_usd * view.board.clouds[cloud].price_index;
    if (price < 0 || asked < price) price = asked;
  }
  return price;
}

/// The ship-first right that this clause, or a part of it, gives over the lab's models at t.
ShipFirstRule right_in(const Clause& whole, const Vocabulary& names, LabId lab, core::SimTime t) {
  ShipFirstRule found;
  contracts::for_each_permission(whole, [&](const Clause& clause) {
    const auto* terms = clause.get_if<kinds::ShipFirst>();
    if (found.terms != nullptr || terms == nullptr || t < clause.from || t >= clause.until) return;
    const auto& labs = clause.scope.labs;
    if (!labs.empty() && std::find(labs.begin(), labs.end(), names.labs[lab.position()]) == labs.end()) return;
    if (const auto holder = index_of(names.channels, terms->holder.front()))
      found = {terms, &clause.scope, ChannelId(*holder)};
  });
  return found;
}

}  // namespace

ShipFirstRule ship_first_in_force(const CompiledScenario& s, LabId lab, core::SimTime t) {
  for (const ClauseRef& ref : contracts::clauses_in_force(s.registry.contracts(), t)) {
    if (s.registry.voided(ref, t)) continue;
    const ShipFirstRule found = right_in(s.registry.clause(ref), s.parameters.vocabulary, lab, t);
    if (found.terms != nullptr) return found;
  }
  return {};
}

LaunchCase launch_case(const MarketView& view, LabId lab, core::SimTime released, const ShipFirstRule& rule) {
  const auto& s = view.compiled();
  LaunchCase launch;
  launch.need_h100e = (1.0 + rule.terms->margin) * view.parameters().labs[lab].launch_h100e;
  const CloudId cloud = s.channel_cloud[rule.holder];
  if (!cloud.exists()) {  // a seller without a cloud sells capacity of others
    launch.headroom_h100e = launch.need_h100e;
    return launch;
  }
  const HolderOffer offer = holder_offer(view, lab, rule);
  const ResaleTerms terms = resale_terms(s, lab, rule.holder, released);
  launch.port_ready = s.ported_from(lab, cloud) <= released;
  launch.compliant = offer.compliant;
  launch.headroom_h100e = least_headroom(view, cloud);
  launch.earned_usd = terms.channel_share * offer.usd_per_h100e_hour +
                      (terms.channel_pays_host ? 0.0 : hosting_terms(view, lab, cloud, released).price);
  launch.unit_cost_usd = view.board.clouds[cloud].cost_per_h100e_hour;
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
