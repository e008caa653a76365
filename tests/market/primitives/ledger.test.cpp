#include "sim/market/primitives/ledger.hpp"

#include <numeric>
#include <random>
#include <string>

#include "sim/core/error.hpp"
#include "tests/support/catch.hpp"

namespace rackrate::market {

/// Breaks the books in ways that no public function can, and reads the totals that close() compares.
struct LedgerFault {
  static Money party_total(const Ledger& l, std::string_view party) {
    return l.party_total_.at(l.parties_.index.find(party)->second);
  }
  static Money balance(const Ledger& l, AccountId a) { return l.accounts_[a].balance; }
  static bool no_entries(const Ledger& l) { return l.entries_.empty(); }
  static Money layer_total(const Ledger& l, std::string_view layer) {
    return l.layer_total_.at(l.layers_.index.find(layer)->second);
  }
  static void move_balance(Ledger& l, AccountId a, std::int64_t by) { l.accounts_[a].balance += Money{by}; }
  static void move_account_and_totals(Ledger& l, AccountId a, std::int64_t by) {
    l.accounts_[a].balance += Money{by};
    l.party_total_[l.accounts_[a].id[0]] += Money{by};
    l.layer_total_[l.accounts_[a].id[1]] += Money{by};
  }
  static void move_party(Ledger& l, std::size_t party, std::int64_t by) { l.party_total_[party] += Money{by}; }
  static void move_layer(Ledger& l, std::size_t layer, std::int64_t by) { l.layer_total_[layer] += Money{by}; }
  static void move_opening(Ledger& l, AccountId a, std::int64_t by) { l.accounts_[a].opening += Money{by}; }
};

}  // namespace rackrate::market

using namespace rackrate;
using namespace rackrate::market;

namespace {

/// A host sells 40 hours at 2.1 $ to a lab, which pays 20 % of 300 $ onwards.
struct Books {
  Ledger ledger;
  AccountId lab_hosting = ledger.account("lab", "model", "hosting");
  AccountId host_hosting = ledger.account("host", "infrastructure", "hosting");
  AccountId lab_share = ledger.account("lab", "model", "revenue_share");
  AccountId partner_share = ledger.account("partner", "model", "revenue_share");

