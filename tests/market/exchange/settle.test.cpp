#include "tests/market/exchange/day.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;

namespace {

struct Paid {
  test::Day day;
  SettledInterval settled = day.settle_it();

  double operator()(Category category, const std::string& from, const std::string& to) const {
    return test::paid(settled.settlement.entries, category, day.party(from), day.party(to));
  }
};

}  // namespace

TEST_CASE("settle: customers pay for what was served", "[market][exchange]") {
  const Paid paid;
  CHECK(paid(Category::Sale, "enterprises", "oai") == 12 * 100.0 + 16 * 24 * 1.0);  // work units, training
  CHECK(paid(Category::Sale, "enterprises", "az") == 6 * 100.0);
  CHECK(paid(Category::Remittance, "az", "oai") == 600 * 0.8);
  CHECK(paid(Category::ConsumerSale, "consumers", "oai") == 24 * 24 * 6.0);
  CHECK(paid(Category::ConsumerSale, "consumers", "neo") == 10 * 24 * 5.0);
  CHECK(paid(Category::SeatSale, "enterprises", "az") == 1'200'000.0);
  CHECK(paid(Category::OtherSale, "enterprises", "az") == 1'000'000.0);
  CHECK(paid(Category::Governance, "enterprises", "services") == 2.0);
  CHECK(paid(Category::Migration, "enterprises", "services") == 5.0);
}

TEST_CASE("settle: labs and applications pay for compute", "[market][exchange]") {
  const Paid paid;
  // 58 H100e of oai less 10 reserved ones, at the list price of 3 $.
  const double hosting = paid(Category::Hosting, "oai", "az"), training = paid(Category::Training, "oai", "az");
  CHECK(hosting + training == 48 * 24 * 3.0);
  CHECK(training >= 6 * 24 * 3.0);  // at most 10 of 16 trained on the reservation
  // Inside a firm at cost, which is the list price on the first day.
  CHECK(paid(Category::OwnHosting, "neo", "neo") == (10 + 6) * 24 * 2.0);  // its lab, and products of its own
  CHECK(paid(Category::OwnHosting, "az", "az") == 4 * 24 * 3.0);           // the seats
  CHECK(paid(Category::Reservation, "oai", "az") == 10 * 24 * 2.5);
}

TEST_CASE("settle: own products bring their income, customers beyond the labs pay the list price",
          "[market][exchange]") {
  const Paid paid;
  CHECK(paid(Category::OwnProducts, "enterprises", "neo") == 6 * 24 * 1.5);
  CHECK(paid(Category::CustomerHosting, "enterprises", "neo") == 4 * 24 * 2.0);
}

TEST_CASE("settle: sellers pay for energy, operations, capital and the rest", "[market][exchange]") {
  const Paid paid;
  CHECK(paid(Category::Energy, "az", "suppliers") == 100 * 24 * 0.05);     // 100 kW at 50 $/MWh
  CHECK(paid(Category::Operations, "az", "suppliers") == 100 * 24 * 0.1);  // 876.6 $/kW-y / 8766 h
  CHECK(paid(Category::Depreciation, "az", "az") == 100.0);                // 1461 $ over 1461 days, 100 units
  CHECK(paid(Category::Depreciation, "neo", "neo") == 50.0);
  CHECK(paid(Category::Capex, "az", "maker") == 7 * 1461.0);
  CHECK(paid(Category::OtherCost, "maker", "suppliers") == 7 * 1461.0 / 2);
  CHECK(paid(Category::OtherCost, "az", "suppliers") == 750'000.0);  // of other sales, at a margin of 25 %
  CHECK(paid(Category::OtherCost, "oai", "suppliers") == 552.0);     // 10 % of 1200 + 480 + 3456 + 384 $
}

TEST_CASE("settle: clauses move money", "[market][exchange]") {
  const Paid paid;
  CHECK(paid(Category::Revshare, "oai", "az") == 552.0);                         // 10 % of 5520 $
  CHECK(paid(Category::Shortfall, "oai", "az") == 10'000.0 - (3456.0 + 600.0));  // bought: compute and the reservation
  CHECK(paid(Category::Investment, "az", "oai") == 1000.0);
  CHECK(paid(Category::Damages, "oai", "az") == 250.0);
  CHECK(paid(Category::Transfer, "oai", "az") == 100.0);  // 36,525 $ a year
  // Half of 600 $ was bought by committed enterprises; 10 % of 4000 $, what stays unburned, may be drawn.
  CHECK(paid(Category::Drawdown, "az", "enterprises") == 300.0);
}

TEST_CASE("settle: profit leaves out capital, and a stake takes its share of it", "[market][exchange]") {
  const Paid paid;
  const auto& settlement = paid.settled.settlement;
  // 5520 $ less 3456 + 600 compute, 552 other, 552 share, 5944 shortfall, 250 fee, 100 transfer.
  CHECK(settlement.profit[paid.day.party("oai")].usd() == -5934.0);
  const auto& line = settlement.lines[paid.day.label("oai-az/stake")];
  CHECK(line.rate == 0.25);  // 1000 $ at a valuation of 4000 $
  CHECK(line.income == Money{-1483'5000});
  CHECK(line.owner == paid.day.party("az"));
}

TEST_CASE("settle: a statement says what a commitment and a reservation came to", "[market][exchange]") {
  const Paid paid;
  const auto& commitment = paid.settled.settlement.lines[paid.day.label("oai-az/commitment")];
  CHECK(commitment.commitment == Money{10'000'0000});
  CHECK(commitment.used == Money{4'056'0000});
  CHECK(commitment.shortfall == Money{5'944'0000});
  const auto& block = paid.settled.settlement.lines[paid.day.label("oai-az/block")];
  CHECK(block.commitment == Money{600'0000});
  CHECK(block.quantity == 10);
  CHECK(block.quantity_short == 0);
}

TEST_CASE("settle changes no books and no demand", "[market][exchange]") {
  const Paid paid;
  Books books = paid.day.exchange.books;
  CHECK_NOTHROW(books.close(paid.settled.interval.start));  // nothing is posted that nobody expects
  CHECK(paid.day.exchange.demand.migration == Money{5'0000});
  CHECK(paid.day.exchange.capital.payments.size() == 1);
}

TEST_CASE("settle: all that was sold of a lab through a channel is one payment", "[market][exchange]") {
  const Paid paid;
  int sales = 0, remittances = 0;
  for (const Entry& entry : paid.settled.settlement.entries) {
    sales += entry.category == Category::Sale ? 1 : 0;
    remittances += entry.category == Category::Remittance ? 1 : 0;
  }
  CHECK(sales == 3);  // oai's own channel, az's, and the stream of training
  CHECK(remittances == 1);
}
