#include "sim/market/enterprise/utility.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/market/enterprise/choose.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

constexpr EnterpriseId kBuyer(0);

/// One workload of one enterprise whose primary cloud is north. All coefficients are 0 and so is alpha.
struct Buyer : test::SmallMarket {
  explicit Buyer(const Parameters& parameters = test::small_parameters()) : SmallMarket(parameters) {
    Enterprise enterprise;
    enterprise.segment = SegmentId(0);
    enterprise.region = RegionId(0);
    enterprise.primary_cloud = test::kNorth;
    enterprise.alpha = 0.0;
    population.give_room(population.add(enterprise), 1);
  }
  [[nodiscard]] Enterprise& e() { return population[kBuyer]; }
  [[nodiscard]] ChoiceParameters& c() { return parameters().choice; }
  /// By alternative of the product, the outside option last; kInfeasible where nothing is offered.
  [[nodiscard]] std::vector<double> all() const { return all(w); }
  [[nodiscard]] std::vector<double> all(const Workload& workload) const {
    const Offers offers(view());
    const Offer& offer = offers.to(SegmentId(0), RegionId(0), workload.product);
    std::vector<double> utility(offer.set->columns());
    utilities(view(), offer, population, kBuyer, workload, utility);
    std::vector<double> listed;
    for (const AlternativeId id : compiled().alternatives_of_product[workload.product]) {
      const auto row = std::find(offer.alternatives.begin(), offer.alternatives.end(), id);
      listed.push_back(row == offer.alternatives.end()
                           ? kInfeasible
                           : utility[static_cast<std::size_t>(row - offer.alternatives.begin())]);
    }
    listed.push_back(utility[offer.alternatives.size()]);
    return listed;
  }
  [[nodiscard]] double of(const std::string& channel) const {
    const auto& list = compiled().alternatives_of_product[w.product];
    const auto at = std::find(list.begin(), list.end(), alternative(channel, w.product));
    return all().at(static_cast<std::size_t>(at - list.begin()));
  }
  /// Every channel sells a work unit at this price.
  void sell_at(double price) { board.unit_price.assign(compiled().alternatives.size(), price); }

  Population population{2, 1, Table<SegmentId, double>(1, 1.0)};
  Workload w;
};

/// The channel's item ships then.
void dated(Buyer& buyer, const std::string& channel, Item item, core::SimTime date) {
  auto& given = buyer.parameters().labs[test::kAble].items;
  auto found = std::find_if(given.begin(), given.end(), [&](const auto& items) { return items.channel == channel; });
  if (found == given.end()) {
    found = given.insert(given.end(), ChannelItems());
    found->channel = channel;
  }
  found->date[item] = date;
}

AlternativeId chosen(const Buyer& buyer, const Workload& w) {
  return choose(buyer.view(), Offers(buyer.view()), buyer.population, kBuyer, w).alternative;
}

/// Share of 4,000 accounts for which the utility of the channel is feasible.
double admitted(Buyer buyer, const std::string& channel) {
  int feasible = 0;
  for (int k = 0; k < 4'000; ++k) {
    buyer.e().key = core::name_hash(std::to_string(k));
    if (buyer.of(channel) != kInfeasible) ++feasible;
  }
  return feasible / 4'000.0;
}

bool near(double a, double b) { return std::abs(a - b) < 1e-12; }

}  // namespace

TEST_CASE("governing more clouds costs by the cloud and by the pair", "[market][enterprise][C11]") {
  // gamma_1 = 400 k$, gamma_2 = 150 k$ a year: 3 clouds 2 x 400 + 3 x 150, 4 clouds 3 x 400 + 6 x 150.
  CHECK(governance_cost(400e3, 150e3, 1) == 0.0);
  CHECK(governance_cost(400e3, 150e3, 2) == 550e3);
  CHECK(governance_cost(400e3, 150e3, 3) == 1250e3);
  CHECK(governance_cost(400e3, 150e3, 4) == 2100e3);
}

TEST_CASE("without coefficients every alternative is worth 0, and the outside option comes last",
          "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.c().outside = -1.25;
  CHECK(buyer.all() == std::vector<double>{0.0, 0.0, 0.0, -1.25});
}

