#include <map>
#include <set>
#include <string>

#include "tests/market/exchange/day.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;

namespace {

std::string name_of(Category category) { return std::string(kCategoryNames[static_cast<std::size_t>(category)]); }

/// The agents' cell of az.
CellId agents_at_az(const test::Day& day) {
  const auto& s = day.s();
  for (const AlternativeId a : s.alternatives.ids())
    if (s.alternatives[a].product == Product::AgentStateful && s.alternatives[a].cloud == day.cloud("az"))
      return s.cell(SegmentId(0), a, RegionId(0));
  throw std::out_of_range("no agents at az");
}

/// The day, on which az also leases 5 H100e of neo, whose firm owes 36,525 $ at 10 % a year. az keeps the state of
/// agents that do 1 work unit, of which half needs tools that az lacks.
test::Day day_with_lease() {
  test::Day day(
      "[clouds.neo.borrowing]\nnet_debt = \"36525 $\"\nspread = \"10 %/y\"\n[integration]\ncrossing_cost = 0.06\n",
      [](Parameters& p) {
        p.segments[SegmentId(0)].products = {{"api_stateless", 0.5}, {"agent_stateful", 0.5}};
        for (auto& channel : p.channels)
          if (channel.name == "az") channel.runtime_fee = 0.1;
      });
  const CellId agents = agents_at_az(day);
  day.exchange.demand.units[agents] = 1'000'000;
  day.exchange.demand.needing[agents][Item::Tools] = 500'000;
  day.board.missing.assign(day.s().cells.size(), {});
  day.board.missing[agents].insert(Item::Tools);
  const core::SimTime start = day.interval().start;
  day.exchange.leases.leases = {{day.cloud("neo"), day.cloud("az"), 5, 1.0, 3.0, start, start + 60 * core::kDay}};
  return day;
}

/// Settles a day, changes it by `change`, and closes the books. Returns what they say; empty: they close.
template <class Change>
std::string closed_after(Change&& change) {
  test::Day day = day_with_lease();
  SettledInterval settled = day.settle_it();
  change(settled.settlement.entries);
  return day.close(std::move(settled));
}

/// Loads and clears a day, changes what settlement reads by `change`, settles, and closes the books.
template <class Change>
std::string closed_after_wrong(Change&& change) {
  test::Day day = day_with_lease();
  auto& exchange = day.exchange;
  SettledInterval settled;
  settled.interval = day.interval();
  settled.load = day.load_it();
  settled.allocation = clear(day.view(), settled.interval, settled.load, exchange.network);
  change(day, settled);
  const MarketView view = day.view();
  settled.settlement =
      settle({view, settled.interval, exchange.demand, exchange.network.table, exchange.network.terms, settled.load,
              settled.allocation, exchange.capital, exchange.cleared, exchange.leases.leases},
             exchange.accounts);
  return day.close(std::move(settled));
}

ClassId class_of_product(const test::Day& day, Product product) {
  const auto& classes = day.exchange.network.table.classes;
  for (const ClassId k : classes.ids())
    if (classes[k].stream.exists() && day.s().streams[classes[k].stream].product == product) return k;
  throw std::out_of_range("no such class");
}

Entry& first_of(std::vector<Entry>& entries, Category category) {
  for (Entry& entry : entries)
    if (entry.category == category) return entry;
  throw std::out_of_range("no " + name_of(category));
}

}  // namespace

TEST_CASE("audit: a day on which everything is paid closes", "[market][exchange][audit]") {
  CHECK(closed_after([](std::vector<Entry>&) {}).empty());
}

TEST_CASE("audit: agents pay for their runtime, and for working around what it lacks", "[market][exchange][audit]") {
  // 1 unit at 100 $: a fee of 10 %, and of the half that needs tools 6 % of 50 $.
  test::Day day = day_with_lease();
  const auto entries = day.settle_it().settlement.entries;
  const PartyId buyers = day.s().enterprises;
  CHECK(test::paid(entries, Category::RuntimeFee, buyers, day.party("az")) == 10.0);
  CHECK(test::paid(entries, Category::Crossing, buyers, day.s().services) == 3.0);
}

TEST_CASE("audit: no more work can need an item than there is", "[market][exchange][audit]") {
  test::Day day = day_with_lease();
  day.exchange.demand.needing[agents_at_az(day)][Item::Tools] = 1'000'001;
  const std::string said = day.close(day.settle_it());
  CHECK(said.find("1000001 need the item tools") != std::string::npos);
}

TEST_CASE("audit: it expects what settlement posts, entry by entry", "[market][exchange][audit]") {
  test::Day day = day_with_lease();
  const SettledInterval settled = day.settle_it();
  using Key = std::tuple<PartyId, PartyId, Category>;
  std::map<Key, Money> posted, expected;
  for (const Entry& e : settled.settlement.entries) posted[{e.from.party, e.to.party, e.category}] += e.amount;
  for (const Entry& e : day.audit_it(settled)) expected[{e.from.party, e.to.party, e.category}] += e.amount;
  CHECK(posted == expected);
}

