#include "sim/scenario/clause_keys.hpp"

#include <algorithm>
#include <set>

#include "sim/market/contracts/custom_kind.hpp"
#include "sim/scenario/schema.hpp"
#include "tests/scenario/support.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::scenario;
using market::Clause;
using market::Version;
namespace kinds = market::kinds;

namespace {

const std::string kClauses =
    "[contracts.deal]\nparties = [\"a\", \"b\"]\n[contracts.deal.versions.first]\nsigned = 2026-01-01\neffective = "
    "2026-01-01\n";

/// The one clause of a small scenario, as it was read.
Clause read(const std::string& terms, const market::contracts::CustomKinds& own = {}) {
  const auto scenario = Scenario::parse(test::small(kClauses + "[contracts.deal.versions.first.clauses.one]\n" + terms),
                                        "text.toml", {}, own);
  return scenario.parameters().contracts.at(0).versions.at(0).clauses.at(0);
}

Section clause_section() {
  Section clause;
  add_clause_keys(clause);
  return clause;
}

/// A user-defined kind that takes built-in keys of every type.
struct Hungry : market::contracts::CustomKind {
  std::string_view name() const override { return "hungry"; }
  std::vector<std::string_view> takes() const override {
    return {"holder", "payer", "amount", "carry", "switches_on", "breached", "on", "lead"};
  }
};

}  // namespace

TEST_CASE("a key fills the field of its name in the struct of its kind", "[scenario][clauses]") {
  const auto stake = read("kind = \"equity\"\nowner = \"a\"\nfirm = \"b\"\nshare = \"27 %\"\n").as<kinds::Equity>();
  CHECK((stake.owner == "a" && stake.firm == "b" && stake.share == 0.27));

  const auto trigger =
      read(
          "kind = \"trigger\"\nshare_above = \"40 %\"\nof_firm = \"b\"\nof_lab = \"lab\"\nat_cloud = \"north\"\nhazard "
          "= \"20 %/y\"\n"
          "capacity = \"5 H100e\"\nswitches_off = \"two\"\n[contracts.deal.versions.first.clauses.two]\nkind = "
          "\"grant\"\nrole = \"HOST\"\ngrantee = \"north\"\n")
          .as<kinds::Trigger>();
  CHECK(
      (trigger.share_above == 0.4 && trigger.of_firm == "b" && trigger.of_lab == "lab" && trigger.at_cloud == "north"));
  CHECK((trigger.hazard_per_year == 0.2 && trigger.capacity_h100e == 5.0 &&
         trigger.switches_off == std::vector<std::string>{"two"}));

  const auto grant = read("kind = \"grant\"\nrole = [\"HOST\", \"TRAIN\"]\ngrantee = \"north\"\n").as<kinds::Grant>();
  CHECK((grant.grantee == std::vector<std::string>{"north"} &&
         grant.role == std::vector{market::Role::Host, market::Role::Train}));

  const auto share =
      read("kind = \"revshare\"\npayer = \"b\"\npayee = \"a\"\nlab = \"lab\"\nrate = \"20 %\"\n").as<kinds::Revshare>();
  CHECK((share.payer == "b" && share.payee == "a" && share.lab == "lab" && share.rate == 0.2 && share.cap_usd == -1.0));

  const auto commit = read(
                          "kind = \"commit\"\npayer = \"b\"\npayee = \"a\"\namount = \"3 k$\"\nperiod = \"30 "
                          "d\"\ncarry = \"one_period\"\nuntil = 2026-12-01\n")
                          .as<kinds::Commit>();
  CHECK(
      (commit.amount_usd == 3000.0 && commit.period == core::days(30) && commit.carry == market::CarryRule::OnePeriod));
}

TEST_CASE("a table under a clause keeps its entries wherever the clause states its kind", "[scenario][clauses]") {
  const std::string schedule = "schedule = { 2026-02-01 = \"50 %\", 2026-03-01 = \"100 %\" }\n";
  const std::string rest =
      "payer = \"b\"\npayee = \"a\"\nlab = \"lab\"\nhost = \"north\"\nquantity = \"7 H100e\"\nprice = \"2 "
      "$/H100e-h\"\n";
  for (const auto& text :
       {"kind = \"reservation\"\n" + rest + schedule, schedule + rest + "kind = \"reservation\"\n"}) {
    const auto block = read(text).as<kinds::Reservation>();
    CHECK(block.schedule ==
          std::vector<market::ScheduleStep>{{core::date(2026, 2, 1), 0.5}, {core::date(2026, 3, 1), 1.0}});
    CHECK((block.quantity_h100e == 7.0 && block.host == "north"));
  }
  const auto rofr =
      read(
          "waivers = { north = 2026-05-01 }\nrole = \"HOST\"\nholder = \"north\"\nkind = \"rofr\"\nwindow = \"10 d\"\n")
          .as<kinds::Rofr>();
  CHECK(rofr.waivers == std::vector<market::Waiver>{{"north", core::date(2026, 5, 1)}});
  CHECK((rofr.window == core::days(10) && rofr.holder == std::vector<std::string>{"north"}));
}

TEST_CASE("every built-in kind has a key of its own kind bit, and no two fields have one name", "[scenario][clauses]") {
  const Section clause = clause_section();
  std::set<std::string> names;
  std::uint32_t kinds_with_keys = 0;
  for (const Field& field : clause.fields) {
    CHECK(names.insert(field.key).second);
    if (field.kinds != ~std::uint32_t{0}) kinds_with_keys |= field.kinds;
  }
  CHECK(kinds_with_keys == (std::uint32_t{1} << market::kBuiltInKinds) - 1U);
}

TEST_CASE("the default of a shared key is that of the clause's own kind", "[scenario][clauses]") {
  // `window` belongs to rights of first refusal alone, 30 days; asked of a clause of another kind it is still 30 days.
  const Section section = clause_section();
  const auto field =
      std::find_if(section.fields.begin(), section.fields.end(), [](const Field& f) { return f.key == "window"; });
  REQUIRE(field != section.fields.end());
  Clause grant, rofr;
  rofr.terms.emplace<kinds::Rofr>().window = core::days(5);
  CHECK(field->get(&rofr).number == 5.0);
  CHECK(field->get(&grant).number == 30.0);
}

TEST_CASE("a user-defined kind may take any built-in key: names in fields, all else by key", "[scenario][custom]") {
  using namespace market::contracts;
  const Clause clause = read(
      "kind = \"hungry\"\nholder = \"north\"\npayer = \"b\"\namount = \"3 k$\"\ncarry = \"one_period\"\nswitches_on = "
      "[\"x\", \"y\"]\nbreached = true\n"
      "on = 2026-04-01\nlead = \"2 wk\"\n",
      {std::make_shared<Hungry>()});
  const auto& own = clause.as<kinds::Custom>();
  CHECK((own.kind_name == "hungry" && own.payer == "b" && own.holder == std::vector<std::string>{"north"}));
  CHECK(number_of(clause, "amount", 0.0) == 3000.0);
  CHECK(number_of(clause, "breached", 0.0) == 1.0);
  CHECK(number_of(clause, "lead", 0.0) == 14.0);  // in days, the key's unit
  CHECK(date_of(clause, "on") == core::date(2026, 4, 1));
  CHECK(names_of(clause, "carry") == std::vector<std::string>{"one_period"});
  CHECK(names_of(clause, "switches_on") == std::vector<std::string>{"x", "y"});
}
