#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "sim/market/exchange/clearing/demand.hpp"
#include "sim/market/exchange/clearing/training_runs.hpp"
#include "sim/market/exchange/terms/settlement_terms.hpp"

namespace rackrate::market {

/// What each class has not yet asked for, millionths of an H100e-millisecond. It stays with the class's key from one
/// table to the next; the classes of one table are found by their places.
class Carry {
 public:
  /// Nothing, for a class that never asked.
  [[nodiscard]] std::int64_t& of(ClassId place, std::uint64_t key);
  friend bool operator==(const Carry&, const Carry&) = default;

 private:
  struct Row {
    std::uint64_t key = 0;
    std::int64_t kept = 0;
    friend bool operator==(const Row&, const Row&) = default;
  };
  std::vector<Row> rows_;  ///< in the order in which classes first asked
  std::map<std::uint64_t, std::size_t> row_of_key_;
  std::vector<std::size_t> row_of_place_;  ///< where each class was found last
};

/// The flow network of the present permissions, its last solution, and the compute that waits for the next one.
struct Network {
  IntervalId interval;        ///< access interval of `table`; none: it must be built
  core::SimTime terms_until;  ///< `table` holds until a resale clause may change
  DemandTable table;
  SettlementTerms terms;  ///< hold as long as `table`
  FlowSolver solver;
  FlowSolution solution;
  Carry carry;
  RunCalendar runs;
};

/// Builds the table anew where permissions, terms or who leases from whom have changed by t.
void refresh(Network& network, const MarketView& view, core::SimTime t, std::span<const Lease> leases = {});

}  // namespace rackrate::market
