#include "sim/market/labs/list_equilibrium.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "sim/market/pricing/channel_margin.hpp"
#include "sim/market/primitives/bertrand.hpp"
#include "sim/market/vocabulary/limits.hpp"

namespace rackrate::market {
namespace {

/// All that enterprises might buy beside what they buy through channels: the outside option's share. Assumption.
constexpr double kOutsideShare = 0.2;

std::string scientific(double value) {
  std::array<char, 32> text{};
  return {text.data(),
          std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific, 1).ptr};
}

/// The labs that take part, and what each brings, by its sales.
struct ListMarket {
  std::vector<LabId> labs;
  std::vector<ListSeller> sellers;
};

ListSeller seller_of(const MarketView& view, LabId lab, double all) {
  ListSeller seller{0.0, 0.0, 0.0};
  for (const ChannelId channel : view.parameters().channels.ids()) {
    const double usd = view.board.market.sold(lab, channel);
    if (usd <= 0) continue;
    const ChannelMargin margin = lab_margin(view, lab, channel);
    seller.share += usd;
    seller.cost += usd * margin.cost;
    seller.kept += usd * margin.kept;
  }
  if (seller.share <= 0) return seller;
  seller.cost /= seller.share;
  seller.kept /= seller.share;
  seller.share *= (1.0 - kOutsideShare) / all;
  return seller;
}

ListMarket list_market(const MarketView& view) {
  ListMarket market;
  double all = 0.0;
  for (const double usd : view.board.market.sold.cells()) all += usd;
  if (all <= 0) return market;
  const double elasticity = view.parameters().prices.channel_elasticity;
  for (const LabId lab : view.parameters().labs.ids()) {
    const ListSeller seller = seller_of(view, lab, all);
    if (seller.share <= 0 || seller.cost <= 0 || seller.kept <= 0 || elasticity * (1.0 - seller.share) <= 1.0) continue;
    market.labs.push_back(lab);
    market.sellers.push_back(seller);
  }
  return market;
}

}  // namespace

ReviewedList bertrand_list(const MarketView& view, LabId lab) {
  const auto& prices = view.parameters().prices;
  const auto& name = view.parameters().labs[lab].name;
  ReviewedList list{view.board.labs[lab].price_index, name + " keeps its list: it does not compete on price"};
  const ListMarket market = list_market(view);
  const auto place = std::find(market.labs.begin(), market.labs.end(), lab) - market.labs.begin();
  if (place == std::ssize(market.labs)) return list;
  const auto equilibrium = list_equilibrium(market.sellers, prices.channel_elasticity);
  if (!equilibrium) {
    list.notice = name + " keeps its list: no equilibrium was found";
    return list;
  }
  const double wanted = equilibrium->price[static_cast<std::size_t>(place)];
  const double move = std::clamp(wanted, 1.0 - prices.clip, 1.0 + prices.clip);
  list.price_index = std::clamp(list.price_index * move, kLeastPriceIndex, kMostPriceIndex);
  list.notice = name + "'s list in equilibrium is " + std::to_string(wanted) + " of today's; residual " +
                scientific(equilibrium->residual);
  return list;
}

}  // namespace rackrate::market
