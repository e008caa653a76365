#include "sim/market/primitives/bargain.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace rackrate::market {
namespace {

void check_weight(const char* who, double weight) {
  if (!(weight >= 0.0 && weight <= 1.0))
    throw std::invalid_argument(std::string(who) + ": a bargaining weight lies between 0 and 1");
}

/// The rates from `low` to `high`.
struct Rates {
  double low = 0.0, high = 0.0;
};

/// Cuts the rates to those at which the gain is not negative.
void keep_gain(const GainLine& gain, Rates& rates) {
  if (gain.slope > 0)
    rates.low = std::max(rates.low, -gain.at_zero / gain.slope);
  else if (gain.slope < 0)
    rates.high = std::min(rates.high, -gain.at_zero / gain.slope);
  else if (gain.at_zero < 0)
    rates.high = rates.low - 1.0;
}

}  // namespace

std::optional<double> nash_rate(const GainLine& first, const GainLine& second, double weight, double least,
                                double most) {
  check_weight("nash_rate", weight);
  Rates rates{least, most};
  keep_gain(first, rates);
  keep_gain(second, rates);
  if (!(rates.low <= rates.high)) return std::nullopt;
  if (first.slope >= 0 && second.slope >= 0) return rates.high;
  if (first.slope <= 0 && second.slope <= 0) return rates.low;
  const double inside = -(weight * first.slope * second.at_zero + (1.0 - weight) * second.slope * first.at_zero) /
                        (first.slope * second.slope);
  return std::clamp(inside, rates.low, rates.high);
}

double nash_transfer(const PairGains& gains, double payer_weight) {
  check_weight("nash_transfer", payer_weight);
  if (!(gains.joint() >= 0.0))
    throw std::invalid_argument("nash_transfer: the pair gains nothing together, so it has no contract to sign");
  return (1.0 - payer_weight) * gains.payer - payer_weight * gains.payee;
}

double opening_gain(double joint_exclusive, double joint_open, std::span<const double> rival_payments) {
  double gain = joint_open - joint_exclusive;
  for (const double payment : rival_payments) gain += std::max(0.0, payment);
  return gain;
}

double settling_payment(double host_today, double host_open, double gain, double weight) {
  return host_today + weight * gain - host_open;
}

}  // namespace rackrate::market
