#include "sim/market/primitives/choice_arrays.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

#include "sim/core/float_lanes.hpp"
#include "sim/core/lanes.hpp"

namespace rackrate::market {
namespace {

namespace lanes = core::lanes;

constexpr std::size_t kLanes = ChoiceArrays::kLanes, kFloatLanes = ChoiceArrays::kFloatLanes;
constexpr double kLeastLambda = 0.05;  // of a scenario (schema_world.cpp)
/// Exponents below it count as minus infinity, so that what follows stays in the range of normal numbers.
constexpr double kLeastExponent = -600.0;
constexpr double kLeastNumber = 1e-300;

/// A lead of which floats are sure: in the total of a nest, and in scores, relatively. Their errors stay below a tenth.
constexpr double kSureLead = 1e-4, kSureScore = 1.0 - 1e-5;
constexpr float kLeastFloat = 1e-30F;

std::size_t padded(std::size_t count, std::size_t lanes = kLanes) { return (count + lanes - 1) / lanes * lanes; }

/// Arrays of one decision, one value by membership or nest and whole vectors of room behind. Each stage below works on
/// arrays whose elements do not wait for each other, so that a processor has many of them at work at once.
struct Workspace {
  std::uint64_t* word;  ///< upper halves of the random bits of the alternatives
  std::uint64_t* half;  ///< halves of random bits: by membership, then two by nest
  double* wait;         ///< E: by membership, then of the stable factor of each nest
  double* utility;      ///< by membership
  double* value;        ///< y, by membership
  double* score;        ///< y / E, by membership
  double* best;         ///< the greatest score of each nest
  double* inverse;      ///< 1 / sin(pi u), by nest
  double* outer;        ///< sin((1 - lambda) pi u) / (E sin(pi u)), by nest
  double* sine;         ///< [3, nest] of pi u, lambda pi u and (1 - lambda) pi u
  double* logarithm;    ///< [3, nest] arguments, then logarithms: of the sum of y, of the two factors of the total
  double* total;        ///< by nest: its best utility plus shock, relative to the greatest utility

  // by floats
  std::uint32_t* upper;      ///< upper halves of the random bits of the alternatives
  std::uint32_t* wait_half;  ///< halves of random bits: by membership, then by nest
  std::uint32_t* sine_half;  ///< by nest
  float* rate;               ///< 1 / E: by membership, then of the stable factor of each nest
  float* ratio;              ///< sin(lambda pi u) / sin(pi u), by nest
  float* log_outer;          ///< ln of sin((1 - lambda) pi u) / (E sin(pi u)), by nest
};

/// The sum of eight lanes in a fixed order.
RACKRATE_LANE double sum(const std::array<double, kLanes>& x) {
  return ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]));
}

/// Halves of the random bits of every membership and, twice, nest; 0 behind them.
RACKRATE_LANE void draw(const ChoiceArrays& set, const core::NamedDraws& tastes, const Workspace& work) {
  constexpr std::uint64_t kLower = 0xffffffffULL;
  const std::size_t alternatives = set.size(), nests = set.nest_keys().size();
  for (std::size_t j = 0; j < alternatives; ++j) {
    const std::uint64_t word = tastes.word(set.keys()[j]);
    work.half[j] = word & kLower;
    work.word[j] = word >> 32;
  }
  for (std::size_t k = 0; k < set.second().size(); ++k) work.half[alternatives + k] = work.word[set.second()[k]];
  std::uint64_t* const of_nests = work.half + set.memberships();
  for (std::size_t n = 0; n < nests; ++n) {
    const std::uint64_t word = tastes.word(set.nest_keys()[n]);
    of_nests[n] = word >> 32;
    of_nests[nests + n] = word & kLower;
  }
  std::fill_n(of_nests + 2 * nests, kLanes, 0);
}

