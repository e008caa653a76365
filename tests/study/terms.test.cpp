#include "sim/study/terms.hpp"

#include "sim/record/fingerprint.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;

namespace {

const std::string kFirst = "contracts.oai-az.versions.first.";
std::string toy(const test::Overrides& overrides = {}) { return study::terms_digest(test::load("toy-10", overrides)); }

}  // namespace

TEST_CASE("the digest of terms changes with what a run can feel", "[study][terms]") {
  const auto plain = toy();
  CHECK(toy() == plain);
  CHECK(toy({{kFirst + "clauses.exclusive.until", "2026-01-08"}}) != plain);  // feasibility
  CHECK(toy({{kFirst + "clauses.share.rate", "\"21 %\""}}) != plain);         // money
  CHECK(toy({{kFirst + "clauses.commitment.enabled", "false"}}) != plain);
  CHECK(toy({{"labs.oai.streams.app.price", "\"7 $/H100e-h\""}}) != plain);  // outside the contracts
}

TEST_CASE("the digest of terms does not change with what no run can feel", "[study][terms]") {
  const auto plain = toy();
  CHECK(toy({{"title", "\"Another title\""}}) == plain);
  CHECK(toy({{kFirst + "signed", "2025-12-31"}}) == plain);
  // The exclusive lasts to day 6; a run that ends on day 5 cannot tell it from one without end.
  const test::Overrides brief{{"run.end", "2026-01-06"}};
  auto longer = brief;
  longer.emplace_back(kFirst + "clauses.exclusive.until", "2026-01-11");
  CHECK(toy(brief) == toy(longer));
  // An exclusive on a product that nobody sells opens and closes nothing.
  const test::Overrides nobody{{kFirst + "clauses.exclusive.scope.products", "[\"batch\"]"}};
  CHECK(toy(nobody) == toy({{kFirst + "clauses.exclusive.enabled", "false"}}));
}

TEST_CASE("equal digests of terms give equal runs", "[study][terms][H7]") {
  const std::string amended = "contracts.openai-microsoft.versions.amended-2026.clauses.";
  // Nobody simulated is of the segment that this exception speaks of.
  const auto a = test::small("openai-azure-exclusive", {{amended + "national-security.enabled", "false"}});
  const auto b = test::small("openai-azure-exclusive");
  REQUIRE(a.digest() != b.digest());
  CHECK(study::terms_digest(a) == study::terms_digest(b));
  CHECK(record::fingerprint(test::run(a)) == record::fingerprint(test::run(b)));
}

TEST_CASE("a licence is told by what it permits and bars", "[study][terms][H7]") {
  // Only Copilot uses the IP, so that Microsoft's licence is exclusive bars nobody; without it there is no Copilot.
  const std::string licence = "contracts.openai-microsoft.versions.amended-2026.clauses.licence.";
  const auto plain = test::small("openai-azure-amended"),
             sole = test::small("openai-azure-amended", {{licence + "exclusive", "true"}});
  CHECK(study::terms_digest(sole) == study::terms_digest(plain));
  CHECK(record::fingerprint(test::run(sole)) == record::fingerprint(test::run(plain)));
  CHECK(study::terms_digest(test::small("openai-azure-amended", {{licence + "until", "2026-06-01"}})) !=
        study::terms_digest(plain));
}

TEST_CASE("the digest of terms knows how long what is barred is still served", "[study][terms]") {
  // From 27 February 2026 on Bedrock alone sells Frontier; others serve it on for the exclusive's migration window.
  const std::string window = "contracts.openai-amazon.versions.february-2026.clauses.frontier-exclusive.migration";
  const auto some = test::small("openai-azure-amended", {{window, "\"30 d\""}}),
             more = test::small("openai-azure-amended", {{window, "\"60 d\""}});
  CHECK(study::terms_digest(some) != study::terms_digest(more));
}

TEST_CASE("the digest of terms knows since when customers may know, where that matters", "[study][terms]") {
  // OpenAI's contracts of 27 April 2026, signed a month earlier.
  const auto digest = [](const std::string& signed_on, const std::string& lag) {
    return study::terms_digest(
        test::small("openai-azure-amended", {{"contracts.openai-amazon.versions.april-2026.signed", signed_on},
                                             {"contracts.openai-microsoft.versions.amended-2026.signed", signed_on},
                                             {"choice.belief_lag", lag}}));
  };
  CHECK(digest("2026-04-27", "\"30 d\"") != digest("2026-03-27", "\"30 d\""));
  CHECK(digest("2026-04-27", "\"0 d\"") == digest("2026-03-27", "\"0 d\""));
}

TEST_CASE("the digest of terms knows from when the renewals of a price count", "[study][terms]") {
  // Both versions began before the run; renewed every four days, their prices move on different days.
  const auto renewed = [](const std::string& from) {
    return test::Overrides{{kFirst + "clauses.share.enabled", "false"},
                           {kFirst + "clauses.commitment.enabled", "false"},
                           {kFirst + "clauses.hosting.moves", "\"at_renewal\""},
                           {kFirst + "clauses.hosting.renewal", "\"4 d\""},
                           {kFirst + "signed", "2025-12-01"},
                           {kFirst + "effective", from}};
  };
  CHECK(toy(renewed("2025-12-30")) != toy(renewed("2025-12-31")));
}

