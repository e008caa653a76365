#include "sim/market/primitives/choice.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/name_hash.hpp"
#include "tests/market/primitives/choice_forms.hpp"
#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using test::near;

namespace {

constexpr double kPrinted = 5e-10;  // the checks print nine digits after the point
// OAI@AZ, OAI@AWS, CLA@AWS, GEM@GCP, outside.
const std::vector<double> kUtility{1.0, 0.8, 0.9, 0.4, 0.0};
const std::vector<double> kWithoutOaiAws{1.0, kInfeasible, 0.9, 0.4, 0.0};
const std::vector<int> kLab{0, 0, 1, 2, -1};
const std::vector<int> kCloud{0, 1, 1, 2, -1};

ChoiceSet reference_set(double lambda_lab, double lambda_cloud) {
  const auto key = [](const char* name) { return core::name_hash(name); };
  ChoiceSet set;
  set.add_crossed(key("openai@azure"), key("lab/openai"), lambda_lab, key("cloud/azure"), lambda_cloud);
  set.add_crossed(key("openai@aws"), key("lab/openai"), lambda_lab, key("cloud/aws"), lambda_cloud);
  set.add_crossed(key("claude@aws"), key("lab/anthropic"), lambda_lab, key("cloud/aws"), lambda_cloud);
  set.add_crossed(key("gemini@gcp"), key("lab/google-deepmind"), lambda_lab, key("cloud/gcp"), lambda_cloud);
  set.add_alone(key("outside"));
  return set;
}

std::vector<double> without(const std::vector<double>& v, std::size_t j) {
  std::vector<double> rest;
  for (std::size_t i = 0; i < v.size(); ++i)
    if (i != j) rest.push_back(v[i]);
  return rest;
}

/// What an enterprise does: shocks of all alternatives, then the best of those that may be chosen. -1: none.
int draw_choice(std::span<const double> utility, const ChoiceSet& set, const core::Draws& draws,
                const ChoiceAddress& who, ChoiceScratch& scratch) {
  std::vector<double> shock(set.size());
  choice_shocks(set, draws, who, scratch, shock);
  const auto winner = chosen(utility, shock, set);
  return winner ? static_cast<int>(*winner) : -1;
}

}  // namespace

TEST_CASE("plain logit gives the shares, the log-sum and the diversion of C4", "[market][choice][C4]") {
  const Shares open = test::mnl_shares(kUtility);
  const Shares closed = test::mnl_shares(kWithoutOaiAws);
  CHECK(near(open.share, {0.274705710, 0.224910013, 0.248564005, 0.150761690, 0.101058583}, kPrinted));
  CHECK(near(open.logsum, 2.292054901, kPrinted));
  CHECK(near(without(closed.share, 1), {0.354417828, 0.320690512, 0.194508628, 0.130383032}, kPrinted));
  CHECK(near(closed.logsum, 2.037278758, kPrinted));
  // Independence of irrelevant alternatives: the buyers of the removed one spread as the others' shares do.
  CHECK(near(without(test::diversion(open.share, closed.share, 1), 1),
             {0.354417828, 0.320690512, 0.194508628, 0.130383032}, kPrinted));
  CHECK(near((open.logsum - closed.logsum) / 0.5, 0.509552287, 2 * kPrinted));
  CHECK(near((open.logsum - closed.logsum) / 0.5, -std::log(1.0 - open.share[1]) / 0.5));
}

TEST_CASE("nested logit by cloud and by lab gives the shares of C5", "[market][choice][C5]") {
  const Shares by_cloud = test::nested_shares(kUtility, kCloud, 0.5);
  CHECK(near(by_cloud.share, {0.318780192, 0.175113157, 0.213883693, 0.174950279, 0.117272679}, kPrinted));
  CHECK(near(by_cloud.logsum, 2.143253467, kPrinted));
  const Shares by_lab = test::nested_shares(kUtility, kLab, 0.5);
  CHECK(near(by_lab.share, {0.248479357, 0.166560694, 0.290576651, 0.176243648, 0.118139650}, kPrinted));
  CHECK(near(by_lab.logsum, 2.135887880, kPrinted));
}

TEST_CASE("cross-nested logit gives the shares, the diversion and the value of opening of C5", "[market][choice][C5]") {
  const Shares open = test::cnl_shares(kUtility, kLab, kCloud, 0.5, 0.6);
  const Shares closed = test::cnl_shares(kWithoutOaiAws, kLab, kCloud, 0.5, 0.6);
  CHECK(near(open.share, {0.279862299, 0.176393035, 0.254473457, 0.173183103, 0.116088106}, kPrinted));
  CHECK(near(open.logsum, 2.153405843, kPrinted));
  CHECK(near(without(test::diversion(open.share, closed.share, 1), 1),
             {0.422667077, 0.375394954, 0.120897770, 0.081040199}, kPrinted));
  CHECK(near(open.logsum - closed.logsum, 0.116127085, kPrinted));
  CHECK(near(test::mnl_shares(kUtility).logsum - test::mnl_shares(kWithoutOaiAws).logsum, 0.254776143, kPrinted));
  ChoiceScratch scratch;
  CHECK(choice_logsum(kUtility, reference_set(0.5, 0.6), scratch) == open.logsum);
}

