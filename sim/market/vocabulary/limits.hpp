#pragma once

/// How far a run may go from where its scenario begins. No scenario of a real market comes near any of them; they keep
/// every product inside the range in which the model counts.
namespace rackrate::market {

/// Sets of hosts are 32 bits wide (Access::hosts).
inline constexpr int kMostClouds = 32;
/// Compute that one cloud wants or one vendor ships at a time, H100e: 10,000 times what the world had in 2025.
inline constexpr double kMostCompute = 1e12;
/// Power that one cloud asks for at one review, kW: 1 TW. A forecast that wants more has run away.
inline constexpr double kMostSiteKw = 1e9;
/// A list price stays within these multiples of its start. With prices of at most 1e5 $ a cost in clearing stays below
/// the 2^44 of FlowSolver.
inline constexpr double kLeastPriceIndex = 1e-4, kMostPriceIndex = 1e3;
/// The common factor, and the hits of one kind of work, multiply demand by at most e^2 and divide it by no more: what
/// asks for more has left what the record of any market shows.
inline constexpr double kMostShock = 2.0;

}  // namespace rackrate::market
