#include <fstream>
#include <sstream>

#include "tests/scenario/support.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::scenario;

namespace {

const std::filesystem::path kRoot{RACKRATE_SOURCE_DIR};
const std::filesystem::path kPage = kRoot / "docs" / "scenario-keys.md";
const std::filesystem::path kSchema = kRoot / "scenarios" / "scenario.schema.json";

std::string contents(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

TEST_CASE("the reference page and the editor schema say what the parser says", "[scenario][generated]") {
  // Out of date? ./test_scenario "write the generated files" makes them anew.
  CHECK(contents(kPage) == reference_page());
  CHECK(contents(kSchema) == json_schema());
}

TEST_CASE("write the generated files", "[.generate]") {
  std::ofstream{kPage, std::ios::binary} << reference_page();
  std::ofstream{kSchema, std::ios::binary} << json_schema();
}