TEST_CASE("utility: quality counts by the channel's newest model", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.c().beta_quality = 2.0;
  buyer.board.labs[test::kAble].quality[ChannelId(0)] = 1.5;
  buyer.board.labs[test::kAble].quality[ChannelId(1)] = 1.25;
  CHECK(buyer.of("direct") == 3.0);
  CHECK(buyer.of("north-shop") == 2.5);
  CHECK(buyer.of("south-shop") == 0.0);
}

TEST_CASE("utility: the lab's brand counts, and what the segment adds to it", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.parameters().labs[test::kAble].brand = 0.75;
  CHECK(buyer.of("direct") == 0.75);
  buyer.parameters().labs[test::kAble].segment_brand = {{"large", 0.5}, {"small", 8.0}};
  CHECK(buyer.of("direct") == 1.25);
}

TEST_CASE("utility: a channel's appeal counts for what it sells", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.parameters().channels[ChannelId(2)].appeal = 0.5;
  CHECK(buyer.of("south-shop") == 0.5);
  CHECK(buyer.of("north-shop") == 0.0);
}

TEST_CASE("utility: the enterprise's taste for the lab counts in every channel", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.population.taste(kBuyer, test::kAble) = -0.25F;
  CHECK(buyer.all() == std::vector<double>{-0.25, -0.25, -0.25, 0.0});
}

TEST_CASE("utility: a work unit's price counts by the enterprise's alpha", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.e().alpha = 0.5;
  buyer.board.unit_price[buyer.alternative("direct")] = 3.0;
  CHECK(buyer.of("direct") == -1.5);
  CHECK(buyer.of("north-shop") == 0.0);
}

TEST_CASE("utility: in the logarithmic form a price counts by its logarithm", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.c().form = UtilityForm::Log;
  buyer.c().governance_first = 0.25;
  buyer.e().alpha = 0.5;
  buyer.sell_at(4.0);
  CHECK(near(buyer.of("direct"), -0.5 * std::log(4.0)));
  CHECK(near(buyer.of("north-shop"), -0.5 * std::log(4.0)));
  CHECK(near(buyer.of("south-shop"), -0.5 * std::log(5.0)));  // a second cloud to govern
  // A fall of all prices by half moves all by eps ln 2: no difference between two offers depends on the level.
  const double before = buyer.of("south-shop") - buyer.of("direct");
  buyer.sell_at(2.0);
  CHECK(near(buyer.of("direct"), -0.5 * std::log(2.0)));
  CHECK(near(buyer.of("south-shop") - buyer.of("direct"), before));
  // What draws a commitment is free, but no logarithm of a price is without bound.
  buyer.e().committed = true;
  buyer.c().free_at_most = 0.75;
  buyer.board.drawdown.assign(1, buyer.compiled().alternatives.size(), 0.5);
  CHECK(near(buyer.of("north-shop"), 0.0));
  buyer.board.drawdown.assign(1, buyer.compiled().alternatives.size(), 1.0);
  CHECK(near(buyer.of("north-shop"), -0.5 * std::log(0.5)));
  buyer.sell_at(0.0);
  CHECK(std::isfinite(buyer.of("direct")));
}

TEST_CASE("utility: the outside option keeps pace with the frontier", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.c().outside = -1.0;
  buyer.board.outside_gain = 0.75;
  CHECK(buyer.all() == std::vector<double>{0.0, 0.0, 0.0, -0.25});
}

TEST_CASE("utility: what draws a commitment to the seller's cloud lowers the price", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.e().alpha = 1.0;
  buyer.sell_at(4.0);
  // A quarter of what a committed enterprise spends through either shop draws its commitment.
  buyer.board.drawdown.assign(1, buyer.compiled().alternatives.size(), 0.25);
  CHECK(buyer.of("north-shop") == -4.0);  // nothing is committed
  buyer.e().committed = true;
  CHECK(buyer.of("north-shop") == -3.0);  // 4 x (1 - 1/4)
  CHECK(buyer.of("south-shop") == -4.0);  // the commitment is to north
  CHECK(buyer.of("direct") == -4.0);
}

TEST_CASE("utility: one more cloud costs its governance as a share of the price", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.c().governance_first = 0.125;
  buyer.c().governance_pair = 0.0625;
  buyer.e().alpha = 1.0;
  buyer.sell_at(4.0);
  // One cloud is governed: north. A second costs 0.125 + 0.0625 of the spend.
  CHECK(buyer.of("north-shop") == -4.0);
  CHECK(buyer.of("south-shop") == -4.75);
  CHECK(buyer.of("direct") == -4.0);  // no cloud to govern
  // Its own placement does not count, that of another workload does: south is then governed anyway.
  buyer.w.alternative = buyer.alternative("south-shop");
  buyer.population.add_workload(kBuyer, buyer.w);
  CHECK(buyer.of("south-shop") == -4.0);
  CHECK(buyer.all(buyer.population.workload(kBuyer, WorkloadId(0)))[2] == -4.75);
}

