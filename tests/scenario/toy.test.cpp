#include "tests/scenario/support.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::scenario;

TEST_CASE("the ten-day toy binds every value of its file", "[scenario]") {
  const Scenario toy = Scenario::load("toy-10", {test::library_folder()});
  const market::Parameters& p = toy.parameters();
  CHECK(p.name == "toy-10");
  CHECK(p.run.start == core::date(2026, 1, 1));
  CHECK(p.run.end == core::date(2026, 1, 11));
  CHECK(p.run.window == core::kDay);
  CHECK(p.run.discount_rate == 0.0);
  CHECK(p.vocabulary.firms == std::vector<std::string>{"ant", "aws", "az", "maker", "oai"});
  CHECK(p.vocabulary.clouds == std::vector<std::string>{"aws", "az"});
  CHECK(p.vocabulary.labs == std::vector<std::string>{"ant", "oai"});
  REQUIRE(p.clouds.size() == 2);
  const market::Cloud& aws = p.clouds[market::CloudId(0)];
  CHECK_FALSE(aws.invests);
  REQUIRE(aws.regions.size() == 1);
  CHECK(aws.regions[0].power_mw < 0.0);
  REQUIRE(aws.regions[0].fleet.size() == 1);
  CHECK(aws.regions[0].fleet[0].units == 50.0);
  REQUIRE(aws.regions[0].lots.size() == 1);
  CHECK(aws.regions[0].lots[0].name == "second-hall");
  CHECK(aws.regions[0].lots[0].arrives == core::date(2026, 1, 5));
  const market::Lab& oai = p.labs[market::LabId(1)];
  REQUIRE(oai.streams.size() == 1);
  CHECK(oai.streams[0].compute_h100e == 120.0);
  CHECK(oai.streams[0].price_usd == 6.0);
  CHECK(oai.streams[0].unserved_penalty_usd == 10.0);
  CHECK_FALSE(oai.streams[0].efficiency_applies);
  REQUIRE(oai.routes.size() == 2);
  CHECK(oai.routes[0].host == "aws");
  CHECK(oai.routes[0].serving_cost_usd == 2.0);
  CHECK(p.prices.rule == market::PriceRule::Frozen);
  CHECK(p.clearing.rho_max == 1.0);
  CHECK(p.clearing.latency_usd == 0.0);
  REQUIRE(p.chips.size() == 1);
  CHECK(p.chips[market::ChipId(0)].vendor == "maker");
  CHECK(p.chips[market::ChipId(0)].facility_kw == 1.0);
  CHECK(p.vendors[market::VendorId(0)].lines.empty());
}

TEST_CASE("the ten-day toy's contracts carry their clauses", "[scenario]") {
  const market::Parameters p = Scenario::load("toy-10", {test::library_folder()}).parameters();
  REQUIRE(p.contracts.size() == 3);
  const market::Contract& azure = p.contracts[2];
  CHECK(azure.name == "oai-az");
  CHECK(azure.parties == std::vector<std::string>{"oai", "az"});
  REQUIRE(azure.versions.size() == 1);
  CHECK(azure.versions[0].ends == core::kNever);
  const auto& clauses = azure.versions[0].clauses;
  REQUIRE(clauses.size() == 5);  // by name: commitment, exclusive, grant, hosting, share
  REQUIRE(clauses[0].is<market::kinds::Commit>());
  CHECK(clauses[0].as<market::kinds::Commit>().amount_usd == 50000.0);
  REQUIRE(clauses[1].is<market::kinds::Exclusive>());
  CHECK(clauses[1].as<market::kinds::Exclusive>().role == std::vector<market::Role>{market::Role::Host});
  CHECK(clauses[1].as<market::kinds::Exclusive>().holder == std::vector<std::string>{"az"});
  CHECK(clauses[1].until == core::date(2026, 1, 7));
  CHECK(clauses[2].scope.labs == std::vector<std::string>{"oai"});
  CHECK(clauses[3].as<market::kinds::Hosting>().price_usd == 2.0);
  CHECK(clauses[4].as<market::kinds::Revshare>().rate == 0.2);  // 20 %
  CHECK(clauses[4].as<market::kinds::Revshare>().cap_usd == 30000.0);
}
