#include "sim/market/contracts/audit.hpp"

#include <algorithm>
#include <cmath>

namespace rackrate::market::contracts {

namespace {

constexpr WideAmount kPpb = 1'000'000'000;

WideAmount parts_per_billion(double rate) { return static_cast<WideAmount>(std::floor(rate * 1e9 + 0.5)); }
Amount cap_of(const kinds::Revshare& terms) { return terms.cap_usd < 0.0 ? -1 : amount_from_usd(terms.cap_usd); }

}  // namespace

ShareAudit::ShareAudit(const kinds::Revshare& terms)
    : rate_ppb_(parts_per_billion(terms.rate)), start_(amount_from_usd(terms.already_paid_usd)), cap_(cap_of(terms)) {}

Amount ShareAudit::counted() const {
  const Amount uncapped = start_ + static_cast<Amount>((fraction_ + rate_ppb_ * bases_) / kPpb);
  return cap_ < 0 ? uncapped : std::max(start_, std::min(cap_, uncapped));
}

Amount ShareAudit::add(Amount base) {
  const Amount before = counted();
  bases_ += base;
  return counted() - before;
}

void ShareAudit::amend(const kinds::Revshare& restated) {
  const Amount so_far = counted();
  fraction_ = (fraction_ + rate_ppb_ * bases_) % kPpb;
  bases_ = 0;
  start_ = cap_of(restated) == cap_ ? so_far : amount_from_usd(restated.already_paid_usd);
  cap_ = cap_of(restated);
  rate_ppb_ = parts_per_billion(restated.rate);
}

Amount CommitAudit::use(Amount usage, Amount commitment) {
  used_ += usage;
  const Amount by_credit = std::min(credit_, std::max<Amount>(0, used_ - commitment));
  const Amount now = by_credit - paid_by_credit_;
  paid_by_credit_ = by_credit;
  return now;
}

Amount CommitAudit::close(Amount commitment, CarryRule carry) {
  const Amount shortfall = std::max<Amount>(0, commitment - used_);
  used_ = paid_by_credit_ = 0;
  credit_ = carry == CarryRule::OnePeriod ? shortfall : 0;
  return shortfall;
}

void CommitAudit::restate(CarryRule before, CarryRule after) {
  credit_ = before == CarryRule::OnePeriod && after == CarryRule::OnePeriod ? credit_ - paid_by_credit_ : 0;
  used_ = paid_by_credit_ = 0;
}

}  // namespace rackrate::market::contracts
