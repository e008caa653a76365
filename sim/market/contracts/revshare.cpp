#include "sim/market/contracts/revshare.hpp"

#include <algorithm>
#include <string>

#include "sim/core/error.hpp"
#include "sim/core/whole.hpp"

namespace rackrate::market::contracts {

namespace {

constexpr std::int64_t kPpb = 1'000'000'000;

std::int64_t ppb(double rate) { return static_cast<std::int64_t>(rate * core::real(kPpb) + 0.5); }

}  // namespace

RevshareAccount::RevshareAccount(const kinds::Revshare& terms)
    : rate_ppb_(ppb(terms.rate)), cap_(terms.cap()), counted_(Money::from_usd(terms.already_paid_usd)) {}

Money RevshareAccount::post(Money base) {
  if (base < Money{}) throw core::LedgerError("a revenue share was given a negative base of " + to_string(base));
  // base * rate in 64 bits: split the base at 10^9 so that no product leaves the range (rate <= 1).
  const std::int64_t units = base.tenthousandths();
  const std::int64_t fraction = (units % kPpb) * rate_ppb_ + carry_ppb_;
  const Money due{(units / kPpb) * rate_ppb_ + fraction / kPpb};
  carry_ppb_ = fraction % kPpb;
  const Money posting = cap_ ? std::min(due, std::max(*cap_ - counted_, Money{})) : due;
  counted_ += posting;
  return posting;
}

void RevshareAccount::amend(const kinds::Revshare& restated) {
  const std::optional<Money> cap = restated.cap();
  if (cap != cap_) counted_ = Money::from_usd(restated.already_paid_usd);
  cap_ = cap;
  rate_ppb_ = ppb(restated.rate);
}

}  // namespace rackrate::market::contracts
