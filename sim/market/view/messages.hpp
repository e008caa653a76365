#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace rackrate::market {

/// Kinds of events. A process receives only the kinds listed with it.
enum class Kind : std::uint16_t {
  // contract registry
  Breakpoint = 1,
  Watch,
  // power authority
  SiteStart,
  // statistics
  Adopted,
  Digest,
  // exchange
  Clear,
  PlacementDelta,
  RateDelta,
  OneOffCost,
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
  Release,
  ChannelReady,
  MonthlyNoise,
  // enterprise
  AdoptionTick,
  Adopt,
  WorkloadArrives,
  Review,
  TriggeredReview,
  AccessChanged,
  NewLeader
};

/// Classes of simultaneous events (MODEL section 2): lower acts first.
namespace priority {
inline constexpr std::int16_t kRegulation = 0, kContract = 1, kSupply = 2, kRelease = 3, kPrice = 4, kDecision = 5,
                              kClearing = 6, kLedger = 7, kStatistics = 8;
}

/// Three words that carry one typed message. Events are values: trivially copyable, no pointers.
struct Payload {
  std::array<std::int64_t, 3> words{};
  friend bool operator==(const Payload&, const Payload&) = default;
};

template <class Message>
[[nodiscard]] Payload pack(const Message& message) {
  static_assert(std::is_trivially_copyable_v<Message> && sizeof(Message) <= sizeof(Payload));
  Payload payload;
  std::memcpy(payload.words.data(), &message, sizeof(Message));
  return payload;
}
template <class Message>
[[nodiscard]] Message unpack(const Payload& payload) {
  static_assert(std::is_trivially_copyable_v<Message> && sizeof(Message) <= sizeof(Payload));
  Message message;
  std::memcpy(static_cast<void*>(&message), payload.words.data(), sizeof(Message));
  return message;
}

/// Volume moves into (or, negative, out of) a demand cell. Millionths of a work unit per day, already
/// expanded; `ramp` is the part not yet learned at the start of the window in which it takes effect; `committed` is 1
/// where the buyer has a commitment to the seller's cloud. The cell is one of the regime of this generation.
struct PlacementDelta {
  std::int32_t cell = 0;
  std::uint32_t committed : 1 = 0;
  std::uint32_t generation : 31 = 0;
  std::int64_t units = 0;
  std::int64_t ramp = 0;
};
/// Changes of a segment's running rates, 1e-4 $ per day, already expanded.
struct RateDelta {
  std::int32_t segment = 0;
  std::int32_t pad = 0;
  std::int64_t surplus = 0;
  std::int64_t governance = 0;
};
/// A migration paid now, 1e-4 $.
struct OneOffCost {
  std::int64_t migration = 0;
};
/// Capital that a cloud's firm pays to a vendor (party) or to suppliers. The amount, and what it was paid for, over
/// whose life it depreciates: units of a chip, or kilowatts of a site (chip -1).
struct CapexPaid {
  std::int16_t cloud = 0, payee = 0;
  std::int32_t chip = -1;
  std::int64_t amount = 0, quantity = 0;
};
struct Order {
  std::int32_t cloud = 0;
  std::int32_t pad = 0;
  std::int64_t h100e = 0;
};
struct SiteStart {
  std::int32_t pool = 0;
  std::int32_t month = 0;
  std::int64_t kilowatts = 0;
};
struct PowerOn {
  std::int64_t kilowatts = 0;
};
struct LotArrives {
  std::int32_t chip = 0;
  std::int32_t vendor = 0;
  std::int64_t units = 0;
  std::int64_t unit_price = 0;
};
struct RetireDue {
  std::int32_t cohort = 0;
};
struct AdoptedMessage {
  std::int32_t segment = 0;
};
struct ChannelReady {
  std::int32_t channel = 0;
  std::int32_t release = 0;
  double quality = 0.0;
};
struct WorkloadIndex {
  std::int32_t workload = 0;
  std::int32_t epoch = 0;
};
struct AccessChanged {
  std::int64_t cloud_mask = 0;
  std::uint64_t trigger = 0;
};
struct NewLeader {
  std::int32_t lab = 0;
  std::int32_t release = 0;
  double quality = 0.0;
};

}  // namespace rackrate::market
