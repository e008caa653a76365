#include "sim/market/contracts/revshare.hpp"

#include <algorithm>
#include <string>

#include "sim/core/error.hpp"
#include "sim/core/math.hpp"

namespace rackrate::market::contracts {

namespace {

constexpr std::int64_t kPpb = 1'000'000'000;

Amount cap_of(const kinds::Revshare& terms) { return terms.cap_usd < 0.0 ? -1 : amount_from_usd(terms.cap_usd); }
std::int64_t ppb(double rate) { return static_cast<std::int64_t>(rate * static_cast<double>(kPpb) + 0.5); }

}  // namespace

RevshareAccount::RevshareAccount(const kinds::Revshare& terms)
    : rate_ppb_(ppb(terms.rate)), cap_(cap_of(terms)), counted_(amount_from_usd(terms.already_paid_usd)) {}

Amount RevshareAccount::post(Amount base) {
  if (base < 0)
    throw core::LedgerError("a revenue share was given a negative base of " + std::to_string(usd_from(base)) + " $");
  // base * rate in 64 bits: split the base at 10^9 so that no product leaves the range (rate <= 1).
  const std::int64_t fraction = (base % kPpb) * rate_ppb_ + carry_ppb_;
  const Amount due = (base / kPpb) * rate_ppb_ + fraction / kPpb;
  carry_ppb_ = fraction % kPpb;
  const Amount posting = cap_ < 0 ? due : std::min(due, std::max<Amount>(cap_ - counted_, 0));
  counted_ += posting;
  posted_ += posting;
  return posting;
}

void RevshareAccount::amend(const kinds::Revshare& restated) {
  const Amount cap = cap_of(restated);
  if (cap != cap_) counted_ = amount_from_usd(restated.already_paid_usd);
  cap_ = cap;
  rate_ppb_ = ppb(restated.rate);
}

double revenue_until(const RevenuePath& path, double years) {
  const double growth = core::math::log(path.factor_per_year);
  // expm1 keeps the limit m -> 1 exact to rounding; at m = 1 it is the limit itself.
  return growth == 0.0 ? path.usd_per_year * years : path.usd_per_year * core::math::expm1(growth * years) / growth;
}

core::SimTime cap_reached_date(double rate, double cap_usd, const RevenuePath& path, double already_paid_usd) {
  const double left = cap_usd - already_paid_usd;
  if (left <= 0.0) return path.from;
  const double yearly = rate * path.usd_per_year;
  if (!(yearly > 0.0)) return core::kNever;
  const double growth = core::math::log(path.factor_per_year);
  double years = left / yearly;
  if (growth != 0.0) {
    const double factor_less_one = growth * years;  // m^y - 1 at the cap
    if (factor_less_one <= -1.0) return core::kNever;
    years = core::math::log1p(factor_less_one) / growth;
  }
  constexpr double kFarYears = 1e4;
  return years > kFarYears ? core::kNever : path.from + core::years(years);
}

}  // namespace rackrate::market::contracts
