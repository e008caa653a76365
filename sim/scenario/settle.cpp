#include "sim/scenario/settle.hpp"

#include <algorithm>
#include <string_view>

#include "sim/scenario/leaf.hpp"
#include "sim/scenario/override.hpp"
#include "sim/scenario/toml_writer.hpp"

namespace rackrate::scenario {
namespace {

/// TOML text of one value; a table means that the text is not a value.
Node value_of(const std::string& text) {
  try {
    return parse_value("", text);
  } catch (const core::ScenarioError&) {
    return {};
  }
}

void settle_date(Node& node) {
  if (node.kind != NodeKind::Text) return;
  core::SimTime time;
  std::string problem;  // of a date that TOML can write and a scenario cannot hold
  if (!core::parse_time(node.text, time)) {
    const bool plausible =
        node.text.size() < 40 && node.text.find_first_not_of("0123456789-:.TtZz+ ") == std::string::npos;
    const Node read = plausible ? value_of(node.text) : Node{};
    if (read.kind != NodeKind::Date) return;
    time = read.time;
    problem = read.text;
  }
  node.kind = NodeKind::Date;
  node.time = time;
  node.text = problem;
}

bool is_figure(const Field& field) {
  return field.type == ValueType::Number || field.type == ValueType::Integer || field.type == ValueType::Date;
}

std::string own(const Node& leaf, std::string_view key) {
  const Entry* entry = leaf.is_table() ? leaf.find(key) : nullptr;
  return entry != nullptr && entry->value.kind == NodeKind::Text ? entry->value.text : "";
}

void settle_leaf(Node& leaf, const Field& field, bool in_contracts) {
  if (field.type == ValueType::Date) {
    Entry* value = leaf.is_table() ? leaf.find("value") : nullptr;
    settle_date(value != nullptr ? value->value : leaf);
  }
  leaf.inherits = in_contracts || is_figure(field);
  if (leaf.inherits) return;
  leaf.source = own(leaf, "source");
  leaf.grade = own(leaf, "grade");
}

void settle_table(Node& table, const Section& section, bool in_contracts) {
  for (Entry& e : table.entries) {
    const auto is_key = [&e](const auto& x) { return x.key == e.key; };
    const auto f = std::find_if(section.fields.begin(), section.fields.end(), is_key);
    const auto s = std::find_if(section.sections.begin(), section.sections.end(), is_key);
    if (f != section.fields.end()) {
      settle_leaf(e.value, *f, in_contracts);
    } else if (s != section.sections.end()) {
      if (e.value.is_table()) settle_table(e.value, *s, in_contracts || s->key == "contracts");
    } else if (!section.entries.empty() && (!e.value.is_table() || is_long_form(e.value))) {
      settle_leaf(e.value, section.entries.front(), in_contracts);
    } else if (!section.named.empty() && e.value.is_table()) {
      settle_table(e.value, section.named.front(), in_contracts);
    }
  }
}

}  // namespace

void settle_by_schema(Node& table, const Section& section) { settle_table(table, section, false); }

std::string typed_text(const std::string& typed, const Field* field) {
  Node node;
  bool is_toml = true;
  try {
    node = parse_value("", typed);
  } catch (const core::ScenarioError&) {
    is_toml = false;
  }
  const bool names = field != nullptr && (field->type == ValueType::Text || field->type == ValueType::List);
  const bool fits = node.kind == NodeKind::Text || node.kind == NodeKind::Array || node.is_table();
  return is_toml && (!names || fits) ? typed : toml_quoted(typed);
}

}  // namespace rackrate::scenario
