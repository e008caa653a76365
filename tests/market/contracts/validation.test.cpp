#include <cmath>

#include "sim/core/error.hpp"
#include "tests/market/contracts/b1_registry.hpp"
#include "tests/support/catch.hpp"

using namespace b1;

namespace {

/// The sentences of all mistakes, one a line; empty when the contracts are sound.
std::string mistakes(std::vector<Contract> cs) {
  try {
    const Registry registry = registry_of(std::move(cs));
  } catch (const core::ScenarioError& error) {
    return error.what();
  }
  return {};
}
bool says(const std::string& all, const std::string& part) { return all.find(part) != std::string::npos; }

/// One contract "deal" with one version "first" of 2025-01-01 that holds one clause.
std::vector<Contract> deal(Clause c) {
  return {one_version("deal", {"openai", "microsoft"}, date(2025, 1, 1), {std::move(c)})};
}

Clause money(ClauseKind kind) {
  Clause c = clause(kind, "pay", {}, {});
  c.scope = {};
  test::change(c, [](auto& terms) {
    if constexpr (requires { terms.payer; }) terms.payer = "openai";
    if constexpr (requires { terms.payee; }) terms.payee = "microsoft";
    if constexpr (requires { terms.lab; }) terms.lab = "openai";
    if constexpr (requires { terms.rate; }) terms.rate = 0.2;
    if constexpr (requires { terms.amount_usd; }) terms.amount_usd = 1e9;
  });
  c.until = date(2030, 1, 1);
  return c;
}
const std::string kClause = "contracts.deal.versions.first.clauses.";

}  // namespace

TEST_CASE("an unknown holder is answered with the nearest name of the right list", "[contracts][validation]") {
  CHECK(mistakes(deal(clause(K::Exclusive, "e", {kHost}, {"azur"}))) ==
        kClause + "e.holder is 'azur'; expected a cloud. Did you mean 'azure'?");
  CHECK(mistakes(deal(clause(K::Exclusive, "e", {kChannel}, {"bedrok"}))) ==
        kClause + "e.holder is 'bedrok'; expected a channel. Did you mean 'bedrock'?");
  CHECK(mistakes(deal(clause(K::Grant, "g", {kHost, kChannel}, {"azurre"}))) ==
        kClause + "g.grantee is 'azurre'; expected a cloud or a channel. Did you mean 'azure'?");
  // gcp is a cloud and vertex its channel: the role decides which name is right.
  CHECK(says(mistakes(deal(clause(K::Grant, "g", {kChannel}, {"gcp"}))), "g.grantee is 'gcp'; expected a channel."));
}

TEST_CASE("names in scopes, parties and money clauses are checked", "[contracts][validation]") {
  Clause c = clause(K::Grant, "g", {kHost}, {"azure"});
  c.scope.labs = {"opnai"};
  c.scope.segments = {"us_natsec", "commercial", "regulatd"};
  c.scope.regions = {"uss"};
  const std::string all = mistakes(deal(c));
  CHECK(says(all, "g.scope.labs is 'opnai'; expected a lab. Did you mean 'openai'?"));
  CHECK(says(all, "g.scope.segments is 'regulatd'"));
  CHECK(says(all, "Did you mean 'regulated'?"));
  CHECK(says(all, "g.scope.regions is 'uss'"));
  CHECK_FALSE(says(all, "'us_natsec'; "));
  std::vector<Contract> cs = deal(clause(K::Grant, "g", {kHost}, {"azure"}));
  cs[0].parties = {"openai", "microsft"};
  CHECK(mistakes(cs) == "contracts.deal.parties is 'microsft'; expected a firm. Did you mean 'microsoft'?");
  Clause share = money(K::Revshare);
  auto& terms = share.as<kinds::Revshare>();
  terms.lab = "opena";
  terms.payee = "amazn";
  terms.base = RevshareBase::ChannelRevenue;
  terms.channel = "azzure";
  const std::string money_mistakes = mistakes(deal(share));
  CHECK(says(money_mistakes, "pay.lab is 'opena'; expected a lab. Did you mean 'openai'?"));
  CHECK(says(money_mistakes, "pay.payee is 'amazn'; expected a firm. Did you mean 'amazon'?"));
  CHECK(says(money_mistakes, "pay.channel is 'azzure'; expected a channel. Did you mean 'azure'?"));
  Clause hosting = money(K::Hosting);
  hosting.as<kinds::Hosting>().host = "bedrock";  // a channel, not a cloud
  CHECK(says(mistakes(deal(hosting)), "pay.host is 'bedrock'; expected a cloud."));
}

