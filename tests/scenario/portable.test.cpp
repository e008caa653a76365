#include <fstream>

#include "sim/market/contracts/custom_kind.hpp"
#include "tests/scenario/support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace rackrate;
using namespace rackrate::scenario;

namespace {

namespace fs = std::filesystem;

struct Plain : market::contracts::CustomKind {
  std::string_view name() const override { return "plain"; }
};

auto all_of(const Item& i) {
  return std::tie(i.path, i.value, i.unit, i.source, i.grade, i.low, i.high, i.note, i.file, i.line, i.column,
                  i.is_default);
}

/// What was sent must answer as the original does, and be sent on as the same.
void check_same(const Scenario& here, const Scenario& there) {
  CHECK(there.name() == here.name());
  CHECK(there.title() == here.title());
  CHECK(there.digest() == here.digest());
  CHECK(there.to_toml() == here.to_toml());
  CHECK(there.warnings() == here.warnings());
  const auto a = here.items(true);
  const auto b = there.items(true);
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    INFO(a[i].path);
    CHECK(all_of(a[i]) == all_of(b[i]));
  }
  const PortableScenario once = here.portable();
  const PortableScenario twice = there.portable();
  CHECK(once.text == twice.text);
  CHECK(once.files == twice.files);
  CHECK(once.places == twice.places);
}

std::string refusal(const PortableScenario& portable) {
  try {
    (void)Scenario::restored(portable);
    return "";
  } catch (const core::ScenarioError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("every scenario of the library arrives as it was sent, places and warnings included",
          "[scenario][portable]") {
  for (const auto& entry : fs::directory_iterator(test::library_folder())) {
    if (entry.path().extension() != ".toml") continue;
    INFO(entry.path().string());
    const Scenario sent = Scenario::load(entry.path().string(), {test::library_folder()});
    check_same(sent, Scenario::restored(sent.portable()));
  }
}

TEST_CASE("evidence, ranges, removals, overrides and any name arrive too", "[scenario][portable]") {
  const ScratchFolder folder;
  std::ofstream{folder / "base.toml"}
      << "source = \"s\"\ngrade = \"R\"\n[sources.s]\ntitle = \"S\"\n[sources.t]\ntitle = \"T\"\n" +
             test::small(
                 "[prices]\neta = { value = 0.4, low = 0.2, high = 0.6, note = "
                 "\"a \\\"guess\\\"\", grade = \"W\" }\nclip = 0.1\n[firms.c]\n");
  std::ofstream{folder / "child.toml"}
      << "extends = \"base\"\ngrade = \"A\"\nremove = [\"firms.c\"]\n[prices]\nclip = 0.2\n";
  const Scenario child = Scenario::load((folder / "child.toml").string(), {});
  const Scenario there = Scenario::restored(child.portable());
  check_same(child, there);
  CHECK(there.find("prices.eta")->line == 23);
  CHECK(there.find("prices.eta")->file == (folder / "base.toml").string());
  CHECK(there.find("prices.clip")->file == (folder / "child.toml").string());
  const Scenario changed = child.override_with({{"prices.eta", "0.5"}, {"run.end", "2026-07-01"}}, "v1.toml");
  check_same(changed, Scenario::restored(changed.portable()));
  CHECK(Scenario::restored(changed.portable()).name() == "v1.toml");
  // A mistake that a later change shows is told with the same words.
  const auto said = [](const Scenario& scenario) {
    try {
      (void)scenario.override_with({{"run.end", "2025-01-01"}});
      return std::string();
    } catch (const core::ScenarioError& error) {
      return std::string(error.what());
    }
  };
  CHECK(!said(child).empty());
  CHECK(said(there) == said(child));
}

TEST_CASE("what cannot be the scenario that was sent is refused in one sentence", "[scenario][portable]") {
  const Scenario sent = test::parse(test::small());
  PortableScenario other = sent.portable();
  other.digest = std::string(64, '0');
  CHECK(refusal(other) == "two-clouds: the scenario that was sent is of digest 000000000000; expected " +
                              sent.digest().substr(0, 12) +
                              ", which its text has here. Use the same version of rackrate on both sides.");
  for (const auto& spoil :
       {+[](PortableScenario& p) { p.places.pop_back(); },
        +[](PortableScenario& p) {
          p.places.insert(p.places.end(), {0, 1, 1});
        },
        +[](PortableScenario& p) { p.places[0] = 7; }, +[](PortableScenario& p) { p.places.clear(); }}) {
    other = sent.portable();
    spoil(other);
    CHECK(refusal(other) ==
          "two-clouds: the scenario that was sent is given with the places of another text; "
          "expected those of its own text. Use the same version of rackrate on both sides.");
  }
  const Scenario special = Scenario::parse(test::small(), "mine.toml", {}, {std::make_shared<Plain>()});
  CHECK_THROWS_WITH(
      special.portable(),
      "mine: the scenario is of the clause kind \"plain\", which its own program defines; expected built-in "
      "kinds alone, which every process knows. Send to_toml(), and read it there with a program that "
      "defines the kind.");
}
