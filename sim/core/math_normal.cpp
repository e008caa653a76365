#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "sim/core/math.hpp"

namespace rackrate::core::math {
namespace {

/// Coefficients in rising order, evaluated by Horner's rule.
template <std::size_t N>
double polynomial(const std::array<double, N>& c, double x) {
  double sum = c[N - 1];
  for (std::size_t i = N - 1; i-- > 0;) sum = sum * x + c[i];
  return sum;
}

// Wichura (1988), algorithm AS 241, Appl. Statist. 37, 477-484: routine PPND16.
constexpr std::array<double, 8> kA{3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                   1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                   3.3430575583588128105e+4, 2.5090809287301226727e+3};
constexpr std::array<double, 8> kB{1.0,
                                   4.2313330701600911252e+1,
                                   6.8718700749205790830e+2,
                                   5.3941960214247511077e+3,
                                   2.1213794301586595867e+4,
                                   3.9307895800092710610e+4,
                                   2.8729085735721942674e+4,
                                   5.2264952788528545610e+3};
constexpr std::array<double, 8> kC{1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                   3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                   2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr std::array<double, 8> kD{1.0,
                                   2.05319162663775882187e0,
                                   1.67638483018380384940e0,
                                   6.89767334985100004550e-1,
                                   1.48103976427480074590e-1,
                                   1.51986665636164571966e-2,
                                   5.47593808499534494600e-4,
                                   1.05075007164441684324e-9};
constexpr std::array<double, 8> kE{6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                   2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                   2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr std::array<double, 8> kF{1.0,
                                   5.99832206555887937690e-1,
                                   1.36929880922735805310e-1,
                                   1.48753612908506148525e-2,
                                   7.86869131145613259100e-4,
                                   1.84631831751005468180e-5,
                                   1.42151175831644588870e-7,
                                   2.04426310338993978564e-15};

// Cody (1969), Math. Comp. 23, 631-637, in the form for the normal distribution of Cody (1993), ACM TOMS 19, 22-32.
constexpr std::array<double, 5> kCentreTop{18154.981253343561249, 1067.6894854603709582, 161.02823106855587881,
                                           2.2352520354606839287, 0.065682337918207449113};
constexpr std::array<double, 5> kCentreBottom{45507.789335026729956, 10260.932208618978205, 976.09855173777669322,
                                              47.20258190468824187, 1.0};
constexpr std::array<double, 9> kMiddleTop{9842.7148383839780218, 11602.651437647350124,  6848.1904505362823326,
                                           2494.5375852903726711, 597.27027639480026226,  93.506656132177855979,
                                           8.8831497943883759412, 0.39894151208813466764, 1.0765576773720192317e-8};
constexpr std::array<double, 9> kMiddleBottom{19685.429676859990727, 38912.003286093271411, 34900.952721145977266,
                                              18615.571640885098091, 6485.558298266760755,  1519.377599407554805,
                                              235.38790178262499861, 22.266688044328115691, 1.0};
constexpr std::array<double, 6> kFarTop{2.9112874951168792e-5, 1.421619193227893466e-3, 2.2235277870649807e-2,
                                        0.1274011611602473639, 0.21589853405795699,     0.02307344176494017303};
constexpr std::array<double, 6> kFarBottom{7.29751555083966205e-5, 3.78239633202758244e-3, 6.59881378689285515e-2,
                                           0.468238212480865118,   1.28426009614491121,    1.0};

/// P(Z > y) for y beyond the centre.
double upper_tail(double y) {
  constexpr double kInverseSqrtTwoPi = 0.39894228040143267794;
  double factor = 0.0;
  if (y <= 5.656854249492380195) {
    factor = polynomial(kMiddleTop, y) / polynomial(kMiddleBottom, y);
  } else {
    const double w = 1.0 / (y * y);
    factor = (kInverseSqrtTwoPi - w * polynomial(kFarTop, w) / polynomial(kFarBottom, w)) / y;
  }
  // exp(-y^2/2) from a square without rounding error and a small rest.
  const double head = static_cast<double>(static_cast<std::int64_t>(y * 16.0)) / 16.0;
  const double rest = (y - head) * (y + head);
  return exp(-0.5 * head * head) * exp(-0.5 * rest) * factor;
}

}  // namespace

double normal_quantile(double p) {
  if (!(p > 0.0 && p < 1.0)) {
    if (p == 0.0) return -std::numeric_limits<double>::infinity();
    if (p == 1.0) return std::numeric_limits<double>::infinity();
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(kA, r) / polynomial(kB, r);
  }
  double r = sqrt(-log(q < 0.0 ? p : 1.0 - p));
  if (r <= 5.0) {
    r -= 1.6;
    r = polynomial(kC, r) / polynomial(kD, r);
  } else {
    r -= 5.0;
    r = polynomial(kE, r) / polynomial(kF, r);
  }
  return q < 0.0 ? -r : r;
}

double normal_cdf(double x) {
  if (x != x) return x;
  const double y = x < 0.0 ? -x : x;
  if (y <= 0.67448975) {
    const double z = x * x;
    return 0.5 + x * polynomial(kCentreTop, z) / polynomial(kCentreBottom, z);
  }
  if (y > 40.0) return x < 0.0 ? 0.0 : 1.0;
  const double tail = upper_tail(y);
  return x < 0.0 ? tail : 1.0 - tail;
}

}  // namespace rackrate::core::math