  void expectations() {
    ledger.expect(lab_hosting, host_hosting, 40.0, 2.1);
    ledger.expect(lab_share, partner_share, 300.0, 0.2);
  }
};

std::string failure(Ledger& ledger, std::int32_t day) {
  try {
    ledger.close(day);
  } catch (const core::LedgerError& error) {
    return error.what();
  }
  return "closed";
}

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("books that match quantity times price close, period after period", "[market][ledger][H5]") {
  Books b;
  for (std::int32_t day = 0; day < 5; ++day) {
    b.ledger.post(b.lab_hosting, b.host_hosting, Money{840'000}, day);
    b.ledger.post(b.lab_share, b.partner_share, Money{600'000}, day);
    b.expectations();
    REQUIRE_NOTHROW(b.ledger.close(day));
    CHECK(LedgerFault::no_entries(b.ledger));
  }
  // Five days of 84 $ and 60 $.
  CHECK(LedgerFault::balance(b.ledger, b.host_hosting) == Money{5 * 840'000});
  CHECK(LedgerFault::party_total(b.ledger, "lab") == Money{-5 * 1'440'000});
  CHECK(LedgerFault::layer_total(b.ledger, "model") == Money{-5 * 840'000});
  CHECK(LedgerFault::layer_total(b.ledger, "infrastructure") == Money{5 * 840'000});
}

TEST_CASE("the F2 sale of agents on a rival's channel leaves the net cash of the check and sums to zero",
          "[market][ledger][F2]") {
  // 1,000 of agents: channel fee 15 %, hosting 350, revenue share 20 % of 850, host's suppliers 280, governance 50.
  Ledger l;
  const auto pay = [&](const char* from, const char* from_layer, const char* to, const char* to_layer, const char* what,
                       double usd) {
    const AccountId a = l.account(from, from_layer, what);
    const AccountId c = l.account(to, to_layer, what);
    l.post(a, c, Money::from_usd(usd), 0);
    l.expect(a, c, usd, 1.0);
  };
  pay("enterprise", "customer", "AWS", "deployment", "agents", 1000);
  pay("AWS", "deployment", "lab", "model", "channel_net", 850);
  pay("lab", "model", "AWS", "infrastructure", "hosting", 350);
  pay("lab", "model", "MSFT", "model", "revenue_share", 170);
  pay("AWS", "infrastructure", "suppliers", "suppliers", "supply", 280);
  pay("enterprise", "customer", "services", "services", "governance", 50);
  CHECK(LedgerFault::party_total(l, "enterprise") == Money::from_usd(-1050));
  CHECK(LedgerFault::party_total(l, "AWS") == Money::from_usd(220));
  CHECK(LedgerFault::party_total(l, "lab") == Money::from_usd(330));
  CHECK(LedgerFault::party_total(l, "MSFT") == Money::from_usd(170));
  CHECK(LedgerFault::party_total(l, "suppliers") == Money::from_usd(280));
  CHECK(LedgerFault::party_total(l, "services") == Money::from_usd(50));
  CHECK(LedgerFault::layer_total(l, "model") == Money::from_usd(500));
  CHECK(LedgerFault::layer_total(l, "infrastructure") == Money::from_usd(70));
  CHECK(LedgerFault::layer_total(l, "deployment") == Money::from_usd(150));
  CHECK_NOTHROW(l.close(0));
}

TEST_CASE("one unit more on a posting is found and both amounts are named", "[market][ledger][H5]") {
  Books b;
  b.ledger.post(b.lab_hosting, b.host_hosting, Money{840'001}, 0);
  b.ledger.post(b.lab_share, b.partner_share, Money{600'000}, 0);
  b.expectations();
  const std::string text = failure(b.ledger, 0);
  CHECK(mentions(text, "account lab/model/hosting moved by -84.0001 $, quantity x price gives -84.0000 $"));
  CHECK(mentions(
      text, "lab/model/hosting -> host/infrastructure/hosting: 1 posted, 84.0001 $, against 1 expected, 84.0000 $"));
  CHECK_FALSE(mentions(text, "revenue_share"));
}

TEST_CASE("a posting left out, made twice or never expected is found", "[market][ledger][H5]") {
  SECTION("left out") {
    Books b;
    b.ledger.post(b.lab_hosting, b.host_hosting, Money{840'000}, 0);
    b.expectations();
    CHECK(mentions(
        failure(b.ledger, 0),
        "lab/model/revenue_share -> partner/model/revenue_share: 0 posted, 0.0000 $, against 1 expected, 60.0000 $"));
  }
  SECTION("made twice") {
    Books b;
    b.ledger.post(b.lab_hosting, b.host_hosting, Money{840'000}, 0);
    b.ledger.post(b.lab_share, b.partner_share, Money{600'000}, 0);
    b.ledger.post(b.lab_share, b.partner_share, Money{600'000}, 0);
    b.expectations();
    CHECK(mentions(failure(b.ledger, 0), "2 posted, 120.0000 $, against 1 expected, 60.0000 $"));
  }
  SECTION("never expected") {
    Books b;
    b.ledger.post(b.lab_hosting, b.host_hosting, Money{1}, 0);
    CHECK(mentions(failure(b.ledger, 0), "1 posted, 0.0001 $, against 0 expected, 0.0000 $"));
  }
  SECTION("paid to the wrong account") {
    Books b;
    b.ledger.post(b.lab_hosting, b.partner_share, Money{840'000}, 0);
    b.ledger.post(b.lab_share, b.partner_share, Money{600'000}, 0);
    b.expectations();
    CHECK(mentions(failure(b.ledger, 0), "host/infrastructure/hosting"));
  }
  SECTION("a price that is one unit off") {
    Books b;
    b.ledger.post(b.lab_hosting, b.host_hosting, Money{840'000}, 0);
    b.ledger.expect(b.lab_hosting, b.host_hosting, 40.0, 2.1001);
    CHECK(mentions(failure(b.ledger, 0), "quantity x price gives -84.0040 $"));
  }
}

TEST_CASE("one unit on one side of the books is found wherever it falls", "[market][ledger][H5]") {
  for (const std::int64_t unit : {1, -1}) {
    const auto sound = [] {
      Books b;
      b.ledger.post(b.lab_hosting, b.host_hosting, Money{840'000}, 0);
      b.ledger.post(b.lab_share, b.partner_share, Money{600'000}, 0);
      b.expectations();
      return b;
    };
    for (const AccountId a : core::indices<AccountId>(4)) {
      Books one_side = sound();
      LedgerFault::move_balance(one_side.ledger, a, unit);
      CHECK(mentions(failure(one_side.ledger, 0), one_side.ledger.name(a)));
      Books with_totals = sound();
      LedgerFault::move_account_and_totals(with_totals.ledger, a, unit);
      CHECK(mentions(failure(with_totals.ledger, 0), with_totals.ledger.name(a)));
      // A balance that was spoilt before the period began no longer shows as a movement: the sum of balances shows it.
      Books old = sound();
      LedgerFault::move_account_and_totals(old.ledger, a, unit);
      LedgerFault::move_opening(old.ledger, a, unit);
      CHECK(mentions(failure(old.ledger, 0), unit > 0 ? "balances sum to 0.0001 $" : "balances sum to -0.0001 $"));
    }
    Books party = sound();
    LedgerFault::move_party(party.ledger, 1, unit);
    CHECK(mentions(failure(party.ledger, 0), "party host"));
    Books layer = sound();
    LedgerFault::move_layer(layer.ledger, 1, unit);
    CHECK(mentions(failure(layer.ledger, 0), "layer infrastructure"));
  }
}

TEST_CASE("what cannot be a posting is refused", "[market][ledger]") {
  Books b;
  const AccountId one(0), other(1), unknown(99);
  CHECK_THROWS_AS(b.ledger.post(one, other, Money{-1}, 0), core::LedgerError);
  CHECK_THROWS_AS(b.ledger.post(one, one, Money{1}, 0), core::LedgerError);
  CHECK_THROWS_AS(b.ledger.post(one, unknown, Money{1}, 0), core::LedgerError);
  b.ledger.close(3);
  CHECK_THROWS_AS(b.ledger.post(one, other, Money{1}, 3), core::LedgerError);
  CHECK_THROWS_AS(b.ledger.close(3), core::LedgerError);
  b.ledger.post(b.lab_hosting, b.host_hosting, Money{1}, 9);
  CHECK(mentions(failure(b.ledger, 4), "day 9 lies beyond"));
}

TEST_CASE("an account is one account however often it is asked for", "[market][ledger]") {
  Ledger l;
  const AccountId a = l.account("p", "l", "c");
  CHECK(l.account("p", "l", "d") != a);
  CHECK(l.account("p", "l", "c") == a);
  CHECK(l.name(a) == "p/l/c");
  CHECK(l.account("p", "l", "e") == AccountId(2));
}
