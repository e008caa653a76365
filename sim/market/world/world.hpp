#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/engine/executor.hpp"
#include "sim/market/enterprise/adoption.hpp"
#include "sim/market/enterprise/elasticity.hpp"
#include "sim/market/enterprise/inclusive_value.hpp"
#include "sim/market/enterprise/population.hpp"
#include "sim/market/enterprise/utility.hpp"
#include "sim/market/exchange/exchange.hpp"
#include "sim/market/labs/lab.hpp"
#include "sim/market/negotiation/registry_process.hpp"
#include "sim/market/pricing/contract_prices.hpp"
#include "sim/market/supply/headquarters.hpp"
#include "sim/market/supply/pool.hpp"
#include "sim/market/supply/vendor.hpp"
#include "sim/market/view/market_view.hpp"
#include "sim/market/vocabulary/facts.hpp"
#include "sim/market/world/demand_future.hpp"
#include "sim/market/world/seat_book.hpp"
#include "sim/market/world/statistics.hpp"

namespace rackrate::market {

/// All state of one replication: a plain, copyable value (promise P4). Copying it is a fork; two worlds run
/// side by side. The regime is immutable and shared; when contracts change in this run, the world compiles a regime of
/// its own and switches to it at the next window boundary (regime_switch.cpp). The engine moves the world from window
/// to window through handle() and at_barrier(); users call run_until().
class World {
 public:
  /// The world on the scenario's first day. The first adopters' workloads are placed here, on the same path as all
  /// later ones (enterprise/placement.hpp), with no switching cost and volume learned since adoption.
  /// Throws: ScenarioError when a path to replay is not of this random world.
  World(std::shared_ptr<const Regime> regime, std::uint64_t seed, std::uint64_t replication, Replay replay = {});

  /// Processes every event with time < `until` (at most the scenario's end).
  /// `profile`: receives where the wall-clock time went.
  /// Throws: core::LedgerError, core::CausalityError; core::Interrupted when `stop` is set.
  void run_until(core::SimTime until, engine::Executor& executor, Observer* observer = nullptr,
                 const std::atomic<bool>* stop = nullptr, engine::Profile* profile = nullptr);

  /// The run ends at `end` if that is before run.end: the window that contains it is cut there, as one is at run.end.
  /// What is booked already stays: an end before booked_until() counts as booked_until().
  void end_at(core::SimTime end);
  /// End of the last interval in the books. A run that stands inside a clearing interval has booked all of it.
  [[nodiscard]] core::SimTime booked_until() const { return exchange_.booked_until; }

  /// Continues under other contracts (and what else a run may change) from the next window boundary on, or from now if
  /// the world stands on a boundary. The parameters must be the same as before for all dates in the past.
  /// Throws: core::ScenarioError when the contracts make no sense; the world is then as it was.
  void continue_under(const Parameters& parameters, Observer* observer = nullptr);
  /// The same for one change of a contract, as market events make them.
  void apply_change(const contracts::ContractChange& change, Observer* observer = nullptr);
  /// Continues as another arm of the same random world, whose past is the same until now (study/first_difference.hpp):
  /// all state moves to its regime, and nothing is announced, because nothing changes. `arm`: of this replication.
  /// Precondition: now() is a window boundary, !contracts_have_changed(), and `replay` is of this random world.
  void continue_as(const std::shared_ptr<const Regime>& arm, Replay replay);
  /// Has this run changed its contracts, or is it about to?
  [[nodiscard]] bool contracts_have_changed() const {
    return !registry_.changes.empty() || !registry_.pending.changes.empty() || registry_.next != nullptr;
  }
  /// The first boundary at which a change can take effect.
  [[nodiscard]] core::SimTime next_boundary() const;
  /// Is a contract change pending until the next boundary? No recorded fact shows it before that.
  [[nodiscard]] bool change_is_pending() const { return registry_.next != nullptr; }
  /// The contracts, pending changes included.
  [[nodiscard]] const Registry& registry() const {
    return (registry_.next ? *registry_.next : *regime_).compiled.registry;
  }

