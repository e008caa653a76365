#include "sim/market/exchange/clearing/training_runs.hpp"

#include <array>
#include <stdexcept>

#include "sim/market/exchange/clearing/run_queue.hpp"
#include "tests/market/exchange/two_hosts.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using test::TwoHosts;

namespace {

/// A run that is submitted so many days after the start (of January).
std::string run(const std::string& name, int day, int size, const std::string& days, const std::string& more = "") {
  const std::string date = (day < 9 ? "0" : "") + std::to_string(day + 1);
  return "[labs.lab.runs." + name + "]\nsubmitted = 2026-01-" + date + "\nsize = \"" + std::to_string(size) +
         " H100e\"\nduration = \"" + days + " d\"\n" + more;
}

/// A lab that trains on 700 H100e, some of it in runs; near is the cheaper of the two clouds.
TwoHosts training(const std::string& more, std::int64_t near, std::int64_t far, const std::string& clearing = "") {
  std::string base = test::two_hosts("");
  const std::string consumer = "product = \"consumer\"", table = "[clearing]\n";
  base.replace(base.find(consumer), consumer.size(), "product = \"training\"");
  base.insert(base.find(table) + table.size(), clearing);
  TwoHosts market(more, base);
  market.set_capacity("near", near);
  market.set_capacity("far", far);
  return market;
}

const RunState& state(const TwoHosts& market, const std::string& name) {
  for (const RunId r : market.s().runs.ids())
    if (market.s().runs[r].name == "lab/" + name) return market.exchange.network.runs.runs[r];
  throw std::logic_error("no run " + name);
}

double day_of(const TwoHosts& market, core::SimTime t) { return core::in_days(t - market.s().parameters.run.start); }

struct Days {
  double started, ended;
  friend bool operator==(const Days&, const Days&) = default;
};
Days days(const TwoHosts& market, const std::string& name) {
  return {day_of(market, state(market, name).started), day_of(market, state(market, name).ended)};
}

/// What the run got on the day at the two clouds.
std::array<std::int64_t, 2> got(const TwoHosts& market, const std::string& name) {
  std::array<std::int64_t, 2> flows{};
  const auto& table = market.exchange.network.table;
  for (const RunPart& part : table.run_parts)
    if (market.s().runs[part.run].name == "lab/" + name)
      for (std::size_t i = 0; i < part.arcs; ++i) {
        const ArcId a(part.first.position() + i);
        const bool near = table.host(table.network.arcs[a]) == market.cloud("near");
        flows[near ? 0 : 1] += market.exchange.network.solution.flow[a];
      }
  return flows;
}

/// Check E8: a pool of 100, and four jobs.
const std::string kFourJobs =
    run("j1", 0, 60, "30") + run("j2", 5, 50, "20") + run("j3", 6, 40, "10") + run("j4", 7, 30, "40");

TwoHosts four_jobs(const std::string& order) {
  TwoHosts market = training(kFourJobs, 100, 0, "run_order = \"" + order + "\"\n");
  for (int day = 0; day < 90; ++day) CHECK(TwoHosts::at(market.clear_day(day), market.cloud("near")) == 100);
  return market;
}

}  // namespace

TEST_CASE("runs: four jobs in a pool of 100, first come first served", "[market][exchange][runs]") {
  // J2 waits for J1, J3 may not pass J2, J4 has 10 beside J2 and J3 and waits for the end of J3.
  const TwoHosts market = four_jobs("fcfs");
  CHECK(days(market, "j1") == Days{0, 30});
  CHECK(days(market, "j2") == Days{30, 50});
  CHECK(days(market, "j3") == Days{30, 40});
  CHECK(days(market, "j4") == Days{40, 80});
}

TEST_CASE("runs: four jobs in a pool of 100, with backfill", "[market][exchange][runs]") {
  // J3 is over before J2 can begin; J4 fits beside J2.
  const TwoHosts market = four_jobs("backfill");
  CHECK(days(market, "j1") == Days{0, 30});
  CHECK(days(market, "j2") == Days{30, 50});
  CHECK(days(market, "j3") == Days{6, 16});
  CHECK(days(market, "j4") == Days{16, 56});
}

TEST_CASE("runs: backfill delays nobody", "[market][exchange][runs]") {
  // A later run fits today, and would be in the way of the first when that can begin.
  const TwoHosts market = [] {
    TwoHosts m = training(run("a", 0, 60, "10") + run("b", 1, 80, "5") + run("c", 2, 30, "12"), 100, 0);
    for (int day = 0; day < 40; ++day) static_cast<void>(m.clear_day(day));
    return m;
  }();
  CHECK(days(market, "b") == Days{10, 15});
  CHECK(days(market, "c") == Days{15, 27});
}

