#pragma once
#include <vector>

#include "sim/market/labs/finance.hpp"
#include "sim/market/view/market_view.hpp"
#include "sim/market/view/notice.hpp"

namespace rackrate::market {

/// A model lab: releases models, brings them to channels, reviews its lists.
struct LabState {
  LabId lab;
  std::uint32_t releases = 0;       ///< ordinal of the exogenous release process
  bool release_due = false;         ///< and waits for a training run
  LabSignal signal;                 ///< published at the next barrier
  double list = 1.0;                ///< price index of its tokens, of which signal.price_index is posted
  Table<ChannelId, double> effort;  ///< of which signal.effort is posted
  LabFinance finance;
  std::vector<Notice> notices;
  std::vector<DecisionFact> decisions;  ///< of this window, reported at its end
};

[[nodiscard]] LabState first_lab(const CompiledScenario& compiled, LabId lab);

/// Release: Gamma(2) renewal; with probability pi the new model leads the frontier by Exp(delta), else it
/// stays Exp(gap) behind (MODEL 4.2, check B9). It reaches the lab's own channel at once and others after
/// a keyed port delay, rivals of a ship-first holder not before the clause allows (MODEL 5.3).
void handle_lab(LabState& lab, const MarketView& view, Context& context, const Event& event);

/// Days from release n-1 to release n.
[[nodiscard]] double release_gap_days(const MarketView& view, LabId lab, std::uint32_t n);

/// The newest model of a lab, as drawn for its next release. `frontier`: quality of the best model of any lab.
struct NewModel {
  double quality = 0.0;
  bool leads = false;  ///< the frontier
};
[[nodiscard]] NewModel draw_model(const LabState& lab, const MarketView& view, double frontier);

/// When release n, made at `released`, may be sold through `channel`: its port, and ship-first.
struct ChannelPlan {
  core::SimTime ready;
  bool waited = false;
};
[[nodiscard]] ChannelPlan plan_channel(const MarketView& view, LabId lab, std::uint32_t n, core::SimTime released,
                                       ChannelId channel);

}  // namespace rackrate::market
