#include "sim/market/pricing/channel_margin.hpp"

#include "sim/market/pricing/hosting_terms.hpp"
#include "sim/market/pricing/resale_terms.hpp"

namespace rackrate::market {
namespace {

/// An alternative of the lab on the channel that somebody may buy, and its best host.
struct OpenSale {
  AlternativeId alternative;  ///< none: nobody may
  CloudId host;
};

OpenSale open_sale(const MarketView& view, LabId lab, ChannelId channel) {
  const auto& s = view.compiled();
  for (const AlternativeId a : s.alternatives.ids()) {
    if (s.alternatives[a].lab != lab || s.alternatives[a].channel != channel) continue;
    for (const CellId cell : s.cells.of(a))
      if (const Access& access = view.access().cells[cell]; access.state != Permission::No && access.host.exists())
        return {a, access.host};
  }
  return {};
}

/// H100e-hours of a dollar of the lab's list.
double hours_per_dollar(const MarketView& view, LabId lab, const OpenSale& sale) {
  const double list = view.board.unit_price[sale.alternative] /
                      view.board.labs[lab].price_on(view.compiled().alternatives[sale.alternative].channel);
  return list > 0 ? view.board.unit_compute[sale.alternative] / list : 0.0;
}

/// What revenue shares move to a firm of a dollar of the price, its own payments subtracted.
double shares_to(const MarketView& view, PartyId firm, LabId lab, ChannelId channel, double lab_revenue) {
  const auto& s = view.compiled();
  double sum = 0.0;
  for (const auto& m : s.money) {
    const auto* share = s.clause_of(m).get_if<kinds::Revshare>();
    if (share == nullptr || m.lab != lab || m.payer == m.payee || !s.in_force(m, view.board.as_of)) continue;
    const bool of_channel = share->base == RevshareBase::ChannelRevenue;
    if (of_channel && m.channel != channel) continue;
    const double usd = share->rate * (of_channel ? 1.0 : lab_revenue);
    if (m.payee == firm) sum += usd;
    if (m.payer == firm) sum -= usd;
  }
  return sum;
}

/// What an H100e-hour at the host costs a firm that pays for it.
double hour_cost(const MarketView& view, PartyId firm, LabId lab, CloudId host) {
  return view.compiled().cloud_firm[host] == firm ? view.board.clouds[host].cost_per_h100e_hour
                                                  : hosting_terms(view, lab, host, view.board.as_of).price;
}

/// Sales of the lab on the channel, $ a day; 0 before the first interval.
double sold(const MarketView& view, LabId lab, ChannelId channel) {
  const auto& all = view.board.market.sold;
  return all.empty() ? 0.0 : all(lab, channel);
}

}  // namespace

ChannelMargin lab_margin(const MarketView& view, LabId lab, ChannelId channel) {
  const auto& s = view.compiled();
  const OpenSale sale = open_sale(view, lab, channel);
  if (!sale.alternative.exists()) return {};
  const PartyId firm = s.lab_firm[lab];
  const ResaleTerms terms = resale_terms(s, lab, channel, view.board.as_of);
  const bool sells_itself = !s.channel_firm[channel].exists() || s.channel_firm[channel] == firm;
  const double revenue = sells_itself ? 1.0 : 1.0 - terms.channel_share;
  ChannelMargin margin{true, revenue * (1.0 - view.parameters().labs[lab].other_cost_share), 0.0};
  margin.kept += shares_to(view, firm, lab, channel, revenue);
  if (sells_itself || !terms.channel_pays_host)
    margin.cost = hours_per_dollar(view, lab, sale) * hour_cost(view, firm, lab, sale.host);
  return margin;
}

ChannelMargin seller_margin(const MarketView& view, LabId lab, ChannelId channel) {
  const auto& s = view.compiled();
  const PartyId firm = s.channel_firm[channel];
  const OpenSale sale = open_sale(view, lab, channel);
  if (!firm.exists() || !sale.alternative.exists()) return {};
  const ResaleTerms terms = resale_terms(s, lab, channel, view.board.as_of);
  ChannelMargin margin{true, terms.channel_share, 0.0};
  margin.kept += shares_to(view, firm, lab, channel, 1.0 - terms.channel_share);
  const double own = hour_cost(view, firm, lab, sale.host);
  if (terms.channel_pays_host)
    margin.cost = hours_per_dollar(view, lab, sale) * own;
  else if (s.cloud_firm[sale.host] == firm)
    margin.cost =
        hours_per_dollar(view, lab, sale) * (own - hosting_terms(view, lab, sale.host, view.board.as_of).price);
  return margin;
}

Table<ChannelId, double> channel_advantages(const MarketView& view, LabId lab) {
  const auto channels = view.parameters().channels.ids();
  Table<ChannelId, double> advantage;
  Table<ChannelId, char> open;
  double all = 0.0, weights = 0.0, sum = 0.0, count = 0.0;
  for (const ChannelId channel : channels) {
    const ChannelMargin margin = lab_margin(view, lab, channel);
    const double per_dollar = margin.at(view.board.labs[lab].price_on(channel));
    advantage.push_back(per_dollar);
    open.push_back(margin.open);
    if (!margin.open) continue;
    const double weight = sold(view, lab, channel);
    all += weight * per_dollar;
    weights += weight;
    sum += per_dollar;
    count += 1.0;
  }
  const double mean = weights > 0 ? all / weights : count > 0 ? sum / count : 0.0;
  for (const ChannelId channel : channels) advantage[channel] = open[channel] ? advantage[channel] - mean : 0.0;
  return advantage;
}

}  // namespace rackrate::market
