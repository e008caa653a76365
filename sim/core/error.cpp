#include "sim/core/error.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace rackrate::core {
namespace {

std::string one_per_line(const std::vector<Mistake>& mistakes) {
  std::string out;
  for (const Mistake& m : mistakes) {
    if (!out.empty()) out += '\n';
    out += m.sentence();
  }
  return out;
}

/// Case and the choice between '-' and '_' are not worth a distance.
std::string folded(const std::string& name) {
  std::string out = name;
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '_' || c == ' ') c = '-';
  }
  return out;
}

/// Insertions, deletions, substitutions and swaps of neighbours (Damerau 1964; the restricted form).
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string Mistake::sentence() const {
  std::string out = where.file;
  if (where.line > 0) {
    if (!out.empty()) out += ':';
    out += std::to_string(where.line);
    if (where.column > 0) out += ':' + std::to_string(where.column);
  }
  if (!out.empty()) out += ": ";
  if (!where.key.empty()) out += where.key + " is ";
  out += got;
  if (!expected.empty()) out += "; expected " + expected;
  out += '.';
  if (!remedy.empty()) {
    out += ' ' + remedy;
    if (out.back() != '.' && out.back() != '?') out += '.';
  }
  return out;
}

ScenarioError::ScenarioError(std::vector<Mistake> mistakes)
    : std::invalid_argument(one_per_line(mistakes)), mistakes_(std::move(mistakes)) {}

ScenarioError::ScenarioError(Mistake mistake) : ScenarioError(std::vector<Mistake>{std::move(mistake)}) {}

ScenarioError mistake(std::string key, std::string got, std::string expected, std::string remedy) {
  Mistake one;  // a named value: g++ 12 takes the parts of a temporary one for uninitialised
  one.where.key = std::move(key);
  one.got = std::move(got);
  one.expected = std::move(expected);
  one.remedy = std::move(remedy);
  return ScenarioError(std::move(one));
}

std::string nearest(const std::string& name, const std::vector<std::string>& candidates) {
  const std::string wanted = folded(name);
  std::string best;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(wanted, folded(candidate));
    // A third of the letters may be wrong; one may be wrong in a short name, but never all of them.
    const std::size_t longest = std::max(wanted.size(), candidate.size());
    const std::size_t shortest = std::min(wanted.size(), candidate.size());
    if (distance > std::max<std::size_t>(1, longest / 3) || distance >= std::max<std::size_t>(1, shortest)) continue;
    if (best.empty() || distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace rackrate::core
