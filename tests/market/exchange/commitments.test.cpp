#include <cmath>

#include "sim/core/math.hpp"
#include "sim/market/contracts/required_access.hpp"
#include "sim/market/contracts/take_or_pay.hpp"
#include "sim/market/exchange/clauses/commitment_part.hpp"
#include "sim/market/exchange/clearing/commitment_steer.hpp"
#include "tests/market/exchange/day.hpp"
#include "tests/market/exchange/two_hosts.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;

namespace {

/// A year's commitment of `committed` $, day by day: the payer draws all it can, `most` $ a day, where a dollar at the
/// margin costs it at most what the alternative asks, and nothing elsewhere.
struct Year {
  double committed = 0, most = 0, price = 1, alternative = 1;
  int days = 365;

  struct Result {
    double drawn = 0;
    double worst_gap = 0;     ///< of forecast - (R - sigma Phi^-1(1 - P'/P)), in sigma, between the 120th and 300th day
    double largest_step = 0;  ///< of the free share from one day to the next, while something is left
  };
  [[nodiscard]] Result run() const {
    Result out;
    double per_day = 0, before = -1;
    for (int day = 0; day < days; ++day) {
      const double left = days - day;
      const Money remaining = Money::from_usd(std::max(0.0, committed - out.drawn));
      const double free = free_probability(remaining, per_day * left, left);
      if (free < 0 || free > 1 || std::isnan(free)) throw std::out_of_range("a probability outside [0, 1]");
      if (before >= 0 && day > 60 && day < 300) out.largest_step = std::max(out.largest_step, std::abs(free - before));
      before = free;
      const double today = price * (1 - free) <= alternative ? most : 0.0;
      out.drawn += today;
      per_day = smoothed_draw(per_day, today, 1.0);
      if (day < 120 || day > 300 || remaining <= Money{}) continue;
      const double sigma = forecast_deviation(remaining, left);
      const double settles = remaining.usd() - sigma * core::math::normal_quantile(1 - alternative / price);
      out.worst_gap = std::max(out.worst_gap, std::abs(per_day * left - settles) / sigma);
    }
    return out;
  }
};

}  // namespace

TEST_CASE("commitments: the probability that a dollar is free", "[market][exchange][commitments]") {
  const Money left = Money::from_usd(1e6);
  CHECK(free_probability(Money{}, 0.0, 100.0) == 0.0);  // nothing is left
  CHECK(free_probability(Money{-1}, 0.0, 100.0) == 0.0);
  CHECK(free_probability(left, 1e6, 100.0) == 0.5);      // it will just be met
  CHECK(free_probability(left, 0.0, 100.0) > 0.999999);  // nobody draws it
  CHECK(free_probability(left, 2e6, 100.0) < 0.000001);  // it is met twice
  CHECK(forecast_deviation(left, 0.0) == 0.02 * 1e6);    // at least 2 % of what is left
  CHECK(forecast_deviation(left, 365.25) == 0.1 * 1e6);
  for (double days = 0.0; days <= 3650.0; days += 7.3)
    for (double forecast = 0.0; forecast <= 3e6; forecast += 3.1e4) {
      const double free = free_probability(left, forecast, days);
      REQUIRE(free >= 0.0);
      REQUIRE(free <= 1.0);
      REQUIRE(free >= free_probability(left, forecast + 1e4, days));  // the more is drawn, the less is free
    }
}

TEST_CASE("commitments: the draw settles where both hosts cost the same at the margin",
          "[market][exchange][commitments]") {
  for (const double alternative : {0.5, 0.7, 0.9}) {
    const Year year{.committed = 365e6, .most = 2e6, .price = 1.0, .alternative = alternative};
    const auto got = year.run();
    INFO("alternative " << alternative << ": drawn " << got.drawn << ", gap " << got.worst_gap << " sigma, step "
                        << got.largest_step);
    // The smoothed draw moves by a thirtieth of the day's: 2e6 / 30 of 1e6 a day are 7 % of R, sigma is 6 to 8 %.
    CHECK(got.worst_gap < 1.5);
    CHECK(got.largest_step < 0.5);
    CHECK(got.drawn >= year.committed - 2 * forecast_deviation(Money::from_usd(year.committed), 1.0));
  }
}

TEST_CASE("commitments: a host that is no dearer is drawn in full, one without room falls short by the rest",
          "[market][exchange][commitments]") {
  CHECK(Year{.committed = 365e6, .most = 1.2e6, .price = 1.0, .alternative = 1.0}.run().drawn >= 365e6);
  CHECK(Year{.committed = 365e6, .most = 0.5e6, .price = 1.0, .alternative = 0.8}.run().drawn == 365 * 0.5e6);
}

