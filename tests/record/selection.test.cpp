#include <cmath>

#include "sim/record/selection.hpp"
#include "tests/record/small_world.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;

namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// December 2025 (from the 17th: 15 days), January (31), February (28) and March 2026 (to the 10th: 9 days).
record::RunSeries four_months() {
  market::Parameters p = small_world::parameters();
  p.run.start = core::date(2025, 12, 17);
  record::RunSeries run;
  run.axes = record::axes_of(p);
  run.end = p.run.end;
  for (const record::VariableRow& v : record::variables())
    run.values[static_cast<std::size_t>(v.id)].assign(run.axes.count(v), 1.0);
  return run;
}

std::vector<double> first_series(const record::RunSeries& run, record::Var v, const record::Selection& selection) {
  const auto groups = record::groups_of(run.axes, selection);
  std::vector<double> all = record::select(run, record::variables()[static_cast<std::size_t>(v)], groups);
  all.resize(groups.size());
  return all;
}

record::RunSeries with(record::Var v, const std::vector<double>& months) {
  record::RunSeries run = four_months();
  std::copy(months.begin(), months.end(), run[v].begin());
  return run;
}

}  // namespace

TEST_CASE("months of one year become one value, named by its January", "[record][selection]") {
  const auto groups = record::groups_of(four_months().axes, {.by = record::Period::Year});
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].label == core::month_index(core::date(2025, 1, 1)));
  CHECK((groups[0].begin == 0 && groups[0].end == 1));
  CHECK(groups[1].label == core::month_index(core::date(2026, 1, 1)));
  CHECK((groups[1].begin == 1 && groups[1].end == 4));
}

TEST_CASE("a sum is added, a mean weighted by days, a state the last one", "[record][selection]") {
  const record::Selection by_year{.by = record::Period::Year};
  CHECK(first_series(with(record::Var::Revenue, {1, 2, 3, 4}), record::Var::Revenue, by_year) ==
        std::vector<double>{1, 9});
  // January to March: (2 * 31 + 3 * 28 + 4 * 9) / (31 + 28 + 9) = 182 / 68
  CHECK(first_series(with(record::Var::Capacity, {1, 2, 3, 4}), record::Var::Capacity, by_year)[1] == 182.0 / 68.0);
  CHECK(first_series(with(record::Var::ClauseRate, {1, 2, 3, 4}), record::Var::ClauseRate, by_year) ==
        std::vector<double>{1, 4});
}

TEST_CASE("missing months are left out, and where all are missing the value is", "[record][selection]") {
  const record::Selection by_year{.by = record::Period::Year};
  const auto sums = first_series(with(record::Var::Revenue, {kMissing, 2, kMissing, 4}), record::Var::Revenue, by_year);
  CHECK(std::isnan(sums[0]));
  CHECK(sums[1] == 6);
  CHECK(first_series(with(record::Var::ClauseRate, {1, 2, 3, kMissing}), record::Var::ClauseRate, by_year)[1] == 3);
}

TEST_CASE("a range of months is cut to the run, and the whole of it is one value", "[record][selection]") {
  const int january = core::month_index(core::date(2026, 1, 1));
  const record::Selection range{.by = record::Period::Month, .first = january, .last = january + 1};
  CHECK(first_series(with(record::Var::Revenue, {1, 2, 3, 4}), record::Var::Revenue, range) ==
        std::vector<double>{2, 3});
  const record::Selection total{.by = record::Period::Total, .first = january, .last = january + 100};
  CHECK(first_series(with(record::Var::Revenue, {1, 2, 3, 4}), record::Var::Revenue, total) == std::vector<double>{9});
  CHECK(record::groups_of(four_months().axes, {.first = january + 100}).empty());
}

TEST_CASE("the number of values is known before a run", "[record][selection]") {
  const record::RunSeries run = four_months();
  const auto groups = record::groups_of(run.axes, {.by = record::Period::Year});
  for (const record::VariableRow& v : record::variables())
    CHECK(record::select(run, v, groups).size() == record::count(run.axes, v, groups));
}
