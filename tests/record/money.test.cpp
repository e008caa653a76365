#include <cmath>

#include "sim/core/error.hpp"
#include "sim/record/month_accounts.hpp"
#include "sim/record/monthly_recorder.hpp"
#include "tests/record/small_world.hpp"
#include "tests/support/catch.hpp"

using namespace small_world;
using market::Category;
using market::Layer;
using record::Var;

namespace {
constexpr std::size_t kModel = 1, kInfra = 2, kJan = 0, kFeb = 1, kMar = 2;
const core::SimTime kJan20 = core::date(2026, 1, 20), kFeb20 = core::date(2026, 2, 20);
}  // namespace

TEST_CASE("three entries give revenue, cost, profit and value added by hand", "[record][money]") {
  // January: enterprises pay oai 1000; oai pays az 400 for hosting; az pays suppliers 100 for energy.
  //   oai model: revenue 1000, cost 400, profit 600.  az infrastructure: 400 - 100 = 300.  suppliers: 100.
  //   Value added 600 + 300 + 100 = 1000 = outlay of enterprises.
  record::MonthlyRecorder r(parameters());
  r.on_entry(entry(kJan20, Enterprises, Oai, Category::Sale, 1000, {}, Layer::Model));
  r.on_entry(entry(kJan20, Oai, Az, Category::Hosting, 400, Layer::Model));
  r.on_entry(entry(kJan20, Az, Suppliers, Category::Energy, 100));
  const record::RunSeries run = r.series("base", 0);
  CHECK(value(run, Var::Revenue, {Oai, kModel, kJan}) == 1000.0);
  CHECK(value(run, Var::Cost, {Oai, kModel, kJan}) == 400.0);
  CHECK(value(run, Var::GrossProfit, {Oai, kModel, kJan}) == 600.0);
  CHECK(value(run, Var::ValueAdded, {Az, kInfra, kJan}) == 300.0);
  CHECK(value(run, Var::Revenue, {Suppliers, kInfra, kJan}) == 100.0);
  CHECK(value(run, Var::OutlayEnterprises, {kJan}) == 1000.0);
  CHECK(value(run, Var::OutlayConsumers, {kJan}) == 0.0);
  CHECK(value(run, Var::Payment, {Oai, Az, kJan}) == 400.0);
  CHECK(value(run, Var::Payment, {Az, Oai, kJan}) == 0.0);
}

TEST_CASE("months that nothing touched are missing, not zero", "[record][money]") {
  record::MonthlyRecorder r(parameters());
  r.on_entry(entry(kFeb20, Enterprises, Oai, Category::Sale, 5, {}, Layer::Model));
  const record::RunSeries run = r.series("base", 0);
  CHECK(std::isnan(value(run, Var::Revenue, {Oai, kModel, kJan})));
  CHECK(value(run, Var::Revenue, {Oai, kModel, kFeb}) == 5.0);
  CHECK(value(run, Var::Revenue, {Az, kModel, kFeb}) == 0.0);
  CHECK(std::isnan(value(run, Var::OutlayEnterprises, {kMar})));
}

TEST_CASE("capital enters profit as depreciation and cash as capital expenditure", "[record][money]") {
  // az buys chips for 1200 from maker and depreciates 100 on the valuation date itself (weight 1).
  //   npv(az) = -100;  npv_cash(az) = -1200;  maker earns 1200 in both.
  //   Value added: az 0 - 100 + 100 = 0, maker 1200: together the 1200 of capital goods.
  const core::SimTime t0 = parameters().run.valuation_date;
  record::MonthlyRecorder r(parameters());
  r.on_entry(entry(t0, Az, Maker, Category::Capex, 1200));
  r.on_entry(entry(t0, Az, Az, Category::Depreciation, 100));
  const record::RunSeries run = r.series("base", 0);
  CHECK(value(run, Var::Cost, {Az, kInfra, kJan}) == 100.0);
  CHECK(value(run, Var::Revenue, {Az, kInfra, kJan}) == 0.0);
  CHECK(value(run, Var::Revenue, {Maker, kInfra, kJan}) == 1200.0);
  CHECK(value(run, Var::ValueAdded, {Az, kInfra, kJan}) == 0.0);
  CHECK(value(run, Var::Capex, {Az, kJan}) == 1200.0);
  CHECK(value(run, Var::Npv, {Az}) == -100.0);
  CHECK(value(run, Var::NpvCash, {Az}) == -1200.0);
  CHECK(value(run, Var::Npv, {Maker}) == 1200.0);
}

TEST_CASE("capital goods from the own firm are nobody's revenue and no cash", "[record][money]") {
  record::MonthlyRecorder r(parameters());
  r.on_entry(entry(kJan20, Az, Az, Category::Capex, 70));
  const record::RunSeries run = r.series("base", 0);
  CHECK(value(run, Var::Revenue, {Az, kInfra, kJan}) == 0.0);
  CHECK(value(run, Var::Capex, {Az, kJan}) == 0.0);
  CHECK(value(run, Var::NpvCash, {Az}) == 0.0);
  CHECK(value(run, Var::Payment, {Az, Az, kJan}) == 70.0);
}

