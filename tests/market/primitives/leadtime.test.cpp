#include "sim/market/primitives/leadtime.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/market/primitives/lead_laws.hpp"
#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using test::near;

namespace {

/// Largest distance between the empirical and the stated distribution.
template <class Cdf>
double ks_distance(std::vector<double> x, Cdf&& cdf) {
  std::sort(x.begin(), x.end());
  const double n = static_cast<double>(x.size());
  double distance = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double p = cdf(x[i]);
    distance = std::max({distance, p - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - p});
  }
  return distance;
}

constexpr std::size_t kSample = 100'000;
const double kKsLimit = 1.95 / std::sqrt(static_cast<double>(kSample));

SiteLead untruncated() {
  return {730.0, test::sigma_from_p90(730.0, 1400.0), 0.0, std::numeric_limits<double>::infinity()};
}

}  // namespace

TEST_CASE("the incomplete gamma function matches 30-digit values", "[market][special]") {
  // mpmath 30 digits: gammainc(k, 0, x, regularized=True) and loggamma
  CHECK(near(test::gamma_cdf(2.5, 3.7), 0.807449566920604268501909088066, 0.0, 1e-13));
  CHECK(near(test::gamma_cdf(0.3, 0.01), 0.279240996359014861043662850848, 0.0, 1e-13));
  CHECK(near(test::gamma_cdf(50, 80), 0.999869216023408589663440622968, 0.0, 1e-13));
  CHECK(near(test::log_gamma(0.3), 1.09579799481807556056299850031, 0.0, 1e-14));
  CHECK(near(test::log_gamma(2.5), 0.284682870472919159632494669683, 0.0, 1e-14));
  CHECK(near(test::log_gamma(123.4), 469.33609744219058579428730443, 0.0, 1e-14));
  for (const double k : {0.4, 1.0, 3.5, 60.0}) {
    for (const double p : {1e-6, 0.1, 0.5, 0.999})
      CHECK(near(test::gamma_cdf(k, test::gamma_quantile(k, p)), p, 0.0, 1e-12));
  }
}

TEST_CASE("a lot takes 84 days in the mean with the quantiles of A5", "[market][leadtime][A5]") {
  const LotLead lead;
  CHECK(test::lot_mean(lead) == 84.0);
  CHECK(near(test::lot_sd(lead), 28.0));
  CHECK(near(test::lot_quantile(lead, 0.5), 79.408850, 5e-7));
  CHECK(near(test::lot_quantile(lead, 0.9), 121.530963, 5e-7));
  // mpmath, 30 digits
  CHECK(near(test::lot_quantile(lead, 0.5), 79.4088504839125454552628450319));
  CHECK(near(test::lot_quantile(lead, 0.9), 121.530962955582095913421604421));
  CHECK(test::lot_cdf(lead, 28.0) == 0.0);
}

TEST_CASE("drawn lot leads follow the law of A5", "[market][leadtime][A5]") {
  const LotLead lead;
  const core::Draws draws(1, 0);
  std::vector<double> x(kSample);
  for (std::size_t i = 0; i < kSample; ++i) x[i] = lead.draw(draws, {7, 1, i, 0});
  CHECK(ks_distance(x, [&](double d) { return test::lot_cdf(lead, d); }) < kKsLimit);
  CHECK(*std::min_element(x.begin(), x.end()) >= 28.0);
}

TEST_CASE("a site's untruncated lead has the moments of A6", "[market][leadtime][A6]") {
  const SiteLead lead = untruncated();
  CHECK(near(std::log(lead.median_days), 6.593044534, 5e-10));
  CHECK(near(lead.sigma, 0.508120780, 5e-10));
  CHECK(near(test::site_mean(lead), 830.59133, 5e-6));
  CHECK(near(test::site_cdf(lead, 3 * 365.25), 0.787947, 5e-7));
}

