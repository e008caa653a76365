#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <thread>

#include "sim/core/error.hpp"
#include "sim/record/parts.hpp"
#include "sim/record/result_file.hpp"
#include "tests/record/small_world.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace small_world;

namespace {

/// Standard output and error of a shell command, and its status.
struct Output {
  std::string text;
  int status = 0;
};
Output shell(const std::string& command) {
  Output out;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) out.text.append(buffer.data(), n);
  out.status = ::pclose(pipe);
  return out;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string refusal(const std::filesystem::path& path) {
  try {
    (void)record::ResultReader(path);
    return {};
  } catch (const core::ResultFileError& error) {
    return error.what();
  }
}

std::vector<record::RunSeries> four_runs() {
  return {some_run("amended", 0), some_run("exclusive", 0), some_run("amended", 1), some_run("exclusive", 1)};
}

}  // namespace

TEST_CASE("a result reads back bit for bit", "[record][file]") {
  const ScratchFolder folder;
  const auto runs = four_runs();
  record::write_result(folder / "r.h5", provenance(), {arm("amended"), arm("exclusive")}, runs);
  const record::Result back = record::read_result(folder / "r.h5");
  CHECK(back.provenance == provenance());
  CHECK(back.arms == std::vector<record::Arm>{arm("amended"), arm("exclusive")});
  CHECK(back.replications == std::vector<std::int64_t>{0, 1});
  REQUIRE(back.runs.size() == 4);
  // Read in the order (arm, replication): amended 0, amended 1, exclusive 0, exclusive 1.
  const std::array<std::size_t, 4> order{0, 2, 1, 3};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(back.runs[i].arm == runs[order[i]].arm);
    CHECK(back.runs[i].axes == runs[order[i]].axes);
    CHECK(same_values(back.runs[i], runs[order[i]]));
    CHECK(record::fingerprint(back.runs[i]) == record::fingerprint(runs[order[i]]));
  }
  CHECK(back.runs[0].events == runs[0].events);
  CHECK(back.runs[1].events.empty());  // the log is of the lowest replication
}

TEST_CASE("replications that are missing are marked and hold missing values", "[record][file]") {
  const ScratchFolder folder;
  const std::vector<record::RunSeries> runs{some_run("amended", 1)};
  record::write_result(folder / "r.h5", provenance(), {arm("amended"), arm("exclusive")}, runs, 3);
  const record::ResultReader reader(folder / "r.h5");
  CHECK(reader.replications() == std::vector<std::int64_t>{0, 1, 2});
  CHECK(reader.complete() == std::vector<record::RunId>{{"amended", 1}});
  CHECK_THROWS_AS(reader.read({"exclusive", 1}), core::ResultFileError);
  const Output dump = shell("ncdump -v complete,hhi,run_fingerprint " + (folder / "r.h5").string());
  CHECK(has(dump.text, "complete =\n  0, 1, 0,\n  0, 0, 0 ;"));
  CHECK(has(dump.text, record::fingerprint(runs[0])));
}

TEST_CASE("arms that know different clouds and months share a file and keep their own axes", "[record][file]") {
  market::Parameters p = parameters(), q = p;
  q.vocabulary.clouds = {"gcp", "az"};
  q.contracts.clear();  // no money clauses at all
  q.run.end = core::date(2026, 4, 10);
  const ScratchFolder folder;
  const std::vector<record::RunSeries> runs{some_run("amended", 0, p), some_run("exclusive", 0, q)};
  record::write_result(folder / "r.h5", provenance(), {arm("amended", p), arm("exclusive", q)}, runs);
  const record::Result back = record::read_result(folder / "r.h5");
  REQUIRE(back.runs.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(back.runs[i].axes == runs[i].axes);
    CHECK(same_values(back.runs[i], runs[i]));
  }
  CHECK(has(shell("ncdump -v cloud " + (folder / "r.h5").string()).text, "cloud = \"az\", \"aws\", \"gcp\" ;"));
}