TEST_CASE("the closer two buses are, the less a second one adds", "[market][choice][C6]") {
  const std::vector<double> v{1.0, 1.0, 0.0};
  const std::vector<int> nest{0, 0, -1};
  CHECK(near(test::mnl_shares(v).share, {0.422318798, 0.422318798, 0.155362403}, kPrinted));
  CHECK(near(test::nested_shares(v, nest, 0.5).share, {0.396784444, 0.396784444, 0.206431112}, kPrinted));
  CHECK(near(test::nested_shares(v, nest, 0.05).share, {0.368908913, 0.368908913, 0.262182175}, kPrinted));
  // As lambda -> 0 the two buses are one, with shares e/(e + 1)/2 each; the error is below lambda ln 2.
  CHECK(near(test::nested_shares(v, nest, 1e-10).share, {0.365529289, 0.365529289, 0.268941421}, kPrinted));
}

TEST_CASE("shares sum to one, shift with nothing, and survive utilities of any size", "[market][choice]") {
  const ChoiceSet set = reference_set(0.5, 0.6);
  const Shares base = choice_shares(kUtility, set);
  for (const double shift : {-800.0, -3.0, 0.5, 900.0}) {
    std::vector<double> v = kUtility;
    for (double& x : v) x += shift;
    const Shares s = choice_shares(v, set);
    CHECK(near(s.share, base.share, 0.0, 1e-12));
    CHECK(near(s.logsum, base.logsum + shift, 0.0, 1e-12));
    double sum = 0.0;
    for (const double p : s.share) sum += p;
    CHECK(near(sum, 1.0, 0.0, 1e-14));
  }
}

TEST_CASE("the log-sum's slope in a utility is that alternative's share", "[market][choice]") {
  // Williams, Daly and Zachary: d ln G / d v_j = P_j. Central difference, error of order step^2.
  const ChoiceSet set = reference_set(0.3, 0.8);
  const Shares s = choice_shares(kUtility, set);
  ChoiceScratch scratch;
  constexpr double kStep = 1e-4;
  for (std::size_t j = 0; j < kUtility.size(); ++j) {
    std::vector<double> up = kUtility, down = kUtility;
    up[j] += kStep;
    down[j] -= kStep;
    const double slope = (choice_logsum(up, set, scratch) - choice_logsum(down, set, scratch)) / (2 * kStep);
    CHECK(near(slope, s.share[j], 1e-8));
  }
}

TEST_CASE("the keyed sampler draws from the closed-form shares", "[market][choice][C5]") {
  constexpr int kDraws = 400'000;
  const core::Draws draws(1, 0);
  ChoiceScratch scratch;
  for (const auto& [lab, cloud] : {std::pair{0.5, 0.6}, std::pair{0.3, 0.8}, std::pair{1.0, 1.0}}) {
    const ChoiceSet set = reference_set(lab, cloud);
    const Shares expected = choice_shares(kUtility, set);
    std::vector<double> count(5, 0.0);
    for (int i = 0; i < kDraws; ++i) {
      count[static_cast<std::size_t>(
          draw_choice(kUtility, set, draws, {static_cast<std::uint64_t>(i), 6, 3}, scratch))] += 1.0;
    }
    for (std::size_t j = 0; j < 5; ++j) CHECK(test::share_near(count[j] / kDraws, expected.share[j], kDraws));
  }
}

TEST_CASE("each taste shock is a standard Gumbel variable", "[market][choice][C5]") {
  constexpr std::size_t kDraws = 200'000;
  const ChoiceSet set = reference_set(0.5, 0.6);
  const core::Draws draws(2, 0);
  ChoiceScratch scratch;
  std::vector<std::vector<double>> shocks(5, std::vector<double>(kDraws));
  std::vector<double> shock(5);
  for (std::size_t i = 0; i < kDraws; ++i) {
    choice_shocks(set, draws, {i, 6, 0}, scratch, shock);
    for (std::size_t j = 0; j < 5; ++j) shocks[j][i] = shock[j];
  }
  for (std::vector<double>& x : shocks) {
    std::sort(x.begin(), x.end());
    double distance = 0.0, mean = 0.0, square = 0.0;
    for (std::size_t i = 0; i < kDraws; ++i) {
      const double cdf = std::exp(-std::exp(-x[i]));
      distance = std::max({distance, std::fabs(cdf - static_cast<double>(i) / kDraws),
                           std::fabs(cdf - static_cast<double>(i + 1) / kDraws)});
      mean += x[i] / kDraws;
      square += x[i] * x[i] / kDraws;
    }
    CHECK(distance < 1.95 / std::sqrt(static_cast<double>(kDraws)));
    // Mean 0.5772 and variance pi^2/6 = 1.645; the variance of (x - mean)^2 is mu4 - sigma^4 = 4.4 sigma^4
    // (kurtosis 5.4).
    CHECK(std::fabs(mean - 0.5772156649) < 4.0 * std::sqrt(1.644934 / kDraws));
    CHECK(std::fabs(square - mean * mean - 1.644934067) < 4.0 * 1.644934 * std::sqrt(4.4 / kDraws));
  }
}

