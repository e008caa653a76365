#include "sim/market/primitives/choice_arrays.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <stdexcept>
#include <string>

#include "sim/core/lanes.hpp"

namespace rackrate::market {
namespace {

namespace lanes = core::lanes;

constexpr std::size_t kLanes = ChoiceArrays::kLanes;
constexpr double kLeastLambda = 0.05;  // of a scenario (schema_world.cpp)
/// Exponents below it count as minus infinity, so that what follows stays in the range of normal numbers.
constexpr double kLeastExponent = -600.0;
constexpr double kLeastNumber = 1e-300;

std::size_t padded(std::size_t count) { return (count + kLanes - 1) / kLanes * kLanes; }

/// Arrays of one decision. Each stage below works on arrays whose elements do not wait for each other, so that a
/// processor has many of them at work at once.
struct Workspace {
  double* value;        ///< [membership, column] y, and one 0 behind
  double* score;        ///< [membership, column] E, then y / E, and one 0 behind
  double* wait;         ///< by nest: E of its stable factor
  double* sine;         ///< [2, nest] of lambda pi u and of (1 - lambda) pi u, each over that of pi u
  double* logarithm;    ///< [3, nest] arguments, then logarithms: of the sum of y, of the two factors of the total
  double* total;        ///< by nest: its best utility plus shock, relative to the greatest utility
  std::uint64_t* word;  ///< random bits by alternative, then by nest
};

/// The sum of eight lanes in a fixed order.
double sum(const std::array<double, kLanes>& x) {
  return ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]));
}

/// What random bits alone decide: E of every membership and nest, sines of every nest.
template <class D>
RACKRATE_LANE void prepare(const ChoiceArrays& set, const Workspace& work) {
  const std::size_t columns = set.columns(), nests = set.nest_columns();
  for (std::size_t j = 0; j < columns; j += lanes::kWidth<D>) {
    const auto word = lanes::load_bits<D>(work.word + j);
    lanes::store<D>(work.score + j, -lanes::log<D>(lanes::low_unit<D>(word)));
    lanes::store<D>(work.score + columns + j, -lanes::log<D>(lanes::high_unit<D>(word)));
  }
  for (std::size_t n = 0; n < nests; n += lanes::kWidth<D>) {
    const auto word = lanes::load_bits<D>(work.word + columns + n);
    const D u = lanes::low_unit<D>(word), lambda = lanes::load<D>(set.lambda() + n);
    lanes::store<D>(work.wait + n, -lanes::log<D>(lanes::high_unit<D>(word)));
    const D inverse = 1.0 / lanes::sin_pi<D>(u);
    lanes::store<D>(work.sine + n, lanes::sin_pi<D>(lambda * u) * inverse);
    lanes::store<D>(work.sine + nests + n, lanes::sin_pi<D>((1.0 - lambda) * u) * inverse);
  }
}

/// y of every membership, and its score over E.
template <class D>
RACKRATE_LANE void weigh(const ChoiceArrays& set, const double* utility, double top, const Workspace& work) {
  for (std::size_t m = 0; m < 2; ++m) {
    const double* const log_share = set.log_share(m);
    const double* const steepness = set.steepness(m);
    double* const value = work.value + m * set.columns();
    double* const score = work.score + m * set.columns();
    for (std::size_t j = 0; j < set.columns(); j += lanes::kWidth<D>) {
      const D x = ((lanes::load<D>(utility + j) - top) + lanes::load<D>(log_share + j)) * lanes::load<D>(steepness + j);
      const D e = lanes::exp<D>(lanes::max<D>(x, lanes::all<D>(kLeastExponent)));
      const D y = x > kLeastExponent ? e : lanes::all<D>(0.0);
      lanes::store<D>(value + j, y);
      lanes::store<D>(score + j, y / lanes::load<D>(score + j));
    }
  }
  work.value[2 * set.columns()] = work.score[2 * set.columns()] = 0.0;
}

/// By nest: the sum of y and the greatest y / E, and the logarithms of all that needs one.
template <class D>
RACKRATE_LANE void gather_nests(const ChoiceArrays& set, const Workspace& work) {
  const std::size_t nests = set.nest_columns();
  const D least = lanes::all<D>(kLeastNumber);
  for (std::size_t n = 0; n < nests; n += lanes::kWidth<D>) {
    D s = lanes::all<D>(0.0), best = s;
    for (std::size_t place = 0; place < set.depth(); ++place) {
      s = s + lanes::gather<D>(work.value, set.members(place) + n);
      best = lanes::max<D>(best, lanes::gather<D>(work.score, set.members(place) + n));
    }
    lanes::store<D>(work.total + n, best);
    const D inner = lanes::load<D>(work.sine + n) * best;
    const D outer = lanes::load<D>(work.sine + nests + n);
    lanes::store<D>(work.logarithm + n, lanes::max<D>(s, least));
    lanes::store<D>(work.logarithm + nests + n, lanes::max<D>(inner, least));
    lanes::store<D>(work.logarithm + 2 * nests + n, lanes::max<D>(outer, least) / lanes::load<D>(work.wait + n));
  }
  for (std::size_t i = 0; i < 3 * nests; i += lanes::kWidth<D>)
    lanes::store<D>(work.logarithm + i, lanes::log<D>(lanes::load<D>(work.logarithm + i)));
}

