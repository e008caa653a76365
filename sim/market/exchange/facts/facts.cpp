#include "sim/market/exchange/facts/facts.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/clearing/chip_ports.hpp"
#include "sim/market/exchange/facts/backlog.hpp"
#include "sim/market/exchange/facts/hosting_facts.hpp"
#include "sim/market/exchange/facts/integration_facts.hpp"
#include "sim/market/exchange/terms/discounts.hpp"
#include "sim/market/exchange/whole_parts.hpp"
#include "sim/market/view/demand_factor.hpp"

namespace rackrate::market {
namespace {

struct Amounts {
  std::int64_t wanted = 0, served = 0;
};

constexpr std::size_t kProducts = ByProduct<std::int64_t>::size();

/// Demand by (lab, channel, product, region), in the order of the facts. A channel or a region may be none; without
/// markets all of them are.
class DemandSums {
 public:
  DemandSums(const Parameters& p, bool markets)
      : channels_(markets ? p.channels.size() + 1 : 1),
        regions_(markets ? p.vocabulary.regions.size() + 1 : 1),
        sums_(p.labs.size() * channels_ * kProducts * regions_) {}

  Amounts& at(const DemandClass& c, Product product) {
    const std::size_t channel = channels_ > 1 ? after_none(c.channel) : 0;
    const std::size_t region = regions_ > 1 ? after_none(c.region) : 0;
    const std::size_t line = (c.lab.position() * channels_ + channel) * kProducts + static_cast<std::size_t>(product);
    return sums_[line * regions_ + region];
  }
  /// One fact for each sum that is not zero.
  [[nodiscard]] std::vector<DemandFact> facts() const {
    std::vector<DemandFact> facts;
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      if (sums_[i].wanted == 0 && sums_[i].served == 0) continue;
      const std::size_t line = i / regions_;
      facts.push_back({LabId(line / kProducts / channels_), or_none<ChannelId>(line / kProducts % channels_),
                       or_none<RegionId>(i % regions_), static_cast<Product>(line % kProducts), sums_[i].wanted,
                       sums_[i].served});
    }
    return facts;
  }

 private:
  template <class Id>
  [[nodiscard]] static std::size_t after_none(Id id) {
    return id.exists() ? id.position() + 1 : 0;
  }
  template <class Id>
  [[nodiscard]] static Id or_none(std::size_t place) {
    return place > 0 ? Id(place - 1) : Id();
  }

