#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/engine/context.hpp"
#include "sim/engine/detail/claims.hpp"
#include "sim/engine/detail/future.hpp"
#include "sim/engine/detail/origin.hpp"
#include "sim/engine/event.hpp"
#include "sim/engine/executor.hpp"
#include "sim/engine/limits.hpp"
#include "sim/engine/model.hpp"
#include "sim/engine/statistics.hpp"

namespace rackrate::engine {

struct Options {
  SimTime start{};
  SimDuration window = core::kDay;  ///< the lookahead that binds every pair of processes
  std::uint32_t shards = 16;  ///< groups of processes for execution, never changes a result; each costs 16 kB a thread,
                              ///< more than 64 seldom pay
  std::uint64_t serial_below = 32;  ///< a window after one with fewer events runs on the caller's thread
  bool order_digest = false;        ///< keep a digest of each process's sequence of events
  std::optional<std::uint64_t> shuffle_ties =
      {};  ///< seed of another valid order of origins, to test that a model does not depend on it
};

/// The engine's whole state: clock, pending events, sequence counters. A value: copying it (with the
/// model) is a fork, comparing it tests whether two runs are at the same point. It holds no pointer
/// to a model or executor.
///
/// Time is cut into windows [start + k L, start + (k+1) L). Within a window every process works
/// through its own events in their total order, processes in parallel and in no promised order among
/// each other. A process may schedule itself with no delay; a message to another process takes effect
/// at the end of the sender's window or later. Results are the same for every executor, thread count
/// and shard count.
template <class Payload>
class Simulator {
 public:
  using Options = engine::Options;

  /// Throws: std::invalid_argument if the window is not positive, there is no process or no shard, the start lies
  /// outside kAlways..kNever, or two names share a hash.
  Simulator(const std::vector<std::string>& process_names, Options options);

  /// Puts in an event from outside: before the run, between runs, or from Model::at_barrier. Outside
  /// is the first of all origins. Lookahead does not bind it.
  /// Throws: CausalityError if `at` < now() or `at` > core::kNever; std::out_of_range for a process that does not
  /// exist.
  void post(ProcessId to, SimTime at, std::uint16_t kind, const Payload& payload, std::int16_t priority = 0);

  /// Handles every event with time < `until`; then now() == until.
  ///
  /// Windows without events are skipped. After each window in which an event was handled, and before
  /// the next window opens, model.at_barrier(window end) is called once, with now() at the window end.
  /// `until` may lie inside a window: the rest of the window, and its barrier, follow in the next
  /// call, so a run in steps makes the same calls as a straight one.
  ///
  /// Throws: core::Interrupted once `*stop` is true (checked before each window; the state is valid
  /// and the run can continue). When handlers throw: the exception of the earliest event, in the total
  /// order, whose handler threw; the simulator then refuses to continue.
  template <Model M>
  void run_until(M& model, SimTime until, Executor& executor, const std::atomic<bool>* stop = nullptr);

  /// The same, with other ends besides a time: a number of events, a predicate, a stop flag; and a
  /// trace of events. A run that ends at a barrier has now() at the window's end. With no time given,
  /// the clock stays at the last barrier when nothing is left.
  template <Model M>
  Ended run(M& model, const Limits<Payload>& limits, Executor& executor);

  /// Works through the next window that holds events, and its barrier. Returns false when there is none.
  template <Model M>
  bool step(M& model, Executor& executor) {
    return run(model, {.events = 1}, executor) != Ended::kNothingLeft;
  }

  [[nodiscard]] SimTime now() const { return now_; }
  /// Time of the next event, or kNever. Of a cancelled one too, and of a cancellation. Cost: linear in what is pending.
  [[nodiscard]] SimTime next_event_time() const;
  [[nodiscard]] std::size_t processes() const { return origins_.size(); }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const Statistics& statistics() const { return statistics_; }
  /// All future events in their order, cancelled ones left out. Cost: n log n.
  [[nodiscard]] std::vector<Event<Payload>> pending_events() const;
  /// Digest of the sequence of events that a process has handled (zeros unless switched on).
  [[nodiscard]] std::uint64_t order_digest(ProcessId process) const { return digests_.empty() ? 0 : digests_[process]; }
  /// All processes' digests in one number.
  [[nodiscard]] std::uint64_t order_digest() const;

  /// The state as bytes. Options and names are not part of it, but are checked when it is loaded.
  [[nodiscard]] std::vector<std::byte> save() const;
  /// Takes over a saved state. Shards may differ from those of the run that saved it; its digests, if any, continue.
  /// Throws: std::invalid_argument if the bytes are of other names, windows or payloads, or damaged.
  void load(std::span<const std::byte> bytes);

  /// Same clock, pending events, counters and digests; the number of shards does not matter.
  friend bool operator==(const Simulator& a, const Simulator& b) { return a.equals(b); }

 private:
  using ShardType = detail::Shard<Payload>;
  using WorkerType = detail::Worker<Payload>;
  /// The parameters of the run that a pass through a window needs.
  struct Pass {
    detail::Window window;
    detail::ModelView view;
    const Trace<Payload>* trace = nullptr;
    Profile* profile = nullptr;
    bool observed = false;  ///< events are digested or traced
  };

  [[nodiscard]] bool equals(const Simulator& other) const;
  template <class M>
  void call_barrier(M& model, Profile* profile);
  template <class M>
  void pass(M& model, const Pass& pass, Executor& executor, detail::Claims& claims);
  void deal(detail::WindowIndex window, Executor& executor, bool parallel);
  void account(const Pass& pass, bool parallel, std::chrono::steady_clock::time_point began);
  void tell(const Trace<Payload>& trace);
  void rethrow_failure();
  template <class M>
  void work_shard(M& model, std::size_t shard, std::size_t worker, const Pass& pass);
  template <class M>
  std::size_t work_process(M& model, ShardType& shard, WorkerType& worker, Context<Payload>& context, const Pass& pass,
                           std::size_t at);
  void observe(WorkerType& worker, const Event<Payload>& event, const Trace<Payload>* trace);

  Options options_;
  std::uint64_t names_digest_ = 0;
  detail::Future<Payload> future_;
  std::vector<detail::Origin> origins_;  ///< by process
  std::vector<std::uint64_t> digests_;   ///< by process; empty unless Options::order_digest is set
  SimTime now_{};
  detail::WindowIndex open_ = 0;  ///< window last worked in
  bool barrier_due_ = false;      ///< events were handled in open_, its barrier is still to come
  bool failed_ = false;
  std::uint32_t outside_sequence_ = 0;
  std::uint64_t last_handled_ = 0;
  Statistics statistics_;
};

}  // namespace rackrate::engine

#include "sim/engine/detail/simulator_run.hpp"
#include "sim/engine/detail/simulator_state.hpp"
#include "sim/engine/detail/simulator_window.hpp"
