#include "sim/market/exchange/clauses/clause_run.hpp"

namespace rackrate::market {
namespace {

__extension__ using Wide = __int128;

/// Milliseconds of a year of 365.25 days.
constexpr std::int64_t kYear = 31'557'600'000;

Wide units_per_year(const AgreedPayment& payment) { return Money::from_usd(payment.usd_per_year).tenthousandths(); }

/// Milliseconds since the payment began.
std::int64_t elapsed(const AgreedPayment& payment, core::SimTime t) {
  return t <= payment.from ? 0 : (t - payment.from).count();
}

}  // namespace

/// The payments that a renegotiation agreed on, each a constant flow.
void kinds::Renegotiation::settle(ClauseRun& run, LabelId label) const {
  const auto& m = run.in_force(label);
  auto& fraction = run.account(label).memory;  // of 1e-4 $, in parts per year, carried from interval to interval
  if (run.begins(label) || fraction.size() != agreed.size()) {
    fraction.clear();
    for (const auto& payment : agreed)
      fraction.push_back(static_cast<std::int64_t>(units_per_year(payment) * elapsed(payment, run.start()) % kYear));
  }
  for (std::size_t i = 0; i < agreed.size(); ++i) {
    const Wide owed =
        units_per_year(agreed[i]) * (elapsed(agreed[i], run.end()) - elapsed(agreed[i], run.start())) + fraction[i];
    fraction[i] = static_cast<std::int64_t>(owed % kYear);
    run.pay(run.parties().agreed(agreed[i].payer, m.lab), run.parties().agreed(agreed[i].payee, m.lab),
            Category::Transfer, Money{static_cast<std::int64_t>(owed / kYear)}, label);
  }
}

}  // namespace rackrate::market
