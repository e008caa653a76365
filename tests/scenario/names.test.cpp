#include <fstream>

#include "tests/scenario/support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace rackrate;
using namespace rackrate::scenario;
using test::complaint;
using test::small;

// `small()` fills lines 1 to 15; what a test adds begins on line 16.

namespace {

const std::string kDeal =
    "[contracts.c]\nparties = [\"a\", \"b\"]\n[contracts.c.versions.v]\nsigned = 2026-01-01\neffective = "
    "2026-01-01\nends = 2026-07-01\n";

std::string deal(const std::string& clause) { return small(kDeal + "[contracts.c.versions.v.clauses.k]\n" + clause); }

bool begins(const std::string& text, const std::string& with) { return text.rfind(with, 0) == 0; }

}  // namespace

TEST_CASE("a name that stands for something else is refused at its place", "[scenario][names]") {
  for (const std::string word : {"suppliers", "services", "rest_of_world", "enterprises", "consumers", "investors"})
    CHECK(complaint(small("[firms." + word + "]\n")) ==
          "two-clouds.toml:16:8: firms." + word +
              " is a name that is taken (those outside the scenario whom its firms pay or are paid by); expected "
              "another name. Rename it.");
  CHECK(complaint(small("[segments.commercial]\nsample_share = 1\n")) ==
        "two-clouds.toml:16:11: segments.commercial is a name that is taken (all segments but us_natsec, in the scopes "
        "of clauses); expected another name. Rename it.");
  CHECK(complaint(small("[sources.override]\n")) ==
        "two-clouds.toml:16:10: sources.override is a name that is taken (the source of values that an override "
        "replaced); expected another name. Rename it.");
  // The same words elsewhere are names like others.
  CHECK(complaint(small("[regions.suppliers]\n[channels.consumers]\n[segments.override]\nsample_share = 1\n")) == "");
}

TEST_CASE("a key of every table is no name of one", "[scenario][names]") {
  for (const std::string word : {"value", "title", "source", "grade", "note"}) {
    const std::string meaning = word == "value" ? "the key that makes a table one value" : "a key of every table";
    CHECK(complaint(small("[firms." + word + "]\n")) == "two-clouds.toml:16:8: firms." + word +
                                                            " is a name that is taken (" + meaning +
                                                            "); expected another name. Rename it.");
    CHECK(begins(complaint(small("[supply.maker." + word + "]\nh100e = 1\n")),
                 "two-clouds.toml:16:15: supply.maker." + word + " is a name that is taken"));
    CHECK(begins(complaint(small(kDeal + "[contracts.c.versions.v.clauses." + word +
                                 "]\nkind = \"grant\"\nrole = \"HOST\"\ngrantee = \"north\"\n")),
                 "two-clouds.toml:22:33: contracts.c.versions.v.clauses." + word + " is a name that is taken"));
  }
}

TEST_CASE("the lab's own channel and that of seats belong to no cloud", "[scenario][names]") {
  const auto with = [](const std::string& keys) {
    std::string text = small();
    return text.replace(text.find("[channels.direct]\n"), 18, "[channels.direct]\n" + keys);
  };
  CHECK(complaint(with("cloud = \"north\"\n")) ==
        "two-clouds.toml:8:9: channels.direct.cloud is \"north\"; expected nothing: direct is each lab's own channel. "
        "Name another channel after the cloud.");
  CHECK(complaint(with("firm = \"a\"\n")) ==
        "two-clouds.toml:8:8: channels.direct.firm is \"a\"; expected nothing: direct is each lab's own channel. Name "
        "another channel after the firm.");
  CHECK(
      begins(complaint(small("[channels.m365]\ncloud = \"north\"\n")),
             "two-clouds.toml:17:9: channels.m365.cloud is \"north\"; expected nothing: m365 is the channel of seats"));
  CHECK(complaint(small("[channels.m365]\nfirm = \"a\"\n")) == "");
  std::string text = small();
  text.replace(text.find("[clouds.north]\nfirm = \"a\"\n"), 26, "[clouds.north]\nfirm = \"a\"\nchannel = \"direct\"\n");
  CHECK(begins(complaint(text),
               "two-clouds.toml:14:11: clouds.north.channel is \"direct\"; expected a channel of the cloud's own."));
}