TEST_CASE("runs: all of the size or nothing, in one pool, the cheaper one first", "[market][exchange][runs]") {
  TwoHosts market = training(run("a", 0, 250, "10") + run("b", 0, 100, "10") + run("c", 0, 301, "10"), 300, 300);
  const SettledInterval first = market.clear_day(0);
  CHECK(got(market, "a") == std::array<std::int64_t, 2>{250, 0});
  CHECK(got(market, "b") == std::array<std::int64_t, 2>{0, 100});
  CHECK(got(market, "c") == std::array<std::int64_t, 2>{0, 0});  // no pool has it: it delays nobody
  CHECK(TwoHosts::at(first, market.cloud("near")) + TwoHosts::at(first, market.cloud("far")) == 600);
  CHECK(state(market, "c").announced);
}

TEST_CASE("runs: a run keeps its place, and what it does not get there makes it longer", "[market][exchange][runs]") {
  TwoHosts market = training(run("a", 0, 60, "30"), 100, 300);
  for (int day = 0; day < 50; ++day) {
    market.set_capacity("near", day >= 10 && day < 20 ? 40 : 100);
    static_cast<void>(market.clear_day(day));
    CHECK(got(market, "a")[1] == 0);
    if (day < 33) CHECK(got(market, "a")[0] == (day >= 10 && day < 20 ? 40 : 60));
    if (day == 33) CHECK(got(market, "a")[0] == 20);
  }
  // 10 days with 20 less: 200 H100e-days, at 60 a day 3 days and the 20 of a last one.
  CHECK(days(market, "a") == Days{0, 34});
}

TEST_CASE("runs: what ranks above training displaces a run, other training does not", "[market][exchange][runs]") {
  const auto other = [](const std::string& product) {
    return "[labs.lab.streams.other]\nproduct = \"" + product +
           "\"\ncompute = \"80 H100e\"\nprice = \"1 $/H100e-h\"\nefficiency_applies = false\n";
  };
  const auto with = [&](const std::string& product) {
    TwoHosts market = training(run("a", 0, 60, "5") + other(product), 100, 0);
    static_cast<void>(market.clear_day(0));
    return got(market, "a")[0];
  };
  CHECK(with("research") == 60);
  CHECK(with("training") == 60);
  CHECK(with("batch") == 0);  // only 20 are free: it waits
  CHECK(with("consumer") == 0);
}

TEST_CASE("runs: a run is a part of its lab's plan of training, and waits while that is too small",
          "[market][exchange][runs]") {
  TwoHosts market = training(run("a", 0, 500, "5") + run("b", 0, 201, "5"), 1000, 1000);
  const SettledInterval first = market.clear_day(0);
  CHECK(TwoHosts::at(first, market.cloud("near")) == 700);  // as without runs
  CHECK(got(market, "a")[0] == 500);
  CHECK(got(market, "b") == std::array<std::int64_t, 2>{0, 0});
  CHECK(market.exchange.network.runs.notices.back().text ==
        "waits for 201 H100e in one pool, for 5 d: its lab plans 200 H100e of training beside its other runs");
  for (int day = 1; day < 12; ++day) static_cast<void>(market.clear_day(day));
  CHECK(days(market, "b") == Days{5, 10});
}

TEST_CASE("runs: a run whose lab may no longer train at its place goes on elsewhere with what is left",
          "[market][exchange][runs]") {
  std::string base = test::two_hosts("");
  const std::string consumer = "product = \"consumer\"", grant = "grantee = \"near\"";
  base.replace(base.find(consumer), consumer.size(), "product = \"training\"");
  base.replace(base.find(grant), grant.size(), grant + ", until = 2026-01-11");
  TwoHosts market(run("a", 0, 100, "30"), base);
  for (int day = 0; day < 40; ++day) {
    market.board.interval = market.view().regime.interval_at(market.day(day).start);
    static_cast<void>(market.clear_day(day));
    if (day < 30)
      CHECK(got(market, "a") == (day < 10 ? std::array<std::int64_t, 2>{100, 0} : std::array<std::int64_t, 2>{0, 100}));
  }
  CHECK(days(market, "a") == Days{0, 30});
}

