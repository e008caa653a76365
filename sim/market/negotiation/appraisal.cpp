#include "sim/market/negotiation/appraisal.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <span>
#include <utility>

#include "sim/core/whole.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/enterprise/placement.hpp"
#include "sim/market/enterprise/utility.hpp"
#include "sim/market/exchange/clearing/hosting_limits.hpp"
#include "sim/market/exchange/move.hpp"
#include "sim/market/negotiation/static_contracts.hpp"
#include "sim/market/pricing/unit_terms.hpp"

namespace rackrate::market {
namespace {

/// Parts of a day in which the draw on commitments finds its level.
constexpr int kPartsOfADay = 8;

/// Learned volume of a workload, millionths of a work unit per day.
double learned_units(const Parameters& p, const Workload& w, core::SimTime t) {
  return core::real(w.units) * (1.0 - unlearned_share(p, w, t));
}

double learned_units(const Parameters& p, std::span<const Workload> workloads, core::SimTime t) {
  double units = 0.0;
  for (const auto& w : workloads) units += learned_units(p, w, t);
  return units;
}

/// The same alternative in another regime, or none. Both lists are in name order and short.
AlternativeId same_alternative(const CompiledScenario& s, const Alternative& a) {
  for (const AlternativeId id : s.alternatives_of_product[a.product])
    if (s.alternatives[id].lab == a.lab && s.alternatives[id].channel == a.channel) return id;
  return {};
}

/// f(cell, alternative, the access of the status quo) for every cell of a lab in the opened market.
template <class F>
void for_each_cell(const HypotheticalRegime& opened, const HypotheticalRegime& status_quo, LabId lab, F f) {
  const auto& s = opened.regime.compiled;
  const auto& before = status_quo.regime.compiled;
  for (const AlternativeId id : s.alternatives.ids()) {
    const auto& alternative = s.alternatives[id];
    if (alternative.lab != lab) continue;
    const AlternativeId same = same_alternative(before, alternative);
    for (const CellId cell : s.cells.of(id)) {
      const auto [segment, unused, region] = s.cells.decode(cell);
      f(cell, alternative,
        same.exists() ? status_quo.regime.access.front().cells[before.cell(segment, same, region)] : Access());
    }
  }
}

/// A revenue share may have been stated last by a clause that the regime leaves out (an older version, or the clause
/// before a pause). It is the same obligation: it continues under the regime's terms, with the amount counted against
/// its cap.
void continue_shares(Accounts& accounts, const Accounts& before, const HypotheticalRegime& hypothetical) {
  const auto& s = hypothetical.regime.compiled;
  for (const LabelId from : before.clauses.ids()) {
    const LabelId to = hypothetical.move.label[from];
    if (!to.exists() || !before.clauses[from].last.exists()) continue;
    auto& account = accounts.clauses[to];
    for (const PaymentClauseId k : s.money.ids()) {
      if (account.last.exists()) break;
      const auto* share = s.clause_of(s.money[k]).get_if<kinds::Revshare>();
      if (s.money[k].label != to || share == nullptr) continue;
      account.share.amend(*share);
      account.clause = account.last = k;
    }
  }
}

/// The state of the exchange under a regime, without demand and without sunk costs.
Exchange exchange_under(const MarketState& state, const HypotheticalRegime& hypothetical) {
  const auto& s = hypothetical.regime.compiled;
  Exchange moved;
  moved.demand.units.assign(state.exchange.demand.units.size(), 0);
  moved.demand.ramp.assign(state.exchange.demand.units.size(), 0);
  moved.demand.committed_units = state.exchange.demand.committed_units;
  moved.accounts.clauses = state.exchange.accounts.clauses;
  moved.accounts.commitments = state.exchange.accounts.commitments;
  move_exchange(moved, hypothetical.move, state.regime.compiled, s);
  continue_shares(moved.accounts, state.exchange.accounts, hypothetical);
  Exchange exchange = first_exchange(hypothetical.regime);
  exchange.capital.assets.clear();
  exchange.demand.committed_units = std::move(moved.demand.committed_units);
  exchange.demand.committed = state.exchange.demand.committed;
  exchange.accounts.clauses = std::move(moved.accounts.clauses);
  exchange.accounts.commitments = std::move(moved.accounts.commitments);
  exchange.accounts.defaults = state.exchange.accounts.defaults;  // by name and party: no index moves
  exchange.accounts.round_paid = state.exchange.accounts.round_paid;
  exchange.accounts.usd_per_day = state.exchange.accounts.usd_per_day;
  exchange.cleared = state.exchange.cleared;
  exchange.leases.leases = state.exchange.leases.leases;
  for (auto& account : exchange.accounts.clauses) account.stake = 0.0;
  for (const auto& m : s.money)
    if (s.clause_of(m).is<kinds::Commit>()) exchange.accounts.clauses[m.label] = {};  // over this day alone
  return exchange;
}

Board board_under(const MarketState& state, const HypotheticalRegime& hypothetical, const Exchange& exchange,
                  IntervalId interval) {
  Board board = state.board;
  board.as_of = state.now;
  board.interval = interval;
  board.awareness.clear();
  board.missing.clear();  // complete in the long run, and crossings are paid to nobody who bargains
  board.drawdown = exchange.accounts.commitments.coverage;
  publish_unit_terms(hypothetical.regime.compiled, state.now, board);
  return board;
}

/// What the sample is expected to buy, millionths of a work unit per day of all enterprises that it represents.
struct ExpectedDemand {
  Table<CellId, double> units;
  Table<CellId, double> committed;         ///< bought with a commitment to the seller's cloud; empty where none counts
  Table<CellId, double> rebated, premium;  ///< under agreements of big accounts; empty where there are none
};

/// Adds what one workload is expected to choose if it chooses afresh: nothing is switched.
void add_expected(const MarketView& view, const Offers& offers, const Population& population, EnterpriseId id,
                  Workload& w, double volume, ExpectedDemand& demand) {
  const auto& s = view.compiled();
  const Enterprise& e = population[id];
  const Offer& offer = offers.to(e.segment, e.region, w.product);
  std::vector<double> utility(offer.set->columns()), share(offer.set->size());
  const AlternativeId placed = std::exchange(w.alternative, kOutsideOption);
  utilities(view, offer, population, id, w, utility);
  w.alternative = placed;
  expected_shares(*offer.set, utility, share);
  for (std::size_t k = 0; k < offer.alternatives.size(); ++k) {
    if (share[k] <= 0) continue;
    const CellId cell = s.cell(e.segment, offer.alternatives[k], e.region);
    demand.units[cell] += volume * share[k];
    const bool agreed = e.agreed.worth > 0 && sold_by_primary(s, e, offer.alternatives[k]);
    const double free = agreed ? volume * share[k] * e.agreed.paid * 1e-4 : 0.0;
    if (!demand.committed.empty() && committed_to_seller(s, e, offer.alternatives[k]))
      demand.committed[cell] += volume * share[k] - free;
    if (!agreed) continue;
    demand.rebated[cell] += free;
    if (e.agreed.premium) demand.premium[cell] += volume * share[k];
  }
}

/// Fills in the demand that the sample is expected to bring to each cell.
void expect_demand(const MarketView& view, const Sample& sample, const RegimeMove& move, core::SimTime t,
                   Exchange& exchange) {
  ExpectedDemand demand;
  demand.units.assign(exchange.demand.units.size(), 0.0);
  demand.committed.assign(exchange.demand.committed_units.size(), 0.0);
  demand.rebated.assign(exchange.demand.rebated.size(), 0.0);
  demand.premium.assign(exchange.demand.premium.size(), 0.0);
  const Offers offers(view);
  Population moved = sample.enterprises;
  for (auto& w : moved.all_workloads())  // those of an enterprise that do not choose stay where they are
    if (w.alternative != kOutsideOption) w.alternative = move.alternative[w.alternative];
  for (const EnterpriseId e : moved.ids())
    for (auto& w : moved.workloads(e)) {
      const double volume = learned_units(view.parameters(), w, t) * sample.scale[moved[e].segment];
      add_expected(view, offers, moved, e, w, volume, demand);
    }
  const auto round_into = [](const Table<CellId, double>& from, Table<CellId, std::int64_t>& to) {
    for (const CellId cell : from.ids())
      to[cell] = core::whole(from[cell], "the volume of one market, in millionths of a unit,");
  };
  round_into(demand.units, exchange.demand.units);
  round_into(demand.committed, exchange.demand.committed_units);
  round_into(demand.rebated, exchange.demand.rebated);
  round_into(demand.premium, exchange.demand.premium);
}

/// Keys of sampled enterprises are multiples of this power of two.
std::uint64_t sampling_step(const Parameters& p, int about) {
  return std::bit_floor(static_cast<std::uint64_t>(std::max(1, p.run.enterprises / about)));
}

}  // namespace

Sample draw_sample(const MarketState& state, int about) {
  const auto& p = state.coming.parameters;
  const std::uint64_t step = sampling_step(p, about);
  Table<SegmentId, double> all(p.segments.size(), 0.0), sampled(p.segments.size(), 0.0);
  for (const EnterpriseId id : state.enterprises.ids()) {
    const Enterprise& e = state.enterprises[id];
    const double units = learned_units(p, state.enterprises.workloads(id), state.now);
    all[e.segment] += units;
    if (e.key % step == 0) sampled[e.segment] += units;
  }
  Sample sample;
  for (const SegmentId segment : all.ids())
    sample.scale.push_back(sampled[segment] > 0 ? all[segment] / sampled[segment] : 1.0);
  std::vector<EnterpriseId> chosen;
  for (const EnterpriseId id : state.enterprises.ids()) {
    const Enterprise& e = state.enterprises[id];
    if (e.workloads == 0) continue;
    // A segment of which the sample would have nobody is taken whole.
    if (e.key % step != 0 && sampled[e.segment] > 0) continue;
    chosen.push_back(id);
  }
  sample.enterprises = state.enterprises.only(chosen);
  return sample;
}

HypotheticalRegime regime_under(const MarketState& state, const std::vector<contracts::ContractChange>& changes) {
  Parameters p = state.coming.parameters;
  p.contracts = contracts_of_a_day(contracts::with_changes(std::move(p.contracts), changes), state.now, state.exchange,
                                   state.regime.compiled);
  HypotheticalRegime hypothetical;
  hypothetical.regime.compiled = compile(p);
  // What is permitted now counts as always permitted, so integration is complete.
  hypothetical.regime.access =
      compile_access(hypothetical.regime.compiled, state.now, state.now + core::SimDuration{1});
  hypothetical.regime.choice_sets = choice_sets(hypothetical.regime.compiled);
  hypothetical.move = find_move(state.regime.compiled, hypothetical.regime.compiled);
  return hypothetical;
}

IntervalId add_interval(HypotheticalRegime& hypothetical, AccessInterval access) {
  const IntervalId added(hypothetical.regime.access.size());
  hypothetical.regime.access.push_back(std::move(access));
  return added;
}

HostSet gaining_clouds(const HypotheticalRegime& opened, const HypotheticalRegime& status_quo, LabId lab) {
  HostSet gained;
  const auto& now = opened.regime.access.front();
  for_each_cell(opened, status_quo, lab, [&](CellId cell, const Alternative& a, const Access& before) {
    if (a.cloud.exists() && now.cells[cell].state > before.state) gained.insert(a.cloud);
    gained |= now.cells[cell].hosts - before.hosts;
  });
  const auto& streams = opened.regime.compiled.streams;
  for (const StreamId k : streams.ids())
    if (streams[k].lab == lab) gained |= now.stream_hosts[k] - status_quo.regime.access.front().stream_hosts[k];
  return gained;
}

namespace {

/// `hosts` without the cloud, unless it was there before.
HostSet without(HostSet hosts, CloudId cloud, HostSet before) {
  if (!before.contains(cloud)) hosts.erase(cloud);
  return hosts;
}

/// The access of one cell without what `cloud` gains over `before`.
Access cell_without(Access access, CloudId cloud, const Alternative& a, const Access& before,
                    const std::vector<CloudId>& hosts_of_lab) {
  access.hosts = without(access.hosts, cloud, before.hosts);
  if (access.hosts.empty() || (a.cloud == cloud && access.state > before.state)) return before;
  if (access.host != cloud || access.hosts.contains(cloud)) return access;
  const auto host = std::find_if(hosts_of_lab.begin(), hosts_of_lab.end(),
                                 [&access](CloudId other) { return access.hosts.contains(other); });
  if (host != hosts_of_lab.end()) access.host = *host;
  return access;
}

}  // namespace

AccessInterval access_without(const HypotheticalRegime& opened, const HypotheticalRegime& status_quo, LabId lab,
                              CloudId cloud) {
  const auto& s = opened.regime.compiled;
  const auto& channels = s.parameters.vocabulary.channels;
  AccessInterval out = opened.regime.access.front();
  auto& hosts_of_lab = out.lab_hosts[lab];
  auto& channels_of_lab = out.lab_channels[lab];
  hosts_of_lab = {};
  channels_of_lab.reset();
  for_each_cell(opened, status_quo, lab, [&](CellId cell, const Alternative& a, const Access& before) {
    Access& access = out.cells[cell];
    access = cell_without(access, cloud, a, before, s.hosts_of_lab[lab]);
    hosts_of_lab |= access.hosts;
    if (access.state != Permission::No && channels[a.channel.position()] != contracts::kOwnChannel)
      channels_of_lab.set(a.channel.position());
  });
  for (const StreamId k : s.streams.ids()) {
    if (s.streams[k].lab != lab) continue;
    out.stream_hosts[k] = without(out.stream_hosts[k], cloud, status_quo.regime.access.front().stream_hosts[k]);
    hosts_of_lab |= out.stream_hosts[k];
  }
  return out;
}

AccessInterval access_without_channel(const HypotheticalRegime& hypothetical, LabId lab, ChannelId channel) {
  const auto& s = hypothetical.regime.compiled;
  AccessInterval out = hypothetical.regime.access.front();
  auto& hosts_of_lab = out.lab_hosts[lab];
  hosts_of_lab = {};
  out.lab_channels[lab].reset(channel.position());
  for (const AlternativeId id : s.alternatives.ids()) {
    if (s.alternatives[id].lab != lab) continue;
    for (const CellId cell : s.cells.of(id)) {
      if (s.alternatives[id].channel == channel) out.cells[cell] = Access();
      hosts_of_lab |= out.cells[cell].hosts;
    }
  }
  for (const StreamId k : s.streams.ids())
    if (s.streams[k].lab == lab) hosts_of_lab |= out.stream_hosts[k];
  return out;
}

ExpectedDay expected_day(const MarketState& state, const Sample& sample, const HypotheticalRegime& hypothetical,
                         IntervalId interval) {
  ExpectedDay day{exchange_under(state, hypothetical), {}};
  day.board = board_under(state, hypothetical, day.exchange, interval);
  expect_demand({hypothetical.regime, state.draws, day.board}, sample, hypothetical.move, state.now, day.exchange);
  return day;
}

namespace {

/// Clears and settles the day. Commitments steer by a forecast of the draw, and a regime has a draw of its own: the day
/// is cleared in parts, the first with the draw of the market as it is, each further one with the mean of those before.
/// A commitment asks for its day's part over all of them, so what one part draws too much another draws less.
Profits profit_of_a_day(Exchange& exchange, const MarketView& view, core::SimTime now) {
  const auto& s = view.compiled();
  const bool steered = std::any_of(s.money.begin(), s.money.end(),
                                   [&](const PaymentClause& m) { return s.clause_of(m).is<kinds::Commit>(); });
  const int parts = steered ? kPartsOfADay : 1;
  Table<PartyId, Money> profit(s.parties.size());
  std::map<std::pair<int, int>, Money> bought;
  for (int part = 0; part < parts; ++part) {
    const core::SimTime start = now + core::kDay * part / parts, end = now + core::kDay * (part + 1) / parts;
    forget_flows(exchange.network.table);
    const SettledInterval settled = settle_interval(exchange, view, {start, end});
    for (const PartyId party : profit.ids()) profit[party] += settled.settlement.profit[party];
    for (const auto& [pair, usd] : settled.settlement.receipts.purchases) bought[pair] += usd;
    exchange.accounts.usd_per_day.clear();
    for (const auto& [pair, usd] : bought) exchange.accounts.usd_per_day[pair] = usd.usd() / core::in_days(end - now);
  }
  Profits usd;
  for (const Money of_party : profit) usd.push_back(of_party.usd());
  return usd;
}

}  // namespace

Profits profit_of_day(const MarketState& state, const HypotheticalRegime& hypothetical, ExpectedDay day) {
  return profit_of_a_day(day.exchange, {hypothetical.regime, state.draws, day.board}, state.now);
}

Profits daily_profit(const MarketState& state, const Sample& sample, const HypotheticalRegime& hypothetical,
                     IntervalId interval) {
  return profit_of_day(state, hypothetical, expected_day(state, sample, hypothetical, interval));
}

}  // namespace rackrate::market
