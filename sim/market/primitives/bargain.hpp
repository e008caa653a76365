#pragma once
#include <optional>
#include <span>

namespace rackrate::market {

/// The gains of the two sides from a contract, relative to disagreement of this pair while all other contracts stay as
/// they are.
struct PairGains {
  double payer = 0.0;
  double payee = 0.0;
  [[nodiscard]] double joint() const { return payer + payee; }
};

/// Nash-in-Nash transfer from payer to payee: T = (1 - b) gain of the payer - b gain of the payee, b the payer's
/// weight. Afterwards the payer has b times what they gain together, the payee the rest. Negative: the payee pays.
///
/// Units:   the gains', a sum or a flow.
/// Throws:  std::invalid_argument if the two gain nothing together, or the weight is not between 0 and 1.
/// Source:  Horn and Wolinsky (1988), RAND J. Econ. 19, 408-419; MODEL 8.5, check D11.
[[nodiscard]] double nash_transfer(const PairGains& gains, double payer_weight);

/// What the pair of an exclusive right would gain by opening it: its joint profit open, and what rivals then pay it for
/// access, less its joint profit under the right. The pair keeps the right to itself as long as this is not above 0.
///
/// `rival_payments`: as the rivals' own bargains have it; a negative one counts as 0, nobody is paid to come in.
/// Source:  MODEL 8.5: exclusivity is chosen iff joint(exclusive) > joint(open) + transfers forgone. Check D11.
[[nodiscard]] double opening_gain(double joint_exclusive, double joint_open, std::span<const double> rival_payments);

/// What the other side pays the host when the two agree to open: with it the host has its profit of today and `weight`
/// of the gain. Negative: the host pays.
[[nodiscard]] double settling_payment(double host_today, double host_open, double gain, double weight);

/// What a side gains over disagreement, as a line in the rate that the two bargain over.
struct GainLine {
  double at_zero = 0.0, slope = 0.0;
  [[nodiscard]] double at(double rate) const { return at_zero + slope * rate; }
};

/// The rate r between `least` and `most` that maximises first(r)^b second(r)^(1 - b), b the first side's weight, where
/// neither gain is negative; none where there is no such rate.
///
/// Inside the bounds b first'/first = -(1 - b) second'/second, so that
///   r = -(b first' second(0) + (1 - b) second' first(0)) / (first' second').
/// Where a dollar that one side gives up is a dollar that the other gets, the first side has b of the joint gain. Where
/// both gain by a higher rate, or neither loses by it, it is the highest; the lowest in the opposite case.
///
/// Throws:  std::invalid_argument if the weight is not between 0 and 1.
/// Source:  Nash (1950), Econometrica 18, 155-162, with weights; MODEL 8.5.
[[nodiscard]] std::optional<double> nash_rate(const GainLine& first, const GainLine& second, double weight,
                                              double least, double most);

}  // namespace rackrate::market
