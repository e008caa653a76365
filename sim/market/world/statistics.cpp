#include "sim/market/world/statistics.hpp"

#include "sim/core/whole.hpp"

namespace rackrate::market {
namespace {

constexpr core::SimDuration kWeek = core::kDay * 7;

/// A segment without simulated enterprises keeps its share.
void update_digest(Statistics& statistics) {
  for (const SegmentId g : statistics.digest.ids())
    if (statistics.sample[g] > 0)
      statistics.digest[g] = core::real(statistics.adopters[g]) / core::real(statistics.sample[g]);
}

}  // namespace

Statistics first_statistics(std::size_t segments, const Population& population) {
  Statistics statistics;
  statistics.adopters.assign(segments, 0);
  statistics.sample.assign(segments, 0);
  statistics.digest.assign(segments, 0.0);
  for (const EnterpriseId e : population.ids()) {
    ++statistics.sample[population[e].segment];
    if (population[e].adopted) ++statistics.adopters[population[e].segment];
  }
  update_digest(statistics);
  return statistics;
}

core::SimTime first_digest(core::SimTime start) { return start + kWeek + core::kDay; }

void handle_statistics(Statistics& statistics, Context& context, const Event& event) {
  if (event_kind(event) == EventKind::Adopted) {
    ++statistics.adopters[receive<Adopted>(event).segment];
    return;
  }
  update_digest(statistics);
  schedule(context, context.now() + kWeek, Digest{});
}

}  // namespace rackrate::market
