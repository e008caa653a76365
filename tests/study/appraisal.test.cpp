#include "sim/market/negotiation/appraisal.hpp"

#include <algorithm>
#include <cmath>

#include "sim/market/contracts/switches.hpp"
#include "sim/market/negotiation/bargaining.hpp"
#include "sim/market/negotiation/renegotiation.hpp"
#include "tests/study/support/talks_toy.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using market::contracts::ContractChange;
using test::Overrides;

namespace {

/// A world at the opening of a day, and the market in it as an appraisal reads it.
struct Standing {
  Standing(const scenario::Scenario& scenario, core::SimTime date)
      : world(std::make_shared<const market::Regime>(market::build_regime(scenario.parameters())), 1, 0) {
    world.run_until(date, *engine::make_serial_executor());
  }
  [[nodiscard]] market::MarketState state() const {
    return {world.regime(), world.regime().compiled, world.exchange(), world.enterprises(),
            world.draws(),  world.board(),           world.now()};
  }
  [[nodiscard]] const market::PaymentClause& talks() const {
    for (const auto& m : world.regime().compiled.money)
      if (world.regime().compiled.clause_of(m).is<market::kinds::Renegotiation>()) return m;
    throw std::logic_error("no renegotiation clause");
  }
  [[nodiscard]] std::vector<ContractChange> switches() const {
    const auto& s = world.regime().compiled;
    return market::switch_changes(s.parameters.contracts, "oai-az",
                                  s.clause_of(talks()).as<market::kinds::Renegotiation>(), world.now());
  }
  [[nodiscard]] market::Profits profit(const std::vector<ContractChange>& changes) const {
    return market::daily_profit(state(), market::draw_sample(state()), market::regime_under(state(), changes));
  }
  market::World world;
};

std::vector<market::EnterpriseId> adopters_of(const market::Population& population) {
  std::vector<market::EnterpriseId> adopters;
  for (const market::EnterpriseId e : population.ids())
    if (population[e].workloads > 0) adopters.push_back(e);
  return adopters;
}

}  // namespace