/// What random bits alone decide: E of every membership and nest in one pass, and the sines of every nest in another.
/// Vectors may reach into what lies behind an array: it is written afterwards.
template <class D>
RACKRATE_LANE void prepare(const ChoiceArrays& set, const Workspace& work) {
  const std::size_t nests = set.nest_keys().size(), waits = set.memberships() + nests;
  for (std::size_t i = 0; i < waits; i += lanes::kWidth<D>)
    lanes::store<D>(work.wait + i, -lanes::log<D>(lanes::unit_of_half<D>(lanes::load_bits<D>(work.half + i))));
  const std::uint64_t* const half = work.half + waits;
  double* const sine = work.sine;
  for (std::size_t n = 0; n < nests; n += lanes::kWidth<D>)
    lanes::store<D>(sine + n, lanes::unit_of_half<D>(lanes::load_bits<D>(half + n)));
  for (std::size_t n = 0; n < nests; n += lanes::kWidth<D>)
    lanes::store<D>(sine + nests + n,
                    lanes::load<D>(set.lambda() + n) * lanes::unit_of_half<D>(lanes::load_bits<D>(half + n)));
  for (std::size_t n = 0; n < nests; n += lanes::kWidth<D>)
    lanes::store<D>(sine + 2 * nests + n,
                    (1.0 - lanes::load<D>(set.lambda() + n)) * lanes::unit_of_half<D>(lanes::load_bits<D>(half + n)));
  for (std::size_t i = 0; i < 3 * nests; i += lanes::kWidth<D>)
    lanes::store<D>(sine + i, lanes::sin_pi<D>(lanes::load<D>(sine + i)));
}

/// y of every membership.
template <class D>
RACKRATE_LANE void weigh(const ChoiceArrays& set, const double* utility, double top, const Workspace& work) {
  std::copy_n(utility, set.size(), work.utility);
  for (std::size_t k = 0; k < set.second().size(); ++k) work.utility[set.size() + k] = utility[set.second()[k]];
  std::fill_n(work.utility + set.memberships(), kLanes, kInfeasible);
  for (std::size_t i = 0; i < set.memberships(); i += lanes::kWidth<D>) {
    const D x = ((lanes::load<D>(work.utility + i) - top) + lanes::load<D>(set.log_share() + i)) *
                lanes::load<D>(set.steepness() + i);
    const D e = lanes::exp<D>(lanes::max<D>(x, lanes::all<D>(kLeastExponent)));
    lanes::store<D>(work.value + i, lanes::where_below<D>(lanes::all<D>(kLeastExponent), x, e, lanes::all<D>(0.0)));
  }
}

/// y / E of every membership.
template <class D>
RACKRATE_LANE void score(const ChoiceArrays& set, const Workspace& work) {
  for (std::size_t i = 0; i < set.memberships(); i += lanes::kWidth<D>)
    lanes::store<D>(work.score + i, lanes::load<D>(work.value + i) / lanes::load<D>(work.wait + i));
}

/// By nest: the sum of y and the greatest y / E.
RACKRATE_LANE void gather_nests(const ChoiceArrays& set, const Workspace& work) {
  for (std::size_t n = 0; n < set.nest_keys().size(); ++n) {
    double s = 0.0, best = 0.0;
    for (const std::uint32_t member : set.members(n)) {
      s += work.value[member];
      best = lanes::max<double>(best, work.score[member]);
    }
    work.logarithm[n] = lanes::max<double>(s, kLeastNumber);
    work.best[n] = best;
  }
}

/// By nest: the logarithms of all that needs one.
template <class D>
RACKRATE_LANE void take_logarithms(const ChoiceArrays& set, const Workspace& work) {
  const std::size_t nests = set.nest_keys().size();
  const double* const wait = work.wait + set.memberships();
  double* const logarithm = work.logarithm;
  const D least = lanes::all<D>(kLeastNumber);
  for (std::size_t n = 0; n < nests; n += lanes::kWidth<D>) {
    const D inverse = 1.0 / lanes::load<D>(work.sine + n);
    const D outer = lanes::load<D>(work.sine + 2 * nests + n) * inverse;
    lanes::store<D>(work.inverse + n, inverse);
    lanes::store<D>(work.outer + n, lanes::max<D>(outer, least) / lanes::load<D>(wait + n));
  }
  for (std::size_t n = 0; n < nests; n += lanes::kWidth<D>) {
    const D ratio = lanes::load<D>(work.sine + nests + n) * lanes::load<D>(work.inverse + n);
    lanes::store<D>(logarithm + nests + n, lanes::max<D>(ratio * lanes::load<D>(work.best + n), least));
  }
  for (std::size_t n = 0; n < nests; n += lanes::kWidth<D>)
    lanes::store<D>(logarithm + 2 * nests + n, lanes::load<D>(work.outer + n));
  for (std::size_t i = 0; i < 3 * nests; i += lanes::kWidth<D>)
    lanes::store<D>(logarithm + i, lanes::log<D>(lanes::load<D>(logarithm + i)));
}