TEST_CASE("truncated to 180 days and 7 years a site's lead has the moments of A6b", "[market][leadtime][A6b]") {
  // The check's mean is that of sigma 0.508, its probability that of sigma 0.50812 (from p90 = 1400 days).
  // mpmath, 30 digits: sigma .508 gives 817.245652372, .792790437259; sigma .508120780286 gives 817.274246442,
  // .792742519118.
  const SiteLead rounded;
  CHECK(near(test::site_mean(rounded), 817.246, 5e-4));
  CHECK(near(test::site_mean(rounded), 817.245652372239804327595020353));
  CHECK(near(test::site_cdf(rounded, 3 * 365.25), 0.792790437258810898019066923671));
  SiteLead exact;
  exact.sigma = test::sigma_from_p90(730.0, 1400.0);
  CHECK(near(test::site_cdf(exact, 3 * 365.25), 0.792743, 5e-7));
  CHECK(near(test::site_mean(exact), 817.274246441889437181335101814));
}

TEST_CASE("drawn site leads follow the truncated law and stay inside it", "[market][leadtime][A6b]") {
  const SiteLead lead;
  const core::Draws draws(1, 0);
  std::vector<double> x(kSample);
  for (std::size_t i = 0; i < kSample; ++i) x[i] = lead.draw(draws, {7, 2, i, 0});
  CHECK(ks_distance(x, [&](double d) { return test::site_cdf(lead, d); }) < kKsLimit);
  CHECK(*std::min_element(x.begin(), x.end()) >= lead.shortest_days);
  CHECK(*std::max_element(x.begin(), x.end()) <= lead.longest_days);
  for (const double p : {0.001, 0.3, 0.5, 0.99}) CHECK(near(test::site_cdf(lead, lead.quantile(p)), p));
}

TEST_CASE("a site comes on in quarters at 70, 80, 90 and 100 percent of its lead", "[market][leadtime]") {
  CHECK(near(site_phase_days(1000.0)[0], 700.0));
  CHECK(near(site_phase_days(1000.0)[3], 1000.0));
}

TEST_CASE("the pipeline of Poisson lots is Poisson with mean rate times lead, whatever the lead's law",
          "[market][leadtime][A7]") {
  // Lots come at 0.5 a day. Seen at day 400 (leads beyond 400 days have probability below 1e-9), those ordered and not
  // delivered are Poisson(42): P(N <= 30) = 0.032939810, which is P(Gamma(31) > 42).
  CHECK(near(1.0 - test::gamma_cdf(31, 42), 0.032939810, 5e-10));
  constexpr int kRuns = 20'000;
  const core::Draws draws(5, 0);
  const LotLead lead;
  for (const bool fixed : {false, true}) {
    double mean = 0.0, square = 0.0, few = 0.0;
    for (int run = 0; run < kRuns; ++run) {
      double day = 0.0, pipeline = 0.0;
      for (std::uint64_t lot = 0;; ++lot) {
        const core::Address at{static_cast<std::uint64_t>(run), 3, lot, fixed};
        day += draws.exponential(at) / 0.5;
        if (day > 400.0) break;
        const double due =
            day + (fixed ? test::lot_mean(lead) : lead.draw(draws, {static_cast<std::uint64_t>(run), 4, lot, 0}));
        pipeline += due > 400.0 ? 1.0 : 0.0;
      }
      mean += pipeline / kRuns;
      square += pipeline * pipeline / kRuns;
      few += pipeline <= 30.0 ? 1.0 / kRuns : 0.0;
    }
    CHECK(std::fabs(mean - 42.0) < 4.0 * std::sqrt(42.0 / kRuns));
    // Poisson: variance 42, and of the squared deviation mu4 - sigma^4 = 42 + 2 x 42^2.
    CHECK(std::fabs(square - mean * mean - 42.0) < 4.0 * std::sqrt((42.0 + 2.0 * 42.0 * 42.0) / kRuns));
    CHECK(test::share_near(few, 0.032939810, kRuns));
  }
}

TEST_CASE("a site lead without spread is its median, inside its bounds", "[market][leadtime]") {
  for (const double p : {0.01, 0.5, 0.99}) {
    CHECK(SiteLead{700.0, 0.0, 180.0, 2500.0}.quantile(p) == 700.0);
    CHECK(SiteLead{700.0, 0.0, 700.0, 700.0}.quantile(p) == 700.0);
  }
}
