#include <string>

#include "sim/market/world/world.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;

namespace {

/// The flagship, small, in which large enterprises may have commitments and purchases through Bedrock draw them.
scenario::Scenario drawing(const std::string& committed, const std::string& commitment,
                           const std::string& share = "25 %") {
  return scenario::Scenario::parse(
      "extends = \"openai-azure-amended\"\n[run]\nenterprises = 250\nend = 2026-09-01\n"
      "[segments.large]\ncommitted = \"" +
          committed + "\"\ncommitment = \"" + commitment +
          "\"\nunburned = \"10 %\"\n"
          "[contracts.aws-marketplace]\nparties = [\"amazon\"]\n[contracts.aws-marketplace.versions.first]\nsigned = "
          "2025-01-01\neffective = 2025-01-01\n"
          "[contracts.aws-marketplace.versions.first.clauses]\ndrawing = { kind = \"drawdown\", channel = \"bedrock\", "
          "share = \"" +
          share + "\" }\n",
      "drawing.toml", test::library());
}

struct Outcome {
  std::int64_t rebate = 0;
  double committed = 0.0, bedrock = 0.0;
  record::RunSeries series;
};

Outcome run(const scenario::Scenario& scenario) {
  study::Simulation simulation(scenario, 1, 0);
  simulation.run();
  Outcome out;
  for (const auto amount : simulation.world().exchange().demand.committed.cells()) out.committed += amount.usd();
  out.series = simulation.series();
  const auto& clauses = out.series.axes.labels[static_cast<std::size_t>(record::Dim::Clause)];
  const auto label =
      static_cast<std::size_t>(std::find(clauses.begin(), clauses.end(), "aws-marketplace/drawing") - clauses.begin());
  const auto months = out.series.axes.months.size();
  for (std::size_t m = 0; m < months; ++m)
    if (const double usd = out.series[record::Var::ClausePayment][label * months + m]; usd == usd)
      out.rebate += static_cast<std::int64_t>(usd * 1e4 + 0.5);
  const auto& channels = out.series.axes.labels[static_cast<std::size_t>(record::Dim::Channel)];
  const auto bedrock =
      static_cast<std::size_t>(std::find(channels.begin(), channels.end(), "bedrock") - channels.begin());
  const auto& placed = out.series[record::Var::PlacementShare];
  const auto labs = out.series.axes.size(record::Dim::Lab), hosts = out.series.axes.size(record::Dim::Host),
             all = channels.size();
  const auto segments = out.series.axes.labels[static_cast<std::size_t>(record::Dim::Segment)];
  const auto large = static_cast<std::size_t>(std::find(segments.begin(), segments.end(), "large") - segments.begin());
  for (std::size_t lab = 0; lab < labs; ++lab)
    for (std::size_t host = 0; host < hosts; ++host)
      out.bedrock += placed[(((large * labs + lab) * all + bedrock) * hosts + host) * months + months - 1];
  return out;
}

}  // namespace

TEST_CASE("purchases through a marketplace draw what would be owed anyway, up to the share that counts",
          "[study][drawdown]") {
  // The run lasts 14 months: two contract years are touched. In each at most min(25 %, 10 %) of the commitments is
  // drawn.
  const Outcome small = run(drawing("80 %", "20000 $/y"));
  CHECK(small.committed > 0);
  CHECK(small.rebate > 0);
  CHECK(static_cast<double>(small.rebate) * 1e-4 <= 2 * 0.10 * small.committed + 1.0);
  const Outcome capped = run(drawing("80 %", "20000 $/y", "4 %"));
  CHECK(static_cast<double>(capped.rebate) * 1e-4 <= 2 * 0.04 * capped.committed + 1.0);
  CHECK(capped.rebate < small.rebate);
}

TEST_CASE("a commitment to draw on makes the seller's channel cheaper, so more is placed there", "[study][drawdown]") {
  // Commitments far above what anybody buys: each purchase is free to the buyer. Against the same world without
  // commitments.
  const Outcome free = run(drawing("100 %", "1 B$/y")), none = run(drawing("0 %", "1 B$/y"));
  CHECK(free.bedrock > none.bedrock);
  CHECK(none.rebate == 0);
}

TEST_CASE("a drawdown clause that nobody can use changes nothing (check H7)", "[study][drawdown]") {
  const auto with = run(drawing("0 %", "1 M$/y")).series;
  const auto without = test::run(test::small("openai-azure-amended"));
  for (const auto v : {record::Var::Revenue, record::Var::Cost, record::Var::PlacementShare, record::Var::Served}) {
    bool same = with[v].size() == without[v].size();
    for (std::size_t i = 0; same && i < with[v].size(); ++i)
      same = with[v][i] == without[v][i] || (with[v][i] != with[v][i] && without[v][i] != without[v][i]);
    CHECK(same);
  }
}
