#include "sim/market/regime/access.hpp"

#include <set>

#include "tests/market/contracts/random_registry.hpp"
#include "tests/market/regime/oracle_access.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

// The compiled permissions that a run looks up, against the slow reading.
using namespace random_registry;

namespace {

/// The vocabulary of check B1 as a market: both labs on every cloud, AWS from a date on, two segments, two products.
Parameters market_of(std::vector<Contract> contracts, core::SimTime ported) {
  Parameters p;
  p.vocabulary = vocabulary();
  p.vocabulary.segments = {"regulated", "smb"};
  p.run.start = date(2024, 1, 1);
  p.run.end = date(2028, 1, 1);
  const auto cloud_of = channel_cloud();
  for (const std::string& name : p.vocabulary.clouds) {
    Cloud cloud;
    cloud.name = name;
    p.clouds.push_back(cloud);
  }
  for (const ChannelId x : cloud_of.ids()) {
    Channel channel;
    channel.name = p.vocabulary.channels[x.position()];
    if (cloud_of[x].exists()) channel.cloud = p.vocabulary.clouds[cloud_of[x].position()];
    p.channels.push_back(channel);
  }
  for (const std::string& name : p.vocabulary.labs) {
    Lab lab;
    lab.name = name;
    lab.model_class = name == "openai" ? ModelClass::Closed : ModelClass::OpenWeight;
    lab.host_preference = {"oci", "azure", "aws", "gcp", "coreweave"};
    for (const std::string& host : p.vocabulary.clouds)
      lab.routes.push_back({host, 1.0, true, host == "aws" ? ported : core::kAlways});
    p.labs.push_back(lab);
  }
  for (const std::string& name : p.vocabulary.segments) {
    Segment segment;
    segment.name = name;
    segment.products = {{"api_stateless", 0.5}, {"agent_stateful", 0.5}};
    p.segments.push_back(segment);
  }
  p.contracts = std::move(contracts);
  return p;
}

const AccessInterval& interval_at(const std::vector<AccessInterval>& intervals, core::SimTime t) {
  for (const AccessInterval& interval : intervals)
    if (interval.from <= t && t < interval.until) return interval;
  throw std::logic_error("the intervals leave a gap");
}

}  // namespace

TEST_CASE("the compiled permissions are those of the slow reading around every breakpoint", "[contracts][b4][access]") {
  int open = 0, closed = 0, previews = 0, away = 0, changes = 0;
  for (int seed = 0; seed < 400; ++seed) {
    Dice dice(100'000 + static_cast<std::uint64_t>(seed));
    const std::vector<Contract> contracts = deals(dice, seed % 2 == 0);
    const core::SimTime ported = dice.day();
    const CompiledScenario s = compile(market_of(contracts, ported));
    const auto& run = s.parameters.run;
    const auto intervals = compile_access(s, run.start, run.end);
    REQUIRE(intervals.front().from == run.start);
    REQUIRE(intervals.back().until == run.end);
    for (std::size_t i = 1; i < intervals.size(); ++i) REQUIRE(intervals[i].from == intervals[i - 1].until);
    changes += static_cast<int>(intervals.size()) - 1;

    std::set<core::SimTime> dates{run.start, ported};
    for (const core::SimTime t : s.registry.breakpoints()) dates.insert(t);
    for (const core::SimTime breakpoint : dates)
      for (int side = -1; side <= 1; ++side) {
        const core::SimTime t = breakpoint + core::SimDuration{side};
        if (t < run.start || t >= run.end || s.alternatives.empty()) continue;
        const SegmentId segment(dice.below(s.parameters.segments.size()));
        const RegionId region(dice.below(2));
        for (int k = 0; k < 4; ++k) {
          const AlternativeId a(dice.below(s.alternatives.size()));
          const Alternative& alternative = s.alternatives[a];
          Access compiled = interval_at(intervals, t).cells[s.cell(segment, a, region)];
          compiled.since = core::kAlways;  // held to account below
          const Access expected = oracle::access(s, contracts, segment, alternative, region, t);
          INFO("seed " << seed << " at " << core::to_string(t) << " alternative " << a.number());
          REQUIRE(compiled == expected);
          open += compiled.state == Permission::Ga;
          closed += compiled.state == Permission::No;
          previews += compiled.state == Permission::Preview;
          away += compiled.host.exists() && alternative.cloud.exists() && compiled.host != alternative.cloud;
        }
      }
  }
  CHECK(open > 5'000);
  CHECK(closed > 5'000);
  CHECK(previews > 80);
  CHECK(away > 300);  // sold by one cloud, run by another
  CHECK(changes > 1'000);
}

TEST_CASE("each interval begins where some answer changes, and says since when a sale is general",
          "[contracts][b4][access]") {
  for (int seed = 0; seed < 100; ++seed) {
    Dice dice(110'000 + static_cast<std::uint64_t>(seed));
    const CompiledScenario s = compile(market_of(deals(dice, seed % 2 == 0), dice.day()));
    const auto intervals = compile_access(s, s.parameters.run.start, s.parameters.run.end);
    for (std::size_t i = 0; i < intervals.size(); ++i) {
      if (i > 0)
        REQUIRE((intervals[i].cells != intervals[i - 1].cells ||
                 intervals[i].stream_hosts != intervals[i - 1].stream_hosts));
      for (const CellId cell : intervals[i].cells.ids()) {
        if (intervals[i].cells[cell].state != Permission::Ga) continue;
        std::size_t first = i;  // the interval in which this spell of general availability began
        while (first > 0 && intervals[first - 1].cells[cell].state == Permission::Ga) --first;
        REQUIRE(intervals[i].cells[cell].since == (first == 0 ? core::kAlways : intervals[first].from));
      }
    }
  }
}

TEST_CASE("what customers use as an exclusive begins is served for its migration window, and sold to nobody",
          "[contracts][access][migration]") {
  Parameters p = test::small_parameters();
  Clause exclusive;
  exclusive.name = "exclusive";
  auto& terms = exclusive.terms.emplace<kinds::Exclusive>();
  terms.role = {Role::Channel};
  terms.holder = {"north-shop"};
  terms.migration = core::days(60);
  exclusive.from = core::date(2026, 3, 1);
  p.contracts = {test::contract("sales", {test::grant("north"), test::grant("south"), exclusive})};
  const test::SmallMarket market(p);
  const auto& s = market.compiled();
  const CellId south = s.cell(SegmentId(0), market.alternative("south-shop"), RegionId(0));
  const auto& access = market.regime.access;
  REQUIRE(access.size() == 3);
  CHECK(access[1].from == core::date(2026, 3, 1));
  CHECK(access[1].cells[south].state == Permission::No);
  CHECK(access[1].cells[south].hosts == access[0].cells[south].hosts);
  CHECK(access[1].cells[south].served_until == core::date(2026, 4, 30));
  CHECK(access[2].from == core::date(2026, 4, 30));
  CHECK(access[2].cells[south].hosts.empty());
  const CellId north = s.cell(SegmentId(0), market.alternative("north-shop"), RegionId(0));
  CHECK(access[1].cells[north] == access[0].cells[north]);
}