/// By nest: lambda ln(greatest y / E) + lambda ln S, where
/// lambda ln S = lambda ln(sin(lambda pi u) / sin(pi u)) + (1 - lambda) ln(sin((1 - lambda) pi u) / (E sin(pi u))).
/// Returns ln G less the greatest utility.
template <class D>
RACKRATE_LANE double finish(const ChoiceArrays& set, const Workspace& work) {
  const std::size_t nests = set.nest_keys().size();
  std::array<double, kLanes> sums{};
  for (std::size_t n = 0; n < nests; n += lanes::kWidth<D>) {
    const D lambda = lanes::load<D>(set.lambda() + n);
    const double* const logarithm = work.logarithm + n;
    const D t = lambda * lanes::load<D>(logarithm + nests) + (1.0 - lambda) * lanes::load<D>(logarithm + 2 * nests);
    const D may_win =
        lanes::where_below<D>(lanes::all<D>(0.0), lanes::load<D>(work.best + n), t, lanes::all<D>(kInfeasible));
    lanes::store<D>(work.total + n, lanes::first<D>(may_win, nests - n, kInfeasible));
    const D x = lambda * lanes::load<D>(logarithm);
    const D g = lanes::where_below<D>(kLeastExponent * lambda, x, lanes::exp<D>(x), lanes::all<D>(0.0));
    double* const to = sums.data() + n % kLanes;
    lanes::store<D>(to, lanes::load<D>(to) + lanes::first<D>(g, nests - n, 0.0));
  }
  return lanes::log<double>(sum(sums));
}

/// The member of a nest with the greatest score; of several, the one with the lowest key.
RACKRATE_LANE std::size_t best_member(const ChoiceArrays& set, const Workspace& work, std::size_t nest) {
  const auto members = set.members(nest);
  std::size_t best = members[0], equal = 0;
  for (const std::uint32_t member : members) {
    const bool is_best = work.score[member] >= work.best[nest];
    best = is_best ? member : best;
    equal += is_best ? 1U : 0U;
  }
  best = set.alternative_of(best);
  if (equal > 1 && work.best[nest] > 0.0) [[unlikely]]
    for (const std::uint32_t member : members) {
      const std::size_t other = set.alternative_of(member);
      if (work.score[member] >= work.best[nest] && set.keys()[other] < set.keys()[best]) best = other;
    }
  return best;
}

/// Fills in who wins, and by what total relative to the greatest utility.
template <class D>
RACKRATE_LANE void find_winner(const ChoiceArrays& set, const Workspace& work, Decision& decision) {
  const std::size_t nests = set.nest_keys().size();
  D tops = lanes::load<D>(work.total);
  for (std::size_t n = lanes::kWidth<D>; n < nests; n += lanes::kWidth<D>)
    tops = lanes::max<D>(tops, lanes::load<D>(work.total + n));
  decision.total = lanes::greatest<D>(tops);
  std::size_t nest = 0, equal = 0;
  for (std::size_t n = 0; n < nests; ++n) {
    const bool is_best = work.total[n] >= decision.total;
    nest = is_best ? n : nest;
    equal += is_best ? 1U : 0U;
  }
  decision.alternative = best_member(set, work, nest);
  if (equal > 1) [[unlikely]]
    for (std::size_t n = 0; n < nests; ++n) {
      if (work.total[n] < decision.total) continue;
      const std::size_t other = best_member(set, work, n);
      if (set.keys()[other] < set.keys()[decision.alternative]) decision.alternative = other;
    }
}

/// The greatest utility.
template <class D>
RACKRATE_LANE double greatest_of(const ChoiceArrays& set, const double* utility) {
  D tops = lanes::load<D>(utility);
  for (std::size_t j = lanes::kWidth<D>; j < set.columns(); j += lanes::kWidth<D>)
    tops = lanes::max<D>(tops, lanes::load<D>(utility + j));
  return lanes::greatest<D>(tops);
}

