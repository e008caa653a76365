#include <algorithm>
#include <cmath>
#include <string>

#include "sim/market/world/world.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using market::Category;
using market::Money;

namespace {

/// What the ten days come to, in whole H100e-hours and money.
struct Account {
  std::int64_t installed = 0, idle = 0, oai_az = 0, oai_aws = 0, ant = 0, unserved = 0;
  Money revenue, az_usage, az_shortfall, aws_from_oai, aws_from_ant;
  std::vector<Money> shares;
  [[nodiscard]] Money share_total() const {
    Money sum;
    for (const auto s : shares) sum += s;
    return sum;
  }
  [[nodiscard]] Money lab_net() const { return revenue - az_usage - az_shortfall - aws_from_oai - share_total(); }
};

constexpr Money kDollar{10'000};

Account simulate(const scenario::Scenario& scenario) {
  const auto regime = std::make_shared<const market::Regime>(market::build_regime(scenario.parameters()));
  market::World world(regime, 1, 0);
  test::Tape tape;
  const auto serial = engine::make_serial_executor();
  world.run_until(scenario.parameters().run.end, *serial, &tape);

  const auto& v = scenario.parameters().vocabulary;
  const auto firm = [&](const char* name) { return market::PartyId(*market::index_of(v.firms, name)); };
  const auto lab = [&](const char* name) { return market::LabId(*market::index_of(v.labs, name)); };
  const auto cloud = [&](const char* name) { return market::CloudId(*market::index_of(v.clouds, name)); };
  Account a;
  for (const auto& pool : tape.pools) {
    a.installed += pool.installed * 24;
    a.idle += pool.idle * 24;
  }
  for (const auto& s : tape.service) {
    if (s.lab == lab("oai") && s.host == cloud("az")) a.oai_az += s.served * 24;
    if (s.lab == lab("oai") && s.host == cloud("aws")) a.oai_aws += s.served * 24;
    if (s.lab == lab("ant")) a.ant += s.served * 24;
  }
  for (const auto& d : tape.demand) a.unserved += (d.demand - d.served) * 24;
  for (const auto& e : tape.entries) {
    if (e.category == Category::ConsumerSale && e.to == firm("oai")) a.revenue += e.amount;
    if (e.category == Category::Hosting && e.from == firm("oai") && e.to == firm("az")) a.az_usage += e.amount;
    if (e.category == Category::Hosting && e.from == firm("oai") && e.to == firm("aws")) a.aws_from_oai += e.amount;
    if (e.category == Category::Hosting && e.from == firm("ant")) a.aws_from_ant += e.amount;
    if (e.category == Category::Shortfall) a.az_shortfall += e.to == firm("az") ? e.amount : -e.amount;
    if (e.category == Category::Revshare) a.shares.push_back(e.amount);
  }
  return a;
}

/// The keys of toy-10 that the independent calculation varies.
struct Toy {
  int oai = 120, ant = 30, az = 100, aws = 50, second_hall = 50;
  int hall_day = 4, open_day = 6;
  int resale = 6, az_price = 2, aws_price = 2;  // $ per H100e-hour
  int share_percent = 20, cap = 30'000, commitment = 50'000;

  [[nodiscard]] test::Overrides overrides() const {
    const auto day = [](int d) { return "2026-01-" + std::string(d + 1 < 10 ? "0" : "") + std::to_string(d + 1); };
    const auto text = [](const std::string& s) { return "\"" + s + "\""; };
    return {{"labs.oai.streams.app.compute", text(std::to_string(oai) + " H100e")},
            {"labs.ant.streams.app.compute", text(std::to_string(ant) + " H100e")},
            {"clouds.az.regions.one.fleet.h100", std::to_string(az)},
            {"clouds.aws.regions.one.fleet.h100", std::to_string(aws)},
            {"clouds.aws.regions.one.lots.second-hall.units", std::to_string(second_hall)},
            {"clouds.aws.regions.one.lots.second-hall.arrives", day(hall_day)},
            {"contracts.oai-az.versions.first.clauses.exclusive.until", day(open_day)},
            {"labs.oai.streams.app.price", text(std::to_string(resale) + " $/H100e-h")},
            {"contracts.oai-az.versions.first.clauses.hosting.price", text(std::to_string(az_price) + " $/H100e-h")},
            {"contracts.oai-aws.versions.first.clauses.hosting.price", text(std::to_string(aws_price) + " $/H100e-h")},
            {"contracts.oai-az.versions.first.clauses.share.rate", text(std::to_string(share_percent) + " %")},
            {"contracts.oai-az.versions.first.clauses.share.cap", text(std::to_string(cap) + " $")},
            {"contracts.oai-az.versions.first.clauses.commitment.amount", text(std::to_string(commitment) + " $")}};
  }
};

/// The same ten days by plain arithmetic. Serving OAI at AZ costs 1, at AWS 2, ANT at AWS 1; an unserved
/// OAI hour counts 10, an ANT hour 9. So OAI fills AZ first. At AWS an hour saves 10 - 2 = 8 for OAI and
/// 9 - 1 = 8 for ANT: a tie, which these cases avoid by always leaving room for both.
Account calculate(const Toy& t) {
  Account a;
  Money counted;
  for (int day = 0; day < 10; ++day) {
    const int aws = t.aws + (day >= t.hall_day ? t.second_hall : 0);
    const int at_az = std::min(t.oai, t.az);
    const int ant = std::min(t.ant, aws);
    const int at_aws = day >= t.open_day ? std::min(t.oai - at_az, aws - ant) : 0;
    a.installed += (t.az + aws) * 24;
    a.oai_az += at_az * 24;
    a.oai_aws += at_aws * 24;
    a.ant += ant * 24;
    a.unserved += (t.oai - at_az - at_aws + t.ant - ant) * 24;
    const Money revenue = std::int64_t{24} * (at_az + at_aws) * t.resale * kDollar;
    const Money share = std::min(accrued(revenue, t.share_percent, 100), t.cap * kDollar - counted);
    counted += share;
    if (share > Money{}) a.shares.push_back(share);
    a.revenue += revenue;
    a.az_usage += std::int64_t{24} * at_az * t.az_price * kDollar;
    a.aws_from_oai += std::int64_t{24} * at_aws * t.aws_price * kDollar;
    a.aws_from_ant += std::int64_t{24} * ant * 3 * Money{5'000};
  }
  a.az_shortfall = std::max(Money{}, t.commitment * kDollar - a.az_usage);
  a.idle = a.installed - a.oai_az - a.oai_aws - a.ant;
  return a;
}

void check_same(const Account& got, const Account& want) {
  CHECK(got.installed == want.installed);
  CHECK(got.idle == want.idle);
  CHECK(got.oai_az == want.oai_az);
  CHECK(got.oai_aws == want.oai_aws);
  CHECK(got.ant == want.ant);
  CHECK(got.unserved == want.unserved);
  CHECK(got.revenue == want.revenue);
  CHECK(got.az_usage == want.az_usage);
  CHECK(got.az_shortfall == want.az_shortfall);
  CHECK(got.aws_from_oai == want.aws_from_oai);
  CHECK(got.aws_from_ant == want.aws_from_ant);
  CHECK(got.shares == want.shares);
}

}  // namespace

TEST_CASE("the ten-day toy comes out to the last cent and GPU-hour", "[study][F1]") {
  const Account a = simulate(test::load("toy-10"));
  CHECK(a.installed == 43'200);
  CHECK(a.oai_az == 24'000);
  CHECK(a.oai_aws == 1'920);
  CHECK(a.ant == 7'200);
  CHECK(a.idle == 10'080);
  CHECK(a.unserved == 2'880);
  std::vector<Money> shares;
  for (const int dollars : {2880, 2880, 2880, 2880, 2880, 2880, 3456, 3456, 3456, 2352})
    shares.push_back(dollars * kDollar);
  CHECK(a.shares == shares);
  CHECK(a.revenue == 155'520 * kDollar);
  CHECK(a.az_usage == 48'000 * kDollar);
  CHECK(a.az_shortfall == 2'000 * kDollar);
  CHECK(a.aws_from_oai == 3'840 * kDollar);
  CHECK(a.aws_from_ant == 10'800 * kDollar);
  CHECK(a.lab_net() == 71'680 * kDollar);
}

TEST_CASE("exclusivity throughout costs the toy's lab 6480 $ and the rival cloud 3840 $", "[study][F1]") {
  const Account open = simulate(test::load("toy-10"));
  const Account exclusive =
      simulate(test::load("toy-10", {{"contracts.oai-az.versions.first.clauses.exclusive.until", "2026-01-11"}}));
  CHECK(exclusive.lab_net() == 65'200 * kDollar);
  CHECK(open.lab_net() - exclusive.lab_net() == 6'480 * kDollar);
  CHECK((open.aws_from_oai + open.aws_from_ant) - (exclusive.aws_from_oai + exclusive.aws_from_ant) == 3'840 * kDollar);
}

TEST_CASE("other values of the toy's keys give what plain arithmetic gives", "[study][F1]") {
  std::vector<Toy> cases(12);
  cases[1].oai = 95;  // all fits at AZ
  cases[2].oai = 160;
  cases[2].hall_day = 2;     // 160 - 100 <= 100 - 30
  cases[3].cap = 1'000;      // reached on the first day
  cases[4].cap = 1'000'000;  // never reached
  cases[5].commitment = 0;
  cases[5].resale = 9;
  cases[6].commitment = 123'457;
  cases[7].hall_day = 9;
  cases[7].open_day = 8;
  cases[8].share_percent = 37;
  cases[8].resale = 7;
  cases[9].az = 60;
  cases[9].oai = 71;
  cases[10].aws_price = 5;
  cases[10].az_price = 3;
  cases[10].open_day = 1;
  cases[11].ant = 12;
  cases[11].second_hall = 0;
  cases[11].oai = 131;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CAPTURE(i);
    auto overrides = cases[i].overrides();
    if (cases[i].commitment == 0) {  // a commitment of nothing is no clause
      overrides.pop_back();
      overrides.emplace_back("contracts.oai-az.versions.first.clauses.commitment.enabled", "false");
    }
    check_same(simulate(test::load("toy-10", overrides)), calculate(cases[i]));
  }
}
