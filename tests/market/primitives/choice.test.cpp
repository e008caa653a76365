#include "sim/market/primitives/choice_arrays.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/math.hpp"
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

/// Many decisions in one set: utilities padded, kernels compiled.
struct Chooser {
  explicit Chooser(const ChoiceSet& set) : arrays(set), padded(arrays.columns(), kInfeasible) {}
  Decision operator()(std::span<const double> utility, const core::Draws& draws, const core::Address& who) {
    std::copy(utility.begin(), utility.end(), padded.begin());
    return decide(arrays, padded, draws.named(who));
  }

  ChoiceArrays arrays;
  std::vector<double> padded;
};

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
  CHECK(near(Chooser(reference_set(0.5, 0.6))(kUtility, core::Draws(1, 0), {}).logsum, open.logsum, 0.0, 1e-14));
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
  Chooser choose(set);
  const core::Draws draws(1, 0);
  constexpr double kStep = 1e-4;
  for (std::size_t j = 0; j < kUtility.size(); ++j) {
    std::vector<double> up = kUtility, down = kUtility;
    up[j] += kStep;
    down[j] -= kStep;
    const double slope = (choose(up, draws, {}).logsum - choose(down, draws, {}).logsum) / (2 * kStep);
    CHECK(near(slope, s.share[j], 1e-8));
  }
}

TEST_CASE("the keyed sampler draws from the closed-form shares", "[market][choice][C5]") {
  constexpr int kDraws = 400'000;
  const core::Draws draws(1, 0);
  for (const auto& [lab, cloud] : {std::pair{0.5, 0.6}, std::pair{0.3, 0.8}, std::pair{1.0, 1.0}}) {
    const ChoiceSet set = reference_set(lab, cloud);
    const Shares expected = choice_shares(kUtility, set);
    Chooser choose(set);
    std::vector<double> count(5, 0.0);
    for (std::uint64_t i = 0; i < kDraws; ++i) count[choose(kUtility, draws, {i, 6, 3}).alternative] += 1.0;
    for (std::size_t j = 0; j < 5; ++j) CHECK(test::share_near(count[j] / kDraws, expected.share[j], kDraws));
  }
}

