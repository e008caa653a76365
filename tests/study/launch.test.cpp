#include <algorithm>

#include "sim/market/labs/lab.hpp"
#include "sim/market/labs/launch.hpp"
#include "sim/record/fingerprint.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using market::LaunchCase;

namespace {

const std::string kShipFirst = "contracts.openai-microsoft.versions.amended-2026.clauses.ship-first.";
const std::string kResale = "contracts.openai-azure-service.versions.first.clauses.";
constexpr auto kNotice = core::date(2026, 5, 15);

/// All of Azure's and Google's fleets are for sale, so that there is room.
const test::Overrides kRoom{{"clouds.azure.internal_share", "\"0 %\""}, {"clouds.gcp.internal_share", "\"0 %\""}};

/// The amended flagship with a lead of 60 days after a cure period of 45, on the day of a release notice.
struct Launch {
  explicit Launch(test::Overrides overrides, const std::string& reading)
      : scenario(with(std::move(overrides), reading)), simulation(scenario, 1, 0) {
    simulation.run_until(kNotice);
  }
  static scenario::Scenario with(test::Overrides overrides, const std::string& reading) {
    overrides.emplace_back(kShipFirst + "lead", "\"60 d\"");
    overrides.emplace_back(kShipFirst + "cure", "\"45 d\"");
    overrides.emplace_back(kShipFirst + "reading", "\"" + reading + "\"");
    overrides.insert(overrides.end(), kRoom.begin(), kRoom.end());
    return test::small("openai-azure-amended", overrides);
  }
  [[nodiscard]] market::MarketView view() const {
    return {simulation.world().regime(), simulation.world().draws(), simulation.world().board()};
  }
  [[nodiscard]] market::ChannelId channel(const char* name) const {
    return market::ChannelId(*market::index_of(scenario.parameters().vocabulary.channels, name));
  }
  [[nodiscard]] market::LabId lab() const {
    return market::LabId(*market::index_of(scenario.parameters().vocabulary.labs, "openai"));
  }
  [[nodiscard]] LaunchCase launch() const {
    return market::launch_case(view(), lab(), kNotice,
                               market::ship_first_in_force(simulation.world().regime().compiled, lab(), kNotice));
  }
  /// When release 100 (a draw that no run reaches) may be sold there.
  [[nodiscard]] core::SimTime sold(const char* name) const {
    return market::plan_channel(view(), lab(), 100, kNotice, channel(name)).ready;
  }

  scenario::Scenario scenario;
  study::Simulation simulation;
};

constexpr auto kWorthless = [] {
  return test::Overrides{{kResale + "azure-openai.rate", "\"0 %\""},
                         {kResale + "azure-openai.hosting", "\"lab\""},
                         {kResale + "hosting.price", "\"0 $/H100e-h\""}};
};

}  // namespace

TEST_CASE("a launch is decided by room and by what the holder itself earns", "[study][launch][b2]") {
  const auto release = core::date(2026, 8, 1), port = core::date(2026, 8, 11);
  const auto cure = core::days(45);
  // 10,000 H100e are needed and there; an hour brings $3 and costs $2.
  const LaunchCase sound{true, true, 10'000, 10'000, 3.0, 2.0, -1.0};
  auto facts = market::decide_launch(sound, release, port, cure);
  CHECK((facts.holder_can && !facts.holder_declines));
  CHECK(facts.holder_ga == port);
  // It brings $1.99: every hour loses a cent, so it declines though it can.
  facts = market::decide_launch({true, true, 10'000, 10'000, 1.99, 2.0, -1.0}, release, port, cure);
  CHECK((facts.holder_can && facts.holder_declines));
  CHECK(facts.holder_ga == core::kNever);
  // 4,000 H100e are missing; leased at $2.50 for 91 days of 24 h they bring 4,000 x 2,184 h x $0.50 = $4,368,000.
  const LaunchCase cures{true, true, 6'000, 10'000, 3.0, 2.0, 2.5};
  CHECK(market::cure_gain_usd(cures) == 4'368'000.0);
  facts = market::decide_launch(cures, release, port, cure);
  CHECK((!facts.holder_can && !facts.holder_declines));
  CHECK(facts.holder_ga == core::date(2026, 8, 31));  // a lease takes 30 days, longer than the port
  // At $3.50 the lease loses; with nobody to lease from, or no time to, it cannot be cured either.
  for (const auto& [lease, time] : {std::pair{3.5, 45.0}, std::pair{-1.0, 45.0}, std::pair{2.5, 29.0}}) {
    facts = market::decide_launch({true, true, 6'000, 10'000, 3.0, 2.0, lease}, release, port, core::days(time));
    CHECK((!facts.holder_can && facts.holder_declines));
    CHECK(facts.holder_ga == port);
  }
  // No lease mends a port that is not made or a sale that is forbidden.
  CHECK(market::decide_launch({false, true, 20'000, 10'000, 3.0, 2.0, 2.5}, release, port, cure).holder_declines);
  CHECK(market::decide_launch({true, false, 20'000, 10'000, 3.0, 2.0, 2.5}, release, port, cure).holder_declines);
}

