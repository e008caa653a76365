#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;

namespace {

/// What a firm paid in all, over the run.
double cost(const record::RunSeries& run, const std::string& firm) {
  const auto& firms = run.axes.labels[static_cast<std::size_t>(record::Dim::Firm)];
  const auto index = static_cast<std::size_t>(std::find(firms.begin(), firms.end(), firm) - firms.begin());
  const std::size_t layers = market::kLayerNames.size(), months = run.axes.months.size();
  double sum = 0.0;
  for (std::size_t i = index * layers * months; i < (index + 1) * layers * months; ++i)
    sum += run[record::Var::Cost][i];
  return sum;
}

}  // namespace

TEST_CASE("a lab pays for each channel but its own while anything of it may be bought there", "[study]") {
  // Granted from 1 to 11 July to azure alone, then for 21 days to bedrock too: 10 + 2 x 21 = 52 channel days of 365.25
  // $.
  const std::string world =
      "extends = \"parts/enterprises-2025\"\n[run]\nenterprises = 60\nstart = 2025-07-01\nend = 2025-08-01\n"
      "[contracts.deal]\nparties = [\"openai\", \"microsoft\", \"amazon\"]\n[contracts.deal.versions.first]\nsigned = "
      "2025-07-01\neffective = 2025-07-01\n"
      "[contracts.deal.versions.first.clauses.azure]\nkind = \"grant\"\nrole = [\"HOST\", \"CHANNEL\"]\ngrantee = "
      "[\"azure\"]\nscope = { labs = [\"openai\"], products = [\"api_stateless\"] }\n"
      "[contracts.deal.versions.first.clauses.bedrock]\nkind = \"grant\"\nrole = [\"HOST\", \"CHANNEL\"]\ngrantee = "
      "[\"aws\", \"bedrock\"]\nfrom = 2025-07-11\nscope = { labs = [\"openai\"], products = [\"api_stateless\"] }\n";
  const auto with = [&](const std::string& cost_per_year) {
    return scenario::Scenario::parse(world + "[labs.openai]\nchannel_cost = \"" + cost_per_year + "\"\n",
                                     "channels.toml", test::library());
  };
  const auto free = test::run(with("0 $/y")), paid = test::run(with("133407.5625 $/y"));
  CHECK(cost(paid, "openai") - cost(free, "openai") == Approx(52 * 365.25).epsilon(1e-9));
  CHECK(cost(paid, "microsoft") == cost(free, "microsoft"));
}
