#include "sim/market/exchange/clauses/undelivered.hpp"

#include <algorithm>

#include "sim/core/whole.hpp"

namespace rackrate::market {

PartOfPair part_of_pair(const CompiledScenario& s, const DemandTable& table, const PaymentClause& m) {
  for (const auto& pair : table.committed) {
    if (pair.payer != m.payer || pair.payee != m.payee || pair.classes.empty()) continue;
    for (std::size_t i = 0; i < pair.clauses.size(); ++i)
      if (s.money[pair.clauses[i]].label == m.label) return {&pair, pair.parts[i]};
  }
  return {};
}

CouldHaveUsed could_have_used(double missing_usd, Movable movable, double part, double usd_of_one) {
  CouldHaveUsed could;
  could.wanted = std::min(missing_usd, part * core::real(movable.elsewhere) * usd_of_one);
  could.fits = std::min(could.wanted, part * core::real(movable.room) * usd_of_one);
  return could;
}

core::SimDuration time_undelivered(const kinds::Commit& terms, Money asked, const CouldHaveUsed& could,
                                   core::SimDuration time) {
  if (terms.undelivered == UndeliveredRule::Owe || asked <= Money{}) return core::SimDuration{0};
  const double share = std::min(1.0, could.undelivered() / asked.usd());
  return core::SimDuration{core::whole(share * core::real(time.count()), "undelivered time, ms")};
}

}  // namespace rackrate::market
