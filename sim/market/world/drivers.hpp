#pragma once
#include <string>
#include <vector>

#include "sim/market/view/market_view.hpp"

/// What a future brings that nobody decides, as one number per driver: means over the run, drawn from the addresses
/// that the market draws from, without a market. They are the same in all arms of a comparison, and their means over
/// futures can be known as well as one likes: control variates of what is compared (MODEL 12.3).
namespace rackrate::market {

/// The drivers of a scenario:
///   demand             log of the common factor of demand, growth chain included
///   hits.LAB.KIND      log of a lab's hits and flops in a kind of work
///   lead.LAB           quality of a lab's best model less that of the best of any other lab, were no release to wait
///   rounds.LAB         sizes of later funding rounds, of mean 1 each, by the share of the run that is left
///   business.CLOUD     log of the growth chain of what a cloud sells beside AI
///   supply.VENDOR      log of the growth chain of what a vendor can make
///   volume.LAB.KIND    the product of both factors, not its log, as a mean that weighs a month by its number: markets
///                      grow, so late months count for more dollars
/// Those that the scenario does not draw are left out.
[[nodiscard]] std::vector<std::string> driver_names(const CompiledScenario& compiled);

/// Their values in a future, in the order of their names.
[[nodiscard]] std::vector<double> driver_values(const Regime& regime, const core::Draws& draws);

}  // namespace rackrate::market
