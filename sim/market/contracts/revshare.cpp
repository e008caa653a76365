#include "sim/market/contracts/revshare.hpp"

#include <algorithm>
#include <string>

#include "sim/core/error.hpp"
#include "sim/core/whole.hpp"

namespace rackrate::market::contracts {

namespace {

constexpr std::int64_t kPpb = 1'000'000'000;

Amount cap_of(const kinds::Revshare& terms) { return terms.cap_usd < 0.0 ? -1 : amount_from_usd(terms.cap_usd); }
std::int64_t ppb(double rate) { return static_cast<std::int64_t>(rate * core::real(kPpb) + 0.5); }

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
  return posting;
}

void RevshareAccount::amend(const kinds::Revshare& restated) {
  const Amount cap = cap_of(restated);
  if (cap != cap_) counted_ = amount_from_usd(restated.already_paid_usd);
  cap_ = cap;
  rate_ppb_ = ppb(restated.rate);
}

}  // namespace rackrate::market::contracts
