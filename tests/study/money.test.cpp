#include <cmath>
#include <random>
#include <string>

#include "sim/core/random.hpp"
#include "sim/market/primitives/ledger.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using core::Money;

namespace {

/// An investment that aws makes in oai on 8 January, in toy-10.
constexpr const char* kTranche =
    "extends = \"toy-10\"\n[contracts.oai-aws.versions.first.clauses]\ntranche = { kind = \"tranche\", payer = "
    "\"aws\", payee = \"oai\", from = 2026-01-08, amount = \"";

record::RunSeries paying(const std::string& amount) {
  return test::run(scenario::Scenario::parse(kTranche + amount + "\" }\n", "money.toml", test::library()));
}
/// What the result says was paid under the tranche, $.
double paid(const record::RunSeries& series) {
  const auto& labels = series.axes.labels[static_cast<std::size_t>(record::Dim::Clause)];
  const auto label = market::index_of(labels, "oai-aws/tranche").value();
  return series[record::Var::ClausePayment][label * series.axes.months.size()];
}

}  // namespace

TEST_CASE("an amount is read from the result as it was written in the scenario", "[study][money]") {
  const core::Draws draws(12, 0);
  for (std::uint64_t i = 0; i < 24; ++i) {
    // From 1e-4 $ to 4e11 $, below which a double holds every unit.
    const double size = std::pow(10.0, 15.6 * draws.uniform({0, 1, i, 0}));
    const Money amount{1 + static_cast<std::int64_t>(size)};
    const std::string dollars = decimal(amount);
    INFO(dollars);
    CHECK(paid(paying(dollars + " $")) == std::stod(dollars));
  }
  // The unit may be scaled: what 1e3 makes of the nearest double of 1.2345678 is no double of 1234.5678.
  CHECK(paid(paying("1.2345678 k$")) == 1234.5678);
  CHECK(paid(paying("0.0000001 M$")) == 0.1);
  CHECK(paid(paying("4.1234567891234 B$")) == 4123456789.1234);
}

TEST_CASE("halves of a unit go away from zero from the scenario to the result", "[study][money]") {
  // 312.5 units of 1e-4 $ are a half as a double too.
  CHECK(paid(paying("0.03125 $")) == 0.0313);
  CHECK(paid(paying("0.03124 $")) == 0.0312);
}

TEST_CASE("amounts are posted, moved and read without a unit lost, in any order", "[study][money]") {
  std::mt19937_64 random(3);
  market::Ledger ledger;
  const auto payer = ledger.account("a", "model", "sale"), payee = ledger.account("b", "model", "sale");
  Money forward, back;
  for (int i = 0; i < 5000; ++i) {
    const double usd = std::ldexp(static_cast<double>(random() >> 11), static_cast<int>(random() % 40) - 60);
    const Money amount = Money::from_usd(usd);
    ledger.post(i % 2 == 0 ? payer : payee, i % 2 == 0 ? payee : payer, amount, 0);
    (i % 2 == 0 ? forward : back) += amount;
  }
  CHECK(ledger.movement(payee) == forward - back);
  CHECK(ledger.movement(payer) == back - forward);
  CHECK(Money::from_usd(ledger.movement(payee).usd()) == ledger.movement(payee));
}
