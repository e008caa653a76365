#pragma once
#include <algorithm>
#include <concepts>
#include <cstring>
#include <stdexcept>

#include "sim/core/error.hpp"
#include "sim/engine/detail/snapshot.hpp"
#include "sim/engine/origin_ranks.hpp"
#include "sim/engine/simulator.hpp"

/// What a Simulator is: construction, pending events, comparison, snapshots.
namespace rackrate::engine {

template <class Payload>
Simulator<Payload>::Simulator(const std::vector<std::string>& process_names, Options options)
    : options_(options), now_(options.start) {
  if (process_names.empty()) throw std::invalid_argument("a simulation needs at least one process");
  if (options_.window <= SimDuration::zero()) throw std::invalid_argument("the window (lookahead) must be positive");
  if (options_.shards == 0) throw std::invalid_argument("the number of shards must be positive");
  if (options_.start < core::kAlways || options_.start > core::kNever ||
      options_.window > core::kNever.time_since_epoch()) {
    throw std::invalid_argument("the start must lie in core::kAlways..kNever, and the window be no longer than kNever");
  }
  const OriginRanks ranks = rank_origins(process_names, options_.shuffle_ties);
  names_digest_ = ranks.names_digest;
  origins_.reserve(process_names.size());
  for (const std::uint32_t rank : ranks.rank) origins_.push_back({rank, 0});
  if (options_.order_digest) digests_.assign(process_names.size(), 0);
  future_ = detail::Future<Payload>({options_.start, options_.window}, processes(), options_.shards);
}

template <class Payload>
void Simulator<Payload>::post(ProcessId to, SimTime at, std::uint16_t kind, const Payload& payload,
                              std::int16_t priority) {
  if (to >= processes())
    throw std::out_of_range("event for process " + std::to_string(to) + "; there are " + std::to_string(processes()));
  if (at < now_ || at > core::kNever)
    detail::throw_outside_time("the outside world for process " + std::to_string(to), now_, at);
  if (kind == kCancellation) throw std::invalid_argument("event kind 65535 is reserved for cancellations");
  if (outside_sequence_ == UINT32_MAX) detail::throw_out_of_sequence("the outside world");
  future_.insert({at, outside_sequence_++, to, priority, kind, payload});
}

template <class Payload>
std::vector<Event<Payload>> Simulator<Payload>::pending_events() const {
  std::vector<Event<Payload>> all;
  future_.for_each([&](const Event<Payload>& event) { all.push_back(event); });
  std::sort(all.begin(), all.end(), before<Payload>);
  std::vector<Event<Payload>> kept;
  kept.reserve(all.size());
  std::uint64_t cancelled = 0;
  for (const Event<Payload>& event : all) {
    if (event.kind == kCancellation) {
      cancelled = event.tie;
    } else if (cancelled == 0 || event.tie != cancelled) {
      kept.push_back(event);
    }
  }
  return kept;
}

template <class Payload>
SimTime Simulator<Payload>::next_event_time() const {
  SimTime next = core::kNever;
  future_.for_each([&](const Event<Payload>& event) { next = std::min(next, event.time); });
  return next;
}

template <class Payload>
std::uint64_t Simulator<Payload>::order_digest() const {
  std::uint64_t sum = 0;
  for (ProcessId p = 0; p < digests_.size(); ++p) {
    std::uint64_t x = (digests_[p] ^ origins_[p].rank) * 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93ULL;
    sum += x ^ (x >> 32);
  }
  return sum;
}

template <class Payload>
bool Simulator<Payload>::equals(const Simulator& other) const {
  const auto same_event = [](const Event<Payload>& a, const Event<Payload>& b) {
    if (a.time != b.time || a.tie != b.tie || a.target != b.target || a.priority != b.priority || a.kind != b.kind)
      return false;
    if constexpr (std::equality_comparable<Payload>) {
      return a.payload == b.payload;
    } else {
      return std::memcmp(&a.payload, &b.payload, sizeof(Payload)) == 0;
    }
  };
  const bool same_clock =
      now_ == other.now_ && options_.start == other.options_.start && options_.window == other.options_.window &&
      (barrier_due_ ? open_ : -1) == (other.barrier_due_ ? other.open_ : -1) && failed_ == other.failed_;
  if (!same_clock || names_digest_ != other.names_digest_ || origins_ != other.origins_ ||
      outside_sequence_ != other.outside_sequence_ || digests_ != other.digests_) {
    return false;
  }
  const auto a = pending_events();
  const auto b = other.pending_events();
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_event);
}

namespace detail {
inline constexpr std::uint64_t kSnapshotMark = 0x33676e6572746172ULL;  // "ratreng3"
}

