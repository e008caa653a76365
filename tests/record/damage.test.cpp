#include <fstream>
#include <random>
#include <sstream>

#include "sim/core/error.hpp"
#include "sim/record/result_file.hpp"
#include "tests/record/small_world.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace small_world;
namespace fs = std::filesystem;

namespace {

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void put_bytes(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

/// A file with two runs, and what comes of damaged copies of it.
struct Victim {
  ScratchFolder folder;
  std::vector<record::RunSeries> runs{some_run("amended", 0), some_run("amended", 1)};
  std::string sound;
  int same = 0, refused = 0;

  Victim() {
    record::write_result(folder / "sound.h5", provenance(), {arm("amended")}, runs);
    sound = bytes_of(folder / "sound.h5");
  }
  /// Nothing but the same values or one sentence.
  void check(const std::string& bytes) {
    put_bytes(folder / "damaged.h5", bytes);
    try {
      const record::Result back = record::read_result(folder / "damaged.h5");
      REQUIRE(back.runs.size() == 2);
      for (std::size_t i = 0; i < 2; ++i) REQUIRE(same_values(back.runs[i], runs[i]));
      ++same;
    } catch (const core::ResultFileError& error) {
      const std::string said = error.what();
      REQUIRE(said.find("damaged.h5: ") != std::string::npos);
      REQUIRE(said.find('\n') == std::string::npos);
      ++refused;
    }
  }
};

}  // namespace

TEST_CASE("one changed bit anywhere in a result is noticed", "[record][damage]") {
  Victim victim;
  std::mt19937_64 draw(1);
  for (int i = 0; i < 500; ++i) {
    std::string bytes = victim.sound;
    char& byte = bytes[draw() % bytes.size()];
    byte = static_cast<char>(byte ^ (1 << draw() % 8));
    victim.check(bytes);
  }
  CHECK(victim.refused == 500);
  for (std::size_t back = 1; back <= 80; ++back) {  // every byte of the checksum's line and before
    std::string bytes = victim.sound;
    bytes[bytes.size() - back] ^= 1;
    victim.check(bytes);
  }
  CHECK(victim.refused == 580);
  victim.check(victim.sound);
  CHECK(victim.same == 1);
}

TEST_CASE("blocks that are lost, zeroed, moved or added to a result are noticed", "[record][damage]") {
  Victim victim;
  std::mt19937_64 draw(2);
  const std::size_t size = victim.sound.size();
  for (int i = 0; i < 60; ++i) {
    const std::size_t from = draw() % (size - 600), to = draw() % (size - 600);
    std::string bytes = victim.sound;
    bytes.replace(from, 512, 512, '\0');
    if (bytes != victim.sound) victim.check(bytes);
    bytes = victim.sound;
    bytes.replace(from, 512, victim.sound.substr(to, 512));
    if (bytes != victim.sound) victim.check(bytes);
    victim.check(victim.sound.substr(0, from));
    victim.check(victim.sound.substr(from));
    victim.check(victim.sound.substr(0, from) + victim.sound.substr(from + 1));
    victim.check(victim.sound.substr(0, from) + "x" + victim.sound.substr(from));
  }
  CHECK(victim.same == 0);
  CHECK(victim.refused > 240);
  victim.check(victim.sound + "x");
  victim.check(victim.sound + victim.sound);  // whole, behind another whole file
  victim.check("");
  CHECK(victim.refused + victim.same > 243);
}

TEST_CASE("a result whose checksum is cut off is not taken for another program's", "[record][damage]") {
  const ScratchFolder folder;
  record::write_result(folder / "r.h5", provenance(), {arm("amended")},
                       std::vector<record::RunSeries>{some_run("amended", 0)});
  const std::string bytes = bytes_of(folder / "r.h5");
  put_bytes(folder / "cut.h5", bytes.substr(0, bytes.rfind("\nrackrate result ends")));
  std::string said;
  try {
    (void)record::check_result(folder / "cut.h5", true);
  } catch (const core::ResultFileError& error) {
    said = error.what();
  }
  CHECK(said.find("cut.h5: the checksum at its end is missing") != std::string::npos);
  CHECK_FALSE(record::check_result(folder / "cut.h5", false));  // on demand it is read all the same
}
