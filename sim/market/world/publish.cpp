#include "sim/market/world/world.hpp"

#include "sim/market/enterprise/work_needs.hpp"
#include "sim/market/pricing/unit_terms.hpp"
#include "sim/market/primitives/posted.hpp"

namespace rackrate::market {
namespace {

/// What a commitment leaves to pay of a dollar of list is seen in steps, as the list is.
Grid<SegmentId, AlternativeId, double> posted_drawdown(const CompiledScenario& s,
                                                       Grid<SegmentId, AlternativeId, double> drawn) {
  if (drawn.empty() || s.parameters.prices.posted_step <= 0) return drawn;
  for (const SegmentId segment : s.parameters.segments.ids())
    for (const AlternativeId a : s.alternatives.ids())
      drawn(segment, a) = 1.0 - posted(1.0 - drawn(segment, a), s.parameters.prices.posted_step);
  return drawn;
}

}  // namespace

void World::publish(core::SimTime t) {
  board_.as_of = t;
  board_.interval = regime_->interval_at(t);
  board_.pools.resize(pools_.size());
  for (const PoolId k : pools_.ids()) board_.pools[k] = pools_[k].signal;
  board_.clouds.resize(headquarters_.size());
  for (const CloudId c : headquarters_.ids()) {
    board_.clouds[c] = exchange_.signals.clouds[c];
    board_.clouds[c].price_index = headquarters_[c].price_index;
    board_.clouds[c].entered = headquarters_[c].entry.entered;
  }
  board_.orders.clear();
  for (const VendorState& vendor : vendors_) board_.orders.push_back(total_orders(vendor));
  publish_hosting_index(regime_->compiled, t, held_prices_, board_);
  board_.market = exchange_.signals.market;
  board_.labs.resize(labs_.size());
  for (const LabId l : labs_.ids()) board_.labs[l] = labs_[l].signal;
  board_.cash.resize(labs_.size());
  for (const LabId l : labs_.ids()) board_.cash[l] = exchange_.cash[l].signal;
  board_.demand = demand_->at(t);
  board_.adoption = statistics_.digest;
  board_.release_waits = exchange_.network.runs.release_waits;
  board_.drawdown = posted_drawdown(regime_->compiled, exchange_.accounts.commitments.coverage);
  board_.tenders = tender_signals(registry_.watch.tenders, t);
  publish_enterprises();
  board_.awareness.clear();
  for (const Stock& share : registry_.awareness.share) board_.awareness.push_back(share.level);
  publish_unit_terms(regime_->compiled, t, board_);
  board_.seats.clear();
  for (const SeatAccount& account : seats_) board_.seats.push_back(account.signal);
  board_.outside_gain = pull_.outside_gain(regime_->compiled.parameters);
  offers_.update(view());
  board_.missing = offers_.missing(regime_->compiled);
  pull_.publish(view(), offers_, board_);
}

/// What the window's decisions come to takes effect with the next window. Renegotiations of this barrier do not know of
/// it yet.
void World::hand_over_decisions() {
  decisions_.hand_over([this](const auto& change) { add(exchange_.demand, change); });
}

void World::publish_enterprises() {
  const Outlays outlays = enterprises_.outlays();
  board_.governance = outlays.governance;
  board_.migration = outlays.migration;
  if (const int month = core::month_index(board_.as_of); board_.needs.month != month || board_.needs.all <= 0)
    board_.needs = work_needs(enterprises_, month);
  if (!enterprises_.accounts().empty()) board_.account_shortfalls = enterprises_.account_shortfalls();
}

}  // namespace rackrate::market