/// All by doubles.
template <class D>
RACKRATE_LANE Decision run(const ChoiceArrays& set, const double* utility, const core::NamedDraws& tastes,
                           const Workspace& work) {
  const double top = greatest_of<D>(set, utility);
  Decision decision;
  if (top == kInfeasible) return decision;
  draw(set, tastes, work);
  prepare<D>(set, work);
  weigh<D>(set, utility, top, work);
  score<D>(set, work);
  gather_nests(set, work);
  take_logarithms<D>(set, work);
  decision.logsum = top + finish<D>(set, work);
  find_winner<D>(set, work, decision);
  decision.total += top;
  return decision;
}

/// draw() for floats.
RACKRATE_LANE void draw_for_floats(const ChoiceArrays& set, const core::NamedDraws& tastes, const Workspace& work) {
  const std::size_t alternatives = set.size(), nests = set.nest_keys().size();
  for (std::size_t j = 0; j < alternatives; ++j) {
    const std::uint64_t word = tastes.word(set.keys()[j]);
    work.wait_half[j] = static_cast<std::uint32_t>(word);
    work.upper[j] = static_cast<std::uint32_t>(word >> 32);
  }
  for (std::size_t k = 0; k < set.second().size(); ++k) work.wait_half[alternatives + k] = work.upper[set.second()[k]];
  std::uint32_t* const of_nests = work.wait_half + set.memberships();
  for (std::size_t n = 0; n < nests; ++n) {
    const std::uint64_t word = tastes.word(set.nest_keys()[n]);
    of_nests[n] = static_cast<std::uint32_t>(word >> 32);
    work.sine_half[n] = static_cast<std::uint32_t>(word);
  }
  std::fill_n(of_nests + nests, kFloatLanes, 0U);
  std::fill_n(work.sine_half + nests, kFloatLanes, 0U);
}

/// What random bits alone decide: 1 / E of every membership and nest, and the two factors of every nest. 1 - x is never
/// a difference, so that x next to 1 has all its digits.
template <class F>
RACKRATE_LANE void prepare_floats(const ChoiceArrays& set, const Workspace& work) {
  using Bits = typename lanes::FloatsOf<F>::Bits;
  const std::size_t nests = set.nest_keys().size(), waits = set.memberships() + nests;
  for (std::size_t i = 0; i < waits; i += lanes::kFloatWidth<F>)
    lanes::store_floats<F>(work.rate + i, 1.0F / lanes::wait_of_half<F>(lanes::load_floats<Bits>(work.wait_half + i)));
  for (std::size_t n = 0; n < nests; n += lanes::kFloatWidth<F>) {
    const F lambda = lanes::load_floats<F>(set.lambda_float() + n), less = lanes::load_floats<F>(set.rest_float() + n);
    const Bits half = lanes::load_floats<Bits>(work.sine_half + n);
    const F u = lanes::half_as_float<F>(half) * 0x1p-32F, rest = lanes::half_as_float<F>(~half) * 0x1p-32F;
    const F inverse = 1.0F / lanes::sin_pi_float<F>(u, rest);
    const F inner = lanes::sin_pi_float<F>(lambda * u, less + lambda * rest);
    const F outer = lanes::sin_pi_float<F>(less * u, lambda + less * rest) * inverse;
    const F at_least = lanes::where_below_float<F>(outer, F{} + kLeastFloat, F{} + kLeastFloat, outer);
    const F rate = lanes::load_floats<F>(work.rate + set.memberships() + n);
    lanes::store_floats<F>(work.ratio + n, inner * inverse);
    lanes::store_floats<F>(work.log_outer + n, lanes::log_float<F>(at_least * rate));
  }
}

/// take_logarithms() with the factors from floats.
template <class D>
RACKRATE_LANE void take_logarithms_with_floats(const ChoiceArrays& set, const Workspace& work) {
  const std::size_t nests = set.nest_keys().size();
  double* const logarithm = work.logarithm;
  const D least = lanes::all<D>(kLeastNumber);
  for (std::size_t n = 0; n < nests; n += lanes::kWidth<D>)
    lanes::store<D>(logarithm + nests + n,
                    lanes::max<D>(lanes::load_as_double<D>(work.ratio + n) * lanes::load<D>(work.best + n), least));
  for (std::size_t i = 0; i < 2 * nests; i += lanes::kWidth<D>)
    lanes::store<D>(logarithm + i, lanes::log<D>(lanes::load<D>(logarithm + i)));
  for (std::size_t n = 0; n < nests; n += lanes::kWidth<D>)
    lanes::store<D>(logarithm + 2 * nests + n, lanes::load_as_double<D>(work.log_outer + n));
}

