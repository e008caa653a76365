#pragma once
#include "sim/market/view/market_view.hpp"

/// By what demand differs from the scenario's paths today: factors made of Board::demand, which is all that anybody
/// knows of shocks. Nobody sees one before the window after it.
namespace rackrate::market {

/// Of demand with this exposure to the common factor.
[[nodiscard]] double common_factor(const Board& board, double exposure);
/// Hits and flops of a lab's product.
[[nodiscard]] double hit_factor(const Board& board, LabId lab, Product product);
/// Both, of a lab's product that does not come through enterprises: users, developers, seats, training, research.
[[nodiscard]] double demand_factor(const Parameters& parameters, const Board& board, LabId lab, Product product);
/// Of what a vendor can make.
[[nodiscard]] double supply_factor(const Board& board, VendorId vendor);
/// Of what a cloud sells that is not AI: its own growth, and what AI pulls along.
[[nodiscard]] double other_business_factor(const Board& board, CloudId cloud);

}  // namespace rackrate::market