TEST_CASE("commitments: excused time is not owed, to the unit", "[market][exchange][commitments]") {
  using namespace contracts;
  const core::SimTime from = core::date(2026, 1, 1), until = core::date(2026, 1, 11);
  TakeOrPay account({{from, until, Money::from_usd(1000.0)}}, CarryRule::None);
  CHECK(account.prepaid(core::SimDuration{0}) == Money::from_usd(1000.0));
  CHECK(account.prepaid(5 * core::kDay) == Money::from_usd(500.0));
  account.excuse(3 * core::kDay);
  CHECK(account.remaining() == Money::from_usd(700.0));
  static_cast<void>(account.spend(from, Money::from_usd(100.0)));
  const auto row = account.settle(until);
  REQUIRE(row);
  CHECK(row->commitment == Money::from_usd(700.0));
  CHECK(row->shortfall == Money::from_usd(600.0));
  // lapsed after four days, one of them excused: three tenths are owed
  TakeOrPay lapsed({{from, until, Money::from_usd(1000.0)}}, CarryRule::None);
  lapsed.excuse(core::kDay);
  CHECK(lapsed.terminate(from + 4 * core::kDay)->shortfall == Money::from_usd(300.0));
}

TEST_CASE("commitments: what is owed while access is barred", "[market][exchange][commitments]") {
  using contracts::PermittedShare;
  kinds::Commit terms;
  const auto excused = [&](BarredRule rule, PermittedShare share) {
    terms.while_barred = rule;
    return contracts::time_excused(terms, share, 8 * core::kDay);
  };
  CHECK(excused(BarredRule::Owe, {0, 4}) == core::SimDuration{0});
  CHECK(excused(BarredRule::Suspend, {0, 4}) == 8 * core::kDay);
  CHECK(excused(BarredRule::Suspend, {1, 4}) == core::SimDuration{0});
  CHECK(excused(BarredRule::Scale, {1, 4}) == 6 * core::kDay);
  CHECK(excused(BarredRule::Scale, {4, 4}) == core::SimDuration{0});
}

TEST_CASE("commitments: steering changes the cost of the payer's arcs and of no other",
          "[market][exchange][commitments]") {
  test::Day day;
  static_cast<void>(day.load_it());
  auto& table = day.exchange.network.table;
  REQUIRE(table.committed.size() == 1);
  set_costs(day.view(), table);
  std::vector<std::int64_t> before;
  for (const auto& arc : table.network.arcs) before.push_back(arc.cost);
  steer(day.view(), day.interval().start, day.exchange.accounts, true, table);
  CHECK(table.committed[CommittedPairId(0)].free == 0.0);  // a run's first day knows nothing
  steer(day.view(), day.interval().start, day.exchange.accounts, false, table);
  CHECK(table.committed[CommittedPairId(0)].free == 1.0);  // nobody has drawn it, and it ends tomorrow
  set_costs(day.view(), table);
  int moved = 0;
  for (const ArcId a : table.arcs()) {
    const auto& arc = table.network.arcs[a];
    const bool draws = table.arc_terms[a].commitment.exists();
    CHECK(draws == (table.classes[table.demand_class(arc)].payer == day.party("oai") &&
                    table.arc_terms[a].host == day.cloud("az") && !table.arc_terms[a].own));
    CHECK((arc.cost != before[a.position()]) == draws);
    moved += draws ? 1 : 0;
  }
  CHECK(moved > 0);
}

TEST_CASE("commitments: what routing forecasts of a draw holds for the day, or until the month ends",
          "[market][exchange][commitments]") {
  const std::string commit =
      "[contracts.commit]\nparties = [\"lab\", \"near\"]\n[contracts.commit.versions.first]\nsigned = 2025-01-01\n"
      "effective = 2025-01-01\n[contracts.commit.versions.first.clauses]\ntake = { kind = \"commit\", payer = \"lab\", "
      "payee = \"near\", from = 2026-01-01, until = 2027-01-01, amount = \"6745200 $\" }\n";  // a tenth more than it
                                                                                              // draws
  const auto changes = [&commit](const std::string& hosting) {
    test::TwoHosts market(commit + hosting);
    std::vector<int> on;
    double before = 0.0;
    for (int day = 0; day < 100; ++day) {
      if (day == 40) market.exchange.network.interval = {};  // built anew: a forecast outlasts that
      static_cast<void>(market.clear_day(day));
      market.exchange.cleared.push_back(market.day(day).start);
      const auto& pairs = market.exchange.network.table.committed;
      REQUIRE(pairs.size() == 1);
      const double free = pairs[CommittedPairId(0)].free;
      if (day > 1 && free != before) on.push_back(day);
      before = free;
    }
    return on;
  };
  CHECK(changes("").size() > 5);
  for (const int day : changes("[hosting]\nreplan = \"monthly\"\n")) CHECK((day == 31 || day == 59 || day == 90));
  const auto weekly = changes("[hosting]\nreplan = \"weekly\"\n");
  CHECK(weekly.size() > 1);
  for (const int day : weekly) CHECK(day % 7 == 0);
}