/// Fills in who wins, where it leads by more than the error of floats. Returns: whether it does.
template <class D>
RACKRATE_LANE bool find_sure_winner(const ChoiceArrays& set, const Workspace& work, Decision& decision) {
  const std::size_t nests = set.nest_keys().size();
  D tops = lanes::load<D>(work.total);
  for (std::size_t n = lanes::kWidth<D>; n < nests; n += lanes::kWidth<D>)
    tops = lanes::max<D>(tops, lanes::load<D>(work.total + n));
  decision.total = lanes::greatest<D>(tops);
  std::size_t nest = 0, near = 0;
  for (std::size_t n = 0; n < nests; ++n) {
    const bool is_near = work.total[n] >= decision.total - kSureLead;
    nest = is_near ? n : nest;
    near += is_near ? 1U : 0U;
  }
  std::size_t winner = 0, equal = 0;
  for (const std::uint32_t member : set.members(nest)) {
    const bool is_near = work.score[member] >= work.best[nest] * kSureScore;
    winner = is_near ? member : winner;
    equal += is_near ? 1U : 0U;
  }
  decision.alternative = set.alternative_of(winner);
  return near == 1 && equal == 1;
}

/// Shocks by floats, and all by doubles where that leaves a doubt.
template <class D, class F>
RACKRATE_LANE Decision run_with_floats(const ChoiceArrays& set, const double* utility, const core::NamedDraws& tastes,
                                       const Workspace& work) {
  const double top = greatest_of<D>(set, utility);
  Decision decision;
  if (top == kInfeasible) return decision;
  draw_for_floats(set, tastes, work);
  prepare_floats<F>(set, work);
  weigh<D>(set, utility, top, work);
  for (std::size_t i = 0; i < set.memberships(); i += lanes::kWidth<D>)
    lanes::store<D>(work.score + i, lanes::load<D>(work.value + i) * lanes::load_as_double<D>(work.rate + i));
  gather_nests(set, work);
  take_logarithms_with_floats<D>(set, work);
  decision.logsum = top + finish<D>(set, work);
  if (!find_sure_winner<D>(set, work, decision)) [[unlikely]]
    return run<D>(set, utility, tastes, work);
  decision.total += top;
  return decision;
}

/// Shares of the alternatives: y g / (s G) summed over nests, with s the sum of y in a nest and g = s^lambda.
template <class D>
RACKRATE_LANE void share_out(const ChoiceArrays& set, const double* utility, double top, const Workspace& work,
                             std::span<double> share) {
  weigh<D>(set, utility, top, work);
  double all = 0.0;
  for (std::size_t n = 0; n < set.nest_keys().size(); ++n) {
    double s = 0.0;
    for (const std::uint32_t member : set.members(n)) s += work.value[member];
    const double g = s > 0.0 ? lanes::exp(set.lambda()[n] * lanes::log(s)) : 0.0;
    work.total[n] = s > 0.0 ? g / s : 0.0;
    all += g;
  }
  std::fill(share.begin(), share.end(), 0.0);
  for (std::size_t n = 0; n < set.nest_keys().size(); ++n)
    for (const std::uint32_t member : set.members(n))
      share[set.alternative_of(member)] += work.value[member] * work.total[n] / all;
}

using Kernel = Decision (*)(const ChoiceArrays&, const double*, const core::NamedDraws&, const Workspace&);

