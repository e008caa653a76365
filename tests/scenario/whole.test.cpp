#include <fstream>

#include "tests/scenario/support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace rackrate;
using namespace rackrate::scenario;
using test::small;

namespace {

namespace fs = std::filesystem;

/// A folder of its own for one test, gone afterwards.
class Folder {
 public:
  void write(const std::string& name, const std::string& text) const {
    std::ofstream{folder_ / name, std::ios::binary} << text;
  }
  [[nodiscard]] Scenario load(const std::string& name) const { return Scenario::load(name, {folder_.path()}); }
  [[nodiscard]] std::string complaint(const std::string& name) const {
    try {
      (void)load(name);
      return "";
    } catch (const core::ScenarioError& e) {
      return e.what();
    }
  }

 private:
  ScratchFolder folder_;
};

std::string ending(const std::string& text, std::size_t n) {
  return text.size() < n ? text : text.substr(text.size() - n);
}

}  // namespace

TEST_CASE("a child wins key by key and each value keeps its place and its evidence", "[scenario][extends]") {
  const Folder folder;
  folder.write("base.toml", "source = \"s\"\ngrade = \"R\"\n[sources.s]\ntitle = \"S\"\n" +
                                small("[prices]\neta = 0.4\nclip = 0.1\n"));
  folder.write("child.toml", "extends = \"base\"\ngrade = \"A\"\n[prices]\neta = 0.7\n");
  const Scenario child = folder.load("child");
  CHECK(child.parameters().prices.eta == 0.7);
  CHECK(child.parameters().prices.clip == 0.1);
  CHECK(ending(child.find("prices.eta")->file, 10) == "child.toml");
  CHECK(child.find("prices.eta")->line == 4);
  CHECK(child.find("prices.eta")->grade == "A");
  CHECK(child.find("prices.eta")->source.empty());  // the child names no source, and the parent's is not its
  CHECK(ending(child.find("prices.clip")->file, 9) == "base.toml");
  CHECK(child.find("prices.clip")->source == "s");
  CHECK(child.find("prices.clip")->grade == "R");
  // The resolved text says the same of every value.
  const Scenario again = Scenario::parse(child.to_toml(), "again.toml", {});
  CHECK(again.digest() == child.digest());
  for (const Item& item : child.items()) {
    INFO(item.path);
    CHECK(again.find(item.path)->source == item.source);
    CHECK(again.find(item.path)->grade == item.grade);
  }
}

TEST_CASE("a child may remove what it inherits", "[scenario][extends]") {
  const Folder folder;
  folder.write("base.toml", small("[labs.lab.routes.north]\n[prices]\neta = 0.4\n"));
  folder.write("child.toml", "extends = \"base.toml\"\nremove = [\"labs.lab.routes.north\", \"prices.eta\"]\n");
  CHECK(folder.load("base").parameters().labs[market::LabId(0)].routes.size() == 1);
  CHECK(folder.load("child").parameters().labs[market::LabId(0)].routes.empty());
  CHECK(folder.load("child").parameters().prices.eta == 0.5);
  folder.write("wrong.toml", "extends = \"base\"\nremove = [\"labs.lab.routes.nort\"]\n");
  CHECK(ending(folder.complaint("wrong"), 130) ==
        "wrong.toml:2:11: remove is \"labs.lab.routes.nort\"; expected the path of something inherited. Did you mean "
        "\"labs.lab.routes.north\"?");
  folder.write("alone.toml", "remove = [\"prices\"]\n" + small());
  CHECK(folder.complaint("alone").find("remove is given without `extends`") != std::string::npos);
}

TEST_CASE("a circular extends and a missing parent are one clear sentence", "[scenario][extends]") {
  const Folder folder;
  folder.write("one.toml", "extends = \"two\"\n");
  folder.write("two.toml", "extends = \"one\"\n");
  CHECK(folder.complaint("one").find("two.toml:1:11: extends is circular: one.toml -> two.toml -> one.toml; expected a "
                                     "chain of scenarios that ends.") != std::string::npos);
  folder.write("lost.toml", "extends = \"twoo\"\n");
  CHECK(folder.complaint("lost").find("lost.toml:1:11: extends is \"twoo\", which does not exist; expected the name or "
                                      "path of a scenario. Did you mean \"two\"?") != std::string::npos);
  CHECK(folder.complaint("tow") ==
        "the scenario is \"tow\", which does not exist; expected a file or a library name. Did you mean \"two\"?");
}

TEST_CASE("the digest speaks of values: not of order, spelling, titles or sources", "[scenario][digest]") {
  const std::string digest = test::parse(small("[prices]\neta = 0.4\nclip = 0.1\n")).digest();
  CHECK(digest.size() == 64);
  CHECK(test::parse("title = \"T\"\n" +
                    small("[prices]\nclip = \"10 %\"\neta = { value = 0.4, grade = \"A\" }\nnote = \"n\"\n"))
            .digest() == digest);
  CHECK(test::parse(small("[prices]\neta = 0.4\nclip = 0.1\nmenu = 0.03\n")).digest() ==
        digest);  // the default, written out
  CHECK(test::parse(small("[prices]\neta = 0.4\nclip = 0.2\n")).digest() != digest);
}

