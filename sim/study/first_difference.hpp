#pragma once
#include "sim/market/regime/regime.hpp"

namespace rackrate::study {

/// The earliest instant at which runs under two regimes of one random world can differ; kNever where they cannot. Until
/// then both handle the same events in the same state, so one run serves both.
///
/// Never later than the true date, and earlier where that is cheaper to know. A version counts from its signature or
/// its first day, whichever is first, and with it everything that its header says; a clause from the first day on which
/// it could be in force. What looks ahead is covered by that: a commitment spreads its amount over the dates of its
/// clause and its version, and reads them on its first day. Dates that cut clearing intervals, sentences about
/// contradictions, which tell their end, and announcements that customers become aware of are compared by themselves.
///
/// Precondition: the scenarios agree in everything but their contracts (outside_contracts_digest); rollouts are drawn
/// (market::regime_of_replication).
[[nodiscard]] core::SimTime first_difference(const market::Regime& a, const market::Regime& b);

}  // namespace rackrate::study
