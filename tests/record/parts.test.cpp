#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <sstream>

#include "sim/core/error.hpp"
#include "sim/record/parts.hpp"
#include "tests/record/small_world.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace small_world;
using record::OutputMode;
using record::RunId;
using record::StudyOutput;

namespace {

std::vector<record::Arm> arms() { return {arm("amended"), arm("exclusive")}; }
std::vector<record::RunSeries> batch(std::int64_t r) { return {some_run("amended", r), some_run("exclusive", r)}; }

template <class F>
std::string refusal(F&& act) {
  try {
    act();
    return {};
  } catch (const core::ResultFileError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("batches become one file, equal to the one written at once", "[record][parts]") {
  const ScratchFolder folder;
  const auto out = folder / "study.h5";
  StudyOutput study(out, OutputMode::Fresh, provenance(), arms(), 3);
  CHECK(study.done().empty());
  study.add(batch(2));
  study.add(batch(0));
  CHECK_FALSE(std::filesystem::exists(out));
  CHECK(record::find_parts(out)->done ==
        std::vector<RunId>{{"amended", 0}, {"amended", 2}, {"exclusive", 0}, {"exclusive", 2}});
  CHECK(record::find_parts(out)->manifest.replications == 3);
  study.add(batch(1));
  const std::string before = record::read_finished(out).fingerprint;
  study.finish();
  CHECK_FALSE(std::filesystem::exists(record::parts_folder(out)));
  std::vector<record::RunSeries> all;
  for (std::int64_t r = 0; r < 3; ++r)
    for (auto& run : batch(r)) all.push_back(run);
  record::write_result(folder / "once.h5", provenance(), arms(), all);
  const record::Result merged = record::read_result(out), once = record::read_result(folder / "once.h5");
  CHECK(merged.fingerprint == once.fingerprint);
  CHECK(merged.fingerprint == before);
  REQUIRE(merged.runs.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) CHECK(same_values(merged.runs[i], once.runs[i]));
  CHECK(merged.runs[0].events == once.runs[0].events);
}

TEST_CASE("a study stopped half way goes on from its parts", "[record][parts]") {
  const ScratchFolder folder;
  const auto out = folder / "study.h5";
  {
    StudyOutput study(out, OutputMode::Fresh, provenance(), arms(), 3);
    study.add(batch(0));
    study.add(batch(1));
  }
  const record::Result so_far = record::read_finished(out);  // 2 of 3
  CHECK(so_far.runs.size() == 4);
  CHECK(so_far.replications.size() == 3);
  CHECK(refusal([&] { StudyOutput(out, OutputMode::Fresh, provenance(), arms(), 3); }) ==
        record::parts_folder(out).string() +
            ": a study was begun here and not finished; expected nothing. Use --resume to go on, or --force to begin "
            "again.");
  StudyOutput study(out, OutputMode::Resume, provenance(), arms(), 3);
  CHECK(study.done().size() == 4);
  study.add(batch(2));
  study.finish();
  CHECK(record::ResultReader(out).complete().size() == 6);
}

TEST_CASE("a complete file grows with a larger number of replications and keeps its old runs", "[record][parts]") {
  const ScratchFolder folder;
  const auto out = folder / "study.h5";
  record::write_result(out, provenance(), arms(), batch(0));
  {
    StudyOutput study(out, OutputMode::Resume, provenance(), arms(), 2);
    CHECK(study.done() == std::vector<RunId>{{"amended", 0}, {"exclusive", 0}});
    study.add(batch(1));
    study.finish();
  }
  const record::Result grown = record::read_result(out);
  REQUIRE(grown.runs.size() == 4);
  CHECK(same_values(grown.runs[0], batch(0)[0]));
  CHECK(same_values(grown.runs[3], batch(1)[1]));
  CHECK(grown.runs[0].events == batch(0)[0].events);
  StudyOutput nothing_to_do(out, OutputMode::Resume, provenance(), arms(), 1);
  nothing_to_do.finish();
  CHECK(record::read_result(out).fingerprint == grown.fingerprint);
  CHECK_FALSE(std::filesystem::exists(record::parts_folder(out)));
}

TEST_CASE("replications that begin later join the file in their order", "[record][parts]") {
  const ScratchFolder folder;
  const auto out = folder / "study.h5";
  {
    StudyOutput study(out, OutputMode::Fresh, provenance(), arms(), {5, 2});
    CHECK(record::find_parts(out)->manifest.replications == record::Replications{5, 2});
    study.add(batch(6));
  }
  CHECK(record::read_finished(out).replications == std::vector<std::int64_t>{5, 6});
  CHECK(record::find_parts(out)->asked() == 4);
  {
    StudyOutput study(out, OutputMode::Resume, provenance(), arms(), {1, 1});  // another request: 6 stays, 5 is off
    CHECK(record::find_parts(out)->asked() == 4);
    study.add(batch(1));
    study.finish();
  }
  const record::ResultReader reader(out);
  CHECK(reader.replications() == std::vector<std::int64_t>{1, 6});
  CHECK(reader.read({"amended", 1}).events == batch(1)[0].events);
  CHECK(reader.complete() == std::vector<RunId>{{"amended", 1}, {"amended", 6}, {"exclusive", 1}, {"exclusive", 6}});
}

TEST_CASE("a study finished early is whole and says what is missing", "[record][parts]") {
  const ScratchFolder folder;
  const auto out = folder / "study.h5";
  StudyOutput study(out, OutputMode::Fresh, provenance(), arms(), 4);
  const auto only = batch(1);
  study.add(std::span(only).first(1));
  study.finish();
  const record::ResultReader reader(out);
  CHECK(reader.replications().size() == 4);
  CHECK(reader.complete() == std::vector<RunId>{{"amended", 1}});
}

TEST_CASE("a study that finished no batch leaves nothing", "[record][parts]") {
  const ScratchFolder folder;
  { StudyOutput study(folder / "study.h5", OutputMode::Fresh, provenance(), arms(), 4); }
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("resuming refuses another scenario, seed, version or baseline", "[record][parts]") {
  const ScratchFolder folder;
  for (const bool whole : {false, true}) {
    const auto out = folder / (whole ? "whole.h5" : "begun.h5");
    if (whole) {
      record::write_result(out, provenance(), arms(), batch(0));
    } else {
      StudyOutput study(out, OutputMode::Fresh, provenance(), arms(), 3);
      study.add(batch(0));
    }
    const std::string where = whole ? out.string() : record::parts_folder(out).string();
    const std::string remedy = " Run with the same scenarios, seed and version, or use --force to begin again.";
    const auto resume = [&](record::Provenance p, std::vector<record::Arm> a) {
      return refusal([&] { StudyOutput(out, OutputMode::Resume, std::move(p), std::move(a), 3); });
    };
    record::Provenance other = provenance();
    other.seed = 2;
    CHECK(resume(other, arms()) == where + ": seed is 18446744073709551615; expected 2." + remedy);
    other = provenance();
    other.program_version = "0.2.0";
    CHECK(resume(other, arms()) ==
          where + ": it was begun with rackrate 0.1.0 (abc123); expected 0.2.0 (abc123)." + remedy);
    other = provenance();
    other.baseline = "exclusive";
    CHECK(resume(other, arms()) == where + ": its baseline is amended; expected exclusive." + remedy);
    std::vector<record::Arm> changed = arms();
    changed[1].digest = "123456789abcdef";
    CHECK(resume(provenance(), changed) == where + ": the scenario of arm exclusive has digest " +
                                               arms()[1].digest.substr(0, 12) + "; expected 123456789abc." + remedy);
    changed.pop_back();
    CHECK(resume(provenance(), changed) == where + ": its arms are amended, exclusive; expected amended." + remedy);
    // The small world ends on 10 March: an end before it is another study, one behind it is none.
    other = provenance();
    other.until = core::date(2026, 2, 1);
    CHECK(resume(other, arms()) == where +
                                       ": its runs end on 2026-03-10; expected 2026-02-01. Run with the same --until, "
                                       "or use --force to begin again.");
    other.until = core::date(2027, 1, 1);
    CHECK(resume(other, arms()).empty());
    CHECK(resume(provenance(), arms()).empty());
  }
}

TEST_CASE("an output that cannot or should not be written is refused before any work", "[record][parts]") {
  const ScratchFolder folder;
  const std::string at = folder.path().string() + "/";
  const auto check = [](const std::filesystem::path& path, OutputMode mode) {
    return refusal([&] { record::prepare_output(path, mode); });
  };
  record::write_result(folder / "old.h5", provenance(), arms(), batch(0));
  CHECK(check(folder / "old.h5", OutputMode::Fresh) ==
        at + "old.h5: this file exists; expected a new name. Use --resume to add replications, --force to replace it, "
             "or another name.");
  CHECK(check(folder / "old.h5", OutputMode::Force).empty());
  CHECK(check(folder / "new.h5", OutputMode::Fresh).empty());
  CHECK(check(folder / "no/where.h5", OutputMode::Fresh) ==
        at + "no/where.h5: its folder does not exist; expected an existing folder. Create " + at + "no first.");
  CHECK(check(folder.path(), OutputMode::Fresh) ==
        folder.path().string() + ": this is a folder; expected a file name. Give the name of a file in it.");
  CHECK(check("", OutputMode::Fresh) == ": this names no file; expected a file name such as out.h5. Give one with -o.");
  CHECK(check("/proc/out.h5", OutputMode::Fresh) ==
        "/proc/out.h5: its folder cannot be written to; expected a folder you may write to. Choose another place or "
        "change its permissions.");
  std::ofstream(folder / "text.h5") << "no result";
  CHECK_FALSE(refusal([&] { StudyOutput(folder / "text.h5", OutputMode::Resume, provenance(), arms(), 1); }).empty());
  CHECK_FALSE(std::filesystem::exists(record::parts_folder(folder / "text.h5")));
}

TEST_CASE("one study at a time writes to an output", "[record][parts][lock]") {
  const ScratchFolder folder;
  const auto out = folder / "study.h5";
  const std::string parts = record::parts_folder(out).string();
  {
    StudyOutput study(out, OutputMode::Fresh, provenance(), arms(), 2);
    study.add(batch(0));
    for (const auto mode : {OutputMode::Resume, OutputMode::Force})
      CHECK(refusal([&] { StudyOutput(out, mode, provenance(), arms(), 2); }) ==
            parts +
                ": another study is writing here; expected one study at a time for an output. Wait until it has ended, "
                "or choose another name.");
    CHECK(record::find_parts(out)->done.size() == 2);  // nothing of it was touched
  }
  StudyOutput study(out, OutputMode::Resume, provenance(), arms(), 2);
  study.add(batch(1));
  study.finish();
  CHECK(record::ResultReader(out).complete().size() == 4);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("a finished batch that vanishes is noticed, and what is left can be resumed", "[record][parts]") {
  const ScratchFolder folder;
  const auto out = folder / "study.h5";
  const auto parts = record::parts_folder(out);
  {
    StudyOutput study(out, OutputMode::Fresh, provenance(), arms(), 2);
    study.add(batch(0));
    study.add(batch(1));
    std::filesystem::remove(parts / "batch-000000.h5");
    CHECK(refusal([&] { study.finish(); }) ==
          parts.string() +
              ": replication 0 of arm amended was finished and is no longer there; expected every finished run. "
              "Something else deletes files here; use --resume to run it again.");
    CHECK_FALSE(std::filesystem::exists(out));
  }
  StudyOutput study(out, OutputMode::Resume, provenance(), arms(), 2);
  CHECK(study.done() == std::vector<RunId>{{"amended", 1}, {"exclusive", 1}});
  study.add(batch(0));
  study.finish();
  CHECK(record::ResultReader(out).complete().size() == 4);
}

TEST_CASE("a folder of parts that vanishes, or a file that appears, stops the study", "[record][parts]") {
  const ScratchFolder folder;
  const auto out = folder / "study.h5";
  const auto parts = record::parts_folder(out);
  {
    StudyOutput study(out, OutputMode::Fresh, provenance(), arms(), 2);
    study.add(batch(0));
    std::filesystem::remove_all(parts);
    const std::string gone = parts.string() +
                             ": this folder was deleted or replaced while the study ran; expected a folder that "
                             "nothing else touches. Use --resume to run again what is missing.";
    CHECK(refusal([&] { study.add(batch(1)); }) == gone);
    CHECK(refusal([&] { study.finish(); }) == gone);
  }
  StudyOutput study(out, OutputMode::Fresh, provenance(), arms(), 1);
  study.add(batch(0));
  std::ofstream(out) << "a file of somebody else";
  CHECK(refusal([&] { study.finish(); }) == out.string() +
                                                ": this file appeared while the study ran; expected no file of this "
                                                "name. Move it away, then use --resume: what was finished is kept in " +
                                                parts.string() + ".");
  CHECK(record::find_parts(out)->done.size() == 2);
}

TEST_CASE("force begins again and keeps the old file until the new one is whole", "[record][parts]") {
  const ScratchFolder folder;
  const auto out = folder / "study.h5";
  record::write_result(out, provenance(), arms(), batch(5));
  StudyOutput study(out, OutputMode::Force, provenance(), arms(), 1);
  CHECK(study.done().empty());
  study.add(batch(0));
  CHECK(record::ResultReader(out).complete().front().replication == 5);
  study.finish();
  CHECK(record::ResultReader(out).complete() == std::vector<RunId>{{"amended", 0}, {"exclusive", 0}});
}

TEST_CASE("results of different studies do not merge, and a flipped bit is noticed", "[record][parts]") {
  const ScratchFolder folder;
  record::write_result(folder / "a.h5", provenance(), arms(), batch(0));
  record::Provenance other = provenance();
  other.seed = 2;
  record::write_result(folder / "b.h5", other, arms(), batch(1));
  const std::filesystem::path sources[] = {folder / "a.h5", folder / "b.h5"};
  CHECK_FALSE(refusal([&] { record::merge_results(sources, folder / "m.h5"); }).empty());
  CHECK_FALSE(std::filesystem::exists(folder / "m.h5"));
}

// A child process runs a study and says through a pipe, after each batch, that it is done. It is killed after a
// varying time, often in the middle of a write or of the merge. Whatever it had said must be found again, and
// every file under a final name must be whole.
TEST_CASE("killed at any instant, no finished batch is lost and every final file is whole", "[record][parts][kill]") {
  int merged = 0, partial = 0;
  for (int trial = 0; trial < 25; ++trial) {
    const ScratchFolder folder;
    const auto out = folder / "study.h5";
    int pipe_ends[2];
    REQUIRE(::pipe(pipe_ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::close(pipe_ends[0]);
      try {
        StudyOutput study(out, OutputMode::Fresh, provenance(), arms(), 8);
        for (std::int64_t r = 0; r < 8; ++r) {
          study.add(batch(r));
          const char said = static_cast<char>(r);
          if (::write(pipe_ends[1], &said, 1) != 1) ::_exit(1);
        }
        study.finish();
        for (;;) ::pause();  // dies by the kill, never by its own end
      } catch (...) {}
      ::_exit(1);
    }
    ::close(pipe_ends[1]);
    ::usleep(static_cast<useconds_t>(3'000 + trial * 9'000));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));
    std::set<RunId> promised;
    char said = 0;
    while (::read(pipe_ends[0], &said, 1) == 1) {
      promised.insert({"amended", said});
      promised.insert({"exclusive", said});
    }
    ::close(pipe_ends[0]);
    StudyOutput study(out, OutputMode::Resume, provenance(), arms(), 8);
    std::set<RunId> found(study.done().begin(), study.done().end());
    for (const RunId& run : promised) CHECK(found.count(run) == 1);
    (std::filesystem::exists(out) ? merged : partial) += 1;
    for (std::int64_t r = 0; r < 8; ++r)
      if (!found.count({"amended", r}) || !found.count({"exclusive", r})) study.add(batch(r));
    study.finish();
    const record::Result whole = record::read_result(out);
    REQUIRE(whole.runs.size() == 16);
    for (const record::RunSeries& run : whole.runs) CHECK(same_values(run, some_run(run.arm, run.replication)));
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
  }
  CHECK(partial > 0);  // else the kills came too late to test anything
}

TEST_CASE("a manifest whose fields have other types is refused by the name of the field", "[record][parts]") {
  const ScratchFolder folder;
  const auto out = folder / "study.h5";
  { StudyOutput(out, OutputMode::Fresh, provenance(), arms(), 2).add(batch(0)); }
  const auto manifest = record::parts_folder(out) / "manifest.json";
  std::ostringstream text;
  text << std::ifstream(manifest).rdbuf();
  const std::string whole = text.str();
  const auto answer = [&](const std::string& field, const std::string& value) {
    const auto begin = whole.find("\"" + field + "\": ") + field.size() + 4;
    std::string changed = whole;
    changed.replace(begin, whole.find('\n', begin) - begin, value + ",");
    std::ofstream(manifest, std::ios::trunc) << changed;
    return refusal([&] { (void)record::find_parts(out); });
  };
  const auto told = [&](const std::string& why) {
    return manifest.string() + ": this is no manifest of a study (" + why +
           "); expected the JSON that rackrate wrote. Use --force to begin the study again.";
  };
  CHECK(answer("format_version", "0") == told("format_version is no text"));
  CHECK(answer("program_version", "3") == told("program_version is no text"));
  CHECK(answer("until", "[]") == told("until is no text"));
  CHECK(answer("until", "\"soon\"") == told("until is soon, which is no date"));
  CHECK(answer("arms", "{}") == told("arms is no list"));
  CHECK(answer("arms", "[{\"name\": 1, \"digest\": \"\"}]") == told("name is no text"));
}
