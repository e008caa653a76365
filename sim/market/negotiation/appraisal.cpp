#include "sim/market/negotiation/appraisal.hpp"

#include <algorithm>
#include <bit>

#include "sim/core/whole.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/enterprise/process.hpp"
#include "sim/market/enterprise/utility.hpp"
#include "sim/market/exchange/move.hpp"
#include "sim/market/negotiation/static_contracts.hpp"
#include "sim/market/pricing/unit_terms.hpp"

namespace rackrate::market {
namespace {

/// Enterprises that an appraisal looks at, about.
constexpr int kSampleSize = 2000;

/// Learned volume of a workload, millionths of a work unit per day.
double learned_units(const Parameters& p, const Workload& w, core::SimTime t) {
  return static_cast<double>(w.units) * (1.0 - unlearned(p, w, t));
}

double learned_units(const Parameters& p, const Enterprise& e, core::SimTime t) {
  double units = 0.0;
  for (const auto& w : e.workloads) units += learned_units(p, w, t);
  return units;
}

/// The same way to buy in another setting, -1: there is none. Both lists are in name order and short.
int same_alternative(const CompiledScenario& s, const Alternative& a) {
  for (const int k : s.alternatives_of_product[static_cast<std::size_t>(a.product)]) {
    const auto& other = s.alternatives[static_cast<std::size_t>(k)];
    if (other.lab == a.lab && other.channel == a.channel) return k;
  }
  return -1;
}

/// f(cell, alternative, the closed market's answer) for every cell of a lab in the open market.
template <class F>
void for_each_cell(const HypotheticalRegime& open, const HypotheticalRegime& closed, int lab, F f) {
  const auto& s = open.regime.compiled;
  const auto& before = closed.regime.compiled;
  const Access nothing;
  for (int a = 0; a < static_cast<int>(s.alternatives.size()); ++a) {
    const auto& alternative = s.alternatives[static_cast<std::size_t>(a)];
    if (alternative.lab != lab) continue;
    const int same = same_alternative(before, alternative);
    for (int segment = 0; segment < static_cast<int>(s.parameters.segments.size()); ++segment)
      for (int region = 0; region < static_cast<int>(s.parameters.vocabulary.regions.size()); ++region)
        f(static_cast<std::size_t>(s.cell(segment, a, region)), alternative,
          same < 0 ? nothing
                   : closed.regime.access.front().cells[static_cast<std::size_t>(before.cell(segment, same, region))]);
  }
}

/// A share whose last statement a regime does not repeat (an older version, a stretch before a pause) is the same
/// obligation: it goes on under the regime's terms, with what counted against its cap.
void go_on(Accounts& accounts, const Accounts& before, const HypotheticalRegime& hypothetical) {
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

/// Where the world's exchange would stand under a regime, without demand and without what is sunk.
Exchange exchange_under(const MarketState& state, const HypotheticalRegime& hypothetical) {
  const auto& s = hypothetical.regime.compiled;
  Exchange moved;
  moved.demand.units.assign(state.exchange.demand.units.size(), 0);
  moved.demand.ramp.assign(state.exchange.demand.units.size(), 0);
  moved.demand.committed_units = state.exchange.demand.committed_units;
  moved.accounts.clauses = state.exchange.accounts.clauses;
  moved.accounts.commitments = state.exchange.accounts.commitments;
  move_exchange(moved, hypothetical.move, state.regime, s, state.now);
  go_on(moved.accounts, state.exchange.accounts, hypothetical);
  Exchange exchange = first_exchange(hypothetical.regime);
  exchange.capital.assets.clear();
  exchange.demand.committed_units = std::move(moved.demand.committed_units);
  exchange.demand.committed = state.exchange.demand.committed;
  exchange.accounts.clauses = std::move(moved.accounts.clauses);
  exchange.accounts.commitments = std::move(moved.accounts.commitments);
  exchange.cleared = state.exchange.cleared;
  for (auto& account : exchange.accounts.clauses) account.stake = 0.0;
  for (const auto& m : s.money)
    if (s.clause_of(m).is<kinds::Commit>()) exchange.accounts.clauses[m.label] = {};  // over this day alone
  return exchange;
}

Board board_under(const MarketState& state, const HypotheticalRegime& hypothetical, const Exchange& exchange,
                  int interval) {
  Board board = state.board;
  board.as_of = state.now;
  board.interval = interval;
  board.awareness.clear();
  board.drawdown = exchange.accounts.commitments.coverage.cells();
  publish_unit_terms(hypothetical.regime.compiled, state.now, board);
  return board;
}

/// Fills in the demand that the sample is expected to bring to each cell.
void expect_demand(const MarketView& view, const Sample& sample, const RegimeMove& move, core::SimTime t,
                   Exchange& exchange) {
  const auto& s = view.compiled();
  std::vector<double> units(exchange.demand.units.size(), 0.0), committed(exchange.demand.committed_units.size(), 0.0);
  std::vector<double> utility;
  for (Enterprise e : sample.enterprises) {
    for (auto& w : e.workloads)  // what it runs besides each of them stays where it is
      if (w.alternative != kNothing) w.alternative = move.alternative[static_cast<std::size_t>(w.alternative)];
    const double scale = sample.scale[static_cast<std::size_t>(e.segment)];
    for (auto& w : e.workloads) {
      const auto placed = w.alternative;
      w.alternative = kNothing;  // a fresh choice: nothing is switched
      const auto product = static_cast<std::size_t>(w.product);
      const auto& list = s.alternatives_of_product[product];
      const auto& set = view.regime.choice_sets[product];
      utility.resize(set.size());
      utilities(view, e, w, t, utility);
      w.alternative = placed;
      const Shares shares = choice_shares(utility, set);
      const double volume = learned_units(view.parameters(), w, t) * scale;
      for (std::size_t k = 0; k < list.size(); ++k) {
        if (shares.share[k] <= 0) continue;
        const auto cell = static_cast<std::size_t>(s.cell(e.segment, list[k], e.region));
        units[cell] += volume * shares.share[k];
        if (!committed.empty() && committed_to_seller(s, e, list[k])) committed[cell] += volume * shares.share[k];
      }
    }
  }
  for (std::size_t cell = 0; cell < units.size(); ++cell)
    exchange.demand.units[cell] = core::whole(units[cell], "the volume of one market, in millionths of a unit,");
  for (std::size_t cell = 0; cell < committed.size(); ++cell)
    exchange.demand.committed_units[cell] =
        core::whole(committed[cell], "the volume of one market, in millionths of a unit,");
}

}  // namespace

Sample draw_sample(const MarketState& state) {
  const auto& p = state.coming.parameters;
  const auto every = std::bit_floor(static_cast<std::uint64_t>(std::max(1, p.run.enterprises / kSampleSize)));
  std::vector<double> all(p.segments.size(), 0.0), sampled(p.segments.size(), 0.0);
  for (const auto& e : state.enterprises) {
    const double units = learned_units(p, e, state.now);
    all[static_cast<std::size_t>(e.segment)] += units;
    if (e.key % every == 0) sampled[static_cast<std::size_t>(e.segment)] += units;
  }
  Sample sample;
  for (std::size_t segment = 0; segment < all.size(); ++segment)
    sample.scale.push_back(sampled[segment] > 0 ? all[segment] / sampled[segment] : 1.0);
  for (const auto& e : state.enterprises) {
    if (e.workloads.empty()) continue;
    // A segment of which the sample would have nobody is looked at whole.
    if (e.key % every != 0 && sampled[static_cast<std::size_t>(e.segment)] > 0) continue;
    Enterprise one = e;
    for (auto& w : one.workloads) w.shocks.clear();
    sample.enterprises.push_back(std::move(one));
  }
  return sample;
}

HypotheticalRegime regime_under(const MarketState& state, const std::vector<contracts::ContractChange>& changes) {
  Parameters p = state.coming.parameters;
  p.contracts = contracts_of_a_day(contracts::with_changes(std::move(p.contracts), changes), state.now, state.exchange,
                                   state.regime.compiled);
  HypotheticalRegime hypothetical;
  hypothetical.regime.compiled = compile(p);
  // An instant is all it takes: what is permitted now counts as permitted for ever, so integration is complete.
  hypothetical.regime.access =
      compile_access(hypothetical.regime.compiled, state.now, state.now + core::SimDuration{1});
  hypothetical.regime.choice_sets = choice_sets(hypothetical.regime.compiled);
  hypothetical.move = find_move(state.regime.compiled, hypothetical.regime.compiled);
  return hypothetical;
}

std::vector<int> gaining_clouds(const HypotheticalRegime& open, const HypotheticalRegime& closed, int lab) {
  HostSet gained;
  const auto& now = open.regime.access.front();
  for_each_cell(open, closed, lab, [&](std::size_t cell, const Alternative& a, const Access& before) {
    if (a.cloud.exists() && now.cells[cell].state > before.state) gained.insert(a.cloud);
    gained |= now.cells[cell].hosts - before.hosts;
  });
  const auto& streams = open.regime.compiled.streams;
  for (std::size_t k = 0; k < streams.size(); ++k)
    if (streams[k].lab == lab) gained |= now.stream_hosts[k] - closed.regime.access.front().stream_hosts[k];
  std::vector<int> clouds;
  for (const CloudId cloud : gained.members()) clouds.push_back(cloud);
  return clouds;
}

AccessInterval access_without(const HypotheticalRegime& open, const HypotheticalRegime& closed, int lab, int cloud) {
  const auto& s = open.regime.compiled;
  /// `hosts` without the cloud, unless it was there before.
  const auto without = [&](HostSet hosts, HostSet before) {
    if (!before.contains(cloud)) hosts.erase(cloud);
    return hosts;
  };
  AccessInterval out = open.regime.access.front();
  auto& hosts_of_lab = out.lab_hosts[static_cast<std::size_t>(lab)];
  auto& channels_of_lab = out.lab_channels[static_cast<std::size_t>(lab)];
  hosts_of_lab = {};
  channels_of_lab.reset();
  for_each_cell(open, closed, lab, [&](std::size_t cell, const Alternative& a, const Access& before) {
    Access& access = out.cells[cell];
    access.hosts = without(access.hosts, before.hosts);
    if (access.hosts.empty() || (a.cloud == cloud && access.state > before.state)) {
      access = before;
    } else if (access.host == cloud && !access.hosts.contains(cloud)) {
      for (const CloudId host : s.hosts_of_lab[lab])
        if (access.hosts.contains(host)) {
          access.host = host;
          break;
        }
    }
    hosts_of_lab |= access.hosts;
    if (access.state != Permission::No &&
        s.parameters.vocabulary.channels[static_cast<std::size_t>(a.channel)] != contracts::kOwnChannel)
      channels_of_lab.set(static_cast<std::size_t>(a.channel));
  });
  for (std::size_t k = 0; k < s.streams.size(); ++k) {
    if (s.streams[k].lab != lab) continue;
    out.stream_hosts[k] = without(out.stream_hosts[k], closed.regime.access.front().stream_hosts[k]);
    hosts_of_lab |= out.stream_hosts[k];
  }
  return out;
}

std::vector<double> daily_profit(const MarketState& state, const Sample& sample, const HypotheticalRegime& hypothetical,
                                 int interval) {
  Exchange exchange = exchange_under(state, hypothetical);
  const Board board = board_under(state, hypothetical, exchange, interval);
  const MarketView view{hypothetical.regime, state.draws, board};
  expect_demand(view, sample, hypothetical.move, state.now, exchange);
  std::vector<double> profit;
  for (const Money of_party : settle_interval(exchange, view, {state.now, state.now + core::kDay}).settlement.profit)
    profit.push_back(of_party.usd());
  return profit;
}

}  // namespace rackrate::market
