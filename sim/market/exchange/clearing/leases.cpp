#include "sim/market/exchange/clearing/leases.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/clearing/clear.hpp"

namespace rackrate::market {
namespace {

core::SimTime months_later(core::SimTime start, double months) {
  return core::month_start(core::month_index(start) + static_cast<int>(std::floor(months + 0.5)));
}

double list_price(const MarketView& view, CloudId cloud) {
  return view.parameters().clouds[cloud].price_usd * view.board.clouds[cloud].price_index;
}

/// The clouds that have some of it, the best first.
template <class Better>
std::vector<CloudId> ranked(const Table<CloudId, std::int64_t>& h100e, Better better) {
  std::vector<CloudId> out;
  for (const CloudId c : h100e.ids())
    if (h100e[c] > 0) out.push_back(c);
  std::stable_sort(out.begin(), out.end(), better);
  return out;
}

std::string rounded(double value) {
  const auto cents = static_cast<std::int64_t>(std::floor(value * 100.0 + 0.5));
  const std::string rest = std::to_string(cents % 100);
  return std::to_string(cents / 100) + (rest.size() < 2 ? ".0" : ".") + rest;
}

Notice notice_of(const MarketView& view, const Lease& lease) {
  const auto& clouds = view.parameters().clouds;
  const double price = lease_price(lease.cost, lease.list_price, view.parameters().leases.weight);
  return {lease.from, "lease", clouds[lease.lessee].name,
          "leases " + std::to_string(lease.h100e) + " H100e from " + clouds[lease.lessor].name + " until " +
              core::to_string(lease.until) + " at " + rounded(price) + " $/H100e-h"};
}

}  // namespace

double lease_price(double cost, double list_price, double weight) { return cost + weight * (list_price - cost); }

namespace {

/// What labs' classes were not served and had no room for anywhere, whole H100e.
Table<ClassId, std::int64_t> turned_away(const Load& load, const DemandTable& table, const Allocation& allocation) {
  Table<ClassId, std::int64_t> lost(table.classes.size(), 0);
  std::int64_t all = 0;
  for (const ClassId k : table.classes.ids())
    if (table.classes[k].lab.exists())  // no lease serves own products or other customers
      all += lost[k] = load.classes[k].demand - allocation.classes[k].served;
  if (all == 0) return lost;
  Table<NodeId, std::int64_t> room = allocation.node_idle;
  for (const ArcId a : table.arcs()) {
    const FlowArc& arc = table.network.arcs[a];
    std::int64_t& of_class = lost[table.demand_class(arc)];
    std::int64_t& of_node = room[DemandTable::node(arc)];
    const std::int64_t fits = std::min(of_class, of_node);
    of_class -= fits;
    of_node -= fits;
  }
  return lost;
}

}  // namespace

void count_month(const MarketView& view, const Interval& interval, const Load& load, const DemandTable& table,
                 const Allocation& allocation, LeaseMonth& month) {
  const auto& s = view.compiled();
  if (s.parameters.leases.offered <= 0) return;
  if (month.idle.empty()) month = {Table<CloudId, double>(s.parameters.clouds.size(), 0.0), month.idle, 0.0};
  month.short_of.resize(month.idle.size());
  for (const NodeId node : table.nodes())
    if (!table.reservation_of_node[node].exists() && !table.is_leased(node))
      month.idle[table.host_of_node[node]] += core::real(allocation.node_idle[node]) * interval.hours();
  const auto lost = turned_away(load, table, allocation);
  for (const ClassId k : table.classes.ids()) {
    if (lost[k] <= 0) continue;
    for (const CloudId host : s.hosts_of_lab[table.classes[k].lab])
      if (table.classes[k].hosts.contains(host)) {
        month.short_of[host] += core::real(lost[k]) * interval.hours();
        break;
      }
  }
  month.hours += interval.hours();
}

std::vector<Lease> new_leases(const MarketView& view, const LeaseMonth& month, core::SimTime start) {
  const auto& s = view.compiled();
  const auto& terms = s.parameters.leases;
  std::vector<Lease> out;
  if (month.hours <= 0) return out;
  Table<CloudId, std::int64_t> offered(month.idle.size(), 0), wanted(offered);
  for (const CloudId c : month.idle.ids()) {
    offered[c] = core::whole(std::floor(terms.offered * month.idle[c] / month.hours), "capacity for lease, in H100e,");
    wanted[c] = core::whole(std::floor(month.short_of[c] / month.hours), "capacity turned away, in H100e,");
  }
  const auto cost = [&](CloudId c) { return view.board.clouds[c].cost_per_h100e_hour; };
  const auto lessors = ranked(offered, [&](CloudId a, CloudId b) { return cost(a) < cost(b); });
  const auto lessees = ranked(wanted, [&](CloudId a, CloudId b) { return list_price(view, a) > list_price(view, b); });
  for (const CloudId lessee : lessees)
    for (const CloudId lessor : lessors) {
      const std::int64_t h100e = std::min(offered[lessor], wanted[lessee]);
      if (core::real(h100e) < terms.least_h100e || s.cloud_firm[lessor] == s.cloud_firm[lessee] ||
          list_price(view, lessee) <= cost(lessor))
        continue;
      offered[lessor] -= h100e;
      wanted[lessee] -= h100e;
      out.push_back({lessor, lessee, h100e, cost(lessor), list_price(view, lessee), start,
                     months_later(start, terms.term_months)});
    }
  return out;
}

void review_leases(const MarketView& view, core::SimTime start, LeaseBook& book, std::vector<Notice>& notices) {
  std::erase_if(book.leases, [&](const Lease& lease) { return lease.until <= start; });
  for (const Lease& lease : new_leases(view, book.month, start)) {
    book.leases.push_back(lease);
    notices.push_back(notice_of(view, lease));
  }
  book.month = {};
}

}  // namespace rackrate::market
