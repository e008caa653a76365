#include <cstdint>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/market/contracts/audit.hpp"
#include "sim/market/contracts/revshare.hpp"
#include "sim/market/contracts/take_or_pay.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using namespace rackrate::market::contracts;
using core::date;

namespace {

Clause commitment(double usd, core::SimTime until, CarryRule carry = CarryRule::None) {
  Clause c;
  auto& terms = c.terms.emplace<kinds::Commit>();
  terms.amount_usd = usd;
  terms.carry = carry;
  c.until = until;
  return c;
}
Version from(core::SimTime effective) {
  Version v;
  v.effective = effective;
  return v;
}
kinds::Revshare share(double rate, double cap_usd, double already_paid_usd = 0.0) {
  kinds::Revshare c;
  c.rate = rate;
  c.cap_usd = cap_usd;
  c.already_paid_usd = already_paid_usd;
  return c;
}
Money usd(double x) { return Money::from_usd(x); }

}  // namespace

TEST_CASE("a commitment restated at another amount takes the new schedule and keeps what was drawn",
          "[contracts][take_or_pay]") {
  // 100 $ over ten days; 30 $ used in the first four. Restated as 160 $ over the same days: 130 $ are left for six
  // days.
  const auto first = commitment(100, date(2026, 1, 11)), second = commitment(160, date(2026, 1, 11));
  TakeOrPay account(commit_periods(first, from(date(2026, 1, 1)), date(2026, 1, 1)), CarryRule::None);
  account.spend(date(2026, 1, 2), usd(30));
  CHECK(account.drawn() == usd(30));
  CHECK_FALSE(same_commitment(second, from(date(2026, 1, 5)), first, account.end()));
  const auto row = account.restate(date(2026, 1, 5),
                                   commit_periods(second, from(date(2026, 1, 5)), date(2026, 1, 5), account.drawn()),
                                   CarryRule::None);
  REQUIRE(row);
  CHECK(row->shortfall == Money{});  // nothing falls due at a restatement
  CHECK(row->spend == usd(30));
  CHECK(account.remaining() == usd(130));
  // 50 $ more: 80 are short at the end, and the cash comes to the 160 $ in all.
  account.spend(date(2026, 1, 6), usd(50));
  const auto last = account.settle(date(2026, 1, 11));
  REQUIRE(last);
  CHECK(last->shortfall == usd(80));
  CHECK(account.drawn() == usd(160));
  // Cut below what was drawn, nothing is left.
  TakeOrPay cut(commit_periods(first, from(date(2026, 1, 1)), date(2026, 1, 1)), CarryRule::None);
  cut.spend(date(2026, 1, 2), usd(30));
  cut.restate(date(2026, 1, 5),
              commit_periods(commitment(20, date(2026, 1, 11)), from(date(2026, 1, 5)), date(2026, 1, 5), cut.drawn()),
              CarryRule::None);
  CHECK(cut.remaining() == Money{});
}

TEST_CASE("a credit lives through a restatement that keeps the carry rule, and not through one that drops it",
          "[contracts][take_or_pay]") {
  // Period one: 100 committed, 80 used, credit 20. In period two 5 of it are used when the terms change.
  const std::vector<CommitPeriod> old{{date(2026, 1, 1), date(2026, 1, 2), Money{100}},
                                      {date(2026, 1, 2), date(2026, 1, 6), Money{50}}};
  const std::vector<CommitPeriod> fresh{{date(2026, 1, 4), date(2026, 1, 6), Money{10}}};
  for (const CarryRule after : {CarryRule::OnePeriod, CarryRule::None}) {
    TakeOrPay account(old, CarryRule::OnePeriod);
    account.spend(date(2026, 1, 1), Money{80});
    REQUIRE(account.settle(date(2026, 1, 2)));
    CHECK(account.spend(date(2026, 1, 2), Money{55}) == Money{50});
    const auto row = account.restate(date(2026, 1, 4), fresh, after);
    REQUIRE(row);
    CHECK(row->credit_used == Money{5});
    CHECK(row->credit_expired == (after == CarryRule::OnePeriod ? Money{} : Money{15}));
    CHECK(account.spend(date(2026, 1, 4), Money{30}) ==
          Money{after == CarryRule::OnePeriod ? 15 : 30});  // 20 above the 10
  }
}