TEST_CASE("commitments: a period that falls short says why, and the books close", "[market][exchange][commitments]") {
  test::Day day;
  SettledInterval settled = day.settle_it();
  const auto& notices = settled.settlement.notices;
  const auto said = std::find_if(notices.begin(), notices.end(), [](const Notice& n) { return n.kind == "shortfall"; });
  REQUIRE(said != notices.end());
  CHECK(said->subject == "oai-az/commitment");
  CHECK(said->text ==
        "oai pays az 5944.0000 $ for compute not used, 59 % of what it committed to from 2026-01-01 until 2026-01-02: "
        "no demand (100 %)");
  CHECK(day.close(std::move(settled)).empty());
}

namespace {

/// near of two_hosts, to which `payer` is committed in January. The lab runs at near alone, for 16,800 $ a day.
test::TwoHosts committed_to_near(const std::string& payer, const std::string& terms) {
  std::string text = test::two_hosts("");
  text.replace(text.find("[labs.lab.routes.far]"), 21, "");
  return test::TwoHosts(
      "[contracts.commit]\nparties = [\"lab\", \"maker\", \"near\"]\n"
      "[contracts.commit.versions.first]\nsigned = 2025-01-01\neffective = 2025-01-01\n"
      "[contracts.commit.versions.first.clauses]\ntake = { kind = \"commit\", payer = \"" +
          payer + "\", payee = \"near\", from = 2026-01-01, until = 2026-02-01, " + terms + " }\n",
      text);
}

/// What the firm paid in the day less what it received, $, in a category.
double net_paid(const test::TwoHosts& market, const SettledInterval& day, Category category, const std::string& firm) {
  const PartyId party(*index_of(market.s().parameters.vocabulary.firms, firm));
  Money sum;
  for (const Entry& entry : day.settlement.entries) {
    if (entry.category != category) continue;
    if (entry.from.party == party) sum += entry.amount;
    if (entry.to.party == party) sum -= entry.amount;
  }
  return sum.usd();
}

/// Clears the day, and books it: the audit must agree when the month closes.
SettledInterval book_day(test::TwoHosts& market, int number) {
  SettledInterval day = market.clear_day(number);
  book_interval(market.exchange, market.view(), day, nullptr);
  return day;
}

}  // namespace

TEST_CASE("commitments: a shortfall is booked evenly over its period", "[market][exchange][commitments]") {
  auto market = committed_to_near("maker", "amount = \"31000 $\"");  // which runs nothing
  for (int day = 0; day < 31; ++day)
    REQUIRE(net_paid(market, book_day(market, day), Category::Shortfall, "maker") == 1000.0);
  CHECK(net_paid(market, book_day(market, 31), Category::Shortfall, "maker") == 0.0);
}