/// By nest: lambda ln(greatest y / E) + lambda ln S, where
/// lambda ln S = lambda ln(sin(lambda pi u) / sin(pi u)) + (1 - lambda) ln(sin((1 - lambda) pi u) / (E sin(pi u))).
/// Returns ln G less the greatest utility.
template <class D>
RACKRATE_LANE double finish(const ChoiceArrays& set, const Workspace& work) {
  const std::size_t nests = set.nest_columns();
  std::array<double, kLanes> sums{};
  for (std::size_t n = 0; n < nests; n += lanes::kWidth<D>) {
    const D lambda = lanes::load<D>(set.lambda() + n);
    const double* const logarithm = work.logarithm + n;
    const D t = lambda * lanes::load<D>(logarithm + nests) + (1.0 - lambda) * lanes::load<D>(logarithm + 2 * nests);
    lanes::store<D>(work.total + n, lanes::load<D>(work.total + n) > 0.0 ? t : lanes::all<D>(kInfeasible));
    const D x = lambda * lanes::load<D>(logarithm);
    double* const to = sums.data() + n % kLanes;
    lanes::store<D>(to, lanes::load<D>(to) + (x > kLeastExponent * lambda ? lanes::exp<D>(x) : lanes::all<D>(0.0)));
  }
  return lanes::log<double>(sum(sums));
}

/// The member of a nest with the greatest score; of several, the one with the lowest key.
std::size_t best_member(const ChoiceArrays& set, const Workspace& work, std::size_t nest) {
  std::size_t best = set.members(0)[nest];
  bool tie = false;
  for (std::size_t place = 1; place < set.depth(); ++place) {
    const std::size_t member = set.members(place)[nest];
    tie = (tie && !(work.score[member] > work.score[best])) || work.score[member] == work.score[best];
    best = work.score[member] > work.score[best] ? member : best;
  }
  if (tie && work.score[best] > 0.0) [[unlikely]]
    for (std::size_t place = 0; place < set.depth(); ++place) {
      const std::size_t member = set.members(place)[nest];
      if (work.score[member] == work.score[best] &&
          set.keys()[member % set.columns()] < set.keys()[best % set.columns()])
        best = member;
    }
  return best % set.columns();
}

/// Fills in who wins, and by what total relative to the greatest utility.
void find_winner(const ChoiceArrays& set, const Workspace& work, Decision& decision) {
  std::size_t nest = 0;
  bool tie = false;
  for (std::size_t n = 1; n < set.nest_keys().size(); ++n) {
    tie = (tie && !(work.total[n] > work.total[nest])) || work.total[n] == work.total[nest];
    nest = work.total[n] > work.total[nest] ? n : nest;
  }
  decision.total = work.total[nest];
  decision.alternative = best_member(set, work, nest);
  if (tie) [[unlikely]]
    for (std::size_t n = 0; n < set.nest_keys().size(); ++n) {
      if (work.total[n] != decision.total) continue;
      const std::size_t other = best_member(set, work, n);
      if (set.keys()[other] < set.keys()[decision.alternative]) decision.alternative = other;
    }
}

/// Random bits of every alternative and nest; 0 behind them.
void draw(const ChoiceArrays& set, const core::NamedDraws& tastes, const Workspace& work) {
  std::fill_n(work.word, set.columns() + set.nest_columns(), 0);
  for (std::size_t j = 0; j < set.keys().size(); ++j) work.word[j] = tastes.word(set.keys()[j]);
  std::uint64_t* const of_nests = work.word + set.columns();
  for (std::size_t n = 0; n < set.nest_keys().size(); ++n) of_nests[n] = tastes.word(set.nest_keys()[n]);
}

template <class D>
RACKRATE_LANE Decision run(const ChoiceArrays& set, const double* utility, const core::NamedDraws& tastes,
                           const Workspace& work) {
  D tops = lanes::load<D>(utility);
  for (std::size_t j = lanes::kWidth<D>; j < set.columns(); j += lanes::kWidth<D>)
    tops = lanes::max<D>(tops, lanes::load<D>(utility + j));
  std::array<double, lanes::kWidth<D>> top_lanes;
  lanes::store<D>(top_lanes.data(), tops);
  const double top = *std::max_element(top_lanes.begin(), top_lanes.end());
  Decision decision;
  if (top == kInfeasible) return decision;
  draw(set, tastes, work);
  prepare<D>(set, work);
  weigh<D>(set, utility, top, work);
  gather_nests<D>(set, work);
  decision.logsum = top + finish<D>(set, work);
  find_winner(set, work, decision);
  decision.total += top;
  return decision;
}