template <class Payload>
std::vector<std::byte> Simulator<Payload>::save() const {
  if (failed_) throw std::logic_error("a simulation that failed cannot be saved");
  detail::ByteWriter out;
  out.put(detail::kSnapshotMark);
  out.put(static_cast<std::uint64_t>(sizeof(Payload)));
  out.put(static_cast<std::uint64_t>(processes()));
  out.put(names_digest_);
  out.put(options_.start);
  out.put(options_.window);
  out.put(options_.shuffle_ties.has_value());
  out.put(options_.shuffle_ties.value_or(0));
  out.put(now_);
  out.put(open_);
  out.put(barrier_due_);
  out.put(outside_sequence_);
  out.put(last_handled_);
  out.put(statistics_.events);
  out.put(statistics_.messages);
  out.put(statistics_.windows);
  for (const detail::Origin& origin : origins_) out.put(origin.sequence);
  out.put(static_cast<std::uint64_t>(digests_.size()));
  for (const std::uint64_t d : digests_) out.put(d);
  const auto events = pending_events();
  out.put(static_cast<std::uint64_t>(events.size()));
  for (const Event<Payload>& e : events) {
    out.put(e.time);
    out.put(e.tie);
    out.put(e.target);
    out.put(e.priority);
    out.put(e.kind);
    out.put(e.payload);
  }
  return out.take();
}

template <class Payload>
void Simulator<Payload>::load(std::span<const std::byte> bytes) {
  detail::ByteReader in{bytes};
  detail::ByteReader mark{bytes};
  const auto demand = [](bool ok, const char* what) {
    if (!ok) throw std::invalid_argument(std::string("engine snapshot does not fit: ") + what);
  };
  demand(mark.get<std::uint64_t>() == detail::kSnapshotMark, "it is not a snapshot of this version");
  in.verify();
  (void)in.get<std::uint64_t>();
  demand(in.get<std::uint64_t>() == sizeof(Payload), "its events carry another payload");
  demand(in.get<std::uint64_t>() == processes(), "it has another number of processes");
  demand(in.get<std::uint64_t>() == names_digest_, "its processes have other names");
  demand(in.get<SimTime>() == options_.start, "its run starts at another time");
  demand(in.get<SimDuration>() == options_.window, "its window has another length");
  demand((in.get<std::uint8_t>() != 0) == options_.shuffle_ties.has_value() &&
             in.get<std::uint64_t>() == options_.shuffle_ties.value_or(0),
         "its ties are ordered by another seed");
  Simulator loaded = *this;
  loaded.failed_ = false;
  loaded.now_ = in.get<SimTime>();
  demand(loaded.now_ >= options_.start && loaded.now_ <= core::kNever,
         "its clock lies before its start or beyond time");
  loaded.open_ = in.get<detail::WindowIndex>();
  demand(loaded.open_ >= 0 && loaded.open_ <= future_.grid().index_of(loaded.now_), "its window lies in the future");
  loaded.barrier_due_ = in.get<std::uint8_t>() != 0;
  loaded.outside_sequence_ = in.get<std::uint32_t>();
  loaded.last_handled_ = in.get<std::uint64_t>();
  loaded.statistics_.events = in.get<std::uint64_t>();
  loaded.statistics_.messages = in.get<std::uint64_t>();
  loaded.statistics_.windows = in.get<std::uint64_t>();
  loaded.statistics_.parallel_windows = 0;
  for (detail::Origin& origin : loaded.origins_) origin.sequence = in.get<std::uint32_t>();
  const auto digests = in.get<std::uint64_t>();
  demand(digests == 0 || digests == processes(), "its digests are damaged");
  // A snapshot's digests go on; where it has none and this simulator is to keep them, they begin anew.
  loaded.digests_.assign(digests > 0 || options_.order_digest ? processes() : 0, 0);
  for (std::uint64_t i = 0; i < digests; ++i) loaded.digests_[i] = in.get<std::uint64_t>();
  loaded.future_ = detail::Future<Payload>(future_.grid(), processes(), future_.shards().size());
  const auto count = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count; ++i) {
    Event<Payload> e;
    e.time = in.get<SimTime>();
    e.tie = in.get<std::uint64_t>();
    e.target = in.get<ProcessId>();
    e.priority = in.get<std::int16_t>();
    e.kind = in.get<std::uint16_t>();
    e.payload = in.get<Payload>();
    demand(e.target < processes() && e.time >= loaded.now_ && e.time <= core::kNever && e.kind != kCancellation,
           "an event in it is damaged");
    loaded.future_.insert(e);
  }
  demand(in.left() == 0, "bytes are left over");
  *this = std::move(loaded);
}

}  // namespace rackrate::engine