TEST_CASE("the difference of two scenarios lists values, not words", "[scenario][diff]") {
  const Scenario a = test::parse("title = \"A\"\n" + small("[prices]\neta = 0.4\nclip = \"10 %\"\n"));
  const Scenario b = test::parse("title = \"B\"\n" +
                                 small("[prices]\neta = 0.7\nclip = 0.1\n[labs.lab.routes.north]\nported = false\n"));
  const auto d = a.diff(b);
  REQUIRE(d.size() == 2);
  CHECK(d[0].path == "labs.lab.routes.north.ported");
  CHECK(d[0].here.empty());
  CHECK(d[0].there == "false");
  CHECK(d[1].path == "prices.eta");
  CHECK(d[1].here == "0.4");
  CHECK(d[1].there == "0.7");
  CHECK(a.diff(a).empty());
}

TEST_CASE("an override replaces a value and is graded an assumption", "[scenario][override]") {
  const Scenario base =
      test::parse("[sources.s]\n" + small("[supply.maker.h200]\nh100e = 1\nunit_price = { value = \"30 k$\", low = "
                                          "\"21 k$\", high = \"39 k$\", source = \"s\", grade = \"W\" }\n"));
  const std::string path = "supply.maker.h200.unit_price";
  CHECK(base.find(path)->low == "\"21 k$\"");
  const Scenario arm = base.override_with({{path, "\"35 k$\""}, {"prices.eta", "0.9"}}, "arm");
  CHECK(arm.name() == "arm");
  CHECK(arm.parameters().chips[market::ChipId(1)].unit_price_usd == 35000.0);
  CHECK(arm.parameters().prices.eta == 0.9);
  CHECK(arm.find(path)->value == "\"35 k$\"");
  CHECK(arm.find(path)->source == "override");
  CHECK(arm.find(path)->grade == "A");
  CHECK(arm.find(path)->high == "\"39 k$\"");
  CHECK(base.override_with({{path, "\"50 k$\""}}).find(path)->high.empty());    // beyond its range
  CHECK(base.parameters().chips[market::ChipId(1)].unit_price_usd == 30000.0);  // the first is untouched
  CHECK(base.diff(arm).size() == 2);
  CHECK(Scenario::parse(arm.to_toml(), "x.toml", {}).digest() == arm.digest());
}

TEST_CASE("an override beyond the range of a whole number takes the range away", "[scenario][override]") {
  const Scenario base = test::parse("[sources.s]\n" + small("[buyers]\nterm = { value = 3, low = 1, high = 5, source = "
                                                            "\"s\", grade = \"W\" }\n"));
  CHECK(base.override_with({{"buyers.term", "4"}}).find("buyers.term")->high == "5");
  const Scenario arm = base.override_with({{"buyers.term", "7"}});
  CHECK(arm.find("buyers.term")->high.empty());
  CHECK(arm.find("buyers.term")->low.empty());
}

TEST_CASE("an override of an unknown path or with no value is refused", "[scenario][override]") {
  const Scenario base = test::parse(small());
  const auto complaint = [&base](const std::string& path, const std::string& text) {
    try {
      (void)base.override_with({{path, text}});
      return std::string{};
    } catch (const core::ScenarioError& e) {
      return std::string{e.what()};
    }
  };
  CHECK(complaint("prices.etta", "1") ==
        "prices.etta is an unknown path; expected the path of a value of the scenario. Did you mean prices.eta?");
  CHECK(complaint("clouds.south.firm", "\"a\"").find("clouds.south.firm is an unknown path") == 0);
  CHECK(complaint("prices.rule", "frozen").find("prices.rule is 'frozen'; expected a TOML value") == 0);
  CHECK(complaint("prices.rule", "\"frosen\"") ==
        "prices.rule is \"frosen\"; expected one of quarterly, frozen, smooth, bertrand. Did you mean \"frozen\"?");
  CHECK(complaint("prices.eta", "1\nx = 2").find("prices.eta is '1\\x0ax = 2'; expected a TOML value") == 0);
}

TEST_CASE("every scenario of the library loads, survives its own text and explains its numbers",
          "[scenario][library]") {
  int n = 0;
  for (const auto& entry : fs::directory_iterator{test::library_folder()}) {
    if (entry.path().extension() != ".toml") continue;
    ++n;
    INFO(entry.path().filename().string());
    const Scenario s = Scenario::load(entry.path().string(), {test::library_folder()});
    CHECK_FALSE(s.title().empty());
    CHECK(Scenario::parse(s.to_toml(), "again.toml", {}).digest() == s.digest());
    for (const Item& item : s.items()) {
      if (item.unit.empty()) continue;
      INFO(item.path);
      CHECK_FALSE(item.source.empty());
      CHECK_FALSE(item.grade.empty());
    }
  }
  CHECK(n > 0);
}
