#include "sim/market/contracts/audit.hpp"

#include <algorithm>
#include <cmath>

namespace rackrate::market::contracts {

namespace {

constexpr Wide kPpb = 1'000'000'000;

Wide parts_per_billion(double rate) { return static_cast<Wide>(std::floor(rate * 1e9 + 0.5)); }

}  // namespace

ShareAudit::ShareAudit(const kinds::Revshare& terms)
    : rate_ppb_(parts_per_billion(terms.rate)), start_(Money::from_usd(terms.already_paid_usd)), cap_(terms.cap()) {}

Money ShareAudit::counted() const {
  const Money uncapped = start_ + Money{static_cast<std::int64_t>((fraction_ + rate_ppb_ * bases_) / kPpb)};
  return cap_ ? std::max(start_, std::min(*cap_, uncapped)) : uncapped;
}

Money ShareAudit::add(Money base) {
  const Money before = counted();
  bases_ += base.tenthousandths();
  return counted() - before;
}

void ShareAudit::amend(const kinds::Revshare& restated) {
  const Money so_far = counted();
  fraction_ = (fraction_ + rate_ppb_ * bases_) % kPpb;
  bases_ = 0;
  start_ = restated.cap() == cap_ ? so_far : Money::from_usd(restated.already_paid_usd);
  cap_ = restated.cap();
  rate_ppb_ = parts_per_billion(restated.rate);
}

Money CommitAudit::use(Money usage, Money commitment) {
  used_ += usage;
  const Money by_credit = std::min(credit_, std::max(Money{}, used_ - commitment));
  const Money now = by_credit - paid_by_credit_;
  paid_by_credit_ = by_credit;
  return now;
}

Money CommitAudit::close(Money commitment, CarryRule carry) {
  const Money shortfall = missing(commitment);
  used_ = paid_by_credit_ = {};
  credit_ = carry == CarryRule::OnePeriod ? shortfall : Money{};
  return shortfall;
}

Money CommitAudit::missing(Money asked) const { return std::max(Money{}, asked - used_); }

void CommitAudit::restate(CarryRule before, CarryRule after) {
  credit_ = before == CarryRule::OnePeriod && after == CarryRule::OnePeriod ? credit_ - paid_by_credit_ : Money{};
  used_ = paid_by_credit_ = {};
}

}  // namespace rackrate::market::contracts
