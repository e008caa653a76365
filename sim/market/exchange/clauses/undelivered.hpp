#pragma once
#include "sim/market/exchange/clearing/demand.hpp"
#include "sim/market/regime/compiled_scenario.hpp"

/// What a payee could not deliver of a commitment: its payer had work for it, and the payee had no compute left to
/// sell. Settlement and audit count the compute each in its own way and share the arithmetic.
namespace rackrate::market {

/// The commitments between one payer and one payee, and one commitment's part of what is bought.
struct PartOfPair {
  const CommittedPair* pair = nullptr;  ///< null: nothing of the payer may run at the payee
  double part = 0.0;
};
[[nodiscard]] PartOfPair part_of_pair(const CompiledScenario& compiled, const DemandTable& table,
                                      const PaymentClause& commitment);

/// Whole H100e of a pair: what its payer has elsewhere or unserved and could have there, and what its payee has to sell
/// and nobody uses, of what that work may use. Lent out is not the payee's to sell, leased from others is.
struct Movable {
  std::int64_t elsewhere = 0, room = 0;
};

/// Of what is missing to an even draw, $: what the payer had work for, and what of it would have fitted.
struct CouldHaveUsed {
  double wanted = 0.0, fits = 0.0;
  [[nodiscard]] double undelivered() const { return wanted - fits; }
};
/// `usd_of_one`: what an H100e costs in the interval.
[[nodiscard]] CouldHaveUsed could_have_used(double missing_usd, Movable movable, double part, double usd_of_one);

/// The part of an interval's `time` for which the commitment owes nothing, because so much of what it asked for was not
/// delivered. None under `undelivered = "owe"`.
[[nodiscard]] core::SimDuration time_undelivered(const kinds::Commit& terms, Money asked, const CouldHaveUsed& could,
                                                 core::SimDuration time);

}  // namespace rackrate::market
