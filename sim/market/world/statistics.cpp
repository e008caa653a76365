#include "sim/market/world/statistics.hpp"

namespace rackrate::market {
namespace {

constexpr core::SimDuration kWeek = core::kDay * 7;

}  // namespace

Statistics first_statistics(std::size_t segments, std::span<const Enterprise> enterprises) {
  Statistics statistics;
  statistics.adopters.assign(segments, 0);
  statistics.sample.assign(segments, 0);
  for (const auto& e : enterprises) {
    ++statistics.sample[static_cast<std::size_t>(e.segment)];
    if (e.adopted) ++statistics.adopters[static_cast<std::size_t>(e.segment)];
  }
  for (std::size_t g = 0; g < segments; ++g)
    statistics.digest.push_back(statistics.sample[g] > 0 ? static_cast<double>(statistics.adopters[g]) /
                                                               static_cast<double>(statistics.sample[g])
                                                         : 0.0);
  return statistics;
}

core::SimTime first_digest(core::SimTime start) { return start + kWeek + core::kDay; }

void handle_statistics(Statistics& statistics, Context& context, const Event& event) {
  if (static_cast<Kind>(event.kind) == Kind::Adopted) {
    ++statistics.adopters[static_cast<std::size_t>(unpack<AdoptedMessage>(event.payload).segment)];
    return;
  }
  for (std::size_t g = 0; g < statistics.digest.size(); ++g)
    if (statistics.sample[g] > 0)
      statistics.digest[g] = static_cast<double>(statistics.adopters[g]) / static_cast<double>(statistics.sample[g]);
  context.schedule(context.now() + kWeek, static_cast<std::uint16_t>(Kind::Digest), {}, priority::kStatistics);
}

}  // namespace rackrate::market