TEST_CASE("ncdump and h5dump read the file with their own means", "[record][file]") {
  const ScratchFolder folder;
  std::vector<record::Arm> arms{arm("amended"), arm("exclusive")};
  arms[0].scenario_toml = "note = \"" + std::string(300'000, 'x') + "\"\n";  // far beyond the 64 kB of old attributes
  record::write_result(folder / "r.h5", provenance(), arms, four_runs());
  const Output header = shell("ncdump -h " + (folder / "r.h5").string());
  CHECK(header.status == 0);
  for (const record::VariableRow& v : record::variables()) {
    std::string dims = "arm, replication";
    for (const record::Dim d : v.dims) dims += ", " + std::string(record::row(d).name);
    const std::string name(v.name);
    INFO(name);
    const auto has_dim = [&](record::Dim d) { return std::find(v.dims.begin(), v.dims.end(), d) != v.dims.end(); };
    if (has_dim(record::Dim::Application) || has_dim(record::Dim::TrainingRun) || has_dim(record::Dim::Chip)) {
      CHECK_FALSE(has(header.text, " " + name + "("));  // this world has no application, calendar of runs or chip
      continue;
    }
    CHECK(has(header.text, (v.type == record::Type::F64 ? "double " : "float ") + name + "(" + dims + ") ;"));
    CHECK(has(header.text, "\t\t" + name + ":units = \"" + std::string(v.unit) + "\" ;"));
    CHECK(has(header.text, "\t\t" + name + ":long_name = \"" + std::string(v.long_name) + "\" ;"));
    CHECK(has(header.text, "\t\t" + name + ":_FillValue = NaN"));
  }
  CHECK(has(header.text, "time:units = \"days since 1970-01-01\""));
  CHECK(has(header.text, ":seed = 18446744073709551615ULL ;"));
  CHECK(has(header.text, ":format_version = \"" + std::string(record::kFormatVersion) + "\" ;"));
  CHECK(has(header.text, "string firm(firm) ;"));
  CHECK_FALSE(has(header.text, "phony_dim"));
  CHECK_FALSE(has(header.text, "string :"));  // attributes are plain text
  const Output dump = shell("h5dump -H -p " + (folder / "r.h5").string());
  CHECK(dump.status == 0);
  CHECK(has(dump.text, "DATASET \"placement_share\""));
  CHECK(has(dump.text, "CHUNKED ( 1, 1, 7, 4, 3 )"));  // revenue: one run's seven firms, four layers, three months
  CHECK(has(dump.text, "COMPRESSION DEFLATE { LEVEL 1 }"));
  CHECK(record::read_result(folder / "r.h5").arms == arms);
}

TEST_CASE("a scenario without segments leaves out what has them", "[record][file]") {
  market::Parameters p = parameters();
  p.vocabulary.segments.clear();
  const ScratchFolder folder;
  const std::vector<record::RunSeries> runs{some_run("amended", 0, p)};
  record::write_result(folder / "r.h5", provenance(), {arm("amended", p)}, runs);
  const Output header = shell("ncdump -h " + (folder / "r.h5").string());
  CHECK(header.status == 0);
  CHECK_FALSE(has(header.text, "segment"));
  CHECK(same_values(record::read_result(folder / "r.h5").runs.at(0), runs[0]));
}

TEST_CASE("a writer that is dropped leaves nothing behind", "[record][file]") {
  const ScratchFolder folder;
  {
    record::ResultWriter writer(folder / "r.h5", provenance(), {arm("amended")}, {0});
    writer.write(some_run("amended", 0));
    CHECK_FALSE(std::filesystem::exists(folder / "r.h5"));
  }
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("what is no result is refused in one sentence", "[record][file]") {
  const ScratchFolder folder;
  const std::string at = folder.path().string() + "/";
  CHECK(refusal(folder / "none.h5") ==
        at + "none.h5: there is no such file; expected a result that rackrate run or compare wrote. Check the path.");
  std::ofstream(folder / "text.h5") << "not HDF5 at all";
  CHECK(refusal(folder / "text.h5") == at + "text.h5: this cannot be opened as HDF5; expected a result that rackrate "
                                            "run or compare wrote. Check the path and its permissions.");
  CHECK(refusal(folder.path()) ==
        folder.path().string() +
            ": this is a folder; expected a result that rackrate run or compare wrote. Give the file itself.");
  REQUIRE(shell("printf 'netcdf x { dimensions: a = 1; }' | ncgen -4 -o " + at + "other.h5").status == 0);
  CHECK(has(refusal(folder / "other.h5"), "this is HDF5 but no result"));
  REQUIRE(shell("printf 'netcdf x { :format_version = \"3.1\"; :program_version = \"9.1.0\"; }' | ncgen -4 -o " + at +
                "newer.h5")
              .status == 0);
  CHECK(refusal(folder / "newer.h5") ==
        at + "newer.h5: format is 3.1; expected 2.x. Rerun the scenario, or read it with rackrate 9.1.0.");
  REQUIRE(shell("printf 'netcdf x { :format_version = \"2.0\"; }' | ncgen -4 -o " + at + "hollow.h5").status == 0);
  CHECK(has(refusal(folder / "hollow.h5"), "this cannot be read as a result"));
}

TEST_CASE("a truncated result is refused, wherever it was cut", "[record][file]") {
  const ScratchFolder folder;
  record::write_result(folder / "r.h5", provenance(), {arm("amended")},
                       std::vector<record::RunSeries>{some_run("amended", 0)});
  const auto size = std::filesystem::file_size(folder / "r.h5");
  for (std::uintmax_t keep = 0; keep < size; keep += size / 40) {
    std::filesystem::copy_file(folder / "r.h5", folder / "cut.h5", std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(folder / "cut.h5", keep);
    CHECK_FALSE(refusal(folder / "cut.h5").empty());
  }
}

TEST_CASE("files are written and read from many threads at once", "[record][file]") {
  const ScratchFolder folder;
  std::array<int, 8> good{};  // workers collect, the test's thread asserts
  std::vector<std::jthread> threads;
  for (std::size_t t = 0; t < good.size(); ++t)
    threads.emplace_back([&folder, &good, t] {
      for (int i = 0; i < 5; ++i) {
        const auto path = folder / ("t" + std::to_string(t) + "-" + std::to_string(i) + ".h5");
        const std::vector<record::RunSeries> runs{some_run("amended", static_cast<std::int64_t>(t))};
        record::write_result(path, provenance(), {arm("amended")}, runs);
        good[t] += same_values(record::read_result(path).runs.at(0), runs[0]);
      }
    });
  threads.clear();
  for (const int n : good) CHECK(n == 5);
}

TEST_CASE("a file says how far its runs went, also in its months", "[record][file]") {
  // The small world runs from 15 January to 10 March; these runs stop on 10 February at noon, day 40.5 of the year:
  // 2026-01-01 is day 20454 since 1970, so 10 February noon is 20494.5.
  const ScratchFolder folder;
  const auto out = folder / "study.h5";
  const std::vector<record::Arm> both{arm("amended"), arm("exclusive")};
  record::Provenance short_one = provenance();
  short_one.until = core::date(2026, 2, 10) + core::kHour * 12;
  std::vector<record::RunSeries> runs{some_run("amended", 0), some_run("exclusive", 0)};
  for (auto& run : runs) run.end = *short_one.until;
  record::write_result(out, short_one, both, runs, 2);
  record::keep_structural(out, "[{\"setting\": \"frozen\"}]");
  const record::ResultReader reader(out);
  CHECK(reader.provenance().until == short_one.until);
  CHECK(reader.provenance().structural == "[{\"setting\": \"frozen\"}]");
  CHECK(reader.replications().size() == 2);
  CHECK(reader.end({"exclusive", 0}) == short_one.until);
  CHECK(reader.read({"amended", 0}).end == short_one.until);
  CHECK(reader.arms() == both);  // whose own end is still 10 March
  CHECK(same_values(reader.read({"amended", 0}), some_run("amended", 0)));
  const auto bounds = shell("ncdump -v time_bounds " + out.string()).text;
  CAPTURE(bounds);
  CHECK(has(bounds, "20485, 20494.5"));
  CHECK(has(bounds, "20513, 20522"));  // March, not run
}
