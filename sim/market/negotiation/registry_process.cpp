#include "sim/market/negotiation/registry_process.hpp"

#include "sim/market/contracts/rollouts.hpp"

namespace rackrate::market {

std::uint64_t newly_opened(const CompiledScenario& s, const AccessInterval& before, const AccessInterval& after) {
  std::uint64_t clouds = 0;
  const auto regions = s.parameters.vocabulary.regions.size();
  for (std::size_t cell = 0; cell < after.cells.size(); ++cell) {
    const auto& alternative = s.alternatives[cell / regions % s.alternatives.size()];
    if (alternative.cloud >= 0 && after.cells[cell].state > before.cells[cell].state)
      clouds |= 1ULL << alternative.cloud;
  }
  return clouds;
}

Parameters live_parameters(const RegistryState& registry, const core::Draws& draws) {
  Parameters parameters = *registry.scripted;
  parameters.contracts =
      contracts::with_drawn_rollouts(contracts::with_changes(std::move(parameters.contracts), registry.changes), draws);
  return parameters;
}

void handle_registry(RegistryState& registry, const MarketView& view, Context& context, const Event& event) {
  if (static_cast<Kind>(event.kind) == Kind::Watch) {
    if (context.window_end() >= view.parameters().run.end) return;  // nothing can take effect any more
    look(registry.watch, view, context.now(), context.window_end(), registry.found);
    context.schedule(context.window_end(), static_cast<std::uint16_t>(Kind::Watch), {}, priority::kContract);
    return;
  }
  const auto& intervals = view.regime.access;
  for (std::size_t k = 1; k < intervals.size(); ++k) {
    if (intervals[k].from != context.now()) continue;
    const std::uint64_t clouds = newly_opened(view.compiled(), intervals[k - 1], intervals[k]);
    if (clouds == 0) return;
    const auto trigger =
        core::name_hash("access", static_cast<std::uint64_t>(context.now().time_since_epoch().count()));
    for (ProcessId e = view.regime.directory.first_enterprise; e < view.regime.directory.count; ++e)
      context.send(e, context.window_end(), static_cast<std::uint16_t>(Kind::AccessChanged),
                   pack(AccessChanged{static_cast<std::int64_t>(clouds), trigger}), priority::kContract);
  }
}

}  // namespace rackrate::market
