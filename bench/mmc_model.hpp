#pragma once
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/counter_random.hpp"
#include "sim/engine/event.hpp"

namespace bench {

struct MmcParameters {
  std::uint32_t servers = 10;
  double load = 0.9;  ///< rho: arrivals per unit of time over servers; mean service is one unit
  std::uint64_t customers = 1'000'000;
};

/// Mean wait in queue of M/M/c, in mean service times. Source: Erlang (1917).
[[nodiscard]] inline double erlang_c_wait(std::uint32_t servers, double load) {
  const double a = servers * load;
  double blocked = 1.0;  // Erlang B by its recursion
  for (std::uint32_t k = 1; k <= servers; ++k) blocked = a * blocked / (k + a * blocked);
  const double waits = blocked / (1.0 - load * (1.0 - blocked));
  return waits / (servers * (1.0 - load));
}

/// M/M/c as one process: customers arrive one after the other, wait in the order of their arrival for
/// one of c servers, and leave: two events a customer. After `customers` arrivals the source stops.
class MmcModel {
 public:
  struct Payload {};
  enum : std::uint16_t { kArrival, kDeparture };

  explicit MmcModel(const MmcParameters& p)
      : customers_(p.customers),
        free_(p.servers),
        between_arrivals_(kTicksPerUnit / (p.servers * p.load)),
        batch_size_(p.customers / kBatches > 0 ? p.customers / kBatches : 1),
        batches_(kBatches, 0.0),
        queue_(1024) {}

  template <class Context>
  void handle(Context& context, const rackrate::engine::Event<Payload>& event) {
    trace_ = trace_event(trace_, static_cast<std::uint64_t>(event.time.time_since_epoch().count()), event.kind);
    const rackrate::core::SimTime now = context.now();
    if (event.kind == kArrival) {
      if (++arrived_ < customers_)
        context.schedule(now + exponential(kArrivals, arrived_, between_arrivals_), kArrival, {});
      if (free_ == 0) {
        join(now);
        return;
      }
      --free_;
      serve(context, now, now);
    } else if (waiting_ > 0) {
      serve(context, now, leave());
    } else {
      ++free_;
    }
  }
  [[nodiscard]] rackrate::core::SimDuration min_delay(std::uint32_t, std::uint32_t) const {
    return rackrate::core::SimDuration{1};
  }
  [[nodiscard]] std::string process_name(std::uint32_t) const { return "station"; }
  void at_barrier(rackrate::core::SimTime) {}

  [[nodiscard]] std::uint64_t served() const { return served_; }
  [[nodiscard]] std::uint64_t digest() const { return trace_ + served_; }
  /// Mean wait of those served, in mean service times.
  [[nodiscard]] double mean_wait() const {
    double sum = 0.0;
    for (const double b : batches_) sum += b;
    return sum / kTicksPerUnit / static_cast<double>(served_);
  }
  /// Of mean_wait, by kBatches batch means.
  [[nodiscard]] double standard_error() const {
    const double mean = mean_wait();
    double squares = 0.0;
    for (const double b : batches_) {
      const double d = b / kTicksPerUnit / static_cast<double>(batch_size_) - mean;
      squares += d * d;
    }
    return std::sqrt(squares / (kBatches - 1) / kBatches);
  }

 private:
  enum Stream : std::uint64_t { kArrivals, kServices };
  static constexpr std::size_t kBatches = 25;

  [[nodiscard]] rackrate::core::SimDuration exponential(Stream stream, std::uint64_t index, double mean_ticks) const {
    return rackrate::core::SimDuration{
        static_cast<std::int64_t>(exponential_(random_bits(stream, index)) * mean_ticks)};
  }
  template <class Context>
  void serve(Context& context, rackrate::core::SimTime now, rackrate::core::SimTime since) {
    const std::size_t batch = served_ / batch_size_;
    batches_[batch < kBatches ? batch : kBatches - 1] += static_cast<double>((now - since).count());
    context.schedule(now + exponential(kServices, served_++, kTicksPerUnit), kDeparture, {});
  }
  void join(rackrate::core::SimTime now) {
    if (waiting_ == queue_.size()) widen();
    queue_[(head_ + waiting_++) & (queue_.size() - 1)] = now;
  }
  [[nodiscard]] rackrate::core::SimTime leave() {
    const rackrate::core::SimTime since = queue_[head_];
    head_ = (head_ + 1) & (queue_.size() - 1);
    --waiting_;
    return since;
  }
  void widen() {
    std::vector<rackrate::core::SimTime> wider(2 * queue_.size());
    for (std::size_t i = 0; i < waiting_; ++i) wider[i] = queue_[(head_ + i) & (queue_.size() - 1)];
    queue_.swap(wider);
    head_ = 0;
  }

  std::uint64_t customers_;
  std::uint64_t arrived_ = 0;
  std::uint64_t served_ = 0;
  std::uint32_t free_;
  double between_arrivals_;
  std::uint64_t batch_size_;
  std::vector<double> batches_;                 // total wait by batch, in ticks
  std::vector<rackrate::core::SimTime> queue_;  // a ring of a power of two: when those who wait arrived
  std::size_t head_ = 0;
  std::size_t waiting_ = 0;
  std::uint64_t trace_ = 0;
  Ziggurat exponential_;
};

}  // namespace bench