TEST_CASE("a version is called a part of another only where it is one", "[scenario][names]") {
  const auto named = [](const std::string& name) {
    return small(kDeal + "[contracts.c.versions." + name + "]\nsigned = 2026-01-01\neffective = 2026-07-01\n");
  };
  CHECK(complaint(named("v-from-2026-07-01")) == "");
  CHECK(complaint(named("later")) == "");
  for (const std::string name : {"v-from-july", "w-from-2026-07-01", "-from-"})
    CHECK(complaint(named(name)) == "two-clouds.toml:22:23: contracts.c.versions." + name +
                                        " is a name kept for what an override in mid-run makes of a version; expected "
                                        "a name without \"-from-\". Rename it.");
}

TEST_CASE("a zero that would be read as left out is refused", "[scenario][names]") {
  const std::string trigger = "kind = \"trigger\"\nswitches_off = \"k2\"\non = 2026-02-01\n";
  for (const auto& [key, zero] : {std::pair{"revenue", "\"0 $/y\""},
                                  {"capacity", "\"0 H100e\""},
                                  {"unserved", "0"},
                                  {"share_above", "\"0 %\""},
                                  {"hhi", "0"},
                                  {"stock", "0.0"}}) {
    const std::string sentence = complaint(deal(trigger + key + " = " + zero + "\n"));
    CHECK(begins(sentence, "two-clouds.toml:26:" + std::to_string(std::string{key}.size() + 4) +
                               ": contracts.c.versions.v.clauses.k." + key + " is " + std::string{zero}.substr(0, 1)));
    CHECK(sentence.find("expected a value > 0") != std::string::npos);
    CHECK(sentence.find("Leave it out for: no such condition.") != std::string::npos);
  }
  CHECK(complaint(deal(trigger + "hazard = \"0 /y\"\n"))
            .find("k.hazard is \"0 /y\"; expected a value above 0 in a clause of kind \"trigger\". Leave it out where "
                  "it says nothing.") != std::string::npos);
  CHECK(complaint(deal("kind = \"tranche\"\npayer = \"a\"\npayee = \"b\"\namount = \"1 $\"\nvaluation = \"0 $\"\n"))
            .find("Leave it out for: no stake is bought.") != std::string::npos);
  CHECK(complaint(small("[labs.lab.streams.s]\nproduct = \"consumer\"\nunserved_penalty = \"0 $/H100e-h\"\n"))
            .find("Leave it out for: the penalty of its tier.") != std::string::npos);
  // Zeros that say something stay: a right to nothing, free hosting.
  CHECK(complaint(deal(
            "kind = \"revshare\"\npayer = \"a\"\npayee = \"b\"\nlab = \"lab\"\nrate = 0.2\ncap = \"0 $\"\n")) == "");
  CHECK(complaint(deal("kind = \"hosting\"\nlab = \"lab\"\nhost = \"north\"\nprice = \"0 $/H100e-h\"\n")) == "");
}

TEST_CASE("an empty list or text that would be read as everybody is refused", "[scenario][names]") {
  const std::string grant = "kind = \"grant\"\nrole = \"HOST\"\ngrantee = \"north\"\n";
  for (const std::string key : {"labs", "products", "segments", "regions", "model_class"})
    CHECK(complaint(deal(grant + "scope = { " + key + " = [] }\n"))
              .find("scope." + key + " is an empty list; expected") != std::string::npos);
  CHECK(complaint(deal("kind = \"void\"\nrole = \"HOST\"\nholder = []\n"))
            .find("k.holder is an empty list; expected a list of names") != std::string::npos);
  CHECK(complaint(deal("kind = \"trigger\"\non = 2026-02-01\nafter = \"\"\nexercises = \"x\"\n"))
            .find("k.after is an empty text; expected text. Leave it out.") != std::string::npos);
}