TEST_CASE("utility: gravity pulls to the host of what a cloud sells", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.c().beta_gravity = 2.0;
  buyer.population.gravity(kBuyer, test::kNorth) = 1.0F;
  buyer.population.gravity(kBuyer, test::kSouth) = 0.25F;
  CHECK(buyer.of("north-shop") == 2.0);
  CHECK(buyer.of("south-shop") == 0.5);
  CHECK(buyer.of("direct") == 0.0);  // it is bought from the lab, wherever that runs it
  buyer.access(buyer.alternative("south-shop")).host = test::kNorth;
  CHECK(buyer.of("south-shop") == 2.0);
}

TEST_CASE("utility: the runtime's gravity counts for agents only, by the channel's cloud",
          "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.c().beta_runtime = 4.0;
  buyer.population.gravity(kBuyer, test::kSouth) = 0.25F;
  buyer.access(buyer.alternative("south-shop", Product::AgentStateful)).host = test::kNorth;
  CHECK(buyer.of("south-shop") == 0.0);
  buyer.w.product = Product::AgentStateful;
  CHECK(buyer.of("south-shop") == 1.0);
  CHECK(buyer.of("direct") == 0.0);
}

TEST_CASE("utility: integration is the weighted share of items that have shipped", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.c().beta_integration = 2.0;
  auto& access = buyer.access(buyer.alternative("north-shop"));
  CHECK(buyer.of("north-shop") == 2.0);  // always sold there: all items
  access.since = test::kStart;
  auto& items = buyer.parameters().integration.items;
  for (auto& item : items) item.with_listing = 1.0;
  CHECK(buyer.of("north-shop") == 2.0);
  // One of seven items, of weight 2 among six of weight 1: 2 x 6/8.
  items[Item::Tools].weight = 2.0;
  dated(buyer, "north-shop", Item::Tools, test::kStart + core::days(1));
  CHECK(near(buyer.of("north-shop"), 1.5));
  CHECK(buyer.of("south-shop") == 2.0);
  buyer.board.as_of = test::kStart + core::days(1);
  CHECK(buyer.of("north-shop") == 2.0);
  // A preview has what comes with the listing, and no more.
  access.state = Permission::Preview;
  for (auto& item : items) item.with_listing = 0.0;
  CHECK(near(buyer.of("north-shop"), 2.0 * 2.0 / 8.0));  // tools have a date
}

TEST_CASE("utility: what a workload needs and a channel lacks costs a part of the price",
          "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.parameters().integration.crossing_cost = 0.05;
  buyer.sell_at(3.0);
  buyer.e().alpha = 2.0;
  dated(buyer, "north-shop", Item::Tools, core::kNever);
  dated(buyer, "north-shop", Item::State, core::kNever);
  CHECK(buyer.of("north-shop") == -6.0);  // needs neither
  buyer.w.needs.insert(Item::Tools);
  CHECK(near(buyer.of("north-shop"), -6.0 - 2.0 * 3.0 * 0.05));
  buyer.w.needs.insert(Item::State);
  buyer.w.needs.insert(Item::Audit);  // which is there
  CHECK(near(buyer.of("north-shop"), -6.0 - 2.0 * 3.0 * 0.10));
  CHECK(buyer.of("south-shop") == -6.0);
  buyer.c().form = UtilityForm::Log;
  CHECK(near(buyer.of("north-shop"), -2.0 * std::log(3.0) - 2.0 * std::log(1.1)));
}

TEST_CASE("utility: items that are missing wear off the cost of leaving", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.c().switching = 2.0;
  buyer.parameters().integration.crossing_wear = 0.25;
  buyer.w.alternative = buyer.alternative("north-shop");
  buyer.w.needs.insert(Item::Tools);
  buyer.w.needs.insert(Item::State);
  CHECK(buyer.of("south-shop") == -2.0);
  dated(buyer, "north-shop", Item::Tools, core::kNever);
  CHECK(near(buyer.of("south-shop"), -1.5));
  dated(buyer, "north-shop", Item::State, core::kNever);
  CHECK(near(buyer.of("south-shop"), -1.125));
  CHECK(buyer.of("north-shop") == 0.0);
}