TEST_CASE("dates must stand in order", "[contracts][validation]") {
  std::vector<Contract> cs = deal(clause(K::Grant, "g", {kHost}, {"azure"}));
  cs[0].versions[0].ends = date(2025, 1, 1);  // ends are exclusive: a version of no days
  CHECK(says(mistakes(cs),
             "contracts.deal.versions.first.ends is 2025-01-01; expected a date after effective (2025-01-01)."));
  cs[0].versions[0].ends = core::kNever;
  cs[0].versions[0].signed_on = date(2025, 2, 1);
  CHECK(says(
      mistakes(cs),
      "contracts.deal.versions.first.effective is 2025-01-01; expected a date not before its signature (2025-02-01)."));
  cs[0].versions[0].signed_on = date(2024, 12, 1);  // signed before it takes effect: fine
  CHECK(mistakes(cs).empty());
  Clause c = clause(K::Grant, "g", {kHost}, {"azure"});
  c.from = date(2025, 6, 1);
  c.until = date(2025, 5, 1);
  CHECK(says(mistakes(deal(c)), kClause + "g.until is 2025-05-01; expected a date after from (2025-06-01)."));
  CHECK(says(mistakes(deal(ending(date(2024, 1, 1), clause(K::Grant, "g", {kHost}, {"azure"})))),
             "g.until is 2024-01-01; expected a date after its version takes effect"));
  Clause regimes = rollout("r", kApi, date(2026, 6, 1), date(2026, 4, 28));
  CHECK(says(mistakes(deal(regimes)), "r.general is 2026-04-28; expected a date not before preview (2026-06-01)."));
}

TEST_CASE("two versions cannot be signed on one day", "[contracts][validation]") {
  std::vector<Contract> cs = deal(clause(K::Grant, "g", {kHost}, {"azure"}));
  Version other = cs[0].versions[0];
  other.name = "second";
  cs[0].versions.push_back(other);
  CHECK(says(mistakes(cs),
             "contracts.deal.versions.second.signed is 2025-01-01; expected a date of its own: version 'first' has the "
             "same."));
}

TEST_CASE("shares, caps and commitments must make sense", "[contracts][validation]") {
  const auto with = [](ClauseKind kind, auto change) {
    Clause c = money(kind);
    change(c);
    return mistakes(deal(c));
  };
  CHECK(mistakes(deal(money(K::Revshare))).empty());
  CHECK(mistakes(deal(money(K::Commit))).empty());
  CHECK(says(with(K::Revshare, [](Clause& c) { c.as<kinds::Revshare>().rate = 1.2; }),
             "pay.rate is 1.2; expected a share between 0 and 1."));
  CHECK(says(with(K::Revshare, [](Clause& c) { c.as<kinds::Revshare>().rate = -0.1; }), "pay.rate is -0.1"));
  CHECK(says(with(K::Revshare, [](Clause& c) { c.as<kinds::Revshare>().rate = std::nan(""); }), "pay.rate is nan"));
  CHECK(says(with(K::Revshare, [](Clause& c) { c.as<kinds::Revshare>().cap_usd = -5e9; }),
             "pay.cap is -5e+09; expected an amount of 0 $ or more."));
  CHECK(with(K::Revshare, [](Clause& c) { c.as<kinds::Revshare>().cap_usd = 0; }).empty());
  CHECK(says(with(K::Commit, [](Clause& c) { c.as<kinds::Commit>().amount_usd = 0; }), "pay.amount is 0"));
  CHECK(says(with(K::Commit, [](Clause& c) { c.until = core::kNever; }),
             "pay.until is not given; expected the end of the commitment."));
  CHECK(
      says(with(K::Commit, [](Clause& c) { c.as<kinds::Commit>().already_drawn_usd = 2e9; }), "pay.already_drawn is"));
  CHECK(says(with(K::Commit, [](Clause& c) { c.as<kinds::Commit>().payee = "openai"; }),
             "pay.payee is 'openai', the payer"));
  Clause regimes = rollout("r", kApi, date(2026, 4, 28), core::kNever);
  regimes.as<kinds::Rollout>().allowlist = 1.5;
  CHECK(says(mistakes(deal(regimes)), "r.allowlist is 1.5; expected a share between 0 and 1."));
}

