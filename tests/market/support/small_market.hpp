#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/market/regime/regime.hpp"
#include "sim/market/view/market_view.hpp"

/// A market small enough for arithmetic by hand: the lab "able" sells directly and through the shops of the clouds
/// "north" and "south", on which it runs. One segment, one region, two products.
namespace test {

using namespace rackrate::market;
namespace core = rackrate::core;

inline const core::SimTime kStart = core::date(2026, 1, 1);

inline Clause grant(const std::string& cloud) {
  Clause clause;
  clause.name = cloud;
  auto& terms = clause.terms.emplace<kinds::Grant>();
  terms.role = {Role::Host, Role::Channel, Role::Runtime};
  terms.grantee = {cloud, cloud + "-shop"};
  return clause;
}

/// A contract of all firms with one version, in force from a year before the start.
inline Contract contract(const std::string& name, std::vector<Clause> clauses) {
  Version version;
  version.name = "first";
  version.signed_on = version.effective = core::date(2025, 1, 1);
  version.clauses = std::move(clauses);
  return {name, {"Able", "North", "South"}, core::kNever, {std::move(version)}};
}

inline Cloud cloud(const std::string& name, const std::string& firm, double price_usd) {
  Cloud cloud;
  cloud.name = name;
  cloud.firm = firm;
  cloud.channel = name + "-shop";
  cloud.price_usd = price_usd;
  CloudRegion region;
  region.name = "us";
  region.share = 1.0;
  region.fleet = {{"chip", 100.0}};
  cloud.regions = {region};
  return cloud;
}

/// Every coefficient of the utility is 0: a test sets those that it needs.
inline ChoiceParameters no_choice_terms() {
  ChoiceParameters c;
  c.form = UtilityForm::Linear;
  c.beta_quality = c.beta_gravity = c.beta_runtime = c.beta_integration = c.beta_wait = 0.0;
  c.outside = c.switching = c.switching_usd = c.preview_discount = 0.0;
  c.governance_first = c.governance_pair = 0.0;
  return c;
}

inline Parameters small_parameters() {
  Parameters p;
  p.name = "small";
  p.vocabulary.firms = {"Able", "Maker", "North", "South"};
  p.vocabulary.clouds = {"north", "south"};
  p.vocabulary.labs = {"able"};
  p.vocabulary.channels = {"direct", "north-shop", "south-shop"};
  p.vocabulary.segments = {"large"};
  p.vocabulary.regions = {"us"};
  p.run.start = kStart;
  p.run.end = core::date(2028, 1, 1);
  p.run.enterprises = 1;
  p.choice = no_choice_terms();

  Chip chip;
  chip.name = "chip";
  chip.vendor = "maker";
  p.chips.push_back(chip);
  Vendor vendor;
  vendor.name = "maker";
  vendor.firm = "Maker";
  p.vendors.push_back(vendor);
  p.clouds.push_back(cloud("north", "North", 2.0));
  p.clouds.push_back(cloud("south", "South", 3.0));

  Lab lab;
  lab.name = "able";
  lab.firm = "Able";
  lab.list_price_usd = 1.0;
  lab.kappa = 0.5;
  lab.routes = {{"north"}, {"south"}};
  p.labs.push_back(lab);
  Channel direct, north, south;
  direct.name = "direct";
  north.name = "north-shop";
  north.cloud = "north";
  north.firm = "North";
  south.name = "south-shop";
  south.cloud = "south";
  south.firm = "South";
  p.channels.push_back(direct);
  p.channels.push_back(north);
  p.channels.push_back(south);

  Segment segment;
  segment.name = "large";
  segment.enterprises = 100.0;
  segment.sample_share = 1.0;
  segment.regions = {{"us", 1.0}};
  segment.products = {{"api_stateless", 0.5}, {"agent_stateful", 0.5}};
  p.segments.push_back(segment);
  p.contracts = {contract("sales", {grant("north"), grant("south")})};
  return p;
}

struct SmallMarket {
  explicit SmallMarket(const Parameters& parameters = small_parameters()) : regime(build_regime(parameters)) {
    const auto& s = regime.compiled;
    board.as_of = kStart;
    board.interval = regime.interval_at(kStart);
    board.pools.resize(s.pools.size());
    board.clouds.resize(s.parameters.clouds.size());
    board.labs.resize(s.parameters.labs.size());
    for (auto& signal : board.labs) signal.quality.assign(s.parameters.channels.size(), 0.0);
    board.market.unserved.assign(s.parameters.labs.size(), 0.0);
    board.market.load.assign(s.parameters.labs.size(), 0.0);
    board.kappa.assign(s.parameters.labs.size(), 1.0);
    board.unit_price.assign(s.alternatives.size(), 0.0);
    board.unit_compute.assign(s.alternatives.size(), 1.0);
  }

  [[nodiscard]] MarketView view() const { return {regime, draws, board}; }
  [[nodiscard]] CompiledScenario& compiled() { return regime.compiled; }
  [[nodiscard]] const CompiledScenario& compiled() const { return regime.compiled; }
  [[nodiscard]] Parameters& parameters() { return regime.compiled.parameters; }
  /// The lab's product through a channel.
  [[nodiscard]] AlternativeId alternative(std::string_view channel, Product product = Product::ApiStateless) const {
    for (const AlternativeId id : compiled().alternatives_of_product[product])
      if (compiled().parameters.channels[compiled().alternatives[id].channel].name == channel) return id;
    return {};
  }
  /// What the contracts permit of it; a test may change it.
  [[nodiscard]] Access& access(AlternativeId id) {
    return regime.access[board.interval.position()].cells[compiled().cell(SegmentId(0), id, RegionId(0))];
  }
  [[nodiscard]] LabelId label(const std::string& name) const {
    return LabelId(*index_of(compiled().money_labels.rows(), name));
  }

  Regime regime;
  core::Draws draws{1, 0};
  Board board;
};

inline const LabId kAble{0};
inline const CloudId kNorth{0}, kSouth{1};

}  // namespace test
