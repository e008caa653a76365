#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "sim/market/vocabulary/host_set.hpp"
#include "sim/market/vocabulary/ids.hpp"

namespace rackrate::market {

/// Kinds of events. A process receives only the kinds listed with it.
enum class EventKind : std::uint16_t {
  // contract registry
  Breakpoint = 1,
  ScanContracts,
  // power authority
  SiteStart,
  // statistics
  Adopted,
  Digest,
  // exchange
  Clear,
  CapexPaid,
  // vendor
  SupplyEpoch,
  Order,
  // cloud headquarters
  InvestmentReview,
  PriceReview,
  // pool
  LotArrives,
  PowerOn,
  RetireDue,
  // lab
  ReleaseDue,
  ChannelReady,
  MonthlyNoise,
  // enterprise
  Adopt,
  WorkloadArrives,
  Review,
  TriggeredReview,
  AccessChanged,
  NewLeader,
  // pool
  SiteBegun,
  PoolMonth,
  LotShipped,
  // exchange
  LotInService,
  // enterprise
  AccountDate
};

/// Classes of simultaneous events (MODEL section 2): lower acts first.
enum class Priority : std::int16_t {
  Regulation,
  Contract,
  Supply,
  Release,
  Price,
  Decision,
  Clearing,
  Ledger,
  Statistics
};

/// Three words that carry one typed message. Events are values: trivially copyable, no pointers.
struct Payload {
  std::array<std::int64_t, 3> words{};
  friend bool operator==(const Payload&, const Payload&) = default;
};

/// A message is a struct of at most three words that states the kind and the priority of its event. It has no padding:
/// its bytes are the payload.
template <class M>
concept Message = std::is_trivially_copyable_v<M> && sizeof(M) <= sizeof(Payload) && requires {
  EventKind{M::kind};
  Priority{M::priority};
};

template <Message M>
[[nodiscard]] Payload pack(const M& message) {
  Payload payload;
  if constexpr (!std::is_empty_v<M>) std::memcpy(payload.words.data(), &message, sizeof(M));
  return payload;
}
template <Message M>
[[nodiscard]] M unpack(const Payload& payload) {
  M message;
  if constexpr (!std::is_empty_v<M>) std::memcpy(static_cast<void*>(&message), payload.words.data(), sizeof(M));
  return message;
}

/// An id in 16 bits, where a message has no room for more.
template <class Id>
struct ShortId {
  std::int16_t number = -1;
  ShortId() = default;
  ShortId(Id id) : number(static_cast<std::int16_t>(id.number())) {}
  operator Id() const { return Id(number); }
};

// contract registry

/// Some permission changes today.
struct Breakpoint {
  static constexpr EventKind kind = EventKind::Breakpoint;
  static constexpr Priority priority = Priority::Contract;
};

/// Scan the board for what may change contracts (negotiation/watch.hpp).
struct ScanContracts {
  static constexpr EventKind kind = EventKind::ScanContracts;
  static constexpr Priority priority = Priority::Contract;
};

// power authority

/// A site is requested in this month.
struct SiteStart {
  static constexpr EventKind kind = EventKind::SiteStart;
  static constexpr Priority priority = Priority::Supply;
  PoolId pool;
  std::int32_t month = 0;
  std::int64_t kilowatts = 0;
};

// statistics

/// An enterprise of this segment has adopted.
struct Adopted {
  static constexpr EventKind kind = EventKind::Adopted;
  static constexpr Priority priority = Priority::Statistics;
  SegmentId segment;
};

/// Publish the shares of adopters.
struct Digest {
  static constexpr EventKind kind = EventKind::Digest;
  static constexpr Priority priority = Priority::Statistics;
};

// exchange

/// Clear the interval that begins now.
struct Clear {
  static constexpr EventKind kind = EventKind::Clear;
  static constexpr Priority priority = Priority::Clearing;
};

/// Capital that a cloud's firm, or the rest of the world (no cloud), pays to a vendor (party) or to suppliers. The
/// amount, and what it was paid for, over whose life it depreciates: units of a chip, or kilowatts of a site (no chip).
struct CapexPaid {
  static constexpr EventKind kind = EventKind::CapexPaid;
  static constexpr Priority priority = Priority::Supply;
  ShortId<CloudId> cloud;
  ShortId<PartyId> payee;
  ChipId chip;
  Money amount;
  std::int64_t quantity = 0;
};

/// Units of a chip are installed at a cloud and begin to wear out.
struct LotInService {
  static constexpr EventKind kind = EventKind::LotInService;
  static constexpr Priority priority = Priority::Supply;
  CloudId cloud;
  ChipId chip;
  Money cost;
};

// vendor

/// Allocate the supply of this month.
struct SupplyEpoch {
  static constexpr EventKind kind = EventKind::SupplyEpoch;
  static constexpr Priority priority = Priority::Supply;
};

/// A cloud orders compute.
struct Order {
  static constexpr EventKind kind = EventKind::Order;
  static constexpr Priority priority = Priority::Supply;
  CloudId cloud;
  std::int32_t pad = 0;
  std::int64_t h100e = 0;
};

// cloud headquarters

struct InvestmentReview {
  static constexpr EventKind kind = EventKind::InvestmentReview;
  static constexpr Priority priority = Priority::Decision;
};

/// Also of labs.
struct PriceReview {
  static constexpr EventKind kind = EventKind::PriceReview;
  static constexpr Priority priority = Priority::Price;
};

// pool

struct LotArrives {
  static constexpr EventKind kind = EventKind::LotArrives;
  static constexpr Priority priority = Priority::Supply;
  ChipId chip;
  PartyId vendor;
  std::int64_t units = 0;
  Money unit_price;
};

/// Units have left their vendor: from now on they are the cloud's, and paid.
struct LotShipped {
  static constexpr EventKind kind = EventKind::LotShipped;
  static constexpr Priority priority = Priority::Supply;
  ChipId chip;
  PartyId vendor;
  std::int64_t units = 0;
  Money unit_price;
};

/// Facility power is energised.
struct PowerOn {
  static constexpr EventKind kind = EventKind::PowerOn;
  static constexpr Priority priority = Priority::Supply;
  std::int64_t kilowatts = 0;
};

/// A site is begun: its shell is paid from this month on.
struct SiteBegun {
  static constexpr EventKind kind = EventKind::SiteBegun;
  static constexpr Priority priority = Priority::Supply;
  std::int32_t month = 0;
  std::int32_t pad = 0;
  std::int64_t kilowatts = 0;
};

/// The month ends: pay for shells, look for chips that have no power.
struct PoolMonth {
  static constexpr EventKind kind = EventKind::PoolMonth;
  static constexpr Priority priority = Priority::Supply;
};

/// The cohort is at the end of its life.
struct RetireDue {
  static constexpr EventKind kind = EventKind::RetireDue;
  static constexpr Priority priority = Priority::Supply;
  CohortId cohort;
};

// lab

struct ReleaseDue {
  static constexpr EventKind kind = EventKind::ReleaseDue;
  static constexpr Priority priority = Priority::Release;
};

/// A release can be sold through this channel.
struct ChannelReady {
  static constexpr EventKind kind = EventKind::ChannelReady;
  static constexpr Priority priority = Priority::Release;
  ChannelId channel;
  std::uint32_t release = 0;
  double quality = 0.0;
};

/// Draw the demand noise of this month.
struct MonthlyNoise {
  static constexpr EventKind kind = EventKind::MonthlyNoise;
  static constexpr Priority priority = Priority::Decision;
};

// enterprise

/// The enterprise adopts now.
struct Adopt {
  static constexpr EventKind kind = EventKind::Adopt;
  static constexpr Priority priority = Priority::Decision;
};

struct WorkloadArrives {
  static constexpr EventKind kind = EventKind::WorkloadArrives;
  static constexpr Priority priority = Priority::Decision;
};

/// The workload's own review clock ticks: its tick number was `epoch` when it was scheduled.
struct Review {
  static constexpr EventKind kind = EventKind::Review;
  static constexpr Priority priority = Priority::Decision;
  WorkloadId workload;
  std::uint32_t epoch = 0;
};

/// A review that something outside triggered; tastes stay.
struct TriggeredReview {
  static constexpr EventKind kind = EventKind::TriggeredReview;
  static constexpr Priority priority = Priority::Decision;
  WorkloadId workload;
  std::uint32_t pad = 0;
};

/// A yearly date of a big account: its year is settled, and every term the contract with its cloud is renewed.
struct AccountDate {
  static constexpr EventKind kind = EventKind::AccountDate;
  static constexpr Priority priority = Priority::Decision;
  std::uint32_t ordinal = 0;
  std::uint32_t pad = 0;
};

/// These clouds gained something to offer; `lost`: 1 if anybody lost something; `trigger` addresses response delays.
struct AccessChanged {
  static constexpr EventKind kind = EventKind::AccessChanged;
  static constexpr Priority priority = Priority::Contract;
  HostSet clouds;
  std::uint32_t lost = 0;
  std::uint64_t trigger = 0;
};

/// This release leads the frontier by far.
struct NewLeader {
  static constexpr EventKind kind = EventKind::NewLeader;
  static constexpr Priority priority = Priority::Release;
  LabId lab;
  std::uint32_t release = 0;
  double quality = 0.0;
};

}  // namespace rackrate::market