TEST_CASE("a waiver names a host that exists", "[contracts][validation]") {
  Clause c = clause(K::Rofr, "r", {kHost}, {"azure"});
  c.as<kinds::Rofr>().waivers = {{"ocii", date(2025, 5, 1)}};
  CHECK(mistakes(deal(c)) == kClause + "r.waivers.ocii is 'ocii'; expected a cloud. Did you mean 'oci'?");
}

TEST_CASE("the shares of one base may not add up to more than the whole", "[contracts][validation]") {
  Clause big = money(K::Revshare), small = money(K::Revshare);
  big.name = "big";
  big.as<kinds::Revshare>().rate = 0.7;
  small.name = "small";
  small.as<kinds::Revshare>().rate = 0.4;
  small.from = date(2026, 1, 1);
  const std::vector<Contract> both = {one_version("deal", {}, date(2025, 1, 1), {big, small})};
  CHECK(says(mistakes(both), kClause + "small.rate is 0.4"));
  CHECK(says(mistakes(both), "On 2026-01-01 the shares of the same revenue add up to 1.1"));
  small.from = date(2030, 1, 1);  // the other has ended by then
  small.until = date(2031, 1, 1);
  CHECK(mistakes({one_version("deal", {}, date(2025, 1, 1), {big, small})}).empty());
  // An older version comes back when the newer one ends, and its 70 % with it: 110 % from 2027 on.
  Contract returning = one_version("deal", {}, date(2025, 1, 1), {big});
  returning.versions.push_back(version("pause", date(2025, 6, 1), {}));
  returning.versions[1].ends = date(2027, 1, 1);
  Clause other = money(K::Revshare);
  other.as<kinds::Revshare>().rate = 0.4;
  other.from = date(2025, 7, 1);
  CHECK(says(mistakes({returning, one_version("other", {}, date(2025, 7, 1), {other})}),
             "On 2027-01-01 the shares of the same revenue add up to 1.1"));
  small.from = date(2026, 1, 1);  // another base
  small.as<kinds::Revshare>().base = RevshareBase::ChannelRevenue;
  small.as<kinds::Revshare>().channel = "azure";
  CHECK(mistakes({one_version("deal", {}, date(2025, 1, 1), {big, small})}).empty());
}

TEST_CASE("a clause needs a role, a holder, and one holder where the right is exclusive", "[contracts][validation]") {
  CHECK(says(mistakes(deal(clause(K::Grant, "g", {}, {"azure"}))), "g.role is not given"));
  CHECK(says(mistakes(deal(clause(K::Grant, "g", {kHost}, {}))), "g.grantee is not given; expected a cloud."));
  CHECK(says(mistakes(deal(clause(K::Exclusive, "e", {kHost}, {"azure", "aws"}))),
             "e.holder is 2 holders on HOST; expected exactly one."));
  CHECK(
      says(mistakes(deal(clause(K::Exclusive, "e", {kHost, kChannel}, {"gcp"}))), "e.holder is 0 holders on CHANNEL"));
  CHECK(mistakes(deal(clause(K::Exclusive, "e", {kHost, kChannel}, {"gcp", "vertex"}))).empty());  // one each
  CHECK(says(mistakes(deal(clause(K::Grant, "g", {kHost, kChannel}, {"vertex"}))), "g.grantee is nobody on HOST"));
  CHECK(says(mistakes(deal(clause(K::Grant, "g", {Role::Ip}, {"m365"}))),
             "The use of IP is permitted by a clause of kind \"licence\""));
}

TEST_CASE("every mistake is reported in one pass", "[contracts][validation]") {
  Clause c = clause(K::Exclusive, "e", {kHost}, {"azur"});
  c.scope.labs = {"opnai"};
  c.from = date(2026, 1, 1);
  c.until = date(2025, 6, 1);
  try {
    const Registry registry = registry_of(deal(c));
    FAIL("accepted");
  } catch (const core::ScenarioError& error) {
    CHECK(error.mistakes().size() == 3);
  }
}
