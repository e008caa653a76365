#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "sim/core/error.hpp"
#include "sim/record/detail/file_steps.hpp"
#include "sim/record/parts.hpp"
#include "tests/record/small_world.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace small_world;
using record::OutputMode;
using record::RunId;
using record::StudyOutput;
namespace fs = std::filesystem;

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

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// Batches in the order asked for, then one file.
void study(const fs::path& out, OutputMode mode, const std::vector<std::int64_t>& order) {
  StudyOutput output(out, mode, provenance(), arms(), static_cast<std::int64_t>(order.size()));
  for (const std::int64_t r : order)
    if (std::find(output.done().begin(), output.done().end(), RunId{"amended", r}) == output.done().end())
      output.add(batch(r));
  output.finish();
}

/// While it lives, steps that change a file fail after the first few.
struct FullDisk {
  explicit FullDisk(long calls) { record::detail::fail_after(calls); }
  ~FullDisk() { record::detail::fail_after(-1); }
};

/// Names of all files below a folder.
std::vector<std::string> names_below(const fs::path& folder) {
  std::vector<std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) out.push_back(entry.path().filename().string());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

namespace {

/// A study on a disk that is full after so many steps: what went wrong, after it was resumed with space. Empty when the
/// disk sufficed.
std::string on_full_disk(long calls, const std::string& wanted, bool& kept) {
  INFO("the disk is full after " << calls << " steps");
  const ScratchFolder folder;
  const fs::path out = folder / "study.h5";
  std::string said;
  {
    const FullDisk full(calls);
    said = refusal([&] { study(out, OutputMode::Fresh, {0, 1}); });
  }
  if (!said.empty()) {
    CHECK(std::count(said.begin(), said.end(), '\n') == 0);
    CHECK((said.find("No space left on device") != std::string::npos ||
           said.find("its folder cannot be written to") != std::string::npos));
    for (const std::string& name : names_below(folder.path())) CHECK(name.find(".tmp-") == std::string::npos);
    const auto parts = record::find_parts(out);
    kept = parts && !parts->done.empty();
    CHECK((fs::exists(out) || !parts || kept));  // a study that finished nothing leaves nothing
    study(out, OutputMode::Resume, {0, 1});
  }
  CHECK(bytes_of(out) == wanted);
  CHECK(names_below(folder.path()) == std::vector<std::string>{"study.h5"});
  return said;
}

/// Every number of steps up to `all`, then every `stride`-th until the disk suffices.
void fill_disks(long all, long stride, int least) {
  const ScratchFolder whole;
  study(whole / "study.h5", OutputMode::Fresh, {0, 1});
  const std::string wanted = bytes_of(whole / "study.h5");
  int failed = 0, keeping = 0;
  for (long calls = 0;; calls += calls < all ? 1 : stride) {
    bool kept = false;
    if (on_full_disk(calls, wanted, kept).empty()) break;
    ++failed;
    keeping += kept;
  }
  CHECK(failed > least);
  CHECK(keeping > least / 3);  // the disk was also full in later batches and in the merge
}

}  // namespace

TEST_CASE("a study on a full disk says one sentence, keeps its batches and goes on to the same bytes",
          "[record][disk]") {
  fill_disks(5, 61, 10);
}

TEST_CASE("whichever write fails first, a study goes on to the same bytes", "[.slow][record][disk]") {
  fill_disks(20, 4, 80);
}

TEST_CASE("a file that fails while it is written does no harm to the next one", "[record][disk]") {
  const ScratchFolder folder;
  for (long calls = 0; calls < 90; calls += 7) {
    {
      const FullDisk full(calls);
      (void)refusal([&] { record::write_result(folder / "r.h5", provenance(), arms(), batch(0)); });
    }
    record::write_result(folder / "r.h5", provenance(), arms(), batch(1));
    CHECK(same_values(record::read_result(folder / "r.h5").runs.at(0), batch(1)[0]));
  }
}

TEST_CASE("a limit on the size of files ends in the sentence of the system", "[record][disk]") {
  const ScratchFolder folder;
  const auto before = std::signal(SIGXFSZ, SIG_IGN);  // as Python has it; else the signal ends the process
  ::rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &limit) == 0);
  for (const ::rlim_t size : {0U, 1U, 4'096U, 50'000U, 100'000U}) {
    ::rlimit small = limit;
    small.rlim_cur = size;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const std::string said = refusal([&] { record::write_result(folder / "r.h5", provenance(), arms(), batch(0)); });
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    CHECK(said.find("cannot be written (File too large)") != std::string::npos);
    CHECK(fs::is_empty(folder.path()));
  }
  std::signal(SIGXFSZ, before);
}

