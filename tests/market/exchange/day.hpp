#pragma once
#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/market/exchange/exchange.hpp"
#include "sim/market/world/world.hpp"
#include "sim/scenario/scenario.hpp"

/// One day of a small market in which every kind of payment is made, with numbers chosen for the arithmetic.
///
/// Cloud az (100 H100e, list price 3 $/H100e-h) hosts lab oai; cloud neo (50 H100e) hosts the lab of its own firm.
///   oai sells 12 work units through its own channel and 6 through az's (az keeps 20 %), at 100 $ and 24 H100e-h each:
///     12 and 6 H100e. Its consumers want 24 H100e at 6 $/H100e-h, its training 16 H100e that earn 1 $/H100e-h.
///   Accounts at az get a tenth off: 60 $ a day.
///   az sells 1 M seats at 36.525 $ a month: 1.2 M$ a day; they want 4 H100e of its own cloud.
///   neo's consumers want 10 H100e at 5 $/H100e-h, products of its own 6 that bring 1.5 $, other customers 4 at list.
/// Of the 58 H100e of oai at az, 10 are reserved at 2.5 $/H100e-h.
namespace rackrate::test {

using namespace market;

inline const std::string kDay = R"(
title = "One day"
source = "own"
grade = "A"
[sources.own]
title = "Worked example"
[run]
start = 2026-01-01
end = 2026-02-01
valuation_date = 2026-01-01
[regions.one]
title = "The only region"
[firms.az]
[firms.oai]
[firms.neo]
[firms.maker]
[supply.maker]
firm = "maker"
cost_share = 0.5
[supply.maker.h100]
h100e = 1
facility_power = "1 kW"
unit_price = "1461 $"
life = "4 y"
[clouds.az]
firm = "az"
channel = "az"
invests = false
price = "3 $/H100e-h"
energy_price = "50 $/MWh"
opex = "876.6 $/kW-y"
base_revenue = "365.25 M$/y"
base_margin = 0.25
[clouds.az.regions.one]
share = 1
[clouds.az.regions.one.fleet]
h100 = 100
[clouds.neo]
firm = "neo"
invests = false
price = "2 $/H100e-h"
[clouds.neo.own_use]
compute = "6 H100e"
income = "1.5 $/H100e-h"
[clouds.neo.customers]
compute = "4 H100e"
[clouds.neo.regions.one]
share = 1
[clouds.neo.regions.one.fleet]
h100 = 50
[channels.direct]
[channels.az]
cloud = "az"
firm = "az"
[channels.m365]
firm = "az"
[labs.oai]
firm = "oai"
kappa = "1 H100e-h/Mtok"
list_price = "1 $"
channel_fee = 0.2
other_cost_share = 0.1
[labs.oai.streams.app]
product = "consumer"
compute = "24 H100e"
price = "6 $/H100e-h"
efficiency_applies = false
[labs.oai.streams.train]
product = "training"
compute = "16 H100e"
price = "1 $/H100e-h"
efficiency_applies = false
[labs.oai.routes.az]
serving_cost = "1 $/H100e-h"
[labs.neo]
firm = "neo"
[labs.neo.streams.app]
product = "consumer"
compute = "10 H100e"
price = "5 $/H100e-h"
efficiency_applies = false
[labs.neo.routes.neo]
serving_cost = "1 $/H100e-h"
[applications.suite]
firm = "az"
lab = "oai"
seats = 1000000
installed_base = 1000000
ceiling_share = 1
revenue_per_seat = "36.525 $/mo"
compute_per_million_seats = "4 H100e/M"
[segments.corp]
enterprises = 1
sample_share = 1
committed = 0.5
commitment = "1 $/y"
[segments.corp.regions]
one = 1
[segments.corp.incumbent]
az = 1
[segments.corp.products]
api_stateless = 1
[prices]
rule = "frozen"
[buyers]
least_size = "0 $/y"
[choice]
elasticity = 0
[clearing]
rho_max = 1
latency = "0 $/H100e-h"

[contracts.oai-az]
parties = ["oai", "az"]
[contracts.oai-az.versions.first]
signed = 2025-01-01
effective = 2025-01-01
[contracts.oai-az.versions.first.clauses]
grant = { kind = "grant", role = ["HOST", "TRAIN", "RUNTIME", "CHANNEL"], grantee = "az", scope = { labs = ["oai"] } }
sole = { kind = "exclusive", role = "HOST", holder = "az", scope = { labs = ["oai"] } }
talks = { kind = "renegotiation", lab = "oai", host = "az", switches_off = ["sole"], weight = 0.5, hazard = "1 %/y" }
commitment = { kind = "commit", payer = "oai", payee = "az", amount = "10000 $", from = 2026-01-01, until = 2026-01-02 }
share = { kind = "revshare", payer = "oai", payee = "az", base = "lab_revenue", lab = "oai", rate = "10 %" }
block = { kind = "reservation", payer = "oai", payee = "az", lab = "oai", host = "az", quantity = "10 H100e", price = "2.5 $/H100e-h" }
stake = { kind = "tranche", payer = "az", payee = "oai", amount = "1000 $", valuation = "4000 $", from = 2026-01-01 }
[contracts.leaving]
parties = ["oai", "az"]
[contracts.leaving.versions.first]
signed = 2025-01-01
effective = 2025-01-01
[contracts.leaving.versions.first.clauses]
fee = { kind = "termination", payer = "oai", payee = "az", amount = "250 $", notice = "30 d", exercised = 2026-01-01 }
[contracts.seats]
parties = ["oai", "az"]
[contracts.seats.versions.first]
signed = 2025-01-01
effective = 2025-01-01
[contracts.seats.versions.first.clauses]
licence = { kind = "licence", holder = "m365", scope = { labs = ["oai"] } }
[contracts.neo]
parties = ["neo"]
[contracts.neo.versions.first]
signed = 2025-01-01
effective = 2025-01-01
[contracts.neo.versions.first.clauses]
grant = { kind = "grant", role = "HOST", grantee = "neo", scope = { labs = ["neo"] } }
[contracts.marketplace]
parties = ["az"]
[contracts.marketplace.versions.first]
signed = 2025-01-01
effective = 2025-01-01
[contracts.marketplace.versions.first.clauses]
drawing = { kind = "drawdown", channel = "az", share = "25 %" }
)";