TEST_CASE("own hosting is revenue of one layer, cost of another, and told apart", "[record][money]") {
  record::MonthlyRecorder r(parameters());
  r.on_entry(entry(kJan20, Az, Az, Category::OwnHosting, 30, Layer::Application, Layer::Infrastructure));
  const record::RunSeries run = r.series("base", 0);
  CHECK(value(run, Var::Cost, {Az, 0, kJan}) == 30.0);
  CHECK(value(run, Var::Revenue, {Az, kInfra, kJan}) == 30.0);
  CHECK(value(run, Var::InternalRevenue, {Az, kInfra, kJan}) == 30.0);
  CHECK(value(run, Var::Npv, {Az}) == 0.0);
  CHECK(std::isnan(value(run, Var::Hhi, {kInfra, kJan})));  // it never met a market
}

TEST_CASE("net present value discounts each posting from its own day", "[record][money]") {
  // 100 dollars on 15 January (weight 1) and 100 dollars 36 days later:
  //   1.10^-(36 / 365.25) = exp(-0.0953101798 * 0.0985626283) = exp(-0.0093940218) = 0.9906499629.
  record::MonthlyRecorder r(parameters());
  r.on_entry(entry(kFeb20, Enterprises, Oai, Category::Sale, 100, {}, Layer::Model));
  r.on_entry(entry(parameters().run.start, Enterprises, Oai, Category::Sale, 100, {}, Layer::Model));
  CHECK(std::abs(value(r.series("base", 0), Var::Npv, {Oai}) - (100.0 + 99.06499629)) < 1e-6);
}

TEST_CASE("a flow over several days is discounted day by day, and by no more than its interval", "[record][money]") {
  // 300 dollars over 72 h from 20 January 12:00: days of the run begin at midnight, so 50 + 100 + 100 + 50 dollars, on
  // days 5 to 8
  //   from the valuation date: 1.10^-(d / 365.25) = exp(-0.0953101798 d / 365.25).
  record::MonthlyRecorder r(parameters());
  market::EntryFact e = entry(kJan20 + 12 * core::kHour, Enterprises, Oai, Category::Sale, 300, {}, Layer::Model);
  e.length = 3 * core::kDay;
  r.on_entry(e);
  double expected = 0.0;
  for (const auto& [day, usd] : {std::pair{5, 50.0}, {6, 100.0}, {7, 100.0}, {8, 50.0}})
    expected += usd * std::exp(-0.0953101798 * day / 365.25);
  CHECK(std::abs(value(r.series("base", 0), Var::Npv, {Oai}) - expected) < 1e-6);
  CHECK(value(r.series("base", 0), Var::Revenue, {Oai, kModel, kJan}) == 300.0);
}

TEST_CASE("an entry is booked in the calendar month of its own instant, whatever time of day the run began at",
          "[record][money]") {
  market::Parameters p = parameters();
  p.run.start += 18 * core::kHour;  // the run's days begin at 18:00: that of 31 January reaches into February
  record::MonthlyRecorder r(p);
  market::EntryFact e = entry(core::date(2026, 2, 1), Enterprises, Oai, Category::Sale, 7, {}, Layer::Model);
  e.length = core::kHour;
  r.on_entry(e);
  CHECK(std::isnan(value(r.series("base", 0), Var::OutlayEnterprises, {kJan})));
  CHECK(value(r.series("base", 0), Var::OutlayEnterprises, {kJan + 1}) == 7.0);
}

TEST_CASE("an entry before the valuation date gains value", "[record][money]") {
  market::Parameters p = parameters();
  p.run.valuation_date = p.run.start + core::years(1);  // 100 a year before counts 110
  record::MonthlyRecorder r(p);
  r.on_entry(entry(p.run.start, Enterprises, Oai, Category::Sale, 100, {}, Layer::Model));
  CHECK(std::abs(value(r.series("base", 0), Var::Npv, {Oai}) - 110.0) < 1e-9);
}

TEST_CASE("an entry dated at the end closes the last month", "[record][money]") {
  record::MonthlyRecorder r(parameters());
  r.on_entry(entry(core::date(2026, 3, 10), Oai, Az, Category::Shortfall, 8, Layer::Model, Layer::Infrastructure, 0));
  const record::RunSeries run = r.series("base", 0);
  CHECK(value(run, Var::ClausePayment, {0, kMar}) == 8.0);
  CHECK(value(run, Var::Revenue, {Az, kInfra, kMar}) == 8.0);
}

