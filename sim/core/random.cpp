#include "sim/core/random.hpp"

#include <stdexcept>

#include "sim/core/math.hpp"

namespace rackrate::core {
namespace {

struct Halves {
  std::uint64_t high;
  std::uint64_t low;
};

inline Halves multiply(std::uint64_t a, std::uint64_t b) {
  __extension__ using Unsigned = unsigned __int128;
  const Unsigned product = static_cast<Unsigned>(a) * b;
  return {static_cast<std::uint64_t>(product >> 64), static_cast<std::uint64_t>(product)};
}

inline std::array<std::uint64_t, 4> philox(std::array<std::uint64_t, 4> c, std::array<std::uint64_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    const Halves p = multiply(0xd2e7470ee14c6c93ULL, c[0]);
    const Halves q = multiply(0xca5a826395121157ULL, c[2]);
    c = {q.high ^ c[1] ^ k[0], q.low, p.high ^ c[3] ^ k[1], p.low};
    k[0] += 0x9e3779b97f4a7c15ULL;  // golden ratio
    k[1] += 0xbb67ae8584caa73bULL;  // sqrt(3) - 1
  }
  return c;
}

/// The block of an address and, for draws that need more than one block, of its `lane`th neighbour.
inline std::array<std::uint64_t, 4> block_at(const std::array<std::uint64_t, 2>& key, const Address& a,
                                             std::uint64_t lane) {
  return philox({a.entity, a.purpose | lane << 32, a.index, a.sub}, key);
}

inline double minus_log_uniform(std::uint64_t bits) { return -math::log(to_unit(bits)); }

/// Gamma of a whole, small shape: minus the logarithm of a product of uniforms. One block holds four;
/// their product is at least 2^-212, so one logarithm serves them all.
double erlang(const std::array<std::uint64_t, 2>& key, const Address& a, int shape) {
  double sum = 0.0;
  for (int done = 0; done < shape; done += 4) {
    const auto bits = block_at(key, a, static_cast<std::uint64_t>(done / 4));
    double product = 1.0;
    for (int i = 0; i < 4 && done + i < shape; ++i) product *= to_unit(bits[static_cast<std::size_t>(i)]);
    sum -= math::log(product);
  }
  return sum;
}

/// Marsaglia and Tsang (2000), ACM TOMS 26, 363-372. Proposal n lives in lane n, so the result
/// depends on the address alone.
double marsaglia_tsang(const std::array<std::uint64_t, 2>& key, const Address& a, double shape) {
  const double d = shape - 1.0 / 3.0;
  const double c = 1.0 / (3.0 * math::sqrt(d));
  for (std::uint64_t lane = 0;; ++lane) {
    const auto bits = block_at(key, a, lane);
    const double x = math::normal_quantile(to_unit(bits[0]));
    const double t = 1.0 + c * x;
    if (t <= 0.0) continue;
    const double v = t * t * t;
    if (math::log(to_unit(bits[1])) < 0.5 * x * x + d * (1.0 - v + math::log(v))) return d * v;
  }
}

}  // namespace

std::array<std::uint64_t, 4> philox4x64(std::array<std::uint64_t, 4> counter, std::array<std::uint64_t, 2> key) {
  return philox(counter, key);
}

std::array<std::uint64_t, 4> Draws::block(const Address& a) const { return block_at(key_, a, 0); }

double Draws::uniform(const Address& a) const { return to_unit(block_at(key_, a, 0)[0]); }

std::array<double, 2> Draws::uniform2(const Address& a) const {
  const auto bits = block_at(key_, a, 0);
  return {to_unit(bits[0]), to_unit(bits[1])};
}

double Draws::exponential(const Address& a) const { return minus_log_uniform(block_at(key_, a, 0)[0]); }

double Draws::normal(const Address& a) const { return math::normal_quantile(uniform(a)); }

double Draws::gumbel(const Address& a) const { return -math::log(exponential(a)); }

double Draws::gamma(const Address& a, double shape) const {
  if (!(shape > 0.0 && shape < 1e15)) throw std::invalid_argument("gamma shape must be positive and finite");
  constexpr double kLargestErlang = 16.0;
  if (shape <= kLargestErlang && shape == static_cast<int>(shape)) return erlang(key_, a, static_cast<int>(shape));
  if (shape >= 1.0) return marsaglia_tsang(key_, a, shape);
  // Gamma(k) = Gamma(k + 1) U^(1/k), with U from a word that no proposal uses.
  const double u = to_unit(block_at(key_, a, 0)[3]);
  return marsaglia_tsang(key_, a, shape + 1.0) * math::pow(u, 1.0 / shape);
}

double Draws::log_positive_stable(const Address& a, double lambda) const {
  if (!(lambda > 0.0 && lambda <= 1.0))
    throw std::invalid_argument("the index of a positive stable law lies in (0, 1]");
  if (lambda == 1.0) return 0.0;  // S is then the constant 1
  constexpr double kPi = 3.14159265358979323846;
  const auto bits = block_at(key_, a, 0);
  const double u = to_unit(bits[0]);
  const double theta = kPi * u;
  // sin(theta) from the nearer end: pi rounded to a double would spoil it next to theta = pi.
  const double sin_theta = math::sin(kPi * (u < 0.5 ? u : 1.0 - u));
  const double e = minus_log_uniform(bits[1]);
  const double odds = (1.0 - lambda) / lambda;
  return math::log(math::sin(lambda * theta)) - math::log(sin_theta) / lambda +
         odds * math::log(math::sin((1.0 - lambda) * theta) / e);
}

std::uint64_t Draws::below(const Address& a, std::uint64_t n) const {
  if (n == 0) throw std::invalid_argument("there is no whole number below 0");
  // Lemire (2019), ACM TOMACS 29(1), 3: unbiased, and almost never a second try.
  const std::uint64_t threshold = (0 - n) % n;
  for (std::uint64_t lane = 0;; ++lane) {
    for (const std::uint64_t word : block_at(key_, a, lane)) {
      const Halves product = multiply(word, n);
      if (product.low >= threshold) return product.high;
    }
  }
}

}  // namespace rackrate::core