/// In talks oai agreed to pay az 36,525 $ a year: 100 $ a day.
inline Parameters with_agreement(Parameters p) {
  for (auto& contract : p.contracts)
    for (auto& clause : contract.versions.front().clauses)
      if (auto* talks = clause.get_if<kinds::Renegotiation>())
        talks->agreed.push_back({"oai", "az", 36'525.0, p.run.start});
  return p;
}

/// The market on its first day, with the demand, the payments and the signals that the messages and the barrier of a
/// run would have brought.
class Day {
 public:
  /// `more`: tables that the scenario has besides.
  explicit Day(const std::string& more = {}) : Day(more, [](Parameters&) {}) {}
  /// With other parameters.
  explicit Day(const std::function<void(Parameters&)>& change) : Day({}, change) {}
  Day(const std::string& more, const std::function<void(Parameters&)>& change)
      : regime_(std::make_shared<const Regime>(build_regime(changed(more, change)))),
        world(regime_, 1, 0),
        board(world.board()),
        exchange(world.exchange()) {
    board.unit_price.assign(s().alternatives.size(), 100.0);
    board.unit_compute.assign(s().alternatives.size(), 24.0);
    board.governance = exchange.demand.governance[SegmentId(0)] = Money{2'0000};
    board.migration = exchange.demand.migration = Money{5'0000};
    exchange.demand.units[cell("direct")] = 12'000'000;
    exchange.demand.units[cell("az")] = 6'000'000;
    exchange.demand.committed_units[cell("az")] = 3'000'000;
    exchange.demand.rebated[cell("az")] = 600'000;
    exchange.demand.committed(SegmentId(0), cloud("az")) = Money{4'000'0000};
    exchange.capital.payments.push_back({party("az"), party("maker"), cloud("az"), ChipId(0), 7, Money{7 * 1461'0000}});
  }

  [[nodiscard]] const CompiledScenario& s() const { return regime_->compiled; }
  [[nodiscard]] MarketView view() const { return {*regime_, world.draws(), board}; }
  [[nodiscard]] Interval interval() const {
    const core::SimTime start = s().parameters.run.start;
    return {start, start + core::kDay};
  }

  [[nodiscard]] PartyId party(const std::string& name) const { return PartyId(position(s().parties, name)); }
  [[nodiscard]] CloudId cloud(const std::string& name) const { return CloudId(position(vocabulary().clouds, name)); }
  [[nodiscard]] LabId lab(const std::string& name) const { return LabId(position(vocabulary().labs, name)); }
  [[nodiscard]] LabelId label(const std::string& name) const { return LabelId(position(s().money_labels, name)); }
  /// The cell of oai's stateless API through this channel.
  [[nodiscard]] CellId cell(const std::string& channel) const {
    for (const AlternativeId a : s().alternatives.ids()) {
      const auto& alternative = s().alternatives[a];
      if (alternative.product == Product::ApiStateless && alternative.lab == lab("oai") &&
          vocabulary().channels[alternative.channel.position()] == channel)
        return s().cell(SegmentId(0), a, RegionId(0));
    }
    throw std::out_of_range("no alternative of oai through " + channel);
  }

  // the steps, on this day's state
  [[nodiscard]] Load load_it() {
    refresh(exchange.network, view(), interval().start, exchange.leases.leases);
    return load(view(), interval(), exchange.demand, exchange.network.table, exchange.network.carry);
  }
  [[nodiscard]] SettledInterval settle_it() { return settle_interval(exchange, view(), interval()); }
  [[nodiscard]] std::vector<Entry> audit_it(const SettledInterval& day) {
    return audit({view(), day.interval, exchange.demand, exchange.network.table, exchange.network.solution,
                  day.load.cell_volume, exchange.capital, exchange.cleared, exchange.leases.leases},
                 exchange.audit);
  }
  /// Posts and audits the day and closes the books. Returns what they say; empty: they close.
  [[nodiscard]] std::string close(SettledInterval day) {
    exchange.end = day.interval.end;  // so that the books close
    try {
      book_interval(exchange, view(), std::move(day), nullptr);
    } catch (const core::LedgerError& error) {
      return error.what();
    }
    return {};
  }

 private:
  [[nodiscard]] const Vocabulary& vocabulary() const { return s().parameters.vocabulary; }
  template <class List>
  [[nodiscard]] static std::ptrdiff_t position(const List& names, const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) throw std::out_of_range("no " + name);
    return found - names.begin();
  }

  static Parameters changed(const std::string& more, const std::function<void(Parameters&)>& change) {
    Parameters p = with_agreement(scenario::Scenario::parse(kDay + more, "day.toml", {}).parameters());
    change(p);
    return p;
  }

  std::shared_ptr<const Regime> regime_;

 public:
  World world;
  Board board;
  Exchange exchange;
};

/// Sum of the entries of a category between two parties, $.
inline double paid(const std::vector<Entry>& entries, Category category, PartyId from, PartyId to) {
  Money sum;
  for (const Entry& entry : entries)
    if (entry.category == category && entry.from.party == from && entry.to.party == to) sum += entry.amount;
  return sum.usd();
}

}  // namespace rackrate::test
