#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "sim/engine/detail/window.hpp"
#include "sim/engine/detail/worker.hpp"

namespace rackrate::engine::detail {

/// All pending events, in the lanes of the threads that scheduled them, and the shards that they are
/// for. A value: a copy holds the same events in memory of its own.
template <class Payload>
class Future {
 public:
  Future() = default;
  Future(const Grid& grid, std::uint64_t processes, std::uint64_t shards)
      : grid_(grid), division_(Division::of(processes, shards)), shards_(division_.shards) {
    for (std::uint32_t s = 0; s < division_.shards; ++s) {
      shards_[s].first = division_.first(s, processes);
      shards_[s].processes = division_.first(s + 1U, processes) - shards_[s].first;
    }
    need_workers(1);
  }
  Future(const Future& other) : Future(other.grid_, other.processes(), other.division_.shards) {
    other.for_each([this](const Event<Payload>& e) { insert(e); });
  }
  Future(Future&&) noexcept = default;
  Future& operator=(const Future& other) {
    if (this != &other) *this = Future(other);
    return *this;
  }
  Future& operator=(Future&&) noexcept = default;
  ~Future() = default;

  [[nodiscard]] const Grid& grid() const { return grid_; }
  [[nodiscard]] const Division& division() const { return division_; }
  [[nodiscard]] std::vector<Shard<Payload>>& shards() { return shards_; }
  [[nodiscard]] Worker<Payload>& worker(std::size_t i) { return *workers_[i]; }
  [[nodiscard]] std::size_t workers() const { return workers_.size(); }

  /// At least so many workers; none is ever taken away, for it may hold events.
  void need_workers(std::size_t count) {
    while (workers_.size() < count) {
      workers_.push_back(std::make_unique<Worker<Payload>>(division_.shards));
      // A new lane has the block of window 0 as its present; nothing is pending before the others'.
      if (workers_.size() > 1) workers_.back()->lane.deal(grid_, division_, present_);
    }
    for (Shard<Payload>& shard : shards_) {
      shard.open.resize(workers_.size());
      for (auto& spent : shard.spent) spent.resize(workers_.size());
    }
  }

  /// From outside a window: before a run, between runs, at a barrier.
  void insert(const Event<Payload>& event) {
    workers_.front()->lane.place(grid_.index_of(event.time), division_.shard_of(event.target)) = event;
  }

  /// The earliest window that holds an event, or kNoWindow.
  [[nodiscard]] WindowIndex next_window() const {
    WindowIndex next = kNoWindow;
    for (const auto& worker : workers_) next = std::min(next, worker->lane.next_window(present_));
    return next;
  }

  /// True when the lanes must deal out far events before this window can be worked through.
  [[nodiscard]] bool must_deal(WindowIndex window) const { return workers_.front()->lane.must_deal(window); }
  void deal(std::size_t worker, WindowIndex window) { workers_[worker]->lane.deal(grid_, division_, window); }

  /// Makes `window` the one whose bags are collected next. Alone, before each pass.
  void open(WindowIndex window, bool parallel) {
    present_ = window;
    parallel_ = parallel;
    if (parallel) turn_ ^= 1U;
    for (const auto& worker : workers_) worker->lane.forget(window);
  }

  /// Fills and sorts the shard's agenda of the open window. Returns false when there is none.
  bool collect(Shard<Payload>& shard, std::size_t index, const Window& window) {
    std::size_t count = 0;
    for (const auto& worker : workers_)
      count += worker->lane.bag(window.index, static_cast<std::uint32_t>(index)).size();
    if (count == 0) return false;
    shard.agenda.begin(count, shard.first, shard.processes, grid_.length);
    for (const auto& worker : workers_) {
      worker->lane.bag(window.index, static_cast<std::uint32_t>(index))
          .for_each_run([&](const Event<Payload>* first, const Event<Payload>* last) {
            shard.agenda.add(first, last, window.start);
          });
    }
    shard.agenda.sort();
    return true;
  }
  /// Empties the shard's bags of the open window, so that events can be put back into them. Those of
  /// the agenda stay readable until give_back().
  void release(Shard<Payload>& shard, std::size_t index, const Window& window) {
    for (std::size_t w = 0; w < workers_.size(); ++w)
      shard.open[w] = workers_[w]->lane.bag(window.index, static_cast<std::uint32_t>(index)).release();
  }
  /// Chunks of the caller's own lane are free at once, others when their owner works next; all at once when nobody
  /// else is at work.
  void give_back(Shard<Payload>& shard, std::size_t self) {
    for (std::size_t w = 0; w < workers_.size(); ++w) {
      const Chain<Payload> chain = std::exchange(shard.open[w], {});
      if (w == self || !parallel_) {
        workers_[w]->lane.reclaim(chain);
      } else {
        shard.spent[turn_][w].append(chain);
      }
    }
  }
  /// Takes back the chunks of a lane that others have emptied in the parallel pass before. By the owner, before it
  /// works in this one; others may be at work already, and fill the other turn's.
  void reclaim(std::size_t self) {
    for (Shard<Payload>& shard : shards_)
      workers_[self]->lane.reclaim(std::exchange(shard.spent[turn_ ^ 1U][self], {}));
  }

  /// Calls f(event) for each pending event, in no order.
  template <class F>
  void for_each(F f) const {
    for (const auto& worker : workers_) {
      worker->lane.for_each_run([&](const Event<Payload>* e, const Event<Payload>* last) {
        for (; e != last; ++e) f(*e);
      });
    }
  }

 private:
  [[nodiscard]] std::uint64_t processes() const {
    return shards_.empty() ? 0 : std::uint64_t{shards_.back().first} + shards_.back().processes;
  }

  Grid grid_{};
  Division division_{};
  WindowIndex present_ = 0;
  bool parallel_ = false;  ///< this pass is worked by several threads
  unsigned turn_ = 0;      ///< which of Shard::spent is filled in this or the next parallel pass
  std::vector<Shard<Payload>> shards_;
  std::vector<std::unique_ptr<Worker<Payload>>> workers_;
};

}  // namespace rackrate::engine::detail