TEST_CASE("commitments: use that catches up takes the place of what was booked", "[market][exchange][commitments]") {
  auto market = committed_to_near("lab", "amount = \"620000 $\"");  // 20,000 $ a day
  double used = 0, booked = 0;
  for (int day = 0; day < 31; ++day) {
    if (day == 10) market.set_price("near", 1.5);
    used += 16'800.0 * (day < 10 ? 1.0 : 1.5);
    booked += net_paid(market, book_day(market, day), Category::Shortfall, "lab");
    REQUIRE(booked == Approx(std::max(0.0, 20'000.0 * (day + 1) - used)).margin(1e-3));
  }
  CHECK(booked == 0.0);  // in all the lab used more than it had to
}

TEST_CASE("commitments: what the payee has no compute for is not owed", "[market][exchange][commitments]") {
  // Of the 700 H100e that the lab wants near runs 300: 7,200 $ of 20,000 a day are used, 9,600 not delivered. The lab
  // has no work for the other 3,200.
  auto market = committed_to_near("lab", "amount = \"620000 $\", undelivered = \"excuse\"");
  auto owing = committed_to_near("lab", "amount = \"620000 $\"");
  for (auto* one : {&market, &owing}) one->set_running("near", 300);
  for (int day = 0; day < 31; ++day) {
    REQUIRE(net_paid(market, book_day(market, day), Category::Shortfall, "lab") == Approx(3'200.0).margin(1e-3));
    REQUIRE(net_paid(owing, book_day(owing, day), Category::Shortfall, "lab") == 12'800.0);
  }
}

TEST_CASE("commitments: several to one payee share what it could not deliver", "[market][exchange][commitments]") {
  auto market =
      committed_to_near("lab",
                        "amount = \"310000 $\", undelivered = \"excuse\" }\nmore = { kind = \"commit\", payer = "
                        "\"lab\", payee = \"near\", "
                        "from = 2026-01-01, until = 2026-02-01, amount = \"310000 $\", undelivered = \"excuse\"");
  market.set_running("near", 300);
  for (int day = 0; day < 31; ++day)
    REQUIRE(net_paid(market, book_day(market, day), Category::Shortfall, "lab") == Approx(3'200.0).margin(1e-3));
}

TEST_CASE("commitments: compute that is delivered again is owed again", "[market][exchange][commitments]") {
  auto market = committed_to_near("lab", "amount = \"620000 $\", undelivered = \"excuse\"");
  market.set_running("near", 300);
  for (int day = 0; day < 10; ++day) book_day(market, day);
  market.set_running("near", 1000);
  for (int day = 10; day < 31; ++day)  // 16,800 of 20,000 $ are used
    REQUIRE(net_paid(market, book_day(market, day), Category::Shortfall, "lab") == Approx(3'200.0).margin(1e-3));
}

TEST_CASE("commitments: what an assignee buys counts for the payer, who leaves it the discount",
          "[market][exchange][commitments]") {
  auto market = committed_to_near("maker", "amount = \"620000 $\", assignee = \"lab\", assignment_discount = \"25 %\"");
  for (int day = 0; day < 31; ++day) {
    const SettledInterval settled = book_day(market, day);
    REQUIRE(net_paid(market, settled, Category::Shortfall, "maker") == 3'200.0);
    REQUIRE(net_paid(market, settled, Category::Transfer, "maker") == 4'200.0);
    REQUIRE(net_paid(market, settled, Category::Transfer, "lab") == -4'200.0);
  }
}

TEST_CASE("commitments: a payer buys itself out of what is not booked yet", "[market][exchange][commitments]") {
  auto market = committed_to_near("maker", "amount = \"31000 $\", buyout = \"40 %\", bought_out = 2026-01-11");
  for (int day = 0; day < 31; ++day) {
    const SettledInterval settled = book_day(market, day);
    const double expected = day < 10 ? 1000.0 : day == 10 ? 0.4 * 21'000.0 : 0.0;
    REQUIRE(net_paid(market, settled, Category::Shortfall, "maker") == expected);
    if (day != 10) continue;
    REQUIRE(settled.settlement.notices.size() == 1);
    CHECK(settled.settlement.notices[0].text ==
          "maker buys itself out of 21000.0000 $ that it owed near for compute, for 8400.0000 $");
  }
}

TEST_CASE("commitments: what was booked is not pushed out", "[market][exchange][commitments]") {
  using namespace contracts;
  const core::SimTime from = core::date(2026, 1, 1), middle = core::date(2026, 1, 11), until = core::date(2026, 1, 21);
  TakeOrPay account({{from, middle, Money::from_usd(1000.0)}, {middle, until, Money::from_usd(1000.0)}},
                    CarryRule::None);
  CHECK(account.behind(from + 4 * core::kDay) == Money::from_usd(400.0));
  static_cast<void>(account.spend(from, Money::from_usd(100.0)));
  CHECK(account.behind(from + 4 * core::kDay) == Money::from_usd(300.0));
  const auto row = account.settle(middle, 0.1, Money::from_usd(300.0));
  REQUIRE(row);
  CHECK(row->shortfall == Money::from_usd(300.0));
  CHECK(row->deferred == Money::from_usd(600.0));
  CHECK(account.open_period()->commitment == Money::from_usd(1660.0));
  CHECK(account.drawn() == Money::from_usd(400.0));
  CHECK(account.buy_out(Money{}) == Money::from_usd(1660.0));
  CHECK(account.open_period() == nullptr);
}
