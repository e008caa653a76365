#include <fstream>
#include <set>
#include <sstream>

#include "sim/record/axes.hpp"
#include "sim/record/layout.hpp"
#include "tests/record/small_world.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;

TEST_CASE("the page of the format says what the table says", "[record][layout]") {
  std::ifstream in(RACKRATE_SOURCE_DIR "/docs/result-format.md", std::ios::binary);
  std::ostringstream page;
  page << in.rdbuf();
  // To write it anew: test_record "[.write-page]".
  CHECK(page.str() == record::format_page());
}

TEST_CASE("write docs/result-format.md", "[.write-page]") {
  std::ofstream(RACKRATE_SOURCE_DIR "/docs/result-format.md", std::ios::binary) << record::format_page();
}

TEST_CASE("names are unique and units are none that readers turn into time differences", "[record][layout]") {
  std::set<std::string_view> names{"arm", "replication", "complete", "run_fingerprint", "time_bounds", "bnds"};
  for (const record::ArmVariableRow& v : record::arm_variables()) CHECK(names.insert(v.name).second);
  for (const record::DimensionRow& d : record::dimensions()) CHECK(names.insert(d.name).second);
  for (const record::VariableRow& v : record::variables()) {
    CHECK(names.insert(v.name).second);
    CHECK(std::set<std::string_view>{"days", "hours", "minutes", "seconds", ""}.count(v.unit) == 0);
    CHECK_FALSE(v.long_name.empty());
    CHECK_FALSE(v.meaning.empty());
  }
}

TEST_CASE("axes hold the months a run touches, cut to the run", "[record][layout]") {
  // 15 January to 10 March 2026: days 20468 to 20522 since 1970 (20468 = 56 years of 365 d + 14 leap days + 14).
  const record::Axes axes = record::axes_of(small_world::parameters());
  CHECK(record::month_days(axes) == std::vector<std::int64_t>{20454, 20485, 20513});
  CHECK(record::month_bounds(axes) == std::vector<double>{20468, 20485, 20485, 20513, 20513, 20522});
  market::Parameters p = small_world::parameters();
  p.run.end = core::date(2026, 3, 1);  // ends are exclusive: March is not touched
  CHECK(record::axes_of(p).months.size() == 2);
}

TEST_CASE("merged axes hold every label once and all months", "[record][layout]") {
  market::Parameters p = small_world::parameters(), q = p;
  q.vocabulary.clouds = {"az", "gcp"};
  q.run.start = core::date(2025, 12, 1);
  const record::Axes arms[] = {record::axes_of(p), record::axes_of(q)};
  const record::Axes whole = record::merge(arms);
  CHECK(whole.labels[static_cast<std::size_t>(record::Dim::Cloud)] == std::vector<std::string>{"az", "aws", "gcp"});
  CHECK(whole.months.size() == 4);
  CHECK(record::positions(arms[1], whole, record::Dim::Cloud) == std::vector<std::size_t>{0, 2});
  CHECK(record::positions(arms[0], whole, record::Dim::Time) == std::vector<std::size_t>{1, 2, 3});
}
