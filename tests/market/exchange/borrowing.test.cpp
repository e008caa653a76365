#include "sim/market/exchange/finance/borrowing.hpp"

#include <exception>
#include <string>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/market/exchange/day.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;

namespace {

/// neo's firm owes 36,525 $ at 10 % a year: 10 $ a day.
const std::string kLoan = R"(
[clouds.neo.borrowing]
net_debt = "36525 $"
base_rate = "4 %/y"
spread = "6 %/y"
term = "5 y"
per_backlog = 0.5
limit = "1000 $"
default_hazard = "20 %/y"
recovery = 0.6
creditor_discount = 0.25
)";

Borrowing terms() {
  Borrowing t;
  t.net_debt_usd = 1000.0;
  t.base_rate = 0.04;
  t.spread = 0.06;
  t.term_years = 5.0;
  t.default_hazard = 0.2;
  return t;
}

/// A book of three months that earned so much a day.
LoanBook earning(double usd_per_day) {
  LoanBook book;
  for (int month = 0; month < 3; ++month) book.last.push_back({Money::from_usd(30.0 * usd_per_day), 30.0});
  return book;
}

}  // namespace

TEST_CASE("borrowing: interest is that of a day on what is owed, and nothing on a balance", "[market][exchange]") {
  const Interval day{core::date(2026, 1, 1), core::date(2026, 1, 2)};
  CHECK(interest_due(terms(), Money::from_usd(36'525.0), day) == Money::from_usd(10.0));
  CHECK(interest_due(terms(), Money::from_usd(-5.0), day) == Money{});
}

TEST_CASE("borrowing: a day's payments move the debt, and the audit's account agrees", "[market][exchange]") {
  test::Day day(kLoan);
  const CloudId neo = day.cloud("neo");
  const PartyId firm = day.party("neo"), services = day.party("services");
  const auto settled = day.settle_it();
  CHECK(test::paid(settled.settlement.entries, Category::Interest, firm, services) == 10.0);
  Money owed = Money::from_usd(36'525.0);
  for (const Entry& e : settled.settlement.entries) {
    if (e.category == Category::Depreciation || e.from.party == e.to.party) continue;
    if (e.to.party == firm) owed -= e.amount;
    if (e.from.party == firm) owed += e.amount;
  }
  CHECK(day.exchange.accounts.net_debt[neo].owed == owed);
  CHECK(day.close(settled).empty());
  auto wrong = day.exchange.accounts.net_debt;
  wrong[neo].owed += Money{1};
  CHECK_THROWS_AS(check_net_debt(day.s(), wrong, day.exchange.audit.net_debt), core::LedgerError);
}

TEST_CASE("borrowing: hazard is what cash flow leaves uncovered of interest and repayment", "[market][exchange]") {
  // 1000 $ owe 100 $ of interest and 200 $ of repayment a year.
  const double needed = 300.0 / core::kDaysPerYear;
  for (const auto& [share, hazard] : {std::pair{1.5, 0.0}, {1.0, 0.0}, {0.75, 0.05}, {0.0, 0.2}, {-1.0, 0.2}}) {
    LoanSignal signal;
    judge(terms(), {Money::from_usd(1000.0)}, earning(share * needed), signal);
    CHECK(signal.coverage == Approx(share).margin(1e-4));
    CHECK(signal.hazard == Approx(hazard).margin(1e-4));
  }
  LoanSignal young, free;
  judge(terms(), {Money::from_usd(1000.0)}, {}, young);  // nobody judges before three months have ended
  CHECK(young.hazard == 0.0);
  judge(terms(), {Money::from_usd(-1.0)}, earning(0.0), free);
  CHECK(free.hazard == 0.0);
}

TEST_CASE("borrowing: a default is drawn by month, writes off debt and comes once", "[market][exchange]") {
  test::Day day(kLoan);
  const CloudId neo = day.cloud("neo");
  day.board.clouds[neo].loan.hazard = 1e6;
  const Interval inside{core::date(2026, 1, 5), core::date(2026, 1, 6)},
      last{core::date(2026, 1, 31), core::date(2026, 2, 1)};
  auto accounts = first_net_debt(day.s());
  CHECK(move_net_debt(day.view(), inside, {}, accounts).empty());
  CHECK(move_net_debt(day.view(), last, {}, accounts) == std::vector<CloudId>{neo});
  CHECK(accounts[neo].owed == Money::from_usd(36'525.0 * 0.6));
  CHECK(move_net_debt(day.view(), last, {}, accounts).empty());
}

TEST_CASE("borrowing: a part of a debt that is left is at most all of it", "[scenario]") {
  std::string said;
  try {
    test::Day(kLoan + "[clouds.az.borrowing]\nnet_debt = \"1 $\"\nrecovery = 1.5\n");
  } catch (const std::exception& error) {
    said = error.what();
  }
  CHECK(said.find("recovery") != std::string::npos);
}
