#include "sim/scenario/wording.hpp"

#include <algorithm>
#include <cmath>

#include "sim/scenario/names.hpp"
#include "sim/scenario/schema.hpp"

namespace rackrate::scenario {

std::string describe(const Node& node) {
  switch (node.kind) {
    case NodeKind::Table: return "a table";
    case NodeKind::Array: return node.items.empty() ? "an empty list" : "a list";
    case NodeKind::Text: return '"' + shown(node.text) + '"';
    case NodeKind::Integer: return std::to_string(node.integer);
    case NodeKind::Real: return std::isfinite(node.real) ? write_number(node.real) : "not a finite number";
    case NodeKind::Flag: return node.flag ? "true" : "false";
    case NodeKind::Date: return core::to_string(node.time);
    case NodeKind::TimeOfDay: return "a time of day";
  }
  return "";
}

namespace {

/// A bound with its unit. A part of a day that is a whole number of hours is written in hours.
std::string bound_text(double x, const Unit& unit) {
  const double hours = std::round(x * 24.0);
  if (unit.text == "d" && x > 0.0 && x < 1.0 && hours / 24.0 == x) return write_number(hours) + " h";
  return write_quantity(x, unit);
}

}  // namespace

std::string bounds(const Field& field, bool of_unit_too) {
  const bool below = std::isfinite(field.low) && (of_unit_too || field.low != -field.unit.most);
  const bool above = std::isfinite(field.high) && (of_unit_too || field.high != field.unit.most);
  const auto with_unit = [&field](double x) { return bound_text(x, field.unit); };
  if (field.gap > 0.0) return "0, or between " + with_unit(field.gap) + " and " + with_unit(field.high);
  if (below && above) return "between " + with_unit(field.low) + " and " + with_unit(field.high);
  std::string out;
  if (below) out = ">= " + with_unit(field.low);
  if (above) out += (out.empty() ? "<= " : " and <= ") + with_unit(field.high);
  return out;
}

std::string expectation(const Field& field) {
  const auto names = [&field](std::string_view one) {
    if (!field.allowed.empty()) return "one of " + some_of(field.allowed);
    return std::string{one} + " in " + std::string{declared_in(field.names)};
  };
  std::string out;
  switch (field.type) {
    case ValueType::Number:
      if (field.unit.text.empty()) {
        out = "a number such as " + std::string{field.unit.example.find(' ') == std::string_view::npos
                                                    ? field.unit.example
                                                    : '"' + std::string{field.unit.example} + '"'};
      } else {
        out = "a quantity such as \"" + std::string{field.unit.example} + '"';
      }
      break;
    case ValueType::Integer: out = "a whole number"; break;
    case ValueType::Flag: return "true or false";
    case ValueType::Text: return field.allowed.empty() && field.names == Names::Any ? "text" : names("a name");
    case ValueType::Date:
      return field.may_be_never ? "a date such as 2026-04-27, or \"never\"" : "a date such as 2026-04-27";
    case ValueType::List: return "a list of names, each " + names("a name");
  }
  const std::string limits = bounds(field);
  return limits.empty() ? out : out + ", " + limits;
}

std::string some_of(const std::vector<std::string>& names, std::size_t limit) {
  std::string out;
  const std::size_t n = names.size() > limit ? limit - 1 : names.size();
  for (std::size_t i = 0; i < n; ++i) out += (i == 0 ? "" : ", ") + shown(names[i], 40);
  if (n < names.size()) out += " and " + std::to_string(names.size() - n) + " more";
  return out;
}

std::string suggestion(const std::string& name, const std::vector<std::string>& candidates) {
  // Edit distance costs length times length; nobody's misspelling is this long.
  if (name.size() <= 120) {
    const std::string near = core::nearest(name, candidates);
    if (!near.empty()) return "Did you mean \"" + near + "\"?";
  }
  return candidates.empty() ? "There are none yet." : "There are " + some_of(candidates) + ".";
}

std::vector<std::string> keys_of(const Section& section, std::uint32_t kind) {
  std::vector<std::string> keys;
  for (const Field& f : section.fields)
    if ((f.kinds & kind) != 0) keys.push_back(f.key);
  for (const Section& s : section.sections)
    if ((s.kinds & kind) != 0) keys.push_back(s.key);
  for (const std::string_view k : kTableKeys) keys.emplace_back(k);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

}  // namespace rackrate::scenario