Decision scalar(const ChoiceArrays& set, const double* utility, const core::NamedDraws& tastes, const Workspace& work) {
  return run_with_floats<lanes::Pack<1>::Numbers, lanes::FloatPack<1>::Numbers>(set, utility, tastes, work);
}
Decision baseline(const ChoiceArrays& set, const double* utility, const core::NamedDraws& tastes,
                  const Workspace& work) {
  return run_with_floats<lanes::Pack<2>::Numbers, lanes::FloatPack<4>::Numbers>(set, utility, tastes, work);
}
Decision by_doubles(const ChoiceArrays& set, const double* utility, const core::NamedDraws& tastes,
                    const Workspace& work) {
  return run<lanes::Pack<2>::Numbers>(set, utility, tastes, work);
}
#if defined(__x86_64__)
[[gnu::target("avx2")]] Decision avx2(const ChoiceArrays& set, const double* utility, const core::NamedDraws& tastes,
                                      const Workspace& work) {
  return run_with_floats<lanes::Pack<4>::Numbers, lanes::FloatPack<8>::Numbers>(set, utility, tastes, work);
}
[[gnu::target("avx512f,avx512dq,avx512vl")]] Decision avx512(const ChoiceArrays& set, const double* utility,
                                                             const core::NamedDraws& tastes, const Workspace& work) {
  return run_with_floats<lanes::Pack<8>::Numbers, lanes::FloatPack<16>::Numbers>(set, utility, tastes, work);
}
constexpr std::array<Kernel, 4> kKernels{scalar, baseline, avx2, avx512};
#else
constexpr std::array<Kernel, 4> kKernels{scalar, baseline, baseline, baseline};
#endif

Kernel widest() {
  for (const auto instructions : {Instructions::Avx512, Instructions::Avx2})
    if (available(instructions)) return kKernels[static_cast<std::size_t>(instructions)];
  return baseline;
}

/// Memory for the arrays of one decision: on the stack unless the set is very large.
class Memory {
 public:
  explicit Memory(const ChoiceArrays& set) {
    const std::size_t alternatives = padded(set.size()), memberships = padded(set.memberships()) + kLanes,
                      nests = padded(set.nest_keys().size()) + kLanes;
    const std::size_t words = alternatives + memberships + 2 * nests, need = 4 * memberships + 11 * nests;
    if (need > few_.size()) many_.resize(need);
    if (words > few_words_.size()) many_words_.resize(words);
    double* numbers = need > few_.size() ? many_.data() : few_.data();
    const auto take = [&numbers](std::size_t count) { return std::exchange(numbers, numbers + count); };
    work.word = words > few_words_.size() ? many_words_.data() : few_words_.data();
    work.half = work.word + alternatives;
    work.wait = take(memberships + nests);
    work.utility = take(memberships);
    work.value = take(memberships);
    work.score = take(memberships);
    work.best = take(nests);
    work.inverse = take(nests);
    work.outer = take(nests);
    work.sine = take(3 * nests);
    work.logarithm = take(3 * nests);
    work.total = take(nests);
    give_floats(padded(set.size(), kFloatLanes), padded(set.memberships(), kFloatLanes) + kFloatLanes,
                padded(set.nest_keys().size(), kFloatLanes) + kFloatLanes);
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  Workspace work;

 private:
  void give_floats(std::size_t alternatives, std::size_t memberships, std::size_t nests) {
    const std::size_t words = alternatives + memberships + 2 * nests, need = memberships + 3 * nests;
    if (need > few_floats_.size()) many_floats_.resize(need);
    if (words > few_halves_.size()) many_halves_.resize(words);
    float* const floats = need > few_floats_.size() ? many_floats_.data() : few_floats_.data();
    work.upper = words > few_halves_.size() ? many_halves_.data() : few_halves_.data();
    work.wait_half = work.upper + alternatives;
    work.sine_half = work.wait_half + memberships + nests;
    work.rate = floats;
    work.ratio = work.rate + memberships + nests;
    work.log_outer = work.ratio + nests;
  }

  alignas(64) std::array<float, 384> few_floats_;
  alignas(64) std::array<std::uint32_t, 384> few_halves_;
  std::vector<float> many_floats_;
  std::vector<std::uint32_t> many_halves_;
  alignas(64) std::array<double, 768> few_;
  alignas(64) std::array<std::uint64_t, 256> few_words_;
  std::vector<double> many_;
  std::vector<std::uint64_t> many_words_;
};

void require_columns(const ChoiceArrays& set, std::size_t utilities) {
  if (utilities != set.columns())
    throw std::invalid_argument("a choice set of " + std::to_string(set.columns()) + " columns was given " +
                                std::to_string(utilities) + " utilities");
}

Decision run_kernel(Kernel kernel, const ChoiceArrays& set, std::span<const double> utility,
                    const core::NamedDraws& tastes) {
  require_columns(set, utility.size());
  const Memory memory(set);
  return kernel(set, utility.data(), tastes, memory.work);
}

}  // namespace

