#pragma once
#include "sim/market/contracts/amount.hpp"
#include "sim/market/contracts/contract.hpp"
#include "sim/market/contracts/take_or_pay.hpp"

/// What running clause accounts should have posted, by another route: cumulative closed forms over bases and
/// purchases that somebody else counted. The books compare the two and fail on a difference of one unit.
namespace rackrate::market::contracts {

__extension__ using WideAmount = __int128;

/// X(t) = max(X0, min(cap, X0 + floor((f + rate x sum of bases) / 10^9))) since the last amendment, f the fraction
/// carried into it: no posting enters the formula, only bases.
class ShareAudit {
 public:
  ShareAudit() = default;
  explicit ShareAudit(const kinds::Revshare& terms);

  /// Counts one more base. Returns: what falls due for it. Units: 1e-4 $.
  Amount add(Amount base);
  void amend(const kinds::Revshare& restated);

 private:
  [[nodiscard]] Amount counted() const;

  WideAmount rate_ppb_ = 0, fraction_ = 0, bases_ = 0;
  Amount start_ = 0, cap_ = -1;
};

/// Use and credits of a commitment as its period's totals say: credit used = min(credit, max(0, use - commitment)),
/// shortfall = max(0, commitment - use).
class CommitAudit {
 public:
  /// Counts use in a period with this commitment. Returns: credit that pays for it.
  Amount use(Amount usage, Amount commitment);
  /// The period is over. Returns: what falls due for it.
  Amount close(Amount commitment, CarryRule carry);
  /// New terms: the period ends without a shortfall.
  void restate(CarryRule before, CarryRule after);

 private:
  Amount used_ = 0, credit_ = 0, paid_by_credit_ = 0;
};

}  // namespace rackrate::market::contracts
