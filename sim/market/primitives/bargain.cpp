#include "sim/market/primitives/bargain.hpp"

#include <algorithm>
#include <stdexcept>

namespace rackrate::market {

double nash_transfer(const PairGains& gains, double payer_weight) {
  if (!(payer_weight >= 0.0 && payer_weight <= 1.0))
    throw std::invalid_argument("nash_transfer: a bargaining weight lies between 0 and 1");
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
