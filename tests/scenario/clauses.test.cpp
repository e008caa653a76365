#include <string>

#include "tests/scenario/support.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using scenario::test::complaint;
using scenario::test::small;

namespace {

/// The smallest scenario with a contract of a and b that holds one clause, on line 21.
std::string with(const std::string& clause, const std::string& parties = "\"a\", \"b\"", const std::string& more = "") {
  return small("[contracts.c]\nparties = [" + parties +
               "]\n[contracts.c.versions.v]\nsigned = 2026-01-01\neffective = 2026-01-01\n"
               "[contracts.c.versions.v.clauses]\nx = " +
               clause + "\n" + more);
}
/// The complaint without its beginning, which must be the file, the line and the clause.
std::string about(const std::string& text) {
  const std::string all = complaint(text);
  const std::string head = "two-clouds.toml:22:";
  if (all.compare(0, head.size(), head) != 0 || all.find('\n') != std::string::npos)
    return "NOT ONE SENTENCE AT LINE 22: " + all;
  const auto at = all.find("contracts.c.versions.v.clauses.x.");
  return at == std::string::npos ? all : all.substr(at + 33);
}

}  // namespace

TEST_CASE("a sound clause of each kind on capacity and capital is taken", "[scenario][clauses]") {
  CHECK(complaint(with("{ kind = \"primary\", lab = \"lab\", host = \"north\", min_share = \"50 %\" }")) == "");
  CHECK(complaint(with("{ kind = \"reservation\", payer = \"b\", payee = \"a\", lab = \"lab\", host = \"north\", power "
                       "= \"2 MW\", chip = \"h100\", price = \"2 $/H100e-h\", "
                       "schedule = { 2026-02-01 = \"50 %\", 2026-03-01 = \"100 %\" } }")) == "");
  CHECK(complaint(with("{ kind = \"tranche\", payer = \"a\", payee = \"b\", amount = \"1 B$\", valuation = \"10 B$\", "
                       "capacity = \"5 H100e\", at_cloud = \"north\", after = \"c/v\" }")) == "");
  CHECK(complaint(with("{ kind = \"equity\", owner = \"a\", firm = \"b\", share = \"27 %\" }")) == "");
}

TEST_CASE("a clause that makes no sense gives one sentence with its position", "[scenario][clauses]") {
  CHECK(about(with("{ kind = \"primary\", lab = \"lab\", host = \"north\" }"))
            .find("min_share is 0, and weight is 0 too; expected a weight or a least share above 0.") == 0);
  CHECK(about(with("{ kind = \"primary\", role = \"IP\", lab = \"lab\", host = \"north\", weight = 0.1 }"))
            .find("role is IP; expected HOST, TRAIN or both.") == 0);
  const std::string reserve =
      "{ kind = \"reservation\", payer = \"b\", payee = \"a\", lab = \"lab\", host = \"north\", price = \"2 "
      "$/H100e-h\", ";
  CHECK(about(with(reserve + "unused = \"idle\" }"))
            .find("quantity is not given, nor power; expected one of quantity and power.") == 0);
  CHECK(about(with(reserve + "quantity = \"5 H100e\", power = \"1 MW\", chip = \"h100\" }"))
            .find("quantity is given, and power too") == 0);
  CHECK(
      about(with(reserve + "power = \"1 MW\" }")).find("chip is not given; expected the chip that the power is for.") ==
      0);
  CHECK(about(with(reserve + "quantity = \"5 H100e\", schedule = { soon = 1 } }"))
            .find("schedule is a key that is no date; expected dates such as 2026-07-01.") == 0);
  CHECK(about(with("{ kind = \"reservation\", payer = \"a\", payee = \"b\", lab = \"lab\", host = \"north\", quantity "
                   "= \"5 H100e\", price = \"2 $/H100e-h\" }",
                   "\"a\", \"b\""))
            .find("NOT ONE SENTENCE") == 0);  // two: the payer is not the lab's firm, the payee not the host's
  CHECK(about(with("{ kind = \"tranche\", payer = \"a\", payee = \"b\", amount = \"9 B$\", valuation = \"1 B$\" }"))
            .find("valuation is") == 0);
  CHECK(about(with("{ kind = \"tranche\", payer = \"a\", payee = \"b\", amount = \"9 B$\", after = \"c/w\" }"))
            .find("after is 'c/w'; expected a version, as \"contract/version\". Did you mean 'c/v'?") == 0);
  CHECK(about(with("{ kind = \"equity\", owner = \"a\", firm = \"a\", share = \"27 %\" }"))
            .find("owner is 'a', the firm itself; expected another firm.") == 0);
  CHECK(about(with("{ kind = \"drawdown\", channel = \"direct\", share = \"25 %\" }"))
            .find("channel is 'direct', which belongs to no cloud; expected the channel of a cloud.") == 0);
  CHECK(about(with("{ kind = \"revshare\", payer = \"b\", payee = \"a\", base = \"lab_revenue\", lab = \"lab\", rate = "
                   "\"20 %\", cap = \"-5 $\" }"))
            .find("cap is \"-5 $\"; expected a value >= 0 $.") == 0);
  CHECK(about(with("{ kind = \"revshare\", payer = \"b\", payee = \"a\", base = \"lab_revenue\", lab = \"lab\", rate = "
                   "\"20 %\", from = 2026-06-01, until = 2026-06-01 }"))
            .find("until is 2026-06-01; expected a date after from (2026-06-01).") == 0);
}