TEST_CASE("utility: production does not go where integration is less deep than it demands",
          "[market][enterprise][utility]") {
  Buyer buyer;
  for (const Item item : {Item::Data, Item::Tools, Item::State}) dated(buyer, "north-shop", item, core::kNever);
  buyer.w.least_depth = 2;  // 4 of 7 items: two quarters
  CHECK(buyer.of("north-shop") == 0.0);
  buyer.w.least_depth = 3;
  CHECK(buyer.of("north-shop") == kInfeasible);
  CHECK(buyer.of("south-shop") == 0.0);
  buyer.w.pilot = true;
  CHECK(buyer.of("north-shop") == 0.0);
  buyer.w.pilot = false;
  buyer.w.alternative = buyer.alternative("north-shop");  // what is there stays
  CHECK(buyer.of("north-shop") == 0.0);
}

TEST_CASE("utility: agents pay for the runtime of a cloud's channel", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.sell_at(3.0);
  buyer.e().alpha = 2.0;
  buyer.parameters().channels[ChannelId(1)].runtime_fee = 0.1;
  CHECK(buyer.of("north-shop") == -6.0);
  buyer.w.product = Product::AgentStateful;
  CHECK(near(buyer.of("north-shop"), -6.6));
  CHECK(buyer.of("south-shop") == -6.0);
  buyer.c().form = UtilityForm::Log;
  CHECK(near(buyer.of("north-shop"), -2.0 * std::log(3.3)));
}

TEST_CASE("shares with and without an item are those of the logit, and it moves only those who need it",
          "[market][enterprise][utility]") {
  // Plain logit over three channels at 0 and the outside option at 0: a quarter each. An item that north lacks costs
  // alpha ln 1.2 = .3646 with alpha = 2: e^-.3646 = .6944, so north keeps .6944 / 3.6944 = .18797.
  Parameters p = test::small_parameters();
  p.choice.lambda_lab = p.choice.lambda_cloud = 1.0;
  Buyer with(p), without(p);
  for (Buyer* buyer : {&with, &without}) {
    buyer->c().form = UtilityForm::Log;
    buyer->sell_at(1.0);
    buyer->e().alpha = 2.0;
    buyer->parameters().integration.crossing_cost = 0.2;
  }
  dated(without, "north-shop", Item::Tools, core::kNever);
  const AlternativeId north = with.alternative("north-shop");
  int at_north = 0, moved = 0, needing = 0;
  constexpr int kWorkloads = 20'000;
  for (int k = 0; k < kWorkloads; ++k) {
    Workload w;
    w.key = core::name_hash(std::to_string(k));
    if (k % 2 == 0) w.needs.insert(Item::Tools);
    const AlternativeId before = chosen(with, w), after = chosen(without, w);
    if (before != after) {
      REQUIRE(k % 2 == 0);
      REQUIRE(before == north);
      ++moved;
    }
    needing += k % 2 == 0;
    at_north += k % 2 == 0 && after == north;
  }
  const double share = at_north / static_cast<double>(needing);
  CHECK(std::abs(share - 0.18797) < 4.0 * std::sqrt(0.188 * 0.812 / needing));
  CHECK(std::abs(moved / static_cast<double>(needing) - (0.25 - 0.18797)) < 4.0 * std::sqrt(0.062 * 0.938 / needing));
}

TEST_CASE("utility: waits at the host count by their logarithm", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.c().beta_wait = 0.5;
  buyer.c().wait_scale_hours = 2.0;
  buyer.board.clouds[test::kSouth].wait_hours = 6.0;  // ln(1 + 6/2) = ln 4
  CHECK(near(buyer.of("south-shop"), -0.5 * std::log(4.0)));
  CHECK(buyer.of("north-shop") == 0.0);
}

TEST_CASE("utility: a move costs, staying and a first placement do not", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.c().switching = 1.5;
  CHECK(buyer.all() == std::vector<double>{0.0, 0.0, 0.0, 0.0});
  buyer.w.alternative = buyer.alternative("north-shop");
  CHECK(buyer.all() == std::vector<double>{-1.5, 0.0, -1.5, 0.0});
}