  [[nodiscard]] core::SimTime now() const { return simulator_.now(); }
  [[nodiscard]] const Regime& regime() const { return *regime_; }
  [[nodiscard]] const Board& board() const { return board_; }
  [[nodiscard]] const Exchange& exchange() const { return exchange_; }
  [[nodiscard]] const Population& enterprises() const { return enterprises_; }
  [[nodiscard]] const core::Draws& draws() const { return draws_; }
  /// Of the enterprises' demand at the present prices and contracts.
  [[nodiscard]] Elasticities price_elasticities(PricedBy by, bool settled) const {
    return market::price_elasticities(view(), enterprises_, by, settled);
  }
  [[nodiscard]] engine::Statistics statistics() const { return simulator_.statistics(); }

  /// Makes one workload of one enterprise review at t, besides its own clock: an experiment, used to show
  /// that one more decision moves no later draw.
  void force_review(EnterpriseId enterprise, WorkloadId workload, core::SimTime t);

  // What the engine calls (engine::Model).
  using Payload = market::Payload;
  void handle(Context& context, const Event& event);
  void prefetch_early(ProcessId process) const {
    if (const auto enterprise = regime_->directory.enterprise(process); enterprise.exists())
      enterprises_.prefetch_record(enterprise);
  }
  void prefetch(ProcessId process) const {
    if (const auto enterprise = regime_->directory.enterprise(process); enterprise.exists())
      enterprises_.prefetch_workloads(enterprise);
  }
  void at_barrier(core::SimTime window_end);
  [[nodiscard]] core::SimDuration min_delay(ProcessId from, ProcessId to) const;
  [[nodiscard]] const std::string& process_name(ProcessId process) const { return regime_->process_names[process]; }

 private:
  friend struct WorldFault;  ///< tests break the books through it

  [[nodiscard]] MarketView view() const { return {*regime_, draws_, board_, &replay_}; }
  void create_processes();
  void place_first_workloads();
  void schedule_first_events();
  void schedule_supply();
  void schedule_labs();
  void schedule_enterprises();
  void schedule_adopters();
  void post(ProcessId to, const FirstEvent& event);
  void publish(core::SimTime t);
  void publish_enterprises();
  void hand_over_decisions();
  void recompile(RegistryState& registry) const;
  void switch_regime(Observer* observer);
  void move_to(std::shared_ptr<const Regime> next);
  void schedule_breakpoints();
  void schedule_scan();
  void renegotiate(core::SimTime window_end);
  void announce_window(core::SimTime until);
  void announce_demand(core::SimTime until);
  void announce_capital();
  void close_plans(core::SimTime until);
  void announce_integration(core::SimTime until) const;
  [[nodiscard]] bool has_item(LabId lab, ChannelId channel, Item item) const;
  void announce_findings(const PendingChanges& pending) const;
  void take_pending_changes();
  void report(const Notice& notice) const;
  void announce_versions(core::SimTime until);
  void announce_changes(const Registry& before, const Registry& after, Observer& observer) const;
  template <class Owner>
  void report_notices(const Owner& owner) const;
  template <class Owner>
  void report_decisions(const Owner& owner) const;

  std::shared_ptr<const Regime> regime_;
  Replay replay_;
  core::Draws draws_;
  engine::Simulator<Payload> simulator_;
  Board board_;
  Statistics statistics_;
  std::shared_ptr<const DemandFuture> demand_;  ///< never changes, so forks share it
  Exchange exchange_;
  Table<VendorId, VendorState> vendors_;
  Table<CloudId, Headquarters> headquarters_;
  Table<PoolId, Pool> pools_;
  Table<LabId, LabState> labs_;
  Population enterprises_;
  DecisionSums decisions_;  ///< of the running window
  Adoption adoption_;
  SeatBook seats_;
  Offers offers_;           ///< follows from the regime and the board
  HeldPrices held_prices_;  ///< of hosting, under contract
  DemandPull pull_;
  RegistryState registry_;
  core::SimTime noticed_through_ = core::kAlways;  ///< contract versions reported to observers
  core::SimTime demand_reported_until_;            ///< hits and changes of growth reported to observers, up to then
  int plan_month_ = 0;                             ///< core::month_index of the first month whose capital plan is open
  Observer* observer_ = nullptr;                   ///< not state: set for the length of run_until
};

}  // namespace rackrate::market
