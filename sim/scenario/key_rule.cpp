#include "sim/scenario/key_rule.hpp"

#include <array>
#include <string_view>

#include "sim/scenario/override.hpp"
#include "sim/scenario/quantity_text.hpp"
#include "sim/scenario/schema.hpp"
#include "sim/scenario/wording.hpp"

namespace rackrate::scenario {
namespace {

constexpr std::array<std::string_view, 6> kTypeNames{"number", "integer", "flag", "text", "date", "list"};

KeyRule rule_of(const FieldPlace& place) {
  const Field& field = place.field;
  KeyRule rule;
  rule.type = kTypeNames.at(static_cast<std::size_t>(field.type));
  rule.unit = field.unit.text;
  rule.low = field.low;
  rule.high = field.high;
  rule.gap = field.gap;
  rule.allowed = field.allowed;
  rule.may_be_never = field.may_be_never;
  for (const Rule& between : place.section.rules) {
    if (between.kind != Rule::Kind::AtMost) continue;
    if (between.first == field.key) rule.not_above.push_back(between.second);
    if (between.second == field.key) rule.not_below.push_back(between.first);
  }
  return rule;
}

}  // namespace

std::vector<std::optional<KeyRule>> key_rules(const Scenario& scenario, const std::vector<std::string>& paths) {
  std::vector<std::optional<KeyRule>> rules;
  const auto root = shared_schema(scenario.parameters().custom_kinds);
  for (const std::string& path : paths) {
    const std::optional<FieldPlace> place = field_at(*root, path);
    rules.push_back(place ? std::optional{rule_of(*place)} : std::nullopt);
  }
  return rules;
}

double quantity_in(const std::string& text, const std::string& unit, const std::string& path) {
  const QuantityText read = read_quantity(text, Unit{unit, ""});
  const std::string wanted = unit.empty() ? "a number without a unit" : "a number in " + unit;
  std::string remedy;
  switch (read.problem) {
    case QuantityProblem::None: return read.value;
    case QuantityProblem::NoNumber: remedy = "Begin with a number."; break;
    case QuantityProblem::UnknownUnit:
      remedy = "Units are $ H100e s min h d wk mo y W Wh tok %, with k M G B T before them.";
      break;
    case QuantityProblem::WrongDimension:
      remedy = read.unit_text.empty() ? "Add the unit." : "The unit measures something else.";
      break;
  }
  throw core::ScenarioError(core::Mistake{{{}, 0, 0, path}, '"' + shown(text) + '"', wanted, remedy});
}

}  // namespace rackrate::scenario
