#pragma once
#include <optional>

#include "sim/core/money.hpp"
#include "sim/market/contracts/kinds/revshare.hpp"

namespace rackrate::market::contracts {

/// The running account of one revenue share: each posting is min(rate * base, cap - X).
///
/// Invariant: what was posted is the whole part of rate * (all bases so far), never more than the cap;
/// the fraction of a unit left over is carried to the next posting, so daily and monthly postings add
/// up to the same sum, and a cap is reached to the unit.
/// A plain value: copy it with the world it belongs to.
/// Source: MODEL 5.5, check F1.
class RevshareAccount {
 public:
  RevshareAccount() = default;
  explicit RevshareAccount(const kinds::Revshare& terms);

  /// The share of one base, which is gross revenue before any other share of it.
  /// Throws: core::LedgerError on a negative base.
  Money post(Money base);

  /// Goes on under amended terms. While the cap is the same, X goes on; where the amendment states
  /// another cap, X starts again from its `already_paid`, from the day it takes effect.
  void amend(const kinds::Revshare& restated);

  [[nodiscard]] Money counted() const { return counted_; }  ///< X: what counts against the cap
  [[nodiscard]] bool capped() const { return cap_ && counted_ >= *cap_; }

 private:
  std::int64_t rate_ppb_ = 0;   ///< parts per 10^9: the rate as an exact number
  std::int64_t carry_ppb_ = 0;  ///< fraction of a unit not yet posted, in 10^-9 units
  std::optional<Money> cap_;
  Money counted_;  ///< X: what counts against the cap
};

}  // namespace rackrate::market::contracts