TEST_CASE("shares and concentration are of market revenue among the scenario's firms", "[record][money]") {
  // Infrastructure in January: az sells 300 of hosting, aws 100. Own hosting (1000), sales that are not AI (1000),
  // chips (500) and energy bought from suppliers (50) do not count.  Shares 3/4 and 1/4; HHI = 75^2 + 25^2 = 6250.
  record::MonthlyRecorder r(parameters());
  r.on_entry(entry(kJan20, Oai, Az, Category::Hosting, 300, Layer::Model));
  r.on_entry(entry(kJan20, Oai, Aws, Category::Training, 100, Layer::Model));
  r.on_entry(entry(kJan20, Az, Az, Category::OwnHosting, 1000));
  r.on_entry(entry(kJan20, Enterprises, Aws, Category::OtherSale, 1000));
  r.on_entry(entry(kJan20, Az, Maker, Category::Capex, 500));
  r.on_entry(entry(kJan20, Az, Suppliers, Category::Energy, 50));
  const record::RunSeries run = r.series("base", 0);
  CHECK(value(run, Var::MarketShare, {Az, kInfra, kJan}) == 0.75);
  CHECK(value(run, Var::MarketShare, {Aws, kInfra, kJan}) == 0.25);
  CHECK(value(run, Var::MarketShare, {Maker, kInfra, kJan}) == 0.0);
  CHECK(std::isnan(value(run, Var::MarketShare, {Suppliers, kInfra, kJan})));
  CHECK(value(run, Var::Hhi, {kInfra, kJan}) == 6250.0);
}

TEST_CASE("the order of entries never shows", "[record][money]") {
  // Thirds of dollars on different days: a running sum of doubles would depend on the order.
  std::vector<market::EntryFact> entries;
  for (int i = 0; i < 200; ++i)
    entries.push_back(entry(parameters().run.start + (i * 7 % 54) * core::kDay, Enterprises, Oai, Category::Sale,
                            100.0 / (3 + i), {}, Layer::Model));
  record::MonthlyRecorder forward(parameters()), backward(parameters());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    forward.on_entry(entries[i]);
    backward.on_entry(entries[entries.size() - 1 - i]);
  }
  CHECK(record::fingerprint(forward.series("a", 0)) == record::fingerprint(backward.series("a", 0)));
}

TEST_CASE("one unit more or less on any account breaks the identity", "[record][money]") {
  const record::Axes axes = record::axes_of(parameters());
  record::Accounts sound = record::make_accounts(axes, 0.1, axes.start);
  record::post(sound, entry(kJan20, Enterprises, Oai, Category::Sale, 1000, {}, Layer::Model));
  record::post(sound, entry(kJan20, Consumers, Oai, Category::ConsumerSale, 10, {}, Layer::Model));
  record::post(sound, entry(kJan20, Oai, Az, Category::Hosting, 400, Layer::Model));
  record::post(sound, entry(kJan20, Az, Maker, Category::Capex, 70));
  record::post(sound, entry(kJan20, Az, Az, Category::Depreciation, 7));
  CHECK_NOTHROW(record::check_identity(sound, kJan, "2026-01"));
  for (auto account :
       {&record::Accounts::revenue, &record::Accounts::cost, &record::Accounts::depreciation, &record::Accounts::capex,
        &record::Accounts::outlay_enterprises, &record::Accounts::outlay_consumers})
    for (const int unit : {-1, 1}) {
      record::Accounts broken = sound;
      (broken.*account)[kJan] += core::Money{unit};  // cell (first entity, January)
      CHECK_THROWS_AS(record::check_identity(broken, kJan, "2026-01"), core::LedgerError);
      CHECK_NOTHROW(record::check_identity(broken, kFeb, "2026-02"));
    }
}

TEST_CASE("an entry that cannot close is refused by name", "[record][money]") {
  record::MonthlyRecorder r(parameters());
  const auto refused = [&r](const market::EntryFact& e) {
    try {
      r.on_entry(e);
      return std::string();
    } catch (const core::LedgerError& error) {
      return std::string(error.what());
    }
  };
  CHECK(refused(entry(kJan20, Az, Aws, Category::Depreciation, 1)) ==
        "entry on 2026-01-20 from party 0 to party 1, depreciation, clause -1, amount 1.0000 $: this category "
        "stays inside one firm");
  CHECK_FALSE(refused(entry(kJan20, Az, Aws, Category::OwnHosting, 1)).empty());
  CHECK_FALSE(refused(entry(kJan20, Az, Consumers, Category::Capex, 1)).empty());
  CHECK_FALSE(refused(entry(kJan20, Enterprises, Maker, Category::Capex, 1)).empty());
  CHECK_FALSE(refused(entry(kJan20, Az, static_cast<Party>(10), Category::Sale, 1)).empty());
  // Investors, the last party, invest in firms and do nothing else.
  CHECK_FALSE(refused(entry(kJan20, Az, Investors, Category::Sale, 1)).empty());
  CHECK_FALSE(refused(entry(kJan20, Investors, Az, Category::Sale, 1)).empty());
  CHECK(refused(entry(kJan20, Investors, Az, Category::Investment, 1)).empty());
  CHECK_FALSE(refused(entry(kJan20, Az, Aws, Category::Revshare, 1, {}, {}, 1)).empty());  // there is one clause, 0
  CHECK_FALSE(refused(entry(core::date(2026, 1, 14), Az, Aws, Category::Sale, 1)).empty());
  CHECK_FALSE(refused(entry(core::date(2026, 3, 11), Az, Aws, Category::Sale, 1)).empty());
}
