#include "sim/market/negotiation/registry_process.hpp"

#include <algorithm>
#include <iterator>

#include "sim/market/contracts/rollouts.hpp"

namespace rackrate::market {

HostSet newly_opened(const CompiledScenario& s, const AccessInterval& before, const AccessInterval& after) {
  HostSet clouds;
  for (const CellId cell : after.cells.ids()) {
    const auto& alternative = s.alternatives[s.cells.decode(cell).alternative];
    if (alternative.cloud.exists() && after.cells[cell].state > before.cells[cell].state)
      clouds.insert(alternative.cloud);
  }
  return clouds;
}

Parameters amended_parameters(const RegistryState& registry, const core::Draws& draws) {
  Parameters parameters = *registry.scripted;
  parameters.contracts =
      contracts::with_drawn_rollouts(contracts::with_changes(std::move(parameters.contracts), registry.changes), draws);
  return parameters;
}

namespace {

bool any_lost(const AccessInterval& before, const AccessInterval& after) {
  const auto ids = after.cells.ids();
  return std::any_of(ids.begin(), ids.end(),
                     [&](CellId cell) { return after.cells[cell].state < before.cells[cell].state; });
}

void on_scan(RegistryState& registry, const MarketView& view, Context& context) {
  if (context.window_end() >= view.parameters().run.end) return;  // nothing can take effect any more
  scan_contracts(registry.watch, view, context.now(), context.window_end(), registry.pending);
  schedule(context, context.window_end(), ScanContracts{});
}

void on_breakpoint(const MarketView& view, Context& context) {
  const auto& intervals = view.regime.access;
  const auto now = std::find_if(intervals.begin(), intervals.end(),
                                [&context](const AccessInterval& i) { return i.from == context.now(); });
  if (now == intervals.begin() || now == intervals.end()) return;
  const HostSet clouds = newly_opened(view.compiled(), *std::prev(now), *now);
  const bool lost = any_lost(*std::prev(now), *now);
  if (clouds.empty() && !lost) return;
  const auto date = static_cast<std::uint64_t>(context.now().time_since_epoch().count());
  const AccessChanged change{clouds, lost ? 1U : 0U, core::name_hash("access", date)};
  for (const ProcessId enterprise : view.regime.directory.enterprises()) send(context, enterprise, change);
}

}  // namespace

void handle_registry(RegistryState& registry, const MarketView& view, Context& context, const Event& event) {
  if (event_kind(event) == EventKind::ScanContracts)
    on_scan(registry, view, context);
  else
    on_breakpoint(view, context);
}

}  // namespace rackrate::market
