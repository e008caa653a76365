#include "sim/market/exchange/clause_run.hpp"

namespace rackrate::market {
namespace {

using contracts::WideAmount;

/// Milliseconds of a year of 365.25 days.
constexpr std::int64_t kYear = 31'557'600'000;

WideAmount per_year(const AgreedPayment& payment) { return Money::from_usd(payment.usd_per_year).tenthousandths; }

std::int64_t elapsed(const AgreedPayment& payment, core::SimTime t) {
  return t <= payment.from ? 0 : (t - payment.from).count();
}

/// What has fallen due by t since the agreement.
std::int64_t due_by(const AgreedPayment& payment, core::SimTime t) {
  return static_cast<std::int64_t>(per_year(payment) * elapsed(payment, t) / kYear);
}

}  // namespace

/// The payments that talks settled on, a constant flow each.
void kinds::Renegotiation::settle(ClauseRun& run, std::size_t label) const {
  const auto& s = run.s();
  const auto& m = run.money(run.active[label]);
  auto& fraction = run.account(label).memory;  // of 1e-4 $, in parts per year, carried from window to window
  if (run.begins(label) || fraction.size() != agreed.size()) {
    fraction.clear();
    for (const auto& payment : agreed)
      fraction.push_back(static_cast<std::int64_t>(per_year(payment) * elapsed(payment, run.start) % kYear));
  }
  const auto side = [&](const std::string& firm) {
    const int party = static_cast<int>(index_of(s.parameters.vocabulary.firms, firm).value());
    return Side{party, party == s.lab_firm[static_cast<std::size_t>(m.lab)] ? Layer::Model : Layer::Infrastructure};
  };
  for (std::size_t i = 0; i < agreed.size(); ++i) {
    const WideAmount owed =
        per_year(agreed[i]) * (elapsed(agreed[i], run.end) - elapsed(agreed[i], run.start)) + fraction[i];
    fraction[i] = static_cast<std::int64_t>(owed % kYear);
    post_clause(run.exchange, m.label, side(agreed[i].payer), side(agreed[i].payee), Category::Transfer,
                Money{static_cast<std::int64_t>(owed / kYear)});
    // The books know only the dates: what has fallen due by the window's end less what had by its start.
    run.exchange.books.expect(side(agreed[i].payer), side(agreed[i].payee), Category::Transfer,
                              Money{due_by(agreed[i], run.end) - due_by(agreed[i], run.start)});
  }
}

}  // namespace rackrate::market