TEST_CASE("removing an alternative moves only those who had chosen it", "[market][choice][C7]") {
  constexpr int kDraws = 200'000;
  const ChoiceSet set = reference_set(0.5, 0.6);
  const core::Draws draws(3, 1);
  ChoiceScratch scratch;
  const Shares open = choice_shares(kUtility, set);
  const std::vector<double> to = test::diversion(open.share, choice_shares(kWithoutOaiAws, set).share, 1);
  double movers = 0.0;
  std::vector<double> gained(5, 0.0);
  for (int i = 0; i < kDraws; ++i) {
    const ChoiceAddress who{static_cast<std::uint64_t>(i), 6, 0};
    const int before = draw_choice(kUtility, set, draws, who, scratch);
    const int after = draw_choice(kWithoutOaiAws, set, draws, who, scratch);
    if (before == 1) {
      REQUIRE(after != 1);
      movers += 1.0;
      gained[static_cast<std::size_t>(after)] += 1.0;
    } else {
      REQUIRE(after == before);
    }
  }
  // Exactly the removed share moves (one uniform through the cumulated shares would move a third in the plain logit),
  // and it moves as the closed form diverts.
  CHECK(test::share_near(movers / kDraws, open.share[1], kDraws));
  for (const std::size_t j : {0u, 2u, 3u, 4u}) CHECK(test::share_near(gained[j] / movers, to[j], movers));
}

TEST_CASE("a choice depends neither on the order of alternatives nor on others that nobody may choose",
          "[market][choice][C7][H8]") {
  const auto key = [](const char* name) { return core::name_hash(name); };
  const ChoiceSet set = reference_set(0.5, 0.6);
  ChoiceSet reordered;
  reordered.add_alone(key("outside"));
  reordered.add_crossed(key("grok@oci"), key("lab/xai"), 0.5, key("cloud/oci"), 0.6);
  reordered.add_crossed(key("gemini@gcp"), key("lab/google-deepmind"), 0.5, key("cloud/gcp"), 0.6);
  reordered.add_crossed(key("claude@aws"), key("lab/anthropic"), 0.5, key("cloud/aws"), 0.6);
  reordered.add_crossed(key("openai@aws"), key("lab/openai"), 0.5, key("cloud/aws"), 0.6);
  reordered.add_crossed(key("openai@azure"), key("lab/openai"), 0.5, key("cloud/azure"), 0.6);
  const std::vector<double> v{0.0, kInfeasible, 0.4, 0.9, 0.8, 1.0};
  const core::Draws draws(4, 0);
  ChoiceScratch scratch;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const auto a = static_cast<std::size_t>(draw_choice(kUtility, set, draws, {i, 6, i % 7}, scratch));
    const auto b = static_cast<std::size_t>(draw_choice(v, reordered, draws, {i, 6, i % 7}, scratch));
    REQUIRE(set.alternatives()[a].key == reordered.alternatives()[b].key);
  }
}

TEST_CASE("of equal totals the lower key is chosen, wherever it stands", "[market][choice]") {
  ChoiceSet set;
  for (const std::uint64_t key : {30U, 10U, 20U}) set.add_alone(key);
  CHECK(chosen(std::vector<double>{1.0, 1.0, 1.0}, std::vector<double>{0.5, 0.5, 0.5}, set) == 1);
  CHECK(chosen(std::vector<double>{1.0, kInfeasible, 0.5}, std::vector<double>{0.5, 9.0, 1.0}, set) == 2);
}

TEST_CASE("a choice among nothing is no choice, and nonsense is refused", "[market][choice]") {
  const ChoiceSet set = reference_set(0.5, 0.6);
  ChoiceScratch scratch;
  const std::vector<double> nothing(5, kInfeasible);
  CHECK(draw_choice(nothing, set, core::Draws(1, 1), {}, scratch) == -1);
  CHECK(choice_logsum(nothing, set, scratch) == kInfeasible);
  CHECK_THROWS_AS(choice_shares(nothing, set), std::invalid_argument);
  CHECK_THROWS_AS(choice_shares(std::vector<double>{1.0}, set), std::invalid_argument);
  std::vector<double> one(1);
  CHECK_THROWS_AS(choice_shocks(set, core::Draws(1, 1), {}, scratch, one), std::invalid_argument);
  ChoiceSet other;
  CHECK_THROWS_AS(other.add_nested(1, 2, 0.0), std::invalid_argument);
  CHECK_THROWS_AS(other.add_nested(1, 2, 1.5), std::invalid_argument);
  other.add_nested(1, 2, 0.5);
  CHECK_THROWS_AS(other.add_nested(3, 2, 0.6), std::invalid_argument);
}
