#pragma once
#include <algorithm>
#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "sim/core/sim_time.hpp"
#include "sim/engine/context.hpp"
#include "sim/engine/event.hpp"
#include "sim/engine/timetable.hpp"

namespace rackrate::engine {

/// An event that a process gets again and again. The process keeps this value in its own state, starts it in
/// one handler and calls on_tick() in the handler of its kind; so it is copied, compared and saved with the
/// model, and its pending event with the simulator.
///
///   engine::Periodic<Payload> opening;                                                   // in the process's state
///   opening.start(context, {.first = context.now(), .period = core::kDay}, kOpens);      // once
///   opening.on_tick(context);                                                            // when kOpens arrives
///
/// One tick is pending at a time. Tick k falls on timetable().time(k), computed from k alone.
template <class Payload, Timetable Table = Every>
class Periodic {
 public:
  /// Starts, or starts anew: a tick that was pending is cancelled.
  /// Throws: CausalityError if the first tick lies before now(); std::invalid_argument if the second does
  /// not lie after the first, or for the reserved kind. It is stopped then.
  void start(Context<Payload>& context, const Table& table, std::uint16_t kind, const Payload& payload = {},
             std::int16_t priority = 0) {
    stop(context);
    check(table);
    table_ = table;
    kind_ = kind;
    payload_ = payload;
    priority_ = priority;
    await(context, 0);
  }

  /// To be called first thing when the tick arrives: schedules the next. Does nothing when stopped.
  /// Throws: std::logic_error when no tick is due now, as when it is called for another event.
  void on_tick(Context<Payload>& context) {
    if (!running()) return;
    if (context.now() != next()) {
      throw std::logic_error("periodic event of kind " + std::to_string(kind_) + " was told of a tick at " +
                             core::to_string(context.now()) + "; expected " + core::to_string(next()) +
                             ". Call on_tick once for each event of that kind and for no other.");
    }
    await(context, tick_ + 1);
  }

  /// No more ticks, not even one that is due at this very time. It can be started again.
  void stop(Context<Payload>& context) {
    context.cancel(pending_);
    pending_ = {};
  }

  /// Another distance between ticks, counted from the latest one, which becomes tick 0: the next is the first
  /// of its successors that is not past. Before the first tick, that tick stays where it is. In the handler
  /// of a tick, call on_tick first. Does nothing when stopped.
  /// Throws: std::invalid_argument if the period is not positive; nothing has changed then.
  void change_period(Context<Payload>& context, core::SimDuration period,
                     std::int64_t parts = 1) requires std::same_as<Table, Every> {
    if (!running()) return;
    const Every anew{tick_ == 0 ? table_.first : table_.time(tick_ - 1), period, parts};
    check(anew);
    const bool ticked = tick_ > 0;
    table_ = anew;
    if (!ticked) return;
    context.cancel(pending_);
    std::int64_t k = std::max<std::int64_t>(1, (context.now() - anew.first) / period * parts);
    while (anew.time(k) < context.now()) ++k;
    await(context, k);
  }

  [[nodiscard]] bool running() const { return pending_.valid(); }
  /// Time of the tick that is pending; kNever when stopped.
  [[nodiscard]] SimTime next() const { return running() ? pending_.time : core::kNever; }
  /// Number of the tick that is pending: next() == timetable().time(tick()).
  [[nodiscard]] std::int64_t tick() const { return tick_; }
  [[nodiscard]] const Table& timetable() const { return table_; }
  friend bool operator==(const Periodic&, const Periodic&) = default;

 private:
  static void check(const Table& table) {
    if constexpr (std::same_as<Table, Every>) {
      if (table.parts < 1)
        throw std::invalid_argument("timetable has " + std::to_string(table.parts) +
                                    " parts of its period; expected 1 or more");
    }
    if (table.time(1) > table.time(0)) return;
    throw std::invalid_argument("timetable's tick 1 falls on " + core::to_string(table.time(1)) +
                                "; expected later than tick 0 on " + core::to_string(table.time(0)) +
                                ". Give it a positive period.");
  }
  void await(Context<Payload>& context, std::int64_t tick) {
    pending_ = {};  // should schedule() throw
    tick_ = tick;
    pending_ = context.schedule(table_.time(tick), kind_, payload_, priority_);
  }

  Table table_{};
  std::int64_t tick_ = 0;
  Handle pending_{};
  Payload payload_{};
  std::int16_t priority_ = 0;
  std::uint16_t kind_ = 0;
};

}  // namespace rackrate::engine