TEST_CASE("utility: a preview is worth less", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.c().preview_discount = 0.75;
  buyer.access(buyer.alternative("south-shop")).state = Permission::Preview;
  CHECK(buyer.of("south-shop") == -0.75);
  CHECK(buyer.of("north-shop") == 0.0);
}

TEST_CASE("utility: a preview admits the allowlist's share of accounts, and keeps them as it grows",
          "[market][enterprise][utility]") {
  Buyer buyer;
  auto& access = buyer.access(buyer.alternative("south-shop"));
  access.state = Permission::Preview;
  access.allowlist = 0.0F;
  CHECK(buyer.of("south-shop") == kInfeasible);
  access.allowlist = 0.25F;
  CHECK(std::abs(admitted(buyer, "south-shop") - 0.25) < 4 * std::sqrt(0.25 * 0.75 / 4'000));
  Buyer wider = buyer;
  wider.access(wider.alternative("south-shop")).allowlist = 0.5F;
  for (int k = 0; k < 200; ++k) {
    buyer.e().key = wider.e().key = core::name_hash(std::to_string(k));
    if (buyer.of("south-shop") != kInfeasible) CHECK(wider.of("south-shop") != kInfeasible);
  }
}

TEST_CASE("utility: what an enterprise has not heard of is infeasible, unless it uses it already",
          "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.board.awareness.assign(buyer.compiled().alternatives.size(), 1.0);
  CHECK(buyer.of("south-shop") == 0.0);
  buyer.board.awareness[buyer.alternative("south-shop")] = 0.25;
  CHECK(std::abs(admitted(buyer, "south-shop") - 0.25) < 4 * std::sqrt(0.25 * 0.75 / 4'000));
  buyer.board.awareness[buyer.alternative("south-shop")] = 0.0;
  CHECK(buyer.of("south-shop") == kInfeasible);
  buyer.w.alternative = buyer.alternative("south-shop");
  CHECK(buyer.of("south-shop") == 0.0);
}

TEST_CASE("utility: what the contracts do not permit is infeasible", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.access(buyer.alternative("north-shop")).state = Permission::No;
  CHECK(buyer.of("north-shop") == kInfeasible);
  CHECK(buyer.of("south-shop") == 0.0);
}

TEST_CASE("what enterprises share follows the board of each window and the contracts of each interval",
          "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.c().beta_quality = 1.0;
  Offers offers(buyer.view());
  const auto offer = [&]() -> const Offer& { return offers.to(SegmentId(0), RegionId(0), buyer.w.product); };
  const Offer before = offer();
  CHECK(before.worth == std::vector<double>{0.0, 0.0, 0.0});
  buyer.board.labs[test::kAble].quality.assign(3, 1.5);
  buyer.sell_at(2.0);
  offers.update(buyer.view());
  CHECK(offer().worth == std::vector<double>{1.5, 1.5, 1.5});
  CHECK(offer().price == std::vector<double>{2.0, 2.0, 2.0});
  CHECK(offer().set == before.set);  // nothing was compiled anew
  // The next interval closes a shop: it has no row any more.
  AccessInterval next = buyer.regime.access[buyer.board.interval.position()];
  next.cells[buyer.compiled().cell(SegmentId(0), buyer.alternative("north-shop"), RegionId(0))].state = Permission::No;
  buyer.regime.access.push_back(next);
  buyer.board.interval = IntervalId(buyer.regime.access.size() - 1);
  offers.update(buyer.view());
  CHECK(offer().alternatives ==
        std::vector<AlternativeId>{buyer.alternative("direct"), buyer.alternative("south-shop")});
  CHECK(offer().set->size() == 3);
  CHECK(buyer.of("north-shop") == kInfeasible);
}

TEST_CASE("utility: the terms add up", "[market][enterprise][utility]") {
  Buyer buyer;
  buyer.c().beta_quality = buyer.c().beta_gravity = buyer.c().beta_integration = 1.0;
  buyer.c().switching = 0.5;
  buyer.e().alpha = 0.25;
  buyer.sell_at(2.0);
  buyer.board.labs[test::kAble].quality.assign(3, 1.5);
  buyer.population.gravity(kBuyer, test::kSouth) = 0.25F;
  buyer.w.alternative = buyer.alternative("direct");
  // 1.5 quality - 0.25 x 2 price + 0.25 gravity + 1 integration - 0.5 move
  CHECK(buyer.of("south-shop") == 1.75);
}