TEST_CASE("equal studies are equal bytes, whenever, in whatever order and in however many steps they ran",
          "[record][disk]") {
  const ScratchFolder folder;
  study(folder / "a.h5", OutputMode::Fresh, {0, 1, 2});
  std::this_thread::sleep_for(std::chrono::milliseconds{1100});  // HDF5 counts times of objects in seconds
  study(folder / "b.h5", OutputMode::Fresh, {2, 0, 1});
  CHECK(bytes_of(folder / "a.h5") == bytes_of(folder / "b.h5"));
  study(folder / "c.h5", OutputMode::Fresh, {0});
  study(folder / "c.h5", OutputMode::Resume, {2, 1, 0});
  CHECK(bytes_of(folder / "a.h5") == bytes_of(folder / "c.h5"));
}

TEST_CASE("a symbolic link stays one and what it leads to is written", "[record][disk]") {
  const ScratchFolder folder;
  fs::create_directories(folder / "big/deep");
  const std::vector<std::pair<std::string, std::string>> links{{"none.h5", "big/none.h5"},
                                                               {"there.h5", (folder / "big/there.h5").string()},
                                                               {"twice.h5", "none2.h5"},
                                                               {"none2.h5", "big/deep/x.h5"}};
  for (const auto& [name, target] : links) fs::create_symlink(target, folder / name);
  record::write_result(folder / "big/there.h5", provenance(), arms(), batch(7));
  const std::vector<std::pair<std::string, std::string>> real{
      {"none.h5", "big/none.h5"}, {"there.h5", "big/there.h5"}, {"twice.h5", "big/deep/x.h5"}};
  for (const auto& [name, target] : real) {
    INFO(name);
    CHECK(record::parts_folder(folder / name) == (folder / target).string() + ".parts");
    study(folder / name, OutputMode::Force, {0});
    CHECK(fs::is_symlink(folder / name));
    CHECK_FALSE(fs::is_symlink(folder / target));
    CHECK(record::ResultReader(folder / target).complete() == std::vector<RunId>{{"amended", 0}, {"exclusive", 0}});
    study(folder / name, OutputMode::Resume, {0, 1});
    CHECK(record::ResultReader(folder / name).complete().size() == 4);
  }
  record::write_result(folder / "none.h5", provenance(), arms(), batch(3));  // without a study, as Simulation does
  CHECK(fs::is_symlink(folder / "none.h5"));
  CHECK(record::ResultReader(folder / "big/none.h5").complete().front().replication == 3);
  fs::create_symlink("circle.h5", folder / "circle.h5");
  CHECK(refusal([&] {
          record::prepare_output(folder / "circle.h5", OutputMode::Fresh);
        }).find("a link that leads in a circle") != std::string::npos);
  fs::create_symlink("nowhere/x.h5", folder / "lost.h5");
  CHECK(refusal([&] {
          record::prepare_output(folder / "lost.h5", OutputMode::Fresh);
        }).find("its folder does not exist") != std::string::npos);
}

TEST_CASE("what stands under the name and is no plain file is refused and stays", "[record][disk]") {
  const ScratchFolder folder;
  for (const OutputMode mode : {OutputMode::Fresh, OutputMode::Resume, OutputMode::Force}) {
    const auto said = [&](const std::string& name) {
      return refusal([&] { StudyOutput(folder / name, mode, provenance(), arms(), 1); });
    };
    if (mode == OutputMode::Fresh) {
      REQUIRE(::mkfifo((folder / "pipe.h5").c_str(), 0600) == 0);
      fs::create_symlink("pipe.h5", folder / "link.h5");
      record::write_result(folder / "kept.h5", provenance(), arms(), batch(0));
      fs::permissions(folder / "kept.h5", fs::perms::owner_read);
      std::ofstream(folder / "file.h5.parts") << "mine";
    }
    CHECK(said("pipe.h5").find("pipe.h5: this is no regular file") != std::string::npos);
    CHECK(said("link.h5").find("pipe.h5: this is no regular file") != std::string::npos);
    CHECK(fs::is_fifo(folder / "pipe.h5"));
    CHECK(said("kept.h5").find(mode == OutputMode::Fresh ? "read-only" : "this file is read-only") !=
          std::string::npos);
    CHECK(said("file.h5").find("file.h5.parts: this is no folder") != std::string::npos);
    CHECK(bytes_of(folder / "file.h5.parts") == "mine");
    CHECK(said(std::string(252, 'x')).find("its name is too long") !=
          std::string::npos);  // 252 bytes and ".parts" are more than 255
  }
  CHECK(refusal([&] { record::ResultReader(folder / "pipe.h5"); }).find("this is no regular file") !=
        std::string::npos);
  study(folder / std::string(249, 'x'), OutputMode::Fresh, {0});
  CHECK(fs::exists(folder / std::string(249, 'x')));
}