  std::size_t channels_, regions_;
  std::vector<Amounts> sums_;
};

/// Compute by (lab, host, product), in the order of the facts.
using ServiceSums = Grid<LabId, CloudId, ByProduct<std::int64_t>>;

/// The only product that the class wants; none: it wants several.
std::optional<Product> only_product(const ClassLoad& load) {
  std::optional<Product> only;
  for (const Product product : ByProduct<std::int64_t>::keys()) {
    if (load.load[product] == 0) continue;
    if (only) return std::nullopt;
    only = product;
  }
  return only;
}

/// Splits what a class wanted and got among its products.
void add_demand(const DemandClass& c, const ClassLoad& load, std::int64_t served, DemandSums& sums) {
  const auto wanted_by = split_whole(load.demand, load.load);
  const auto served_by = split_whole(served, wanted_by);  // by what was wanted, so that no product gets more
  for (const Product product : ByProduct<std::int64_t>::keys()) {
    if (wanted_by[product] == 0 && served_by[product] == 0) continue;
    auto& sum = sums.at(c, product);
    sum.wanted += wanted_by[product];
    sum.served += served_by[product];
  }
}

std::vector<ServiceFact> service_facts(const Parameters& p, const ServiceSums& sums) {
  std::vector<ServiceFact> facts;
  for (const LabId lab : p.labs.ids())
    for (const CloudId host : p.clouds.ids())
      for (const Product product : ByProduct<std::int64_t>::keys())
        if (const std::int64_t served = sums(lab, host)[product]; served != 0)
          facts.push_back({lab, host, product, served});
  return facts;
}

void demand_facts(const SettlementInput& in, bool markets, IntervalFacts& facts) {
  const auto& p = in.view.parameters();
  DemandSums demand(p, markets);
  ServiceSums service(p.labs.size(), p.clouds.size());
  for (const ClassId k : in.table.classes.ids()) {
    const auto& c = in.table.classes[k];
    const auto& load = in.load.classes[k];
    if (load.demand == 0) continue;
    const auto& got = in.allocation.classes[k];
    if (!c.lab.exists()) {
      const std::int64_t waiting = c.use == FleetUse::Customers ? in.load.waiting[c.cloud] : 0;
      facts.uses.push_back({c.cloud, c.use, load.demand + waiting, got.served});
      continue;
    }
    if (const auto product = only_product(load)) {  // as most classes do: nothing is to be split
      auto& sum = demand.at(c, *product);
      sum.wanted += load.demand;
      sum.served += got.served;
      for (const CloudId host : got.hosts.members()) service(c.lab, host)[*product] += in.allocation.by_host(k, host);
      continue;
    }
    add_demand(c, load, got.served, demand);
    for (const CloudId host : got.hosts.members()) {
      const auto parts = split_whole(in.allocation.by_host(k, host), load.load);
      for (const Product product : parts.keys()) service(c.lab, host)[product] += parts[product];
    }
  }
  facts.demand = demand.facts();
  facts.service = service_facts(p, service);
}

using PlacementKey = std::tuple<SegmentId, LabId, ChannelId, CloudId, CloudId, Product>;

/// Adds the volume of a cell at the hosts where its class was served, in proportion; at the best permitted host when
/// nothing was.
void add_placement(const SettlementInput& in, ClassId k, CellId cell, std::map<PlacementKey, double>& placed) {
  const auto& s = in.view.compiled();
  const auto [segment, a, region] = s.cells.decode(cell);
  const auto& alternative = s.alternatives[a];
  const double units = core::real(in.load.cell_volume[cell]) * 1e-6;
  const auto add = [&, segment = segment](CloudId host, double part) {
    CloudId runtime;
    if (alternative.product == Product::AgentStateful) runtime = alternative.cloud.exists() ? alternative.cloud : host;
    placed[{segment, alternative.lab, alternative.channel, host, runtime, alternative.product}] += part;
  };
  const std::int64_t served = in.allocation.classes[k].served;
  if (served == 0) {
    if (const CloudId host = in.view.access().cells[cell].host; host.exists()) add(host, units);
    return;
  }
  for (const CloudId host : in.allocation.classes[k].hosts.members())
    add(host, units * core::real(in.allocation.by_host(k, host)) / core::real(served));
}

/// Where the placed volume of each segment is.
void placement_facts(const SettlementInput& in, IntervalFacts& facts) {
  std::map<PlacementKey, double> placed;
  for (const ClassId k : in.table.classes.ids())
    for (const CellId cell : in.table.classes[k].cells)
      if (in.load.cell_volume[cell] != 0) add_placement(in, k, cell, placed);
  for (const auto& [key, units] : placed) {
    const auto& [segment, lab, channel, host, runtime, product] = key;
    facts.placements.push_back({segment, lab, channel, host, runtime, product, units});
  }
}

double usd(Money amount) { return core::real(amount.tenthousandths()) * 1e-4; }

void add_agreements(const AgreementDelta& agreed, SegmentFact& fact) {
  fact.account_spending = usd(agreed.spending);
  fact.reliance = usd(agreed.reliance);
  fact.at_stake = usd(agreed.at_stake);
  fact.gain = usd(agreed.gain);
}

/// Enterprises enjoy what is served, and pay for governing and moving it. Their messages give the surplus of a cell at
/// full volume. Returns what they spend at list by alternative, $ a day.
Table<AlternativeId, double> segment_facts(const SettlementInput& in, IntervalFacts& facts) {
  const auto& s = in.view.compiled();
  const auto& board = in.view.board;
  for (const SegmentId segment : s.parameters.segments.ids()) {
    const double paid = usd(in.demand.governance[segment]) * board.volume_growth +
                        usd(in.demand.migration_of[segment]) / in.interval.days();
    SegmentFact fact{segment, board.adoption[segment], -paid};
    if (!in.demand.agreed.empty()) add_agreements(in.demand.agreed[segment], fact);
    facts.segments.push_back(fact);
  }
  Table<AlternativeId, double> spent(s.alternatives.size(), 0.0);
  for (const CellLoad& cell : in.load.cells) {
    if (in.demand.units[cell.cell] <= 0) continue;  // what rounding of the unlearned part has left
    const double served = core::real(cell.volume) * in.allocation.classes[cell.demand_class].fill;
    const double share = served / core::real(in.demand.units[cell.cell]);
    auto& fact = facts.segments[s.cells.decode(cell.cell).segment.position()];
    fact.surplus_usd_per_day += share * usd(in.demand.surplus[cell.cell]);
    fact.variety_usd_per_day += share * usd(in.demand.variety[cell.cell]);
    const double at_list = served * 1e-6 * board.unit_price[cell.alternative];
    fact.spending_usd_per_day += at_list;
    spent[cell.alternative] += at_list;
    if (!in.demand.rebated.empty()) fact.discount_usd_per_day += at_list * rebated_share(in.demand, cell.cell);
  }
  return spent;
}

void lab_facts(const SettlementInput& in, const Table<LabId, CashAccount>& cash, IntervalFacts& facts) {
  const auto& s = in.view.compiled();
  const auto& board = in.view.board;
  for (const LabId lab : s.parameters.labs.ids()) {
    LabFact fact;
    fact.lab = lab;
    fact.quality = board.labs[lab].best;
    fact.kappa = s.parameters.labs[lab].kappa * board.kappa[lab];
    for (const StreamId k : s.streams.ids())
      if (s.streams[k].lab == lab && !s.streams[k].application.exists()) fact.users += in.load.streams[k].users;
    fact.training_places = in.allocation.training_places[lab];
    if (keeps_cash(s.parameters, lab)) {
      fact.cash = cash[lab].cash;
      fact.funding = cash[lab].funding;
      fact.funded = in.load.plans[lab].funded();
    }
    for (const Product product : {Product::Consumer, Product::ApiStateless, Product::AgentStateful, Product::EntApp})
      fact.hits[*work_kind(product)] = hit_factor(board, lab, product);
    facts.labs.push_back(fact);
  }
}

void application_facts(const SettlementInput& in, IntervalFacts& facts) {
  const double days = in.interval.days();
  for (const ApplicationId id : in.view.parameters().applications.ids()) {
    const auto& signal = in.view.board.seats[id];
    facts.applications.push_back({id, signal.seats, signal.added_per_day * days, signal.lapsed_per_day * days});
  }
  for (const ClassId k : in.table.classes.ids()) {
    const StreamId stream = in.table.classes[k].stream;
    if (!stream.exists() || !in.view.compiled().streams[stream].application.exists()) continue;
    facts.applications[in.view.compiled().streams[stream].application].usd +=
        in.load.streams[stream].usd_per_day * days * in.allocation.classes[k].fill;
  }
}

/// What is powered of each kind of chip at each cloud that has some of it.
std::vector<ChipFact> chip_facts(const MarketView& view) {
  const auto& s = view.compiled();
  Grid<CloudId, ChipId, std::int64_t> powered(s.parameters.clouds.size(), s.parameters.chips.size());
  for (const PoolId pool : s.pools.ids()) {
    const auto& chips = view.board.pools[pool].chip_powered;
    for (const ChipId chip : chips.ids())
      if (chips[chip] != 0) powered(s.pools[pool].cloud, chip) += chips[chip];
  }
  std::vector<ChipFact> facts;
  facts.reserve(powered.cells().size());
  for (const CloudId cloud : s.parameters.clouds.ids())
    for (const ChipId chip : s.parameters.chips.ids())
      if (const std::int64_t h100e = powered(cloud, chip); h100e != 0) facts.push_back({cloud, chip, h100e});
  return facts;
}

/// List prices: a lab's per reference unit, which any of its products shows by its multiplier.
void price_facts(const SettlementInput& in, const Table<AlternativeId, double>& spent, IntervalFacts& facts) {
  const auto& s = in.view.compiled();
  const auto& board = in.view.board;
  constexpr double kNotSold = -1.0;
  Grid<LabId, ChannelId, double> price(s.parameters.labs.size(), s.parameters.channels.size(), kNotSold);
  Grid<LabId, ChannelId, double> agents(s.parameters.labs.size(), s.parameters.channels.size());
  for (const AlternativeId a : s.alternatives.ids()) {
    const auto& alternative = s.alternatives[a];
    const double multiplier = s.parameters.labs[alternative.lab].product_price[alternative.product];
    if (alternative.product == Product::AgentStateful)
      agents(alternative.lab, alternative.channel) += spent[a] * in.interval.days();
    if (multiplier > 0) price(alternative.lab, alternative.channel) = board.unit_price[a] / multiplier;
  }
  for (const LabId lab : s.parameters.labs.ids())
    for (const ChannelId channel : s.parameters.channels.ids())
      if (const double usd = price(lab, channel); usd != kNotSold)
        facts.prices.push_back({lab, channel, usd, board.labs[lab].effort_on(channel), agents(lab, channel)});
  for (const CloudId c : s.parameters.clouds.ids())
    facts.compute_prices.push_back({c, s.parameters.clouds[c].price_usd * board.clouds[c].price_index});
}

}  // namespace

