#include <cmath>
#include <thread>

#include "sim/record/result_arrays.hpp"
#include "tests/record/small_world.hpp"
#include "tests/support/catch.hpp"

using namespace small_world;

TEST_CASE("arrays hold each run at its arm and replication, and NaN where none is", "[record][arrays]") {
  record::ResultArrays arrays(provenance(), {arm("amended"), arm("exclusive")}, {5, 7, 9});
  const std::vector<record::RunSeries> batch{some_run("amended", 7), some_run("exclusive", 7)};
  arrays.add(batch);
  const record::RunTable& table = arrays.table();
  CHECK(table.complete() == std::vector<std::int8_t>{0, 1, 0, 0, 1, 0});
  CHECK(table.prints() == std::vector<std::string>{"", fingerprint(batch[0]), "", "", fingerprint(batch[1]), ""});
  CHECK(table.ends()[1] == batch[0].end.time_since_epoch().count());
  CHECK(table.event_logs()[1] == events_to_json(batch[0].events));
  CHECK(table.event_logs()[0].empty());
  for (const record::VariableRow& v : record::variables()) {
    INFO(v.name);
    const std::size_t n = table.axes().count(v);
    const bool wide = v.type == record::Type::F64;
    REQUIRE((wide ? arrays.wide(v.id).size() : arrays.narrow(v.id).size()) == 6 * n);
    CHECK((wide ? arrays.narrow(v.id).size() : arrays.wide(v.id).size()) == 0);
    for (std::size_t cell = 0; cell < 6; ++cell)
      for (std::size_t i = 0; i < n; ++i) {
        const double held = wide ? arrays.wide(v.id)[cell * n + i] : arrays.narrow(v.id)[cell * n + i];
        const double want = cell == 1 ? batch[0][v.id][i] : cell == 4 ? batch[1][v.id][i] : std::nan("");
        if (!same(held, want)) FAIL("cell " << cell << ", value " << i << ": " << held << ", not " << want);
      }
  }
}

TEST_CASE("an arm that knows fewer labels has its values among those of all arms", "[record][arrays]") {
  market::Parameters few = parameters(), many = few;
  many.vocabulary.clouds = {"gcp", "az", "aws"};
  record::ResultArrays arrays(provenance(), {arm("amended", few), arm("exclusive", many)}, {0});
  const std::vector<record::RunSeries> batch{some_run("amended", 0, few), some_run("exclusive", 0, many)};
  arrays.add(batch);
  // Labels in order of first appearance: az, aws, gcp. The fact is of each arm's first cloud: az here, gcp there.
  CHECK(arrays.table().axes().labels[static_cast<std::size_t>(record::Dim::Cloud)] ==
        std::vector<std::string>{"az", "aws", "gcp"});
  const std::size_t months = arrays.table().axes().months.size();
  const auto capacity = [&](std::size_t arm, std::size_t cloud, std::size_t month) {
    return arrays.wide(record::Var::Capacity)[(arm * 3 + cloud) * months + month];
  };
  CHECK(capacity(0, 0, 1) == value(batch[0], record::Var::Capacity, {0, 0, 1}));
  CHECK(capacity(1, 2, 1) == value(batch[1], record::Var::Capacity, {0, 0, 1}));
  CHECK(std::isnan(capacity(0, 2, 1)));
  CHECK(arrays.table().texts(record::ArmVar::Axes)[1] != "");
}

TEST_CASE("a run of an unknown arm, replication or shape is refused", "[record][arrays]") {
  record::ResultArrays arrays(provenance(), {arm("amended")}, {0});
  market::Parameters other = parameters();
  other.vocabulary.clouds = {"az"};
  for (const auto& run : {some_run("exclusive", 0), some_run("amended", 1), some_run("amended", 0, other)})
    CHECK_THROWS_AS(arrays.add(std::vector{run}), std::logic_error);
  CHECK(arrays.table().complete() == std::vector<std::int8_t>{0});
}

TEST_CASE("threads add their runs at once", "[record][arrays]") {
  std::vector<std::int64_t> numbers(40);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::int64_t>(i);
  record::ResultArrays arrays(provenance(), {arm("amended")}, numbers);
  std::vector<std::jthread> threads;
  for (std::int64_t t = 0; t < 4; ++t)
    threads.emplace_back([&arrays, t] {
      for (std::int64_t r = t; r < 40; r += 4) arrays.add(std::vector{some_run("amended", r)});
    });
  threads.clear();
  for (std::size_t r = 0; r < numbers.size(); ++r)
    CHECK(arrays.table().prints()[r] == fingerprint(some_run("amended", numbers[r])));
}