TEST_CASE("each taste shock is a standard Gumbel variable", "[market][choice][C5]") {
  constexpr std::size_t kDraws = 200'000;
  const ChoiceSet set = reference_set(0.5, 0.6);
  const core::Draws draws(2, 0);
  Chooser choose(set);
  std::vector<std::vector<double>> shocks(5, std::vector<double>(kDraws));
  for (std::size_t j = 0; j < 5; ++j) {
    std::vector<double> alone(5, kInfeasible);
    alone[j] = 0.0;  // of one alternative worth 0 the total is its shock
    for (std::size_t i = 0; i < kDraws; ++i) shocks[j][i] = choose(alone, draws, {i, 6, 0}).total;
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
  Chooser choose(set);
  const Shares open = choice_shares(kUtility, set);
  const std::vector<double> to = test::diversion(open.share, choice_shares(kWithoutOaiAws, set).share, 1);
  double movers = 0.0;
  std::vector<double> gained(5, 0.0);
  for (int i = 0; i < kDraws; ++i) {
    const core::Address who{static_cast<std::uint64_t>(i), 6, 0};
    const std::size_t before = choose(kUtility, draws, who).alternative;
    const std::size_t after = choose(kWithoutOaiAws, draws, who).alternative;
    if (before == 1) {
      REQUIRE(after != 1);
      movers += 1.0;
      gained[after] += 1.0;
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
  Chooser one(set), other(reordered);
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const Decision a = one(kUtility, draws, {i, 6, i % 7});
    const Decision b = other(v, draws, {i, 6, i % 7});
    REQUIRE(set.alternatives()[a.alternative].key == reordered.alternatives()[b.alternative].key);
    REQUIRE(a.total == b.total);
  }
}

TEST_CASE("the shocks of a decision are the maximum over nests that its formula states", "[market][choice]") {
  // The same words by the functions of sim/core/math.hpp: max over nests of ln a + lambda ln S + lambda g.
  const ChoiceSet set = reference_set(0.5, 0.6);
  const core::Draws draws(5, 2);
  Chooser choose(set);
  namespace math = core::math;
  const auto unit = [](std::uint64_t half) { return (static_cast<double>(half) + 0.5) / 0x1p32; };
  constexpr double kPi = 3.14159265358979323846;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const core::Address who{i, 6, 1};
    const core::NamedDraws words = draws.named(who);
    std::vector<double> total(5, kInfeasible);
    for (std::size_t j = 0; j < 5; ++j) {
      const auto& alternative = set.alternatives()[j];
      const std::uint64_t word = words.word(alternative.key);
      for (std::size_t m = 0; m < 2; ++m) {
        if (!alternative.in[m].nest.exists()) continue;
        const auto& nest = set.nests()[alternative.in[m].nest];
        const std::uint64_t stable = words.word(nest.key ^ 0x6e65737473616c74ULL);
        const double u = unit(stable & 0xffffffffU), e = -math::log(unit(stable >> 32));
        const double l = nest.lambda;
        const double log_s = l == 1.0 ? 0.0
                                      : math::log(math::sin(l * kPi * u)) - math::log(math::sin(kPi * u)) / l +
                                            (1 - l) / l * math::log(math::sin((1 - l) * kPi * u) / e);
        const double gumbel = -math::log(-math::log(unit(m == 0 ? word & 0xffffffffU : word >> 32)));
        total[j] = std::max(total[j], kUtility[j] + alternative.in[m].log_share + l * log_s + l * gumbel);
      }
    }
    const Decision decision = choose(kUtility, draws, who);
    const Decision exact = decide_by_doubles(choose.arrays, choose.padded, words);
    const auto best = std::max_element(total.begin(), total.end());
    REQUIRE(exact.alternative == static_cast<std::size_t>(best - total.begin()));
    REQUIRE(near(exact.total, *best, 1e-9));
    REQUIRE(decision.alternative == exact.alternative);
    REQUIRE(near(decision.total, *best, 1e-5));
  }
}

TEST_CASE("floats choose as doubles do, however close the winner's lead", "[market][choice]") {
  const core::Draws draws(8, 0);
  constexpr std::array kLambdas{0.05, 0.3, 0.7, 0.95, 1.0};
  for (std::size_t labs = 2; labs < 7; ++labs) {
    ChoiceSet set;
    for (std::size_t j = 0; j < 4 * labs; ++j)
      set.add_crossed(1000 + j, j % labs, kLambdas[j % labs % 5], 100 + j % 3, kLambdas[(j % 3 + labs) % 5]);
    set.add_alone(7);
    const ChoiceArrays arrays(set);
    std::vector<double> utility(arrays.columns(), kInfeasible);
    int close = 0;
    for (std::uint64_t i = 0; i < 4000; ++i) {
      for (std::size_t j = 0; j < set.size(); ++j)
        utility[j] = (i % 2 == 0 ? 0.5 : 8.0) * draws.normal({i, 1, labs, j});
      const core::NamedDraws tastes = draws.named({i, 2, labs});
      const Decision first = decide_by_doubles(arrays, utility, tastes);
      std::vector<double> others = utility;
      others[first.alternative] = kInfeasible;
      const double lead = first.total - decide_by_doubles(arrays, others, tastes).total;
      // The winner is moved down to a lead of at most 10^-9, and then below the second by as much.
      for (const double left : {lead, 1e-9, -1e-9}) {
        std::vector<double> moved = utility;
        moved[first.alternative] += left - lead;
        const Decision exact = decide_by_doubles(arrays, moved, tastes), fast = decide(arrays, moved, tastes);
        REQUIRE(fast.alternative == exact.alternative);
        REQUIRE(fast.logsum == exact.logsum);
        REQUIRE(near(fast.total, exact.total, 1e-5));
        close += left != lead && exact.alternative != first.alternative ? 1 : 0;
      }
    }
    CHECK(close > 3000);
  }
}

TEST_CASE("a decision is the same to the last bit with every processor's instructions", "[market][choice]") {
  const core::Draws draws(6, 0);
  for (const std::size_t alternatives : {1U, 5U, 21U, 40U, 700U}) {
    ChoiceSet set;
    for (std::size_t j = 1; j < alternatives; ++j) set.add_crossed(1000 + j, 1 + j % 6, 0.5, 100 + j % 7, 0.6);
    set.add_alone(7);
    const ChoiceArrays arrays(set);
    for (std::uint64_t i = 0; i < 500; ++i) {
      std::vector<double> utility(arrays.columns(), kInfeasible);
      for (std::size_t j = 0; j < alternatives; ++j) {
        const double u = draws.uniform({i, 1, j});
        if (u > 0.2) utility[j] = 20.0 * u - 10.0;
      }
      const core::NamedDraws tastes = draws.named({i, 2});
      const Decision scalar = decide_with(Instructions::Scalar, arrays, utility, tastes);
      for (const auto wider : {Instructions::Baseline, Instructions::Avx2, Instructions::Avx512}) {
        if (!available(wider)) continue;
        const Decision same = decide_with(wider, arrays, utility, tastes);
        REQUIRE(same.alternative == scalar.alternative);
        REQUIRE(same.total == scalar.total);
        REQUIRE(same.logsum == scalar.logsum);
      }
      const Decision widest = decide(arrays, utility, tastes);
      REQUIRE(widest.alternative == scalar.alternative);
      REQUIRE(widest.total == scalar.total);
    }
  }
}

TEST_CASE("alternatives far below the best are not chosen and change no log-sum", "[market][choice]") {
  ChoiceSet set;
  for (std::size_t j = 0; j < 3; ++j) set.add_crossed(10 + j, j, 0.05, 20 + j, 0.05);
  Chooser choose(set);
  const core::Draws draws(9, 0);
  const Decision decision = choose(std::vector<double>{500.0, -500.0, -40.0}, draws, {1, 1});
  CHECK(decision.alternative == 0);
  CHECK(near(decision.logsum, choice_shares(std::vector<double>{500.0, -500.0, -40.0}, set).logsum));
}

TEST_CASE("a choice among nothing is no choice, and nonsense is refused", "[market][choice]") {
  const ChoiceSet set = reference_set(0.5, 0.6);
  Chooser choose(set);
  const std::vector<double> nothing(5, kInfeasible);
  const Decision none = choose(nothing, core::Draws(1, 1), {});
  CHECK(none.total == kInfeasible);
  CHECK(none.logsum == kInfeasible);
  CHECK_THROWS_AS(choice_shares(nothing, set), std::invalid_argument);
  CHECK_THROWS_AS(choice_shares(std::vector<double>{1.0}, set), std::invalid_argument);
  const std::vector<double> one(1);
  CHECK_THROWS_AS(decide(choose.arrays, one, core::Draws(1, 1).named({})), std::invalid_argument);
  ChoiceSet steep;
  steep.add_nested(1, 2, 0.01);
  CHECK_THROWS_AS(ChoiceArrays(steep), std::invalid_argument);
  ChoiceSet other;
  CHECK_THROWS_AS(other.add_nested(1, 2, 0.0), std::invalid_argument);
  CHECK_THROWS_AS(other.add_nested(1, 2, 1.5), std::invalid_argument);
  other.add_nested(1, 2, 0.5);
  CHECK_THROWS_AS(other.add_nested(3, 2, 0.6), std::invalid_argument);
}
