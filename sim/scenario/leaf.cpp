#include "sim/scenario/leaf.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/scenario/schema.hpp"
#include "sim/scenario/toml_writer.hpp"
#include "sim/scenario/wording.hpp"

namespace rackrate::scenario {

void Mistakes::add(Position at, std::string path, std::string got, std::string expected, std::string remedy) {
  core::Where where{{}, at.line, at.column, std::move(path)};
  if (at.file >= 0 && at.line > 0) where.file = files_[static_cast<std::size_t>(at.file)];
  add({std::move(where), std::move(got), std::move(expected), std::move(remedy)});
}

void Mistakes::add(core::Mistake mistake) {
  if (wanted()) list_.push_back(std::move(mistake));
}

void Mistakes::throw_if_any() {
  if (list_.empty()) return;
  std::stable_sort(list_.begin(), list_.end(), [](const core::Mistake& a, const core::Mistake& b) {
    return std::tie(a.where.file, a.where.line, a.where.column) < std::tie(b.where.file, b.where.line, b.where.column);
  });
  throw core::ScenarioError(std::move(list_));
}

const Node& value_node(const Node& leaf) {
  const Entry* value = leaf.is_table() ? leaf.find("value") : nullptr;
  return value != nullptr ? value->value : leaf;
}

namespace {

/// The context of one leaf's checks.
struct Check {
  const Field& field;
  const std::string& path;
  const NameTable& names;
  Mistakes& mistakes;