TEST_CASE("the first day of 1970 is a date like any other", "[scenario][names]") {
  const Scenario s = test::parse(
      "[run]\nstart = 1969-12-01\nend = 1970-03-01\nvaluation_date = 1970-01-01\n[firms.a]\n[supply.maker]\nfirm = "
      "\"a\"\n[supply.maker.h100]\nh100e = 1\nfrom = 1970-01-01\nunits_per_month = 5\n");
  CHECK(s.parameters().run.valuation_date == core::date(1970, 1, 1));
  CHECK(s.parameters().vendors[market::VendorId(0)].lines[0].from == core::date(1970, 1, 1));
  const Scenario without = test::parse(
      "[run]\nstart = 1969-12-01\nend = 1970-03-01\n[firms.a]\n[supply.maker]\nfirm = "
      "\"a\"\n[supply.maker.h100]\nh100e = 1\nunits_per_month = 5\n");
  CHECK(without.parameters().run.valuation_date == core::date(1969, 12, 1));
  CHECK(without.parameters().vendors[market::VendorId(0)].lines[0].from == core::date(1969, 12, 1));
}

TEST_CASE("a table's evidence speaks of its figures, and in contracts of everything", "[scenario][names]") {
  const Scenario s = test::parse(
      "[run]\nstart = 2026-01-01\nend = "
      "2027-01-01\n[sources.owners]\n[sources.press]\n[firms.a]\n[firms.b]\n[regions.one]\n[channels.direct]\n[supply."
      "maker]\nfirm = \"a\"\n[supply.maker.h100]\n"
      "h100e = 1\n[clouds.north]\nsource = \"owners\"\ngrade = \"W\"\nfirm = \"a\"\nforecast = { value = \"naive\", "
      "source = \"press\", grade = \"R\" }\ninvests = false\nprice = \"2 $/H100e-h\"\n"
      "[clouds.north.regions.one]\nshare = 1\n[clouds.north.regions.one.lots.hall]\nchip = \"h100\"\nunits = "
      "3\narrives = 2026-05-01\n"
      "[labs.lab]\nfirm = \"b\"\nsource = \"owners\"\ngrade = \"W\"\nhost_preference = [\"north\"]\nquality = 1\n"
      "[contracts.c]\nsource = \"press\"\ngrade = \"R\"\nparties = [\"a\", \"b\"]\n[contracts.c.versions.v]\nsigned = "
      "2026-01-01\neffective = 2026-01-01\n"
      "[contracts.c.versions.v.clauses.g]\nkind = \"grant\"\nrole = \"HOST\"\ngrantee = \"north\"\n");
  const auto check = [](const Scenario& scenario) {
    const auto evidence = [&scenario](const std::string& path) {
      return scenario.find(path)->source + " " + scenario.find(path)->grade;
    };
    CHECK(evidence("clouds.north.price") == "owners W");
    CHECK(evidence("clouds.north.regions.one.lots.hall.units") == "owners W");
    CHECK(evidence("clouds.north.regions.one.lots.hall.arrives") == "owners W");
    CHECK(evidence("clouds.north.firm") == " ");
    CHECK(evidence("clouds.north.invests") == " ");
    CHECK(evidence("clouds.north.regions.one.lots.hall.chip") == " ");
    CHECK(evidence("clouds.north.forecast") == "press R");
    CHECK(evidence("labs.lab.host_preference") == " ");
    CHECK(evidence("labs.lab.quality") == "owners W");
    CHECK(evidence("contracts.c.parties") == "press R");
    CHECK(evidence("contracts.c.versions.v.clauses.g.grantee") == "press R");
  };
  check(s);
  check(test::parse(s.to_toml()));  // the text that result files keep says the same
  CHECK(test::parse(s.to_toml()).to_toml() == s.to_toml());
}

TEST_CASE("text is a date where a key takes one, and nowhere else", "[scenario][names]") {
  const Scenario s = test::parse(small("title = \"x\"\n"));
  const Scenario dated = s.override_with({{"run.end", "\"2026-05-01\""}, {"title", "\"2026-05-01\""}});
  CHECK(dated.find("run.end")->value == "2026-05-01");
  CHECK(dated.find("title")->value == "\"2026-05-01\"");
  CHECK(s.override_with({{"run.end", "\"2026-01-05T22:00:00-05:00\""}}).parameters().run.end ==
        core::date(2026, 1, 6) + std::chrono::hours{3});
  CHECK_THROWS_WITH(s.override_with({{"run.end", "\"20260501\""}}),
                    "run.end is \"20260501\"; expected a date such as 2026-04-27.");
}

