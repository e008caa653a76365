#include "sim/market/negotiation/bids.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "sim/core/whole.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/contracts/tender_dates.hpp"
#include "sim/market/exchange/terms/capacity_terms.hpp"
#include "sim/market/pricing/hosting_terms.hpp"

namespace rackrate::market {
namespace {

bool needs(Product product, Role role) {
  const auto roles = contracts::roles_of(product);
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

/// Names of a scope as ids; none, "in general", where it names nothing.
template <class Id, class Find>
std::vector<Id> ids_of(const std::vector<std::string>& names, Find find) {
  std::vector<Id> out;
  for (const auto& name : names) out.push_back(find(name));
  if (out.empty()) out.push_back(Id());
  return out;
}

std::vector<Product> products_of(const Scope& scope) {
  if (!scope.products.empty()) return scope.products;
  std::vector<Product> all;
  for (const Product product : ByProduct<bool>::keys()) all.push_back(product);
  return all;
}

LabId lab_of(const CompiledScenario& s, const kinds::Tender& terms) {
  return LabId(*index_of(s.parameters.vocabulary.labs, terms.lab));
}

/// Every placement of the tender's scope at one host, in one role.
std::vector<Tuple> placements(const CompiledScenario& s, const Clause& tender, LabId lab, CloudId cloud, Role role) {
  const auto& scope = tender.scope;
  const auto& regions = s.parameters.vocabulary.regions;
  const auto classes = scope.model_class.empty() ? std::vector{s.parameters.labs[lab].model_class} : scope.model_class;
  const auto segment_ids =
      ids_of<SegmentId>(scope.segments, [&s](const std::string& name) { return s.registry.segment(name); });
  const auto region_ids = ids_of<RegionId>(
      scope.regions, [&regions](const std::string& name) { return RegionId(*index_of(regions, name)); });
  std::vector<Tuple> out;
  for (const auto kind : classes)
    for (const auto product : products_of(scope))
      for (const SegmentId segment : segment_ids)
        for (const RegionId region : region_ids)
          if (needs(product, role)) out.push_back({lab, kind, product, {}, cloud, cloud, segment, region});
  return out;
}

}  // namespace

double free_h100e(const MarketView& view, CloudId cloud, core::SimTime t) {
  const auto& s = view.compiled();
  const auto& signal = view.board.clouds[cloud];
  std::map<LabelId, std::int64_t> reserved;  // later versions state the same reservation again
  for (const auto& m : s.money) {
    const auto first = std::max(t, m.from);
    if (m.host != cloud || !s.clause_of(m).is<kinds::Reservation>() || !s.in_force(m, first)) continue;
    auto& most = reserved[m.label];
    most = std::max(most, reserved_h100e(s, m, first));
  }
  std::int64_t taken = 0;
  for (const auto& [label, h100e] : reserved) taken += h100e;
  return signal.available - std::max(signal.demand, core::real(taken));
}

Registry::Obstacles obstacles(const MarketView& view, const Clause& tender, CloudId cloud, core::SimTime t) {
  const auto& s = view.compiled();
  const auto& terms = tender.as<kinds::Tender>();
  Registry::Obstacles all;
  all.barred = true;
  for (const Role role : contracts::tender_roles(terms))
    for (const Tuple& tuple : placements(s, tender, lab_of(s, terms), cloud, role)) {
      const auto here = s.registry.obstacles(tuple, role, t);
      if (here.barred) continue;
      all.barred = false;
      for (const auto& ref : here.refusals)
        if (std::find(all.refusals.begin(), all.refusals.end(), ref) == all.refusals.end()) all.refusals.push_back(ref);
    }
  std::sort(all.refusals.begin(), all.refusals.end(),
            [&s](const ClauseRef& a, const ClauseRef& b) { return s.registry.path(a) < s.registry.path(b); });
  return all;
}

std::vector<Bid> find_bids(const MarketView& view, const Clause& tender, const Table<CloudId, double>& promised,
                           core::SimTime t) {
  const auto& s = view.compiled();
  const auto& clouds = s.parameters.vocabulary.clouds;
  const auto& terms = tender.as<kinds::Tender>();
  const LabId lab = lab_of(s, terms);
  std::vector<Bid> bids;
  for (const auto& name : terms.bidders) {
    const CloudId cloud(*index_of(clouds, name));
    const bool twice = std::any_of(bids.begin(), bids.end(), [cloud](const Bid& bid) { return bid.cloud == cloud; });
    if (twice || s.ported_from(lab, cloud) > t || free_h100e(view, cloud, t) - promised[cloud] < terms.quantity_h100e)
      continue;
    auto before = obstacles(view, tender, cloud, t);
    if (before.barred) continue;
    bids.push_back(
        {cloud, Money::from_usd(hosting_terms(view, lab, cloud, t).price, "a bid, in $,"), std::move(before.refusals)});
  }
  std::sort(bids.begin(), bids.end(), [&clouds](const Bid& a, const Bid& b) {
    return std::tie(a.price, clouds[a.cloud.position()]) < std::tie(b.price, clouds[b.cloud.position()]);
  });
  return bids;
}

}  // namespace rackrate::market