TEST_CASE("the digest of terms knows the dates over which a commitment is spread", "[study][terms]") {
  // A version that began before the run sets the days on which periods of four days end: the 7th or the 8th is the last
  // that falls due.
  const std::string periods = kFirst + "clauses.commitment.period", from = kFirst + "effective",
                    sign = kFirst + "signed";
  const auto begun = [&](const std::string& date) {
    return test::Overrides{{"run.end", "2026-01-09"},
                           {kFirst + "clauses.share.enabled", "false"},
                           {periods, "\"4 d\""},
                           {sign, "2025-12-01"},
                           {from, date}};
  };
  CHECK(record::fingerprint(test::run(test::load("toy-10", begun("2025-12-30")))) !=
        record::fingerprint(test::run(test::load("toy-10", begun("2025-12-31")))));
  CHECK(toy(begun("2025-12-30")) != toy(begun("2025-12-31")));
}

TEST_CASE("the digest of terms knows the signature that a tranche waits for", "[study][terms]") {
  // The version says nothing inside the run; only when it was signed matters, and only where a tranche asks.
  const auto digest = [](const std::string& signed_on, const std::string& after) {
    return study::terms_digest(
        scenario::Scenario::parse("extends = \"toy-10\"\n[contracts.later]\nparties = [\"oai\", "
                                  "\"aws\"]\n[contracts.later.versions.promise]\nsigned = " +
                                      signed_on +
                                      "\neffective = 2027-01-01\n"
                                      "[contracts.oai-aws.versions.first.clauses]\ntranche = { kind = \"tranche\", "
                                      "payer = \"aws\", payee = \"oai\", amount = \"1 $\"" +
                                      after + " }\n",
                                  "more.toml", test::library()));
  };
  CHECK(digest("2026-01-03", ", after = \"later/promise\"") != digest("2026-01-05", ", after = \"later/promise\""));
  CHECK(digest("2026-01-03", "") == digest("2026-01-05", ""));
}

TEST_CASE("the digest of terms knows breaches and notices that no permission shows", "[study][terms][breach]") {
  const auto digest = [](const std::string& text) {
    return study::terms_digest(
        scenario::Scenario::parse("extends = \"toy-10\"\n" + text, "more.toml", test::library()));
  };
  // Nobody buys batch, so an exclusive on it bars no sale; broken, it costs all the same.
  const auto broken = [&](const std::string& policy, const std::string& amount, const std::string& day) {
    return digest(
        "[contracts.oai-az.versions.first.clauses]\nbatch = { kind = \"exclusive\", role = \"HOST\", holder = \"az\", "
        "scope = { labs = [\"oai\"], products = [\"batch\"] }, from = " +
        day +
        " }\n"
        "damages = { kind = \"damages\", payer = \"oai\", payee = \"az\", amount = \"" +
        amount +
        "\" }\nexclusive.enabled = false\n"
        "[contracts.oai-aws.versions.first]\nconflict = \"" +
        policy + "\"\n");
  };
  CHECK(broken("breach", "5 $", "2026-01-03") != broken("block", "5 $", "2026-01-03"));
  CHECK(broken("breach", "5 $", "2026-01-03") != broken("breach", "6 $", "2026-01-03"));
  CHECK(broken("breach", "5 $", "2026-01-03") != broken("breach", "5 $", "2026-01-04"));
  CHECK(broken("block", "5 $", "2026-01-03") == broken("block", "5 $", "2026-01-04"));
  const auto left = [&](const std::string& fee, const std::string& day) {
    return digest(
        "[contracts.oai-az.versions.first.clauses]\nexit = { kind = \"termination\", payer = \"oai\", payee = \"az\", "
        "amount = \"" +
        fee + "\", exercised = " + day + " }\n");
  };
  CHECK(left("5 $", "2026-01-01") != left("6 $", "2026-01-01"));  // in force on no day of the run
  CHECK(left("5 $", "2026-01-03") != left("5 $", "2026-01-04"));
}

TEST_CASE("the digest of terms knows dates that cut a window, in force or not", "[study][terms]") {
  // An exclusive on a product that nobody sells ends on the day on which a window of two days is half over.
  const auto ends = [](const std::string& day, const std::string& window) {
    return toy({{"run.window", window},
                {kFirst + "clauses.exclusive.scope.products", "[\"batch\"]"},
                {kFirst + "clauses.exclusive.until", day}});
  };
  CHECK(ends("2026-01-04", "\"2 d\"") != ends("2026-01-05", "\"2 d\""));
  CHECK(ends("2026-01-05", "\"2 d\"") == ends("2026-01-07", "\"2 d\""));  // both lie between two windows
  CHECK(ends("2026-01-04", "\"1 d\"") == ends("2026-01-05", "\"1 d\""));
}