TEST_CASE("runs: kinds of chip limit a run as its lab", "[market][exchange][runs]") {
  const std::string other_chip =
      "[supply.other]\nfirm = \"maker\"\n[supply.other.npu]\nh100e = 1\nfacility_power = \"1 kW\"\nunit_price = \"1461 "
      "$\"\nlife = \"4 y\"\n[labs.lab.chips.maker]\n";
  TwoHosts market = training(other_chip + run("a", 0, 401, "5") + run("b", 0, 250, "5"), 1000, 0);
  for (const PoolId pool : market.s().pools_of_cloud[market.cloud("near")]) {
    auto& chips = market.board.pools[pool].chip_h100e;
    chips.assign(market.s().parameters.chips.size(), 0);
    for (const ChipId chip : chips.ids()) chips[chip] = market.s().parameters.chips[chip].name == "npu" ? 600 : 400;
  }
  for (int day = 0; day < 8; ++day) {
    const SettledInterval cleared = market.clear_day(day);
    CHECK(got(market, "a")[0] == 0);
    CHECK(got(market, "b")[0] == (day < 5 ? 250 : 0));
    // The limits of the day on which it begins are those of a lab that did not know of it.
    if (day > 0) CHECK(TwoHosts::at(cleared, market.cloud("near")) == 400);
  }
}

TEST_CASE("runs: neither a ramp nor the steps of a price hold a run", "[market][exchange][runs]") {
  const std::string limits =
      "[hosting]\nramp = \"100 %/mo\"\nramp_floor = \"30.4375 H100e/mo\"\nspread_free = \"10 "
      "%\"\nspread_premium = 1\n";
  TwoHosts market = training(limits + run("a", 3, 300, "10", "clouds = [\"far\"]\n"), 1000, 400);
  for (int day = 0; day < 20; ++day) {
    const SettledInterval cleared = market.clear_day(day);
    CHECK(got(market, "a")[1] == (day >= 3 && day < 13 ? 300 : 0));
    CHECK(TwoHosts::at(cleared, market.cloud("near")) + TwoHosts::at(cleared, market.cloud("far")) == 700);
  }
}

TEST_CASE("runs: a run uses what its lab has reserved", "[market][exchange][runs]") {
  const std::string block =
      "[contracts.block]\nparties = [\"lab\", \"near\"]\n[contracts.block.versions.first]\nsigned = "
      "2025-01-01\neffective = 2025-01-01\n[contracts.block.versions.first.clauses]\nblock = { kind = "
      "\"reservation\", payer = \"lab\", payee = \"near\", lab = \"lab\", host = \"near\", quantity = \"300 "
      "H100e\", price = \"1 $/H100e-h\" }\n";
  TwoHosts market = training(block + run("a", 0, 290, "5"), 300, 0);  // nothing of near is open to all
  for (int day = 0; day < 5; ++day) {
    const SettledInterval cleared = market.clear_day(day);
    CHECK(got(market, "a")[0] == 290);
    CHECK(cleared.allocation.reservations[ReservationId(0)].used == 300);
  }
  CHECK(days(market, "a") == Days{0, 5});
}

TEST_CASE("runs: what was said of them", "[market][exchange][runs]") {
  TwoHosts market = training(run("a", 0, 60, "2") + run("b", 0, 60, "2"), 100, 0);
  for (int day = 0; day < 5; ++day) {
    market.set_capacity("near", day == 3 ? 30 : 100);
    static_cast<void>(market.clear_day(day));
  }
  std::vector<std::string> said;
  for (const Notice& notice : market.exchange.network.runs.notices) said.push_back(notice.subject + " " + notice.text);
  CHECK(said == std::vector<std::string>{"lab/a starts on 60 H100e of near in one, 0 d after it was submitted",
                                         "lab/b waits for 60 H100e in one pool, for 2 d: no pool has room for it yet",
                                         "lab/a ends after 2 d",
                                         "lab/b starts on 60 H100e of near in one, 2 d after it was submitted",
                                         "lab/b gets 30 of 60 H100e of near in one and will take longer",
                                         "lab/b ends after 3 d, 1 d longer than at its full size"});
}

TEST_CASE("runs: without a calendar the network has no parts for them", "[market][exchange][runs]") {
  TwoHosts market = training("", 1000, 500);
  static_cast<void>(market.clear_day(0));
  CHECK(market.exchange.network.table.run_parts.empty());
  CHECK(market.exchange.network.table.network.classes.size() == market.exchange.network.table.classes.size());
}
