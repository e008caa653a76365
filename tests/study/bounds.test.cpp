#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "sim/core/error.hpp"
#include "sim/scenario/schema.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using scenario::Field;
using scenario::Section;
using scenario::ValueType;

namespace {

/// One key of the schema and a place in some scenario of the library where it stands.
struct Place {
  const Field* field = nullptr;
  std::string path;
  const scenario::Scenario* scenario = nullptr;
};

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts{""};
  for (const char c : path)
    if (c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

/// The schema's row of a key path. `name`: the path with the placeholders of the schema in it.
const Field* find(const Section& root, const std::string& path, std::string& name) {
  const auto parts = parts_of(path);
  const Section* here = &root;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const auto fixed =
        std::find_if(here->sections.begin(), here->sections.end(), [&](const Section& s) { return s.key == parts[i]; });
    if (fixed == here->sections.end() && here->named.empty()) return nullptr;
    here = fixed != here->sections.end() ? &*fixed : &here->named.front();
    name += here->key + '.';
  }
  const auto field =
      std::find_if(here->fields.begin(), here->fields.end(), [&](const Field& f) { return f.key == parts.back(); });
  if (field != here->fields.end()) {
    name += field->key;
    return &*field;
  }
  if (here->entries.empty()) return nullptr;
  name += here->entries.front().key;
  return &here->entries.front();
}

/// The first place of every number key that the library's scenarios have.
std::map<std::string, Place> places(const Section& root, const std::vector<scenario::Scenario>& library) {
  std::map<std::string, Place> out;
  for (const auto& s : library)
    for (const auto& item : s.items(true)) {
      std::string name;
      const Field* field = find(root, item.path, name);
      if (field == nullptr || (field->type != ValueType::Number && field->type != ValueType::Integer)) continue;
      out.try_emplace(name, Place{field, item.path, &s});
    }
  return out;
}

enum class Outcome { Refused, Ran };

/// Sound and runs, or refused with sentences that know a key. Anything else fails.
Outcome attempt(const Place& place, const std::string& text) {
  std::optional<scenario::Scenario> changed;
  try {
    changed = place.scenario->override_with({{place.path, text}});
  } catch (const core::ScenarioError& error) {
    for (const auto& mistake : error.mistakes()) CHECK_FALSE(mistake.where.key.empty());
    return Outcome::Refused;
  }
  study::Simulation simulation(*changed, 1, 0);
  simulation.run_until(changed->parameters().run.start + core::kDay * 3);
  return Outcome::Ran;
}

std::string toml(const Field& field, double value) {
  if (field.type == ValueType::Integer) return std::to_string(static_cast<long long>(value));
  const std::string text = scenario::write_quantity(value, field.unit);
  return field.unit.text.empty() ? text : '"' + text + '"';
}

std::vector<scenario::Scenario> library() {
  std::vector<scenario::Scenario> out;
  for (const char* name : {"openai-azure-amended", "capital-2026", "renegotiated-2026", "tenders-2025", "breach-2026"})
    out.push_back(test::load(name).override_with({{"run.enterprises", "20"}}));
  return out;
}

}  // namespace

TEST_CASE("every number of a scenario has bounds, and runs at them or is refused in a sentence", "[study][bounds]") {
  const Section root = scenario::schema();
  const auto scenarios = library();
  const auto all = places(root, scenarios);
  CHECK(all.size() > 120);
  int ran = 0, refused = 0;
  for (const auto& [name, place] : all) {
    CAPTURE(name, place.path);
    const Field& field = *place.field;
    REQUIRE(std::isfinite(field.low));
    REQUIRE(std::isfinite(field.high));
    for (const double value : {field.low, field.high}) {
      CAPTURE(value);
      try {
        ++(attempt(place, toml(field, value)) == Outcome::Ran ? ran : refused);
      } catch (const std::exception& error) {
        FAIL_CHECK(error.what());
      }
    }
  }
  CHECK(ran > refused);  // the bounds of single keys are no second wall in front of the sums
}

namespace {

/// Every number key, set outside its bounds (`far`: at +-1e30, else just beyond them), is refused by its own key.
void refuse_beyond_bounds(bool far) {
  const Section root = scenario::schema();
  const auto scenarios = library();
  for (const auto& [name, place] : places(root, scenarios)) {
    CAPTURE(name, place.path);
    const Field& field = *place.field;
    const double step = field.type == ValueType::Integer ? 1.0 : 1e-3 * std::max(1.0, std::fabs(field.high));
    for (const double value : {far ? 1e30 : field.high + step, far ? -1e30 : field.low - step}) {
      if ((value >= field.low && value <= field.high) || (field.type == ValueType::Integer && std::fabs(value) > 1e18))
        continue;
      try {
        (void)place.scenario->override_with({{place.path, toml(field, value)}});
        FAIL_CHECK("accepted " << value);
      } catch (const core::ScenarioError& error) {
        const auto& list = error.mistakes();
        CHECK(std::any_of(list.begin(), list.end(), [&](const core::Mistake& m) { return m.where.key == place.path; }));
      }
    }
  }
}

}  // namespace

TEST_CASE("a number beyond its bounds is refused by its own key", "[study][bounds]") { refuse_beyond_bounds(false); }

TEST_CASE("a number far beyond its bounds is refused by its own key", "[study][bounds][.slow]") {
  refuse_beyond_bounds(true);
}