ChoiceArrays::ChoiceArrays(const ChoiceSet& set) {
  std::vector<std::uint32_t> all(set.size());
  std::iota(all.begin(), all.end(), 0U);
  *this = ChoiceArrays(set, all);
}

ChoiceArrays::ChoiceArrays(const ChoiceSet& set, std::span<const std::uint32_t> positions)
    : columns_(padded(positions.size())) {
  core::Table<NestId, std::vector<std::uint32_t>> members(set.nests().size());
  const auto add = [&](const ChoiceSet::Membership& in) {
    members[in.nest].push_back(static_cast<std::uint32_t>(log_share_.size()));
    log_share_.push_back(in.log_share);
    steepness_.push_back(1.0 / set.nests()[in.nest].lambda);
  };
  for (const std::uint32_t position : positions) {
    keys_.push_back(set.alternatives()[position].key);
    add(set.alternatives()[position].in[0]);
  }
  for (std::size_t j = 0; j < positions.size(); ++j)
    if (const auto& in = set.alternatives()[positions[j]].in[1]; in.nest.exists()) {
      second_.push_back(static_cast<std::uint32_t>(j));
      add(in);
    }
  memberships_ = log_share_.size();
  log_share_.resize(padded(memberships_), kInfeasible);
  steepness_.resize(padded(memberships_), 1.0);
  for (const NestId n : members.ids())
    if (!members[n].empty()) add_nest(set.nests()[n], std::move(members[n]));
  for (const double lambda : lambda_) {
    lambda_float_.push_back(static_cast<float>(lambda));
    rest_float_.push_back(static_cast<float>(1.0 - lambda));
  }
  lambda_float_.resize(padded(lambda_.size(), kFloatLanes), 1.0F);
  rest_float_.resize(padded(lambda_.size(), kFloatLanes), 0.0F);
  lambda_.resize(padded(lambda_.size()), 1.0);
}

/// Members add up in the order of the alternatives.
void ChoiceArrays::add_nest(const ChoiceSet::Nest& nest, std::vector<std::uint32_t> members) {
  if (nest.lambda < kLeastLambda) throw std::invalid_argument("ChoiceArrays: a nest's lambda must be at least 0.05");
  std::stable_sort(members.begin(), members.end(),
                   [this](std::uint32_t a, std::uint32_t b) { return alternative_of(a) < alternative_of(b); });
  nest_keys_.push_back(nest.key ^ kNestSalt);
  lambda_.push_back(nest.lambda);
  members_.insert(members_.end(), members.begin(), members.end());
  first_member_.push_back(static_cast<std::uint32_t>(members_.size()));
}

bool available(Instructions instructions) {
#if defined(__x86_64__)
  if (instructions == Instructions::Avx2) return __builtin_cpu_supports("avx2") != 0;
  if (instructions == Instructions::Avx512)
    return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
           __builtin_cpu_supports("avx512vl") != 0;
  return true;
#else
  return instructions == Instructions::Scalar || instructions == Instructions::Baseline;
#endif
}

Decision decide(const ChoiceArrays& set, std::span<const double> utility, const core::NamedDraws& tastes) {
  static const Kernel kernel = widest();
  return run_kernel(kernel, set, utility, tastes);
}

void expected_shares(const ChoiceArrays& set, std::span<const double> utility, std::span<double> share) {
  require_columns(set, utility.size());
  if (share.size() != set.size()) throw std::invalid_argument("expected_shares: one share per alternative");
  const double top = *std::max_element(utility.begin(), utility.end());
  if (top == kInfeasible) throw std::invalid_argument("expected_shares: no alternative is feasible");
  const Memory memory(set);
  share_out<lanes::Pack<2>::Numbers>(set, utility.data(), top, memory.work, share);
}

Decision decide_with(Instructions instructions, const ChoiceArrays& set, std::span<const double> utility,
                     const core::NamedDraws& tastes) {
  if (!available(instructions))
    throw std::invalid_argument("this processor has no instructions " +
                                std::string(kInstructionNames[static_cast<std::size_t>(instructions)]));
  return run_kernel(kKernels[static_cast<std::size_t>(instructions)], set, utility, tastes);
}

Decision decide_by_doubles(const ChoiceArrays& set, std::span<const double> utility, const core::NamedDraws& tastes) {
  return run_kernel(by_doubles, set, utility, tastes);
}

}  // namespace rackrate::market
