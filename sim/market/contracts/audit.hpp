#pragma once
#include <optional>

#include "sim/core/money.hpp"
#include "sim/market/contracts/contract.hpp"
#include "sim/market/contracts/take_or_pay.hpp"

/// What running clause accounts should have posted, computed independently: cumulative closed forms over bases and
/// purchases that the audit counts itself. The books compare the two and fail on a difference of one unit.
namespace rackrate::market::contracts {

__extension__ using Wide = __int128;

/// X(t) = max(X0, min(cap, X0 + floor((f + rate x sum of bases) / 10^9))) since the last amendment, f the fraction
/// carried into it: no posting enters the formula, only bases.
class ShareAudit {
 public:
  ShareAudit() = default;
  explicit ShareAudit(const kinds::Revshare& terms);

  /// Counts one more base. Returns: what falls due for it.
  Money add(Money base);
  void amend(const kinds::Revshare& restated);

 private:
  [[nodiscard]] Money counted() const;

  Wide rate_ppb_ = 0, fraction_ = 0, bases_ = 0;  ///< the bases in 1e-4 $, beyond what Money holds
  Money start_;
  std::optional<Money> cap_;
};

/// Use and credits of a commitment as its period's totals say: credit used = min(credit, max(0, use - commitment)),
/// shortfall = max(0, commitment - use).
class CommitAudit {
 public:
  /// Counts use in a period with this commitment. Returns: credit that pays for it.
  Money use(Money usage, Money commitment);
  /// The period is over. Returns: what falls due for it.
  Money close(Money commitment, CarryRule carry);
  /// What is missing to this much.
  [[nodiscard]] Money missing(Money asked) const;
  /// New terms: the period ends without a shortfall.
  void restate(CarryRule before, CarryRule after);

 private:
  Money used_, credit_, paid_by_credit_;
};

}  // namespace rackrate::market::contracts