TEST_CASE("a result has the rights of the file it replaces, else those of any new file", "[record][disk]") {
  const ScratchFolder folder;
  const auto rights = [&] { return static_cast<unsigned>(fs::status(folder / "r.h5").permissions()); };
  const ::mode_t before = ::umask(027);
  study(folder / "r.h5", OutputMode::Fresh, {0});
  ::umask(before);
  CHECK(rights() == 0640);
  fs::permissions(folder / "r.h5", static_cast<fs::perms>(0604));
  study(folder / "r.h5", OutputMode::Force, {1});
  CHECK(rights() == 0604);
  fs::create_hard_link(folder / "r.h5", folder / "other.h5");  // another name for the old file keeps the old file
  const std::string old = bytes_of(folder / "other.h5");
  study(folder / "r.h5", OutputMode::Force, {2});
  CHECK(bytes_of(folder / "other.h5") == old);
  CHECK(record::ResultReader(folder / "r.h5").complete().front().replication == 2);
}

TEST_CASE("a folder of parts keeps what is not ours, and batches of another study are refused at once",
          "[record][disk]") {
  const ScratchFolder folder;
  const fs::path out = folder / "study.h5", parts = record::parts_folder(out);
  fs::create_directory(parts);
  for (const char* name : {"notes.txt", "batch-x.h5", "copy of batch-000000.h5", "h5.h5"})
    std::ofstream(parts / name) << "mine";
  study(out, OutputMode::Force, {0});
  CHECK(names_below(parts) == std::vector<std::string>{"batch-x.h5", "copy of batch-000000.h5", "h5.h5", "notes.txt"});
  fs::remove_all(parts);
  fs::remove(out);
  record::Provenance other = provenance();
  other.seed = 2;
  fs::create_directory(parts);
  record::write_result(parts / "batch-000000.h5", other, arms(), batch(0));  // and no manifest
  CHECK(refusal([&] {
          StudyOutput(out, OutputMode::Resume, provenance(), arms(), 2);
        }).find("batch-000000.h5: seed is 2; expected 18446744073709551615") != std::string::npos);
  CHECK(fs::exists(parts / "batch-000000.h5"));
}

TEST_CASE("a folder of parts that vanishes or lies on another file system costs no crash", "[record][disk]") {
  const ScratchFolder folder;
  StudyOutput output(folder / "study.h5", OutputMode::Fresh, provenance(), arms(), 2);
  output.add(batch(0));
  fs::remove_all(record::parts_folder(folder / "study.h5"));
  CHECK(refusal([&] { output.add(batch(1)); }).find("this folder was deleted or replaced while the study ran") !=
        std::string::npos);
  CHECK_FALSE(refusal([&] { output.finish(); }).empty());
  CHECK_FALSE(fs::exists(folder / "study.h5"));
  const fs::path shared = "/dev/shm/rackrate-test-" + std::to_string(::getpid());
  std::error_code error;
  if (!fs::create_directory(shared, error)) return;  // no second file system here
  fs::create_directory_symlink(shared, folder / "far.h5.parts");
  study(folder / "far.h5", OutputMode::Force, {0});
  CHECK(record::ResultReader(folder / "far.h5").complete().size() == 2);
  fs::remove_all(shared, error);
}

TEST_CASE("without descriptors there is a sentence, and with them again a result", "[record][disk]") {
#ifdef __SANITIZE_ADDRESS__
  WARN("not tested here: the sanitizer needs descriptors of its own to look at memory");
  return;
#endif
  const ScratchFolder folder;
  study(folder / "r.h5", OutputMode::Fresh, {0});
  ::rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const int used = ::dup(0);
  ::close(used);
  for (int free = 0; free < 5; ++free) {
    ::rlimit small = limit;
    small.rlim_cur = static_cast<::rlim_t>(used + free);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &small) == 0);
    const std::string written = refusal([&] { study(folder / "s.h5", OutputMode::Force, {0, 1}); });
    const std::string read = refusal([&] { (void)record::read_result(folder / "r.h5"); });
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
    INFO(written << read);
    CHECK((!written.empty() || free > 1));
    CHECK((!read.empty() || free > 0));
    CHECK(read.find("there is no such file") == std::string::npos);
  }
  study(folder / "s.h5", OutputMode::Force, {0, 1});
  CHECK(record::ResultReader(folder / "s.h5").complete().size() == 4);
}

TEST_CASE("names that are no text are escaped in sentences and written as they are", "[record][disk]") {
  const ScratchFolder folder;
  CHECK(refusal([&] {
          record::ResultReader(folder / "caf\xE9 \n\xC3\xA9\xED\xA0\x80.h5");
        }).find("/caf\\xe9 \\x0a\xC3\xA9\\xed\\xa0\\x80.h5: there is no such file") != std::string::npos);
  study(folder / "caf\xE9.h5", OutputMode::Fresh, {0});
  CHECK(record::ResultReader(folder / "caf\xE9.h5").complete().size() == 2);
}
