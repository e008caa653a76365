#pragma once
#include "sim/core/index.hpp"
#include "sim/core/money.hpp"

/// Positions in the lists of a scenario, one type for each list: a cloud cannot be looked up by the number of a lab.
/// A default id means "none".
namespace rackrate::market {

using PartyId = core::Index<struct PartyTag>;  ///< firms, then kOutsideParties (facts.hpp)
using VendorId = core::Index<struct VendorTag>;
using ChipId = core::Index<struct ChipTag>;
using CloudId = core::Index<struct CloudTag>;
using RegionId = core::Index<struct RegionTag>;
using LabId = core::Index<struct LabTag>;
using ChannelId = core::Index<struct ChannelTag>;
using SegmentId = core::Index<struct SegmentTag>;
using ApplicationId = core::Index<struct ApplicationTag>;

// where a clause stands: its contract in a list of contracts, its version in the contract, itself in the version
using ContractId = core::Index<struct ContractTag>;
using VersionId = core::Index<struct VersionTag>;
using ClauseId = core::Index<struct ClauseTag>;
// lists of a World
using EnterpriseId = core::Index<struct EnterpriseTag>;
using WorkloadId = core::Index<struct WorkloadTag>;  ///< of one enterprise
using CohortId = core::Index<struct CohortTag>;      ///< of one pool

// lists of CompiledScenario
using PoolId = core::Index<struct PoolTag>;
using AlternativeId = core::Index<struct AlternativeTag>;
using StreamId = core::Index<struct StreamTag>;
using RunId = core::Index<struct TrainingRunTag>;
using CellId = core::Index<struct CellTag>;
using PaymentClauseId = core::Index<struct PaymentClauseTag>;
using IntervalId = core::Index<struct IntervalTag>;  ///< of Regime::access
using LabelId = core::Index<struct LabelTag>;  ///< "contract/clause" of a payment clause, whatever version restates it

using core::Grid;
using core::Money;
using core::Table;

}  // namespace rackrate::market