/// Shares of the alternatives: y g / (s G) summed over nests, with s the sum of y in a nest and g = s^lambda.
template <class D>
RACKRATE_LANE void share_out(const ChoiceArrays& set, const double* utility, double top, const Workspace& work,
                             std::span<double> share) {
  std::fill_n(work.score, 2 * set.columns(), 1.0);
  weigh<D>(set, utility, top, work);
  double all = 0.0;
  for (std::size_t n = 0; n < set.nest_keys().size(); ++n) {
    double s = 0.0;
    for (std::size_t place = 0; place < set.depth(); ++place) s += work.value[set.members(place)[n]];
    const double g = s > 0.0 ? lanes::exp(set.lambda()[n] * lanes::log(s)) : 0.0;
    work.total[n] = s > 0.0 ? g / s : 0.0;
    all += g;
  }
  std::fill(share.begin(), share.end(), 0.0);
  for (std::size_t place = 0; place < set.depth(); ++place)
    for (std::size_t n = 0; n < set.nest_keys().size(); ++n)
      if (const std::size_t member = set.members(place)[n]; member != 2 * set.columns())
        share[member % set.columns()] += work.value[member] * work.total[n] / all;
}

using Kernel = Decision (*)(const ChoiceArrays&, const double*, const core::NamedDraws&, const Workspace&);

Decision scalar(const ChoiceArrays& set, const double* utility, const core::NamedDraws& tastes, const Workspace& work) {
  return run<lanes::Pack<1>::Numbers>(set, utility, tastes, work);
}
Decision baseline(const ChoiceArrays& set, const double* utility, const core::NamedDraws& tastes,
                  const Workspace& work) {
  return run<lanes::Pack<2>::Numbers>(set, utility, tastes, work);
}
#if defined(__x86_64__)
[[gnu::target("avx2")]] Decision avx2(const ChoiceArrays& set, const double* utility, const core::NamedDraws& tastes,
                                      const Workspace& work) {
  return run<lanes::Pack<4>::Numbers>(set, utility, tastes, work);
}
[[gnu::target("avx512f,avx512dq,avx512vl")]] Decision avx512(const ChoiceArrays& set, const double* utility,
                                                             const core::NamedDraws& tastes, const Workspace& work) {
  return run<lanes::Pack<8>::Numbers>(set, utility, tastes, work);
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
    const std::size_t memberships = 2 * set.columns() + kLanes, nests = set.nest_columns();
    const std::size_t words = set.columns() + nests, need = 2 * memberships + 7 * nests;
    if (need > few_.size()) many_.resize(need);
    if (words > few_words_.size()) many_words_.resize(words);
    double* const numbers = need > few_.size() ? many_.data() : few_.data();
    double* const by_nest = numbers + 2 * memberships;
    work = {numbers,
            numbers + memberships,
            by_nest,
            by_nest + nests,
            by_nest + 3 * nests,
            by_nest + 6 * nests,
            words > few_words_.size() ? many_words_.data() : few_words_.data()};
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  Workspace work;

 private:
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
  log_share_.assign(2 * columns_, kInfeasible);
  steepness_.assign(2 * columns_, 1.0);
  core::Table<NestId, std::vector<std::uint32_t>> members(set.nests().size());
  for (std::size_t j = 0; j < positions.size(); ++j) {
    const auto& alternative = set.alternatives()[positions[j]];
    keys_.push_back(alternative.key);
    for (std::size_t m = 0; m < alternative.in.size(); ++m) {
      const auto& in = alternative.in[m];
      if (!in.nest.exists()) continue;
      log_share_[m * columns_ + j] = in.log_share;
      steepness_[m * columns_ + j] = 1.0 / set.nests()[in.nest].lambda;
      members[in.nest].push_back(static_cast<std::uint32_t>(m * columns_ + j));
      depth_ = std::max(depth_, members[in.nest].size());
    }
  }
  std::vector<NestId> in_use;
  for (const NestId n : members.ids())
    if (!members[n].empty()) in_use.push_back(n);
  nest_columns_ = padded(in_use.size());
  lambda_.assign(nest_columns_, 1.0);
  members_.assign(depth_ * nest_columns_, static_cast<std::uint32_t>(2 * columns_));
  for (std::size_t n = 0; n < in_use.size(); ++n) {
    const auto& nest = set.nests()[in_use[n]];
    if (nest.lambda < kLeastLambda) throw std::invalid_argument("ChoiceArrays: a nest's lambda must be at least 0.05");
    nest_keys_.push_back(nest.key ^ kNestSalt);
    lambda_[n] = nest.lambda;
    for (std::size_t place = 0; place < members[in_use[n]].size(); ++place)
      members_[place * nest_columns_ + n] = members[in_use[n]][place];
  }
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

}  // namespace rackrate::market