TEST_CASE("audit: a wrong quantity or rate in any kind of posting fails the books", "[market][exchange][audit]") {
  test::Day day = day_with_lease();
  std::set<Category> kinds;
  for (const Entry& entry : day.settle_it().settlement.entries) kinds.insert(entry.category);
  CHECK(kinds.size() == kCategoryNames.size());  // the day posts every kind there is
  for (const Category category : kinds) {
    INFO(name_of(category));
    const auto names_it = [&](const std::string& text) { return text.find(name_of(category)) != std::string::npos; };
    // one unit of 1e-4 $ too many: a quantity that is a little off
    CHECK(names_it(closed_after([&](auto& entries) { first_of(entries, category).amount += Money{1}; })));
    // one unit too few
    CHECK(names_it(closed_after([&](auto& entries) { first_of(entries, category).amount -= Money{1}; })));
    // a rate that is 1 % too high
    CHECK(names_it(closed_after([&](auto& entries) {
      Money& amount = first_of(entries, category).amount;
      amount = scaled(amount, 1.01);
    })));
    // left out, and posted twice
    CHECK(names_it(closed_after([&](auto& entries) { first_of(entries, category).amount = Money{}; })));
    CHECK(names_it(closed_after([&](auto& entries) { entries.push_back(Entry(first_of(entries, category))); })));
  }
}

TEST_CASE("audit: a posting to another party or of another kind fails the books", "[market][exchange][audit]") {
  CHECK_FALSE(
      closed_after([](auto& entries) { first_of(entries, Category::Energy).category = Category::Operations; }).empty());
  CHECK_FALSE(closed_after([](auto& entries) {
                auto& sale = first_of(entries, Category::ConsumerSale);
                sale.to.layer = Layer::Application;
              }).empty());
}

TEST_CASE("audit: a wrong allocation by class is seen from the flows", "[market][exchange][audit]") {
  const auto says = [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  };
  CHECK(says(closed_after_wrong([](test::Day& day, SettledInterval& settled) {
               settled.allocation.classes[class_of_product(day, Product::Consumer)].served += 1;
             }),
             "consumer_sale"));
  CHECK(says(closed_after_wrong([](test::Day& day, SettledInterval& settled) {
               settled.allocation.classes[class_of_product(day, Product::Copilot)].fill = 0.5;
             }),
             "seat_sale"));
  CHECK(says(closed_after_wrong([](test::Day& day, SettledInterval& settled) {
               settled.allocation.by_host(class_of_product(day, Product::Copilot), day.cloud("az")) += 1;
             }),
             "hosting"));
  CHECK(says(closed_after_wrong([](test::Day&, SettledInterval& settled) {
               settled.allocation.reservations[ReservationId(0)].delivered -= 1;
             }),
             "reservation"));
}

TEST_CASE("audit: a wrong price of seats is seen from the scenario", "[market][exchange][audit]") {
  const auto text = closed_after_wrong([](test::Day& day, SettledInterval& settled) {
    const ClassId k = class_of_product(day, Product::Copilot);
    settled.load.streams[day.exchange.network.table.classes[k].stream].usd_per_day *= 1.001;
  });
  CHECK(text.find("seat_sale") != std::string::npos);
}

TEST_CASE("audit: an account that settlement keeps wrongly is seen by the audit's own", "[market][exchange][audit]") {
  const auto share = closed_after_wrong([](test::Day& day, SettledInterval&) {
    const LabelId label = day.label("oai-az/share");
    auto& account = day.exchange.accounts.clauses[label];
    for (const PaymentClauseId k : day.s().money.ids()) {
      if (day.s().money[k].label != label) continue;
      auto terms = day.s().clause_of(day.s().money[k]).as<kinds::Revshare>();
      terms.rate = 0.2;  // the contract says 10 %
      account.share = contracts::RevshareAccount(terms);
      account.last = account.clause = k;
    }
  });
  CHECK(share.find("revshare") != std::string::npos);
  const auto drawn = closed_after_wrong([](test::Day& day, SettledInterval&) {
    day.exchange.accounts.commitments.drawn(SegmentId(0), day.cloud("az")) = Money{200'0000};  // 200 of 400 $ are gone
  });
  CHECK(drawn.find("drawdown") != std::string::npos);
}

TEST_CASE("audit: the day after closes too", "[market][exchange][audit]") {
  test::Day day;
  const core::SimTime end = day.interval().end + core::kDay;
  day.exchange.end = end;
  book_interval(day.exchange, day.view(), day.settle_it(), nullptr);
  // The enterprises paid nothing more for migration; the board goes on to say what they ever paid.
  CHECK(day.exchange.capital.payments.empty());
  CHECK(day.exchange.demand.migration == Money{});
  const Interval next{day.interval().end, end};
  CHECK_NOTHROW(book_interval(day.exchange, day.view(), settle_interval(day.exchange, day.view(), next), nullptr));
}