IntervalFacts interval_facts(const SettlementInput& input, const Settlement& settlement, const Kept& kept,
                             Table<PoolId, PoolFact> pools, FactDetail detail) {
  IntervalFacts facts;
  facts.pools = std::move(pools);
  facts.chips = chip_facts(input.view);
  demand_facts(input, detail.markets, facts);
  facts.hosting = hosting_facts(input);
  if (detail.month_ends) placement_facts(input, facts);
  const auto spent = segment_facts(input, facts);
  lab_facts(input, kept.cash, facts);
  application_facts(input, facts);
  if (detail.month_ends) facts.backlog = backlog(input.view, kept.accounts, input.interval.end);
  if (detail.month_ends) facts.ports = port_facts(input.view, input.interval.start);
  if (detail.month_ends) facts.integration = integration_facts(input);
  price_facts(input, spent, facts);
  for (const auto& line : settlement.lines)
    if (line.clause.exists()) facts.clauses.push_back(line);
  return facts;
}

void report(Observer& observer, const IntervalFacts& facts, const Interval& interval, const Board& board) {
  WindowFact fact;
  fact.start = interval.start;
  fact.length = interval.length();
  fact.pools = facts.pools.rows();
  fact.chips = facts.chips;
  fact.demand = facts.demand;
  fact.service = facts.service;
  fact.hosting = facts.hosting;
  fact.uses = facts.uses;
  fact.placements = facts.placements;
  fact.segments = facts.segments;
  fact.labs = facts.labs;
  fact.backlog = facts.backlog;
  fact.ports = facts.ports;
  fact.integration = facts.integration;
  fact.prices = facts.prices;
  fact.compute_prices = facts.compute_prices;
  fact.clauses = facts.clauses;
  fact.applications = facts.applications.rows();
  fact.demand_common = common_factor(board, 1.0);
  observer.on_window(fact);
}

}  // namespace rackrate::market