TEST_CASE("payers, payees and holders of exclusive rights are parties to the contract", "[scenario][clauses]") {
  CHECK(
      about(with("{ kind = \"commit\", payer = \"b\", payee = \"a\", amount = \"1 B$\", until = 2027-01-01 }", "\"b\""))
          .find("payee is 'a', who is no party to the contract; expected one of its parties. Add it to "
                "contracts.c.parties") == 0);
  CHECK(about(with("{ kind = \"exclusive\", role = \"HOST\", holder = \"north\" }", "\"b\""))
            .find("holder is 'north' of a, who is no party to the contract; expected a cloud or channel of one of its "
                  "parties.") == 0);
  CHECK(complaint(with("{ kind = \"exclusive\", role = \"HOST\", holder = \"north\" }")) == "");
}

TEST_CASE("a rollout that never starts, and a name restated as another obligation, are refused",
          "[scenario][clauses]") {
  CHECK(
      about(
          with("{ kind = \"rollout\", role = \"HOST\", holder = \"north\", preview = \"never\", general = \"never\" }"))
          .find("preview is never; expected a date. A rollout that never starts bars for ever") == 0);
  const std::string again =
      "[contracts.c.versions.w]\nsigned = 2026-05-01\neffective = 2026-05-01\n[contracts.c.versions.w.clauses]\n"
      "x = { kind = \"commit\", payer = \"a\", payee = \"b\", amount = \"1 B$\", until = 2027-01-01 }\n";
  const std::string all =
      complaint(with("{ kind = \"commit\", payer = \"b\", payee = \"a\", amount = \"1 B$\", until = 2027-01-01 }",
                     "\"a\", \"b\"", again));
  CHECK(all.find("contracts.c.versions.w.clauses.x.kind is \"commit\" between a and b; expected the kind and the "
                 "parties that version 'v' gave a clause of this name.") != std::string::npos);
}

TEST_CASE("shares of one base that add up to more than the whole are refused across contracts", "[scenario][clauses]") {
  const std::string share =
      "{ kind = \"revshare\", payer = \"b\", payee = \"a\", base = \"lab_revenue\", lab = \"lab\", rate = \"60 %\" }";
  const std::string all = complaint(with(share, "\"a\", \"b\"", "y = " + share + "\n"));
  CHECK(all.find("rate is 0.600000; expected shares of one base that add up to at most 1.") != std::string::npos);
}
