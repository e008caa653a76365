#include "sim/market/contracts/ship_first.hpp"

#include <vector>

#include "tests/market/contracts/b1_registry.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market::contracts;
using namespace b1;

namespace {

ShipFirstTerms terms(double lead_days, double cure_days, ShipFirstReading reading) {
  return {core::days(lead_days), core::days(cure_days), reading};
}

/// The rival sells from its port's date or the clause's, whichever is later; F itself knows no ports.
core::SimTime rival_ships(const ShipFirstTerms& t, const Release& release, core::SimTime port_ready) {
  return std::max(rival_earliest(t, release), port_ready);
}

Contract with_ship_first(std::vector<Role> roles, double lead_days) {
  Clause c = clause(K::ShipFirst, "ship-first", roles, {"azure"});
  c.as<kinds::ShipFirst>().lead = core::days(lead_days);
  return one_version("terms", {}, date(2026, 1, 1),
                     {clause(K::Grant, "grant", {kHost, kChannel}, {"azure", "aws", "bedrock"}), c});
}

}  // namespace

TEST_CASE("a rival waits for the holder's launch and the lead, unless the exception speaks", "[contracts][b2]") {
  // Release = holder's GA = 2026-08-01, lead 30 d, rival's port ready 2026-08-05 (check B2).
  //   no exception: min(08-01, 08-01 + cure) + 30 d = 08-31, after the port's date    -> 2026-08-31
  //   exception:    at once, so the port decides                                      -> 2026-08-05
  // (can, declines):   AND needs not-can and declines;   OR needs not-can or declines
  //   (yes, no)        no exception                       no exception
  //   (yes, yes)       no exception (it can)              exception (declines of its own will)
  //   (no,  no)        no exception (it cures)            exception (it could not)
  //   (no,  yes)       exception                          exception
  const auto wait = date(2026, 8, 31), port = date(2026, 8, 5);
  struct Case {
    bool can, declines;
    core::SimTime with_and, with_or;
  };
  for (const Case& c : {Case{true, false, wait, wait}, Case{true, true, wait, port}, Case{false, false, wait, port},
                        Case{false, true, port, port}})
    for (const double cure : {0.0, 60.0}) {  // the holder has shipped, so the cure period changes nothing
      const Release release{date(2026, 8, 1), date(2026, 8, 1), c.can, c.declines};
      CHECK(rival_ships(terms(30, cure, ShipFirstReading::And), release, port) == c.with_and);
      CHECK(rival_ships(terms(30, cure, ShipFirstReading::Or), release, port) == c.with_or);
    }
}

TEST_CASE("a holder that can but never ships waives after the cure period", "[contracts][b2]") {
  // Release 2026-08-01, never made available by the holder: 08-01 + 60 d = 09-30, + 30 d = 10-30.
  const Release never{date(2026, 8, 1), core::kNever, true, false};
  CHECK(rival_earliest(terms(30, 60, ShipFirstReading::And), never) == date(2026, 10, 30));
  // The holder ships on 08-20, inside the cure period: 08-20 + 30 d = 09-19.
  const Release late{date(2026, 8, 1), date(2026, 8, 20), true, false};
  CHECK(rival_earliest(terms(30, 60, ShipFirstReading::And), late) == date(2026, 9, 19));
  // With a lead of 0 the holder's own date decides.
  CHECK(rival_earliest(terms(0, 60, ShipFirstReading::Or), late) == date(2026, 8, 20));
  // A model released long ago is open whatever the lead.
  CHECK(rival_earliest(terms(120, 60, ShipFirstReading::And), Release{}) < date(1970, 1, 1));
}

TEST_CASE("the capability test asks for the port, compliance and spare capacity all along the horizon",
          "[contracts][b2]") {
  // Need 1000 H100e with a margin of 20 %: 1200 must be free on every day.
  const std::vector<double> enough{1500, 1200, 4000}, dips{1500, 1199, 4000};
  LaunchCapability launch{true, true, enough, 1000.0, 0.2};
  CHECK(holder_can(launch));
  launch.headroom = dips;
  CHECK_FALSE(holder_can(launch));
  launch.margin = 0.199;  // 1199 is then exactly enough
  CHECK(holder_can(launch));
  launch.port_ready = false;
  CHECK_FALSE(holder_can(launch));
  launch.port_ready = true;
  launch.compliant = false;
  CHECK_FALSE(holder_can(launch));
}

TEST_CASE("a holder cures only what pays and only in time", "[contracts][b2]") {
  CHECK_FALSE(holder_declines({1.0, core::days(60)}, core::days(60)));
  CHECK(holder_declines({0.0, core::days(10)}, core::days(60)));  // no gain
  CHECK(holder_declines({1.0, core::days(61)}, core::days(60)));  // too late
}

TEST_CASE("the registry denies a rival until the ship-first date and then opens", "[contracts][b2]") {
  const Registry registry = registry_of({with_ship_first({}, 30)});
  const Release release{date(2026, 8, 1), date(2026, 8, 1), true, false};
  const Tuple rival = tuple(Product::ApiStateless, "bedrock", "aws");
  const Verdict waiting = registry.decide(rival, date(2026, 8, 30), release);
  CHECK(to_string(waiting) == "NO:ship_first:CHANNEL");
  CHECK(registry.path(waiting.by) == "terms/first/ship-first");
  CHECK(to_string(registry.decide(rival, date(2026, 8, 31), release)) == "GA");
  // The span sees the date although no contract names it.
  CHECK(registry.span(rival, date(2026, 8, 10), release).until == date(2026, 8, 31));
  CHECK(registry.span(rival, date(2026, 9, 10), release).since == date(2026, 8, 31));
  // The holder, and the lab's own channel, are no rivals.
  CHECK(to_string(registry.decide(tuple(Product::ApiStateless, "azure", "azure"), date(2026, 8, 1), release)) == "GA");
  CHECK(to_string(registry.decide(tuple(Product::ApiStateless, "direct", "aws"), date(2026, 8, 1), release)) == "GA");
}

TEST_CASE("a ship-first right on hosts binds hosts, also under the lab's own channel", "[contracts][b2]") {
  const Registry registry = registry_of({with_ship_first({kHost}, 30)});
  const Release release{date(2026, 8, 1), date(2026, 8, 1), true, false};
  CHECK(to_string(registry.decide(tuple(Product::ApiStateless, "direct", "aws"), date(2026, 8, 2), release)) ==
        "NO:ship_first:HOST");
  CHECK(to_string(registry.decide(tuple(Product::ApiStateless, "bedrock", "azure"), date(2026, 8, 2), release)) ==
        "GA");
}
