#include <algorithm>
#include <cmath>

#include "sim/market/negotiation/resale_talks.hpp"
#include "sim/record/fingerprint.hpp"
#include "tests/study/support/talks_toy.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using test::Overrides;

namespace {

const std::string kResale = "contracts.deal.versions.first.clauses.resale.";

/// OpenAI sells on azure and directly, hosted on azure; July 2025.
scenario::Scenario shop(Overrides overrides = {}) {
  const std::string world =
      "extends = \"parts/enterprises-2025\"\n[run]\nenterprises = 60\nstart = 2025-07-01\nend = 2025-08-15\n"
      "[contracts.deal]\nparties = [\"openai\", \"microsoft\"]\n[contracts.deal.versions.first]\nsigned = "
      "2025-07-01\neffective = 2025-07-01\n"
      "[contracts.deal.versions.first.clauses.azure]\nkind = \"grant\"\nrole = [\"HOST\", \"CHANNEL\"]\ngrantee = "
      "[\"azure\"]\nscope = { labs = [\"openai\"] }\n"
      "[contracts.deal.versions.first.clauses.share]\nkind = \"revshare\"\npayer = \"openai\"\npayee = "
      "\"microsoft\"\nbase = \"lab_revenue\"\nlab = \"openai\"\nrate = \"20 %\"\n"
      "[contracts.deal.versions.first.clauses.resale]\nkind = \"resale\"\nlab = \"openai\"\nchannel = "
      "\"azure\"\nrate = \"30 %\"\nhosting = \"channel\"\n";
  const auto parsed = scenario::Scenario::parse(world, "shop.toml", test::library());
  return overrides.empty() ? parsed : parsed.override_with(overrides);
}

struct Heard {
  std::vector<std::string> said;
  std::vector<std::pair<core::SimTime, double>> kept;  ///< the channel's share of the price, day by day
  std::vector<std::pair<core::SimTime, double>> gains;
};

struct ResaleTape : test::TalksTape {
  Heard heard;
  void on_window(const market::WindowFact& window) override {
    for (const auto& line : window.clauses)
      if (labels[line.clause.position()] == "deal/resale") heard.kept.emplace_back(window.start, 1.0 - line.rate);
  }
};

Heard hear_of(const scenario::Scenario& scenario) {
  const auto regime = std::make_shared<const market::Regime>(market::build_regime(scenario.parameters()));
  market::World world(regime, 1, 0);
  ResaleTape tape;
  tape.labels = regime->compiled.money_labels.rows();
  world.run_until(scenario.parameters().run.end, *engine::make_serial_executor(), &tape);
  tape.heard.said = tape.said;
  tape.heard.gains = tape.gains;
  return tape.heard;
}

core::SimTime july(int day) { return core::date(2025, 7, 1) + core::kDay * (day - 1); }

}  // namespace

TEST_CASE("a stated rate stays, and a renewal settles another from the day after it", "[study][resale]") {
  const auto stated = hear_of(shop());
  CHECK(stated.said.empty());
  for (const auto& [time, rate] : stated.kept) CHECK(rate == Approx(0.3));

  const auto renewed = hear_of(shop({{kResale + "renewal", "\"14 d\""}}));
  REQUIRE(renewed.said.size() == 3);  // 15 and 29 July, 12 August
  REQUIRE(renewed.gains.size() == 3);
  CHECK(renewed.gains.front().first == july(16));
  CHECK(renewed.said.front().starts_with("2025-07-16 the sides of deal/resale agree that azure keeps "));
  for (const auto& [time, rate] : renewed.kept) CHECK((time < july(16)) == (std::abs(rate - 0.3) < 1e-12));
}

TEST_CASE("a rate settled by bargaining holds from the clause's second day", "[study][resale]") {
  const auto heard = hear_of(shop({{kResale + "settled", "\"bargained\""}}));
  REQUIRE(heard.said.size() == 1);
  CHECK(heard.kept[0].second == Approx(0.3));
  CHECK(heard.kept[1].second != Approx(0.3));
}

TEST_CASE("what the two bargain ends with does not depend on the rate before", "[study][resale]") {
  // Prices, and so demand, are the same under both; the gains are lines in the rate. No account is big: what one agrees
  // on on the first day depends on what its cloud then keeps.
  std::vector<double> agreed;
  for (const char* const before : {"\"10 %\"", "\"60 %\"", "\"100 %\""})
    agreed.push_back(hear_of(shop({{kResale + "settled", "\"bargained\""},
                                   {kResale + "rate", before},
                                   {"buyers.least_size", "\"1000 B$/y\""}}))
                         .kept[1]
                         .second);
  CHECK(agreed[1] == Approx(agreed[0]).epsilon(1e-6));
  CHECK(agreed[2] == Approx(agreed[0]).epsilon(1e-6));
}

TEST_CASE("a stronger channel keeps more, within the clause's bounds", "[study][resale]") {
  const auto rate = [](const std::string& weight, const std::string& most = "\"100 %\"") {
    return hear_of(shop({{kResale + "settled", "\"bargained\""},
                         {kResale + "channel_weight", weight},
                         {kResale + "most_rate", most}}))
        .kept[1]
        .second;
  };
  const double weak = rate("\"20 %\""), even = rate("\"50 %\""), strong = rate("\"80 %\"");
  CHECK(weak < even);
  CHECK(even < strong);
  const double bound = 0.5 * (weak + even);
  CHECK(rate("\"80 %\"", std::to_string(bound)) == Approx(bound).epsilon(1e-4));
  CHECK(rate("\"80 %\"", "0") == Approx(0.3));  // the channel would lose by every rate allowed: the old one goes on
}

TEST_CASE("a run with talks has the same bytes however it is run", "[study][resale]") {
  const auto scenario = shop({{kResale + "renewal", "\"14 d\""},
                              {"labs.openai.steering.strength", "1"},
                              {"labs.openai.channel_pricing", "\"margin\""}});
  const auto once = record::fingerprint(test::run(scenario)),
             threaded = record::fingerprint(test::run(scenario, 1, 0, 2));
  CHECK(once == threaded);
}

TEST_CASE("a firm does not bargain with itself", "[study][resale]") {
  try {
    (void)test::load("base-2025", {{"contracts.google-own.versions.first.clauses.vertex.renewal", "\"2 y\""}});
    FAIL("expected an error");
  } catch (const core::ScenarioError& error) {
    CHECK(std::string(error.what()).find("a channel of another firm than the lab's") != std::string::npos);
  }
  CHECK_THROWS_AS(shop({{kResale + "least_rate", "\"60 %\""}, {kResale + "most_rate", "\"50 %\""}}),
                  core::ScenarioError);
}