TEST_CASE("the same terms stated again are the same commitment, whenever they are stated", "[contracts][take_or_pay]") {
  const auto c = commitment(100, date(2027, 1, 1));
  const TakeOrPay account(commit_periods(c, from(date(2026, 1, 1)), date(2026, 1, 1)), CarryRule::None);
  CHECK(same_commitment(c, from(date(2026, 5, 1)), c, account.end()));
  auto longer = c;
  longer.until = date(2028, 1, 1);
  CHECK_FALSE(same_commitment(longer, from(date(2026, 5, 1)), c, account.end()));
  auto ends = from(date(2026, 5, 1));
  ends.ends = date(2026, 12, 1);  // the version ends before the clause would
  CHECK_FALSE(same_commitment(c, ends, c, account.end()));
}

TEST_CASE("the audit of a share, a sum of bases and no posting, agrees with the running account to the unit",
          "[contracts][revshare]") {
  // Random bases in random order, amendments in between: rates with a remainder, caps reached, raised, dropped.
  const core::Draws draws(7, 0);
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    const auto uniform = [&](std::uint64_t i) { return draws.uniform({trial, 1, i, 0}); };
    const auto terms = [&](std::uint64_t i) {
      return share(uniform(i), uniform(i + 1) < 0.3 ? -1.0 : 0.001 * uniform(i + 2),
                   uniform(i + 3) < 0.5 ? 0.0 : 0.0005 * uniform(i + 4));
    };
    const kinds::Revshare first = terms(0);
    RevshareAccount account(first);
    ShareAudit audit(first);
    for (std::uint64_t k = 1; k <= 40; ++k) {
      if (uniform(100 * k) < 0.1) {
        const kinds::Revshare next = uniform(100 * k + 1) < 0.5 ? first : terms(100 * k + 2);
        account.amend(next);
        audit.amend(next);
      }
      const Money base{static_cast<std::int64_t>(uniform(100 * k + 50) * 37.0)};
      REQUIRE(account.post(base) == audit.add(base));
    }
  }
  // Four units of base too many at 20 % are 0.8 of a unit: the next unit of base falls due in one and not in the other.
  RevshareAccount account(share(0.2, -1));
  ShareAudit audit(share(0.2, -1));
  account.post(Money{4});
  CHECK(account.post(Money{1}) == Money{1});
  CHECK(audit.add(Money{1}) == Money{});
}

TEST_CASE("the audit of a commitment agrees with the account over random use (check B7)", "[contracts][take_or_pay]") {
  const core::Draws draws(8, 0);
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    const auto uniform = [&](std::uint64_t i) { return draws.uniform({trial, 2, i, 0}); };
    const CarryRule carry = uniform(0) < 0.5 ? CarryRule::OnePeriod : CarryRule::None;
    std::vector<CommitPeriod> periods;
    for (int k = 0; k < 6; ++k)
      periods.push_back({date(2026, 1, 1) + core::days(5 * k), date(2026, 1, 1) + core::days(5 * k + 5),
                         Money{static_cast<std::int64_t>(uniform(static_cast<std::uint64_t>(10 + k)) * 100)}});
    TakeOrPay account(periods, carry);
    CommitAudit audit;
    for (int day = 0; day < 30; ++day) {
      const core::SimTime t = date(2026, 1, 1) + core::days(day);
      const Money usage{static_cast<std::int64_t>(uniform(static_cast<std::uint64_t>(100 + day)) * 30)};
      const Money commitment = account.open_period()->commitment;
      REQUIRE(usage - account.spend(t, usage) == audit.use(usage, commitment));
      if (const auto row = account.settle(t + core::kDay)) REQUIRE(row->shortfall == audit.close(commitment, carry));
    }
  }
}
