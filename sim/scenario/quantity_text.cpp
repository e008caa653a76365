#include "sim/scenario/quantity_text.hpp"

#include <charconv>
#include <cmath>
#include <system_error>

namespace rackrate::scenario {
namespace {

struct Symbol {
  std::string_view text;
  double times;
  double over;
  std::array<int, 5> dimension;
};

constexpr double kYearSeconds = 365.25 * 86400.0;
constexpr std::array<Symbol, 13> kSymbols{{
    {"$", 1, 1, {1, 0, 0, 0, 0}},
    {"H100e", 1, 1, {0, 1, 0, 0, 0}},
    {"s", 1, 1, {0, 0, 1, 0, 0}},
    {"min", 60, 1, {0, 0, 1, 0, 0}},
    {"h", 3600, 1, {0, 0, 1, 0, 0}},
    {"d", 86400, 1, {0, 0, 1, 0, 0}},
    {"wk", 604800, 1, {0, 0, 1, 0, 0}},
    {"mo", kYearSeconds / 12.0, 1, {0, 0, 1, 0, 0}},
    {"y", kYearSeconds, 1, {0, 0, 1, 0, 0}},
    {"W", 1, 1, {0, 0, 0, 1, 0}},
    {"Wh", 3600, 1, {0, 0, 1, 1, 0}},
    {"tok", 1, 1, {0, 0, 0, 0, 1}},
    {"%", 1, 100, {0, 0, 0, 0, 0}},
}};

double prefix(char c) {
  switch (c) {
    case 'k': return 1e3;
    case 'M': return 1e6;
    case 'G':
    case 'B': return 1e9;
    case 'T': return 1e12;
    default: return 0.0;
  }
}

bool is_space(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

const Symbol* symbol(std::string_view text) {
  for (const Symbol& s : kSymbols)
    if (s.text == text) return &s;
  return nullptr;
}

bool apply_factor(std::string_view text, bool divide, Scale& out) {
  text = trimmed(text);
  if (text.empty()) return false;
  double scale = 1.0;
  const Symbol* found = symbol(text);
  if (found == nullptr) {
    scale = prefix(text.front());
    if (scale == 0.0) return false;
    text.remove_prefix(1);
    if (!text.empty()) {
      found = symbol(text);
      if (found == nullptr || found->text == "%") return false;
    }
  }
  const double times = scale * (found != nullptr ? found->times : 1.0);
  const double over = found != nullptr ? found->over : 1.0;
  out.times *= divide ? over : times;
  out.over *= divide ? times : over;
  if (found != nullptr)
    for (std::size_t i = 0; i < out.dimension.size(); ++i)
      out.dimension[i] += divide ? -found->dimension[i] : found->dimension[i];
  return true;
}

/// value * (times / over), by one rounding whenever the ratio or its inverse is a whole number.
double scaled(double value, double times, double over) {
  return times >= over ? value * (times / over) : value / (over / times);
}

}  // namespace

bool read_unit(std::string_view text, Scale& out) {
  out = Scale{};
  text = trimmed(text);
  if (text.empty()) return true;
  if (text.size() > 64) return false;
  bool divide = false;
  if (text.front() == '/') {
    divide = true;
    text.remove_prefix(1);
  }
  while (true) {
    const std::size_t end = text.find_first_of("/-");
    if (!apply_factor(text.substr(0, end), divide, out)) return false;
    if (end == std::string_view::npos) return true;
    // '-' binds tighter than '/': what follows it stays on the same side.
    if (text[end] == '/') divide = true;
    text.remove_prefix(end + 1);
  }
}

QuantityText read_quantity(std::string_view text, const Unit& wanted) {
  QuantityText out;
  text = trimmed(text);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), out.value);
  if (error != std::errc{} || !std::isfinite(out.value)) {
    out.problem = QuantityProblem::NoNumber;
    return out;
  }
  out.unit_text = std::string{trimmed(text.substr(static_cast<std::size_t>(rest - text.data())))};
  Scale have;
  if (!read_unit(out.unit_text, have)) {
    out.problem = QuantityProblem::UnknownUnit;
    return out;
  }
  Scale want;
  if (!read_unit(wanted.text, want) || have.dimension != want.dimension) {
    out.problem = QuantityProblem::WrongDimension;
    return out;
  }
  out.value = scaled(out.value, have.times * want.over, have.over * want.times);
  if (!std::isfinite(out.value)) out.problem = QuantityProblem::NoNumber;
  return out;
}

std::string write_number(double value) {
  if (value == 0.0) value = 0.0;  // no negative zero
  char buffer[40];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
  return error == std::errc{} ? std::string(buffer, end) : std::string{"nan"};
}

std::string write_quantity(double value, const Unit& unit) {
  std::string out = write_number(value);
  if (!unit.text.empty()) {
    out += ' ';
    out += unit.text;
  }
  return out;
}

}  // namespace rackrate::scenario
