#pragma once
#include <cmath>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/contracts/take_or_pay.hpp"

/// Closed forms for revenue shares, and a commitment's account by whole periods.
namespace rackrate::market::money_oracle {

/// Revenue that grows continuously by a constant factor per year of 365.25 days.
struct RevenuePath {
  core::SimTime from;
  double usd_per_year = 0.0;     ///< rate at `from`
  double factor_per_year = 1.0;  ///< m; 1: constant
};

/// Revenue from the start of the path to `years` later: b (m^y - 1) / ln m, or b y for m = 1.
/// Units: $.
inline double revenue_until(const RevenuePath& path, double years) {
  const double growth = std::log(path.factor_per_year);
  // expm1 keeps the limit m -> 1 exact to rounding; at m = 1 it is the limit itself.
  return growth == 0.0 ? path.usd_per_year * years : path.usd_per_year * std::expm1(growth * years) / growth;
}

/// The date on which rate * revenue since the start of the path reaches cap - already paid:
/// y = ln(1 + c ln m / (rate b)) / ln m, or c / (rate b) for m = 1; kNever where shrinking revenue never gets there.
/// Source: MODEL 5.5; check B5.
inline core::SimTime cap_reached_date(double rate, double cap_usd, const RevenuePath& path,
                                      double already_paid_usd = 0.0) {
  const double left = cap_usd - already_paid_usd;
  if (left <= 0.0) return path.from;
  const double yearly = rate * path.usd_per_year;
  if (!(yearly > 0.0)) return core::kNever;
  const double growth = std::log(path.factor_per_year);
  double years = left / yearly;
  if (growth != 0.0) {
    const double factor_less_one = growth * years;  // m^y - 1 at the cap
    if (factor_less_one <= -1.0) return core::kNever;
    years = std::log1p(factor_less_one) / growth;
  }
  constexpr double kFarYears = 1e4;
  return years > kFarYears ? core::kNever : path.from + core::years(years);
}

/// One commitment and one spend per period of a day: a row for each.
inline std::vector<contracts::Settlement> take_or_pay(const std::vector<Money>& commitments,
                                                      const std::vector<Money>& spends, CarryRule carry) {
  std::vector<contracts::CommitPeriod> periods;
  core::SimTime day{};
  for (const Money commitment : commitments) {
    periods.push_back({day, day + core::kDay, commitment});
    day += core::kDay;
  }
  contracts::TakeOrPay account(std::move(periods), carry);
  std::vector<contracts::Settlement> rows;
  day = core::SimTime{};
  for (const Money amount : spends) {
    account.spend(day, amount);
    day += core::kDay;
    rows.push_back(account.settle(day).value());
  }
  return rows;
}

}  // namespace rackrate::market::money_oracle