  bool wrong(const Node& node, std::string got, std::string remedy) const {
    mistakes.add(node.at, path, std::move(got), expectation(field), std::move(remedy));
    return false;
  }
  bool wrong_type(const Node& node) const { return wrong(node, describe(node), ""); }
};

bool number_of(const Node& node, const Check& check, double& out) {
  const Unit& unit = check.field.unit;
  if (node.kind == NodeKind::Integer || node.kind == NodeKind::Real) {
    out = node.kind == NodeKind::Integer ? static_cast<double>(node.integer) : node.real;
    if (!std::isfinite(out)) return check.wrong(node, describe(node), "");
    if (!unit.text.empty()) {
      return check.wrong(node, describe(node) + " without a unit",
                         "Write it with its unit: \"" + write_quantity(out, unit) + "\".");
    }
    return true;
  }
  if (node.kind != NodeKind::Text || check.field.type == ValueType::Integer) return check.wrong_type(node);
  const QuantityText read = read_quantity(node.text, unit);
  out = read.value;
  switch (read.problem) {
    case QuantityProblem::None: return true;
    case QuantityProblem::NoNumber: return check.wrong(node, describe(node), "Begin with a number.");
    case QuantityProblem::UnknownUnit:
      return check.wrong(node, describe(node) + ", whose unit is not known",
                         "Units are $ H100e s min h d wk mo y W Wh tok %, with k M G B T before them.");
    case QuantityProblem::WrongDimension:
      if (unit.text.empty()) return check.wrong(node, describe(node), "This key has no unit.");
      return check.wrong(node, describe(node),
                         read.unit_text.empty() ? "Add the unit." : "The unit measures something else.");
  }
  return false;
}

bool in_bounds(const Node& node, const Check& check, double value) {
  const Field& f = check.field;
  const bool ok = value >= f.low && value <= f.high && (f.gap == 0.0 || value == 0.0 || value >= f.gap);
  if (ok) return true;
  const bool positive = f.low > 0.0 && f.low == f.unit.least && value <= 0.0;  // how small it may be says nothing here
  const std::string expected =
      positive ? "a value > 0" : "a value " + bounds(f, value > f.high || f.low == -f.unit.most);
  check.mistakes.add(node.at, check.path, describe(node), expected,
                     value == 0.0 && f.low > 0.0 && !f.absent.empty() ? "Leave it out for: " + f.absent + '.' : "");
  return false;
}

bool in_calendar(const Node& node, const Check& check, core::SimTime t) {
  if (t >= kFirstDate && t <= kLastDate) return true;
  check.mistakes.add(node.at, check.path, describe(node),
                     "a date from " + core::to_string(kFirstDate) + " to " + core::to_string(kLastDate),
                     "Result files name no others.");
  return false;
}

bool known_name(const Node& node, const Check& check, const std::string& name) {
  const Field& f = check.field;
  const bool closed = !f.allowed.empty();
  if (!closed && f.names == Names::Any) return true;
  const std::vector<std::string>& list = closed ? f.allowed : check.names.of(f.names);
  if (closed ? std::find(list.begin(), list.end(), name) != list.end() : check.names.has(f.names, name)) return true;
  if (check.mistakes.wanted()) {
    check.mistakes.add(node.at, check.path, '"' + shown(name) + '"',
                       closed ? "one of " + some_of(list) : "a name in " + std::string{declared_in(f.names)},
                       suggestion(name, list));
  }
  return false;
}

bool read_value(const Node& node, const Check& check, Value& out) {
  out.type = check.field.type;
  switch (check.field.type) {
    case ValueType::Number: return number_of(node, check, out.number) && in_bounds(node, check, out.number);
    case ValueType::Integer:
      if (!number_of(node, check, out.number)) return false;
      if (out.number != std::floor(out.number)) return check.wrong_type(node);
      return in_bounds(node, check, out.number);
    case ValueType::Flag:
      if (node.kind != NodeKind::Flag)
        return check.wrong(node, describe(node), node.kind == NodeKind::Text ? "Leave out the quotes." : "");
      out.flag = node.flag;
      return true;
    case ValueType::Text:
      if (node.kind != NodeKind::Text) return check.wrong_type(node);
      if (node.text.empty() && check.field.not_empty) return check.wrong(node, "an empty text", "Leave it out.");
      out.text = node.text;
      return known_name(node, check, out.text);
    case ValueType::Date:
      if (node.kind == NodeKind::Date) {
        if (!node.text.empty())
          return check.wrong(node, node.text, "Round it: an instant is a whole number of milliseconds.");
        out.time = node.time;
        return in_calendar(node, check, out.time);
      }
      if (node.kind == NodeKind::Text && check.field.may_be_never && node.text == "never") {
        out.time = core::kNever;
        return true;
      }
      if (node.kind == NodeKind::Text && core::parse_time(node.text, out.time))
        return in_calendar(node, check, out.time);
      return check.wrong_type(node);
    case ValueType::List: {
      if (node.kind == NodeKind::Text) {
        out.list = {node.text};
        return known_name(node, check, node.text);
      }
      if (node.kind != NodeKind::Array) return check.wrong_type(node);
      if (node.items.empty() && check.field.not_empty)
        return check.wrong(node, "an empty list", "Leave it out where nothing is named.");
      bool ok = true;
      for (const Node& item : node.items) {
        if (item.kind != NodeKind::Text) {
          ok = check.wrong_type(item);
        } else {
          ok = known_name(item, check, item.text) && ok;
          out.list.push_back(item.text);
        }
      }
      return ok;
    }
  }
  return false;
}

/// low <= value <= high, both of the value's own kind.
bool read_range(const Node& node, const Check& check, double value) {
  bool ok = true;
  for (const char* key : {"low", "high"}) {
    const Entry* end = node.find(key);
    if (end == nullptr) continue;
    const std::string path = check.path + '.' + key;
    double bound = 0.0;
    const Check own{check.field, path, check.names, check.mistakes};
    if (check.field.type != ValueType::Number && check.field.type != ValueType::Integer) {
      check.mistakes.add(end->at, path, "a range of something that is no number", "no such key", "Remove it.");
      ok = false;
    } else if (!number_of(end->value, own, bound)) {
      ok = false;
    } else if (key[0] == 'l' ? bound > value : bound < value) {
      check.mistakes.add(end->value.at, path, describe(end->value),
                         key[0] == 'l' ? "at most the value" : "at least the value", "");
      ok = false;
    }
  }
  return ok;
}

constexpr std::array<std::string_view, 6> kLongFormKeys{"grade", "high", "low", "note", "source", "value"};

}  // namespace

bool read_leaf(const Node& node, const Field& field, const std::string& path, const NameTable& names,
               Mistakes& mistakes, Value& out) {
  const Check check{field, path, names, mistakes};
  if (!node.is_table()) return read_value(node, check, out);
  if (!is_long_form(node)) {
    mistakes.add(node.at, path, "a table without a value", expectation(field),
                 "Add `value` to it, or write the value alone.");
    return false;
  }
  bool ok = true;
  for (const Entry& entry : node.entries) {
    if (std::find(kLongFormKeys.begin(), kLongFormKeys.end(), entry.key) == kLongFormKeys.end()) {
      if (mistakes.wanted()) {
        mistakes.add(entry.at, path + '.' + shown(entry.key), "an unknown key",
                     "one of grade, high, low, note, source, value",
                     suggestion(entry.key, {kLongFormKeys.begin(), kLongFormKeys.end()}));
      }
      ok = false;
    }
  }
  if (!read_value(value_node(node), check, out)) return false;
  return read_range(node, check, out.number) && ok;
}

std::string canonical(const Value& value) {
  switch (value.type) {
    case ValueType::Number:
    case ValueType::Integer: return write_number(value.number);
    case ValueType::Flag: return value.flag ? "true" : "false";
    case ValueType::Text: return toml_quoted(value.text);
    case ValueType::Date: return core::to_string(value.time);
    case ValueType::List: {
      std::string out = "[";
      for (const std::string& name : value.list) out += (out.size() > 1 ? ", " : "") + toml_quoted(name);
      return out + "]";
    }
  }
  return "";
}

std::string default_text(const Field& field, const Value& value) {
  if (!field.absent.empty() || (value.type == ValueType::Text && value.text.empty())) return "";
  if (value.type == ValueType::Date && (value.time >= core::kNever || value.time <= core::kAlways))
    return toml_quoted(core::to_string(value.time));
  if (value.type == ValueType::Number && !field.unit.text.empty())
    return toml_quoted(write_quantity(value.number, field.unit));
  return canonical(value);
}

bool is_plain_name(const std::string& name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= 80 && std::all_of(name.begin(), name.end(), plain);
}

}  // namespace rackrate::scenario
