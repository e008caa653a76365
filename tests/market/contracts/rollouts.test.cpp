#include "sim/market/contracts/rollouts.hpp"

#include <cmath>

#include "sim/core/error.hpp"
#include "sim/market/contracts/registry.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using core::date;
using core::days;

namespace {

Clause rollout(double preview_mean, double preview_spread, double general_mean, double general_spread) {
  Clause clause;
  clause.name = "bedrock";
  auto& regimes = clause.terms.emplace<kinds::Rollout>();
  regimes.role = {Role::Channel};
  regimes.holder = {"bedrock"};
  regimes.preview_after = days(preview_mean);
  regimes.preview_spread = days(preview_spread);
  regimes.general_after = days(general_mean);
  regimes.general_spread = days(general_spread);
  return clause;
}

Version version(const std::string& name, core::SimTime effective, std::vector<Clause> clauses) {
  Version v;
  v.name = name;
  v.signed_on = v.effective = effective;
  v.clauses = std::move(clauses);
  return v;
}

std::vector<Contract> deal(std::vector<Version> versions) { return {{"deal", {}, core::kNever, std::move(versions)}}; }

/// preview and general of clause `bedrock` in version v.
std::pair<core::SimTime, core::SimTime> dates(const std::vector<Contract>& contracts, std::size_t v = 0) {
  const auto& regimes = contracts[0].versions[v].clauses[0].as<kinds::Rollout>();
  return {regimes.preview, regimes.general};
}

std::string complaint(const Clause& clause) {
  Vocabulary vocabulary;
  vocabulary.channels = {"bedrock"};
  try {
    (void)Registry(deal({version("first", date(2026, 1, 1), {clause})}), vocabulary, std::vector{CloudId()});
  } catch (const core::ScenarioError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("drawn lengths have the mean and the deviation that the clause states", "[market][contracts][rollout]") {
  // 2000 replications. SE of the mean is sd / sqrt(n); of the deviation about sd sqrt((kurtosis - 1) / 4n), and the
  // kurtosis of a Gamma of shape k is 3 + 6 / k.
  for (const auto& [mean, sd] : {std::pair{90.0, 45.0}, std::pair{30.0, 40.0}, std::pair{60.0, 3.0}}) {
    constexpr int n = 2000;
    double sum = 0.0, squares = 0.0;
    for (int r = 0; r < n; ++r) {
      const double length = contracts::draw_length({7, static_cast<std::uint64_t>(r)}, "deal/bedrock",
                                                   Purpose::RolloutPort, days(mean), days(sd));
      CHECK(length > 0.0);
      sum += length;
      squares += length * length;
    }
    const double m = sum / n, s = std::sqrt((squares - n * m * m) / (n - 1));
    const double kurtosis = 3.0 + 6.0 * (sd / mean) * (sd / mean);
    CHECK(std::abs(m - mean) < 4.0 * sd / std::sqrt(n));
    CHECK(std::abs(s - sd) < 4.0 * sd * std::sqrt((kurtosis - 1.0) / (4.0 * n)));
  }
}

TEST_CASE("a length without spread is its mean, and dates are rounded up to midnight", "[market][contracts][rollout]") {
  // From 1 January: 30.5 days end at noon of the 31st, so on 1 February; a preview of 10 days then ends on the 11th.
  const auto exact =
      contracts::with_drawn_rollouts(deal({version("first", date(2026, 1, 1), {rollout(30.5, 0, 10, 0)})}), {1, 0});
  CHECK(dates(exact) == std::pair{date(2026, 2, 1), date(2026, 2, 11)});
  CHECK_FALSE(contracts::has_drawn_rollouts(exact));
  // Whatever is drawn is midnight, and no preview comes before the first day or ends before it begins.
  for (std::uint64_t r = 0; r < 50; ++r) {
    const auto [preview, general] = dates(
        contracts::with_drawn_rollouts(deal({version("first", date(2026, 1, 1), {rollout(5, 5, 5, 5)})}), {1, r}));
    CHECK(preview.time_since_epoch() % core::kDay == core::SimDuration{0});
    CHECK(general.time_since_epoch() % core::kDay == core::SimDuration{0});
    CHECK(preview >= date(2026, 1, 1));
    CHECK(general >= preview);
  }
}

TEST_CASE("the draw belongs to the clause's name: not to its date, its version or its neighbours",
          "[market][contracts][rollout]") {
  const core::Draws draws{3, 5};
  const auto length = [&](const std::vector<Contract>& contracts, core::SimTime first, std::size_t v = 0) {
    return dates(contracts::with_drawn_rollouts(contracts, draws), v).first - first;
  };
  const auto plain = length(deal({version("first", date(2026, 1, 1), {rollout(90, 45, 30, 9)})}), date(2026, 1, 1));
  CHECK(plain == length(deal({version("other", date(2027, 5, 1), {rollout(90, 45, 30, 9)})}), date(2027, 5, 1)));
  Clause later = rollout(90, 45, 30, 9);
  later.switched_on = date(2026, 3, 1);  // in a run: its lengths count from that day
  CHECK(plain == length(deal({version("first", date(2026, 1, 1), {later})}), date(2026, 3, 1)));
  auto named = rollout(90, 45, 30, 9);
  named.name = "vertex";
  CHECK(plain != length(deal({version("first", date(2026, 1, 1), {named})}), date(2026, 1, 1)));
  CHECK(plain != dates(contracts::with_drawn_rollouts(
                           deal({version("first", date(2026, 1, 1), {rollout(90, 45, 30, 9)})}), {3, 6}))
                         .first -
                     date(2026, 1, 1));
}

TEST_CASE("a rollout that a later version restates goes on counting; one with a first day of its own begins there",
          "[market][contracts][rollout]") {
  const auto restated =
      contracts::with_mean_rollouts(deal({version("first", date(2026, 1, 1), {rollout(30, 9, 10, 3)}),
                                          version("second", date(2026, 2, 15), {rollout(30, 9, 10, 3)})}));
  CHECK(dates(restated, 0) == std::pair{date(2026, 1, 31), date(2026, 2, 10)});
  CHECK(dates(restated, 1) == dates(restated, 0));
  Clause own = rollout(30, 9, 10, 3);
  own.from = date(2026, 3, 1);
  CHECK(dates(contracts::with_mean_rollouts(deal({version("first", date(2026, 1, 1), {own})}))).first ==
        date(2026, 3, 31));
  CHECK(dates(contracts::with_mean_rollouts(deal({version("first", date(2026, 1, 1), {rollout(30, 9, 10, 3)}),
                                                  version("second", date(2026, 2, 15), {own})})),
              1)
            .first == date(2026, 3, 31));
}

TEST_CASE("a rollout switched on again counts from that day under later versions too", "[market][contracts][rollout]") {
  Clause until = rollout(30, 0, 10, 0), again = until;
  until.switched_off = date(2026, 1, 10);
  again.switched_on = date(2026, 2, 1);
  const auto both = contracts::with_mean_rollouts(
      deal({version("first", date(2026, 1, 1), {again, until}), version("second", date(2026, 2, 15), {again, until})}));
  CHECK(dates(both, 0).first == date(2026, 3, 3));
  CHECK(dates(both, 1) == dates(both, 0));
}

TEST_CASE("one end may be drawn and the other written, and general availability never precedes the preview",
          "[market][contracts][rollout]") {
  Clause port = rollout(30, 0, 0, 0);
  port.as<kinds::Rollout>().general_after = core::SimDuration{-1};
  port.as<kinds::Rollout>().general = date(2026, 1, 10);  // the preview is on the 31st
  CHECK(dates(contracts::with_mean_rollouts(deal({version("first", date(2026, 1, 1), {port})}))) ==
        std::pair{date(2026, 1, 31), date(2026, 1, 31)});
  Clause length = rollout(0, 0, 20, 0);
  length.as<kinds::Rollout>().preview_after = core::SimDuration{-1};
  length.as<kinds::Rollout>().preview = date(2026, 1, 10);
  CHECK(dates(contracts::with_mean_rollouts(deal({version("first", date(2026, 1, 1), {length})}))) ==
        std::pair{date(2026, 1, 10), date(2026, 1, 30)});
}

TEST_CASE("a spread without a mean, and a drawn preview without an end, are refused in a sentence",
          "[market][contracts][rollout]") {
  const std::string at = "contracts.deal.versions.first.clauses.bedrock.";
  CHECK(complaint(rollout(30, 9, 10, 3)) == "accepted");
  Clause spread = rollout(0, 9, 10, 3);
  CHECK(complaint(spread) == at + "preview_spread is given without a mean above 0; expected a spread around "
                                  "preview_after. Say how long it takes on average, or drop the spread.");
  spread = rollout(30, 0, 10, 3);
  spread.as<kinds::Rollout>().general_after = core::SimDuration{-1};
  spread.as<kinds::Rollout>().general = date(2026, 5, 1);
  CHECK(complaint(spread).find(at + "general_spread is given without a mean above 0") == 0);
  Clause open = rollout(30, 9, 0, 0);
  open.as<kinds::Rollout>().general_after = core::SimDuration{-1};
  CHECK(complaint(open) == at + "general is not given; expected a date or \"never\", or general_after, beside "
                                "preview_after. Say how long the preview lasts; general_after = \"0 d\" has none.");
}
