#include "sim/market/negotiation/bids.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "sim/core/whole.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/contracts/tender_dates.hpp"
#include "sim/market/exchange/capacity_terms.hpp"
#include "sim/market/pricing/hosting_terms.hpp"

namespace rackrate::market {
namespace {

bool needs(Product product, Role role) {
  const auto roles = contracts::roles_of(product);
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

/// Names of a scope as indices; "in general" where it names none.
template <class Index>
std::vector<int> indices(const std::vector<std::string>& names, Index index) {
  std::vector<int> out;
  for (const auto& name : names) out.push_back(index(name));
  if (out.empty()) out.push_back(-1);
  return out;
}

/// Every placement of the tender's scope at one host, in one role.
std::vector<Tuple> placements(const CompiledScenario& s, const Clause& tender, int lab, int cloud, Role role) {
  const auto& scope = tender.scope;
  const auto& regions = s.parameters.vocabulary.regions;
  const auto classes = scope.model_class.empty()
                           ? std::vector{s.parameters.labs[static_cast<std::size_t>(lab)].model_class}
                           : scope.model_class;
  std::vector<Product> products = scope.products;
  if (products.empty())
    for (std::size_t k = 0; k < kProductNames.size(); ++k) products.push_back(static_cast<Product>(k));
  std::vector<Tuple> out;
  for (const auto kind : classes)
    for (const auto product : products)
      for (const int segment :
           indices(scope.segments, [&s](const std::string& name) { return s.registry.segment(name); }))
        for (const int region : indices(scope.regions, [&regions](const std::string& name) {
               return static_cast<int>(*index_of(regions, name));
             }))
          if (needs(product, role)) out.push_back({lab, kind, product, -1, cloud, cloud, segment, region});
  return out;
}

}  // namespace

double free_h100e(const MarketView& view, int cloud, core::SimTime t) {
  const auto& s = view.compiled();
  const auto& signal = view.board.clouds[static_cast<std::size_t>(cloud)];
  std::map<int, std::int64_t> reserved;  // by label: later versions state the same reservation again
  for (const auto& m : s.money) {
    const auto first = std::max(t, m.from);
    if (m.host != cloud || !s.clause_of(m).is<kinds::Reservation>() || !s.in_force(m, first)) continue;
    auto& most = reserved[m.label];
    most = std::max(most, reserved_h100e(s, m, first));
  }
  std::int64_t taken = 0;
  for (const auto& [label, h100e] : reserved) taken += h100e;
  return signal.available - std::max(signal.demand, static_cast<double>(taken));
}

Registry::Obstacles obstacles(const MarketView& view, const Clause& tender, int cloud, core::SimTime t) {
  const auto& s = view.compiled();
  const auto& terms = tender.as<kinds::Tender>();
  const int lab = static_cast<int>(*index_of(s.parameters.vocabulary.labs, terms.lab));
  Registry::Obstacles all;
  all.barred = true;
  for (const Role role : contracts::tender_roles(terms))
    for (const Tuple& tuple : placements(s, tender, lab, cloud, role)) {
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

std::vector<Bid> find_bids(const MarketView& view, const Clause& tender, const std::vector<double>& promised,
                           core::SimTime t) {
  const auto& s = view.compiled();
  const auto& clouds = s.parameters.vocabulary.clouds;
  const auto& terms = tender.as<kinds::Tender>();
  const int lab = static_cast<int>(*index_of(s.parameters.vocabulary.labs, terms.lab));
  std::vector<Bid> bids;
  for (const auto& name : terms.bidders) {
    const int cloud = static_cast<int>(*index_of(clouds, name));
    const bool twice = std::any_of(bids.begin(), bids.end(), [cloud](const Bid& bid) { return bid.cloud == cloud; });
    if (twice || s.ported_from(lab, cloud) > t ||
        free_h100e(view, cloud, t) - promised[static_cast<std::size_t>(cloud)] < terms.quantity_h100e)
      continue;
    auto before = obstacles(view, tender, cloud, t);
    if (before.barred) continue;
    bids.push_back({cloud, core::tenthousandths(hosting_terms(view, lab, cloud, t).price, "a bid, in $,"),
                    std::move(before.refusals)});
  }
  std::sort(bids.begin(), bids.end(), [&clouds](const Bid& a, const Bid& b) {
    return std::tie(a.price, clouds[static_cast<std::size_t>(a.cloud)]) <
           std::tie(b.price, clouds[static_cast<std::size_t>(b.cloud)]);
  });
  return bids;
}

}  // namespace rackrate::market