TEST_CASE("what is typed on a command line has the type of its key", "[scenario][names]") {
  const Scenario s = test::parse(small("title = \"x\"\n"));
  CHECK(s.typed("title", "20260105") == "\"20260105\"");
  CHECK(s.typed("title", "true") == "\"true\"");
  CHECK(s.typed("title", "\"a b\"") == "\"a b\"");
  CHECK(s.typed("clouds.north.firm", "1e5") == "\"1e5\"");
  CHECK(s.typed("labs.lab.host_preference", "north") == "\"north\"");
  CHECK(s.typed("labs.lab.host_preference", "[\"north\"]") == "[\"north\"]");
  CHECK(s.typed("clouds.north.price", "3 $/H100e-h") == "\"3 $/H100e-h\"");
  CHECK(s.typed("clouds.north.price", "3") == "3");
  CHECK(s.typed("run.end", "2026-05-01") == "2026-05-01");
  CHECK(s.typed("clouds.north.invests", "false") == "false");
  CHECK(s.typed("no.such.path", "false") == "false");
}

TEST_CASE("a number without its unit is refused in an override as in a file", "[scenario][names]") {
  const Scenario s = test::parse(small());
  CHECK_THROWS_WITH(s.override_with({{"clouds.north.price", "3"}}),
                    "clouds.north.price is 3 without a unit; expected a quantity such as \"6 $/H100e-h\", >= 0 "
                    "$/H100e-h. Write it with its unit: \"3 $/H100e-h\".");
  CHECK_THROWS_AS(s.override_with({{"clouds.north.price", "{ value = \"3 $/H100e-h\", low = 1 }"}}),
                  core::ScenarioError);
  CHECK(
      s.override_with({{"clouds.north.price", "\"3 $/H100e-h\""}}).parameters().clouds[market::CloudId(0)].price_usd ==
      3.0);
  CHECK(s.override_with({{"clouds.north.availability", "0.5"}}).parameters().clouds[market::CloudId(0)].availability ==
        0.5);
  CHECK(s.override_with({{"run.enterprises", "12"}}).parameters().run.enterprises == 12);
}

TEST_CASE("a chain of scenarios that is too long is told from one that goes in a circle", "[scenario][names]") {
  const ScratchFolder folder;
  const auto write = [&folder](const std::string& name, const std::string& text) {
    std::ofstream{folder.path() / name} << text;
  };
  const auto loaded = [&folder](const std::string& name) {
    try {
      (void)Scenario::load((folder.path() / name).string(), {});
      return std::string{};
    } catch (const core::ScenarioError& e) {
      return std::string{e.what()};
    }
  };
  write("s1.toml", small());
  for (int i = 2; i <= 65; ++i)
    write("s" + std::to_string(i) + ".toml", "extends = \"s" + std::to_string(i - 1) + ".toml\"\n");
  CHECK(loaded("s17.toml") == "");
  CHECK(loaded("s64.toml") == "");
  // The 65th reads 64 files, of which s2.toml is the last, and asks for one more.
  CHECK(loaded("s65.toml") == (folder.path() / "s2.toml").string() +
                                  ":1:11: extends is one more after 64 files; expected a chain of at most 64 files. "
                                  "Put some of them into one.");
  write("s1.toml", "extends = \"s3.toml\"\n");
  CHECK(loaded("s5.toml") == (folder.path() / "s1.toml").string() +
                                 ":1:11: extends is circular: s3.toml -> s2.toml -> s1.toml -> s3.toml; expected a "
                                 "chain of scenarios that ends. Remove one `extends`.");
}

TEST_CASE("a file whose name is no UTF-8 is named in a sentence that is", "[scenario][names]") {
  const ScratchFolder folder;
  std::ofstream{folder.path() / "sc\xE9.toml"} << small();
  CHECK_THROWS_WITH(
      Scenario::load((folder.path() / "sc\xE9.toml").string(), {}),
      "the scenario is \"" + folder.path().string() +
          "/sc\\xe9.toml\", whose name is no UTF-8; expected a file whose name is UTF-8. Rename the file.");
  // It is no suggestion for another file either.
  std::ofstream{folder.path() / "child.toml"} << "extends = \"sce\"\n";
  try {
    (void)Scenario::load((folder.path() / "child.toml").string(), {});
    FAIL("accepted");
  } catch (const core::ScenarioError& e) {
    CHECK(std::string{e.what()}.find("\"sce\", which does not exist") != std::string::npos);
    CHECK(std::string{e.what()}.find('\xE9') == std::string::npos);
  }
}