TEST_CASE("what each firm earns in a day under a right and without it is what the toy's prices say",
          "[study][appraisal]") {
  const auto toy = test::talks_toy("weight = \"50 %\"");
  const Standing day2(toy, core::date(2026, 1, 3));
  const market::PartyId oai = test::party(toy, "oai"), az = test::party(toy, "az"), aws = test::party(toy, "aws");
  // Exclusive: az serves 100 of oai's 120 H100e. It earns 100 x 24 h x $6 = 14,400 and pays 4,800 for compute, the 200
  // that the commitment's day of 5,000 lacks, and a fifth of revenue, 2,880. aws hosts ant: 30 x 24 x $1.5.
  const auto closed = day2.profit({});
  CHECK(closed[oai] == 6'520.0);
  CHECK(closed[az] == 7'880.0);
  CHECK(closed[aws] == 1'080.0);
  // Open: aws has 50, ant uses 30, so the 20 missing run there: 17,280 of revenue, 960 to aws, 3,456 of share.
  const auto open = day2.profit(day2.switches());
  CHECK(open[oai] == 7'864.0);
  CHECK(open[az] == 8'456.0);
  CHECK(open[aws] == 2'040.0);
}

TEST_CASE("opening is worth what a rival can serve of what goes unserved", "[study][appraisal]") {
  // oai wants 160 and ant is served first at aws: 20 H100e are left of 50, 60 of 100 from day 4 on. Each earns the two
  // $6 x 24 less what aws is paid, $2 x 24; the revenue share stays between them. aws's part of what it gains with oai
  // is not more than oai's, so it pays nothing for access.
  const auto toy = test::talks_toy("weight = \"50 %\"", "",
                                   {{"labs.oai.streams.app.compute", "\"160 H100e\""},
                                    {"labs.ant.streams.app.unserved_penalty", "\"12 $/H100e-h\""}});
  const Standing day2(toy, core::date(2026, 1, 3)), day6(toy, core::date(2026, 1, 7));
  const auto early = market::appraise_opening(day2.state(), {}, day2.talks()),
             late = market::appraise_opening(day6.state(), {}, day6.talks());
  CHECK(std::abs(early.usd_per_year - 20 * 24 * 4 * test::kYear) < 1e-6);
  CHECK(std::abs(late.usd_per_year - 60 * 24 * 4 * test::kYear) < 1e-6);
  REQUIRE(early.payments.size() == 1);
  CHECK(early.payments[0].payer == "oai");
  CHECK(early.payments[0].payee == "az");
}

TEST_CASE("a rival that gains more than the lab pays for access, and the pair counts it", "[study][appraisal]") {
  // aws sells to oai at $8. Open, aws gains 20 x 24 x 8 = 3,840 a day; oai gains 2,880 of revenue less that and a
  // fifth: -1,536. Together 2,304; with half of it each, aws pays 3,840 - 1,152 = 2,688. The pair alone would lose 960;
  // with that it gains 1,728. az gets its half of it, 864, over 7,880 a day and has 8,456 open, so oai pays it 288.
  const auto toy = test::talks_toy("weight = \"50 %\"", "",
                                   {{"contracts.oai-aws.versions.first.clauses.hosting.price", "\"8 $/H100e-h\""}});
  const Standing day2(toy, core::date(2026, 1, 3));
  const auto opening = market::appraise_opening(day2.state(), {}, day2.talks());
  CHECK(std::abs(opening.usd_per_year - 1'728 * test::kYear) < 1e-6);
  REQUIRE(opening.payments.size() == 2);
  CHECK(opening.payments[0].payer == "aws");
  CHECK(opening.payments[0].payee == "oai");
  CHECK(std::abs(opening.payments[0].usd_per_year - 2'688 * test::kYear) < 1e-6);
  CHECK(opening.payments[1].payer == "oai");
  CHECK(std::abs(opening.payments[1].usd_per_year - 288 * test::kYear) < 1e-6);
}

TEST_CASE("an open market without one rival is the open market less what that rival gains", "[study][appraisal]") {
  const auto toy = test::talks_toy("weight = \"50 %\"");
  const Standing day2(toy, core::date(2026, 1, 3));
  const auto closed = market::regime_under(day2.state(), {});
  const auto open = market::regime_under(day2.state(), day2.switches());
  const market::CloudId aws(*market::index_of(toy.parameters().vocabulary.clouds, "aws"));
  const market::LabId oai(*market::index_of(toy.parameters().vocabulary.labs, "oai"));
  CHECK(market::gaining_clouds(open, closed, oai) == market::HostSet::only(aws));
  CHECK(market::gaining_clouds(closed, open, oai).empty());
  const auto without = market::access_without(open, closed, oai, aws);
  CHECK(without.stream_hosts == closed.regime.access.front().stream_hosts);
  CHECK(without.lab_hosts == closed.regime.access.front().lab_hosts);
}

TEST_CASE("without a rival a lab saves what it costs to be sold there", "[study][appraisal]") {
  // The rival's channel is the only other one; without it the lab pays 365.25 $ a day less for channels, as under the
  // right.
  const std::string world =
      "extends = \"parts/enterprises-2025\"\n[run]\nenterprises = 60\nstart = 2025-07-01\nend = 2025-08-01\n"
      "[contracts.deal]\nparties = [\"openai\", \"microsoft\", \"amazon\"]\n[contracts.deal.versions.first]\nsigned = "
      "2025-07-01\neffective = 2025-07-01\n[contracts.deal.versions.first.clauses]\n"
      "azure = { kind = \"grant\", role = [\"HOST\", \"CHANNEL\"], grantee = \"azure\", scope = { labs = [\"openai\"], "
      "products = [\"api_stateless\"] } }\n"
      "bedrock = { kind = \"grant\", role = [\"HOST\", \"CHANNEL\"], grantee = [\"aws\", \"bedrock\"], enabled = "
      "false, scope = { labs = [\"openai\"], products = [\"api_stateless\"] } }\n"
      "talks = { kind = \"renegotiation\", lab = \"openai\", host = \"azure\", switches_on = [\"bedrock\"] }\n";
  const auto profit = [&](const std::string& cost_per_year, bool with_rival) {
    const auto scenario = scenario::Scenario::parse(world + "[labs.openai]\nchannel_cost = \"" + cost_per_year + "\"\n",
                                                    "channels.toml", test::library());
    const Standing day1(scenario, core::date(2025, 7, 2));
    const auto state = day1.state();
    const auto& s = state.coming;
    const auto closed = market::regime_under(state, {});
    auto open = market::regime_under(
        state, market::switch_changes(s.parameters.contracts, "deal",
                                      s.clause_of(day1.talks()).as<market::kinds::Renegotiation>(), state.now));
    const market::LabId lab(*market::index_of(s.parameters.vocabulary.labs, "openai"));
    const market::CloudId aws(*market::index_of(s.parameters.vocabulary.clouds, "aws"));
    open.regime.access.push_back(market::access_without(open, closed, lab, aws));
    CHECK(open.regime.access.back().lab_channels == closed.regime.access.front().lab_channels);
    return market::daily_profit(state, market::draw_sample(state), open,
                                market::IntervalId(with_rival ? 0 : 1))[test::party(scenario, "openai")];
  };
  const std::string none = "0 $/y", some = "133407.5625 $/y";  // 365.25 $ a day
  CHECK(profit(none, true) - profit(some, true) == Approx(2 * 365.25).epsilon(1e-9));
  CHECK(profit(none, false) - profit(some, false) == Approx(365.25).epsilon(1e-9));
}

TEST_CASE("a share that has reached its cap pays nothing in an appraisal, also when it was switched off in between",
          "[study][appraisal]") {
  // A fifth of 14,400 a day: the cap of 5,000 is reached on day 1. Switched off for day 4 and on again, the share is
  // still the same obligation: on day 6 az has 4,800 for compute and 200 of the commitment, and nothing else.
  const std::string trigger = "[contracts.oai-az.versions.first.clauses.";
  const auto toy =
      test::talks_toy("weight = \"50 %\"",
                      trigger + "pause]\nkind = \"trigger\"\non = 2026-01-05\nswitches_off = [\"share\"]\n" + trigger +
                          "again]\nkind = \"trigger\"\non = 2026-01-06\nswitches_on = [\"share\"]\n",
                      {{"contracts.oai-az.versions.first.clauses.share.cap", "\"5000 $\""}});
  const Standing day6(toy, core::date(2026, 1, 7));
  CHECK(day6.profit({})[test::party(toy, "az")] == 5'000.0);
}

TEST_CASE("a share restated on the day of the appraisal goes on counting", "[study][appraisal]") {
  // As above; the second version takes effect on the very day, with the same cap.
  const std::string second =
      "[contracts.oai-az.versions.second]\nsigned = 2026-01-07\neffective = "
      "2026-01-07\n[contracts.oai-az.versions.second.clauses]\n"
      "grant = { kind = \"grant\", role = \"HOST\", grantee = \"az\", scope = { labs = [\"oai\"] } }\n"
      "hosting = { kind = \"hosting\", lab = \"oai\", host = \"az\", price = \"2 $/H100e-h\" }\n"
      "share = { kind = \"revshare\", payer = \"oai\", payee = \"az\", base = \"lab_revenue\", lab = \"oai\", rate = "
      "\"30 %\", cap = \"5000 $\" }\n";
  const auto toy = test::talks_toy("weight = \"50 %\"", second,
                                   {{"contracts.oai-az.versions.first.clauses.share.cap", "\"5000 $\""}});
  const Standing day6(toy, core::date(2026, 1, 7));
  CHECK(day6.profit({})[test::party(toy, "az")] == 4'800.0);
}

TEST_CASE("barred hosts could take of the unserved load what they have to spare", "[study][appraisal]") {
  // 20 of oai's 120 H100e go unserved. aws, where oai may not run, has 50 less ant's 30: all of it. With 40 it has half
  // of it.
  const auto outside = [](const Overrides& overrides) {
    const auto toy = test::talks_toy("", "", overrides);
    const Standing day2(toy, core::date(2026, 1, 3));
    const market::MarketView view{day2.world.regime(), day2.world.draws(), day2.world.board()};
    const market::LabId oai(*market::index_of(toy.parameters().vocabulary.labs, "oai"));
    return market::outside_capacity(view, oai, day2.world.now());
  };
  CHECK(outside({}) == 1.0);
  CHECK(std::abs(outside({{"clouds.aws.regions.one.fleet.h100", "40"}}) - 0.5) < 1e-12);
  CHECK(outside({{"labs.oai.routes.aws.ported", "false"}}) == 0.0);
  CHECK(outside({{"contracts.oai-az.versions.first.clauses.exclusive.enabled", "false"},
                 {"contracts.oai-az.versions.first.clauses.talks.switches_off", "[\"share\"]"}}) == 0.0);
}

TEST_CASE(
    "a sample of a large population expects what the whole expects, and adding an enterprise moves no other in or out",
    "[study][appraisal]") {
  const auto state_of = [](int enterprises) {
    return Standing(test::load("openai-azure-october-2025",
                               {{"run.enterprises", std::to_string(enterprises)}, {"run.end", "2025-09-01"}}),
                    core::date(2025, 7, 2));
  };
  const Standing one = state_of(4'000), more = state_of(4'001);
  const auto a = market::draw_sample(one.state()), b = market::draw_sample(more.state());
  const std::size_t adopters = adopters_of(one.world.enterprises()).size();
  CHECK(a.enterprises.size() > adopters / 4);
  CHECK(a.enterprises.size() < adopters * 3 / 4);
  std::size_t k = 0;
  for (const market::EnterpriseId e : b.enterprises.ids())
    if (k < a.enterprises.size() && b.enterprises[e].key == a.enterprises[market::EnterpriseId(k)].key) ++k;
  CHECK(k == a.enterprises.size());
  CHECK(b.enterprises.size() <= a.enterprises.size() + 1);
}

TEST_CASE("what labs earn in a day is nearly the same by the sample and by everybody", "[study][appraisal]") {
  const auto scenario =
      test::load("openai-azure-october-2025", {{"run.enterprises", "10000"}, {"run.end", "2025-09-01"}});
  const Standing start(scenario, core::date(2025, 7, 2));
  const auto state = start.state();
  const auto sample = market::draw_sample(state);
  const market::Population& everybody = start.world.enterprises();
  const market::Sample all{everybody.only(adopters_of(everybody)),
                           market::Table<market::SegmentId, double>(scenario.parameters().segments.size(), 1.0)};
  CHECK(sample.enterprises.size() * 3 < all.enterprises.size());
  const auto regime = market::regime_under(state, {});
  const auto by_sample = market::daily_profit(state, sample, regime), by_all = market::daily_profit(state, all, regime);
  for (const char* firm : {"openai", "anthropic", "microsoft"}) {
    const market::PartyId p = test::party(scenario, firm);
    INFO(firm << ": " << by_sample[p] << " $ a day by the sample, " << by_all[p] << " by all");
    CHECK(std::abs(by_sample[p] - by_all[p]) < 0.03 * std::abs(by_all[p]));
    CHECK(by_sample[p] != by_all[p]);
  }
}
