#include "sim/market/primitives/flow.hpp"

#include <cassert>
#include <utility>

namespace rackrate::market {
namespace {

[[maybe_unused]] FlowSolution solved_from_nothing(const FlowNetwork& network) {
  FlowSolver solver;
  FlowSolution solution;
  solver.solve(network, solution);
  return solution;
}

}  // namespace

void FlowSolver::solve(const FlowNetwork& network, FlowSolution& solution) {
  const Difference changed = std::exchange(solved_, false) ? difference(network) : Difference{.shape = true};
  const bool warm = !changed.shape;
  check_sizes(network);
  if (!warm) load_shape(network);
  load_sizes(network);
  if (!warm || changed.room) load_room(network);
  if (!warm) {
    load_costs(network);
    plant();
    find_hashes();
    find_costs();
  }
  find_flows();
  follow_sizes();
  if (warm && changed.costs) {
    load_costs(network);
    find_costs();
    follow_costs();
  }
  answer(solution);
  rents(solution);
  solved_ = true;
  assert(flow_dual_bound(network, solution.rent) == solution.cost && "the flow is not the cheapest");
  assert((!warm || solution == solved_from_nothing(network)) && "the flow depends on the one before");
}

}  // namespace rackrate::market
