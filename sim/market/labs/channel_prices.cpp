#include "sim/market/labs/channel_prices.hpp"

#include <algorithm>

#include "sim/market/pricing/channel_margin.hpp"
#include "sim/market/pricing/resale_terms.hpp"

namespace rackrate::market {
namespace {

/// How the price of a channel comes about today.
enum class ChannelRule : std::uint8_t { List, Margin, LabReply, SellerReply };

ChannelRule rule_of(const MarketView& view, LabId lab, ChannelId channel) {
  const auto& s = view.compiled();
  const bool has_seller = s.channel_firm[channel].exists() && s.channel_firm[channel] != s.lab_firm[lab];
  const PriceSetter setter = has_seller ? resale_terms(s, lab, channel, view.board.as_of).sets_price : PriceSetter::Lab;
  if (setter == PriceSetter::Parity) return ChannelRule::List;
  if (setter == PriceSetter::Host) return ChannelRule::SellerReply;
  switch (view.parameters().labs[lab].channel_pricing) {
    case ChannelPricing::Margin: return ChannelRule::Margin;
    case ChannelPricing::BestReply: return ChannelRule::LabReply;
    case ChannelPricing::Parity: break;
  }
  return ChannelRule::List;
}

/// Sums over what else the setter sells: `lab`'s other channels, or other labs on `channel`.
template <class F>
void for_each_other(const MarketView& view, ChannelRule rule, LabId lab, ChannelId channel, F f) {
  if (rule == ChannelRule::LabReply)
    for (const ChannelId other : view.parameters().channels.ids())
      if (other != channel) f(lab, other, lab_margin(view, lab, other));
  if (rule == ChannelRule::SellerReply)
    for (const LabId other : view.parameters().labs.ids())
      if (other != lab) f(other, channel, seller_margin(view, other, channel));
}

BestReply best_reply(const MarketView& view, ChannelRule rule, LabId lab, ChannelId channel) {
  const auto& sold = view.board.market.sold;
  double all = 0.0;
  for (const double usd : sold.cells()) all += usd;
  const ChannelMargin margin =
      rule == ChannelRule::LabReply ? lab_margin(view, lab, channel) : seller_margin(view, lab, channel);
  BestReply reply{view.parameters().prices.channel_elasticity, 0.0, margin.cost, 0.0, margin.kept};
  if (all <= 0) return reply;
  reply.share = sold(lab, channel) / all;
  if (reply.share >= 1.0) return reply;
  for_each_other(view, rule, lab, channel, [&](LabId l, ChannelId c, const ChannelMargin& other) {
    if (other.open) reply.diverted += sold(l, c) / all / (1.0 - reply.share) * other.at(view.board.labs[l].price_on(c));
  });
  return reply;
}

}  // namespace

double BestReply::price(double bound) const {
  const double e = elasticity * (1.0 - share);
  if (e <= 1.0 || kept <= 0.0) return 1.0 + bound;
  return std::clamp(e / (e - 1.0) * (cost + diverted) / kept, 1.0 - bound, 1.0 + bound);
}

Table<ChannelId, double> reviewed_channel_prices(const MarketView& view, LabId lab) {
  const auto& policy = view.parameters().labs[lab];
  const double bound = policy.channel_price_bound;
  Table<ChannelId, double> advantage, price;
  bool all_list = true;
  for (const ChannelId channel : view.parameters().channels.ids()) {
    const ChannelRule rule = rule_of(view, lab, channel);
    all_list = all_list && rule == ChannelRule::List;
    if (rule == ChannelRule::Margin && advantage.empty()) advantage = channel_advantages(view, lab);
    if (rule == ChannelRule::List)
      price.push_back(1.0);
    else if (rule == ChannelRule::Margin)
      price.push_back(std::clamp(1.0 - policy.channel_price_pass * advantage[channel], 1.0 - bound, 1.0 + bound));
    else
      price.push_back(best_reply(view, rule, lab, channel).price(bound));
  }
  return all_list ? Table<ChannelId, double>() : price;
}

}  // namespace rackrate::market
