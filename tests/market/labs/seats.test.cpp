#include <cmath>

#include "sim/market/exchange/clearing/streams.hpp"
#include "sim/market/primitives/adoption.hpp"
#include "sim/market/world/seat_book.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace test;

namespace {

/// North's office suite on able's models, 400,000 of a million workers at most; check C1's rates.
SeatApplication suite(const std::string& name = "suite") {
  SeatApplication a;
  a.name = name;
  a.firm = "North";
  a.lab = "able";
  a.channel = "office";
  a.installed_base = 1'000'000;
  a.ceiling_share = 0.4;
  a.bass_p = 0.03;
  a.bass_q = 0.38;
  a.seats = 400e3 * 0.035758164;
  return a;
}

/// The small market with a channel "office" that is licensed for able's models, unless it is not.
Parameters with(std::vector<SeatApplication> applications, bool licensed = true) {
  Parameters p = small_parameters();
  Channel office;
  office.name = "office";
  office.firm = "North";
  p.channels.push_back(office);
  p.vocabulary.channels.push_back("office");
  for (auto& a : applications) p.applications.push_back(std::move(a));
  if (licensed) {
    Clause clause;
    clause.name = "office";
    clause.terms.emplace<kinds::Licence>().holder = {"office"};
    p.contracts.push_back(contract("licences", {clause}));
  }
  return p;
}

/// Seats after so many years of days.
SeatBook after(const Parameters& p, double years, const Board* board = nullptr) {
  SmallMarket market(p);
  if (board != nullptr) market.board.demand = board->demand;
  SeatBook book = first_seats(p);
  for (core::SimTime t = kStart; t < kStart + core::years(years); t += core::kDay) {
    market.board.seats.clear();
    for (const auto& account : book) market.board.seats.push_back(account.signal);
    advance(book, market.view(), t, std::min(t + core::kDay, kStart + core::years(years)));
  }
  return book;
}

const ApplicationId kFirst{0}, kSecond{1};

}  // namespace

TEST_CASE("seats that nobody gives up follow the Bass curve, day by day", "[market][seats]") {
  // Check C1: from F(1) = 0.035758164 two years lead to F(3) = 0.150500072.
  CHECK(std::abs(after(with({suite()}), 2.0)[kFirst].signal.seats - 400e3 * 0.150500072) < 1.0);
}

TEST_CASE("without growth seats lapse by term and share, and habit keeps them", "[market][seats]") {
  SeatApplication a = suite();
  a.bass_p = a.bass_q = 0.0;
  a.lapse = 0.2;
  a.term_months = 6.0;
  CHECK(after(with({a}), 1.0)[kFirst].signal.seats == Approx(a.seats * 0.8 * 0.8));  // two terms
  a.habit = 1.0;
  a.habit_effect = 0.5;
  CHECK(after(with({a}), 1.0)[kFirst].signal.seats == Approx(a.seats * 0.9 * 0.9));
  a.habit = 0.0;
  a.habit_half_life_months = 6.0;
  const SeatBook grown = after(with({a}), 1.0);
  CHECK(grown[kFirst].habit == Approx(0.75));  // nobody new: 1 - 2^-2
  CHECK(grown[kFirst].signal.seats > a.seats * 0.8 * 0.8);
  CHECK(grown[kFirst].signal.seats < a.seats * 0.9 * 0.9);
}

TEST_CASE("what is added less what lapses is what seats move by", "[market][seats]") {
  SeatApplication a = suite();
  a.lapse = 0.1;
  const Parameters p = with({a});
  SmallMarket market(p);
  SeatBook book = first_seats(p);
  for (int day = 0; day < 100; ++day) {
    const double before = book[kFirst].signal.seats;
    advance(book, market.view(), kStart + core::kDay * day, kStart + core::kDay * (day + 1));
    const auto& s = book[kFirst].signal;
    CHECK(s.seats == Approx(before + s.added_per_day - s.lapsed_per_day).epsilon(1e-12));
    CHECK(s.seats <= a.installed_base * a.ceiling_share);
  }
}

TEST_CASE("without a licence nobody attaches, and licences run out", "[market][seats]") {
  const SeatBook book = after(with({suite()}, false), 1.0);
  CHECK(book[kFirst].signal.seats == Approx(suite().seats * std::exp(-1.0)));  // terms of a year, memoryless
}

TEST_CASE("a rival leaves less of the market, one of another surface does not", "[market][seats]") {
  SeatApplication ours = suite(), theirs = suite("theirs");
  ours.surface = theirs.surface = "office";
  ours.rivalry = 0.5;
  theirs.seats = 200e3;
  theirs.bass_p = theirs.bass_q = 0.0;
  const double alone = after(with({suite()}), 2.0)[kFirst].signal.seats;
  const double beside = after(with({ours, theirs}), 2.0)[kFirst].signal.seats;
  // A market of 300,000: the Bass curve of that population.
  CHECK(beside == Approx(bass_adopters({0.03, 0.38}, 300e3, ours.seats, 2.0)).epsilon(1e-6));
  theirs.surface = "code";
  CHECK(after(with({ours, theirs}), 2.0)[kFirst].signal.seats == Approx(alone));
  CHECK(after(with({ours, theirs}), 2.0)[kSecond].signal.seats == Approx(200e3));
}

TEST_CASE("shocks move how fast seats attach, not the seats", "[market][seats]") {
  SmallMarket market(with({suite()}));
  market.board.demand.common = std::log(2.0);  // hazards double: four years of the curve in two
  const double faster = after(with({suite()}), 2.0, &market.board)[kFirst].signal.seats;
  CHECK(faster == Approx(bass_adopters({0.06, 0.76}, 400e3, suite().seats, 2.0)).epsilon(1e-6));
}

TEST_CASE("work that a lab may not do goes to the other labs of the application", "[market][seats]") {
  SeatApplication a = suite();
  a.routing = {{"able", 0.75}, {"baker", 0.25}};
  Parameters p = with({a}, false);
  Lab baker = p.labs[kAble];
  baker.name = "baker";
  p.labs.push_back(baker);
  p.vocabulary.labs.push_back("baker");
  Clause clause;
  clause.name = "office";
  clause.terms.emplace<kinds::Licence>().holder = {"office"};
  clause.scope.labs = {"able"};
  p.contracts.push_back(contract("licences", {clause}));
  SmallMarket market(p);
  const auto& streams = market.compiled().streams;
  double able = -1.0, other = -1.0;
  for (const StreamId k : streams.ids())
    if (streams[k].application.exists()) (streams[k].lab == kAble ? able : other) = routed_share(market.view(), k);
  CHECK(able == 1.0);
  CHECK(other == 0.0);
}