TEST_CASE("in the world the four cases of the exception open or delay Bedrock as each reading says",
          "[study][launch][b2]") {
  const Launch base({}, "and");
  const LaunchCase now = base.launch();
  CHECK(now.port_ready);
  CHECK(now.compliant);
  REQUIRE(now.headroom_h100e > 0.0);
  // Need just above the room: a little is missing, which others have. Far above: nobody has it.
  const auto need = [](double h100e) {
    return test::Overrides{
        {"labs.openai.launch_compute", "\"" + std::to_string(static_cast<long>(h100e)) + " H100e\""}};
  };
  const auto a_little = need(now.headroom_h100e / 1.1 + 1'000.0), a_world = need(1e9);
  const auto azure_port = base.sold("azure");
  const auto port = Launch(a_world, "and").sold("bedrock");
  REQUIRE(Launch(a_world, "or").sold("bedrock") == port);
  // A lab hastens ports to the channels it earns most on, so that its terms with Azure move its port to Bedrock. What
  // the port takes under other terms is seen where Azure has no room, so that nobody waits for it.
  const auto worthless = [&](test::Overrides o) {
    const auto more = kWorthless();
    o.insert(o.end(), more.begin(), more.end());
    return o;
  };
  const auto worthless_port = Launch(worthless(a_world), "or").sold("bedrock");
  CHECK(worthless_port != port);
  const auto waits = [&](core::SimTime holder_ships) {
    return std::max(port, std::min(holder_ships, kNotice + core::days(45)) + core::days(60));
  };

  struct Case {
    test::Overrides overrides;
    bool can, declines;
    core::SimTime holder_ships, with_and, with_or;
  };
  const auto leased = std::max(azure_port, kNotice + core::days(30));
  for (const Case& c : {Case{need(1'000.0), true, false, azure_port, waits(azure_port), waits(azure_port)},
                        Case{worthless(need(1'000.0)), true, true, std::max(azure_port, kNotice + core::days(45)),
                             waits(core::kNever), worthless_port},
                        Case{a_little, false, false, leased, waits(leased), port},
                        Case{a_world, false, true, azure_port, port, port}}) {
    for (const bool either : {false, true}) {
      const Launch world(c.overrides, either ? "or" : "and");
      CAPTURE(c.can, c.declines, either);
      const auto facts = market::decide_launch(world.launch(), kNotice, azure_port, core::days(45));
      CHECK(facts.holder_can == c.can);
      CHECK(facts.holder_declines == c.declines);
      CHECK(world.sold("azure") == c.holder_ships);
      CHECK(world.sold("bedrock") == (either ? c.with_or : c.with_and));
    }
  }
}

TEST_CASE("the two readings are two runs where a launch finds its holder without room, one where it has it",
          "[study][launch]") {
  // The first launch under the right needs 400,000 H100e and a margin, and Azure has it; by the end of August
  // demand has grown into its room, others still have some, and a lease pays.
  const auto early = core::date(2026, 6, 1), end = core::date(2026, 9, 1);
  const auto run = [](const char* reading) {
    auto overrides = kRoom;
    overrides.emplace_back("labs.openai.launch_compute", "\"400000 H100e\"");
    overrides.emplace_back(kShipFirst + "lead", "\"90 d\"");
    overrides.emplace_back(kShipFirst + "reading", std::string("\"") + reading + "\"");
    overrides.emplace_back("labs.openai.release_gap", "\"30 d\"");
    return study::Simulation(test::small("openai-azure-amended", overrides), 1, 0);
  };
  study::Simulation both = run("and"), either = run("or");
  const auto launch = [&both](core::SimTime t) {
    const market::MarketView view{both.world().regime(), both.world().draws(), both.world().board()};
    const auto& s = both.world().regime().compiled;
    const market::LabId lab(*market::index_of(s.parameters.vocabulary.labs, "openai"));
    return market::launch_case(view, lab, t, market::ship_first_in_force(s, lab, t));
  };
  both.run_until(early);
  either.run_until(early);
  REQUIRE(launch(early).missing_h100e() == 0.0);
  CHECK(both.fingerprint() == either.fingerprint());
  both.run_until(end);
  either.run_until(end);
  REQUIRE(launch(end).missing_h100e() > 0.0);
  REQUIRE(market::cure_gain_usd(launch(end)) > 0.0);
  // It cures, which only "and" waits for.
  CHECK(both.fingerprint() != either.fingerprint());
}
