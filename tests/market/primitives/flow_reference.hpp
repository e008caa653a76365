#pragma once
#include "sim/market/primitives/flow.hpp"

namespace rackrate::market::test {

/// The optimal cost by Boost.Graph's cycle canceling: another author's code, another method, another graph
/// (source, classes, pools, a node for "unserved", sink).
[[nodiscard]] Int128 reference_cost(const FlowNetwork& network);

}  // namespace rackrate::market::test
