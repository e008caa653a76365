#include "sim/scenario/override.hpp"

#include <algorithm>
#include <optional>

#include "sim/scenario/leaf.hpp"
#include "sim/scenario/names.hpp"
#include "sim/scenario/toml_reader.hpp"

namespace rackrate::scenario {
namespace {

const Field* field_named(const std::vector<Field>& fields, const std::string& key) {
  const auto it = std::find_if(fields.begin(), fields.end(), [&key](const Field& f) { return f.key == key; });
  return it == fields.end() ? nullptr : &*it;
}

struct Target {
  Node* table = nullptr;
  const Field* field = nullptr;
};

/// Follows a path through schema and document. Fixed tables that are missing are made; tables under
/// names of the user's choice must be there: an override changes values, it does not invent actors.
std::optional<Target> resolve(Node& root_node, const Section& root, const std::vector<std::string>& parts) {
  const Section* section = &root;
  Node* node = &root_node;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const auto it = std::find_if(section->sections.begin(), section->sections.end(),
                                 [&](const Section& s) { return s.key == parts[i]; });
    Entry* entry = node->find(parts[i]);
    if (entry != nullptr && !entry->value.is_table()) return std::nullopt;
    if (it != section->sections.end()) {
      section = &*it;
      if (entry == nullptr) entry = &node->at_key(parts[i], {});
    } else if (!section->named.empty() && entry != nullptr) {
      section = &section->named.front();
    } else {
      return std::nullopt;
    }
    node = &entry->value;
  }
  const Field* field = field_named(section->fields, parts.back());
  if (field == nullptr && !section->entries.empty() && is_plain_name(parts.back())) field = &section->entries.front();
  if (field == nullptr) return std::nullopt;
  return Target{node, field};
}

void mark(Node& node) {
  node.at = {};
  for (Node& item : node.items) mark(item);
  for (Entry& e : node.entries) {
    e.at = {};
    mark(e.value);
  }
}

std::string nearest_path(const std::string& path, const std::vector<Leaf>& leaves) {
  if (path.size() > 200) return "";
  std::vector<std::string> paths;
  for (const Leaf& leaf : leaves) paths.push_back(leaf.item.path);
  return core::nearest(path, paths);
}

/// True when the range of a long form still holds its new value.
bool range_holds(const Node& leaf, const Field& field) {
  const auto number = [&field](const Node& n) {
    return n.kind == NodeKind::Integer ? static_cast<double>(n.integer)
           : n.kind == NodeKind::Real  ? n.real
                                       : read_quantity(n.text, field.unit).value;
  };
  const double value = number(value_node(leaf));
  const Entry* low = leaf.find("low");
  const Entry* high = leaf.find("high");
  return (low == nullptr || number(low->value) <= value) && (high == nullptr || value <= number(high->value));
}

}  // namespace

std::optional<FieldPlace> field_at(const Section& root, const std::string& path) {
  const std::vector<std::string> parts = split_path(path);
  const Section* section = &root;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const auto it = std::find_if(section->sections.begin(), section->sections.end(),
                                 [&](const Section& s) { return s.key == parts[i]; });
    if (it != section->sections.end()) {
      section = &*it;
    } else if (!section->named.empty()) {
      section = &section->named.front();
    } else {
      return std::nullopt;
    }
  }
  const Field* field = field_named(section->fields, parts.back());
  if (field == nullptr && !section->entries.empty()) field = &section->entries.front();
  return field == nullptr ? std::nullopt : std::optional{FieldPlace{*section, *field}};
}

Node parse_value(const std::string& path, const std::string& text) {
  try {
    const Node table = read_toml("v = " + text + '\n', "", -1);
    if (table.entries.size() == 1 && table.entries[0].key == "v") {
      Node value = table.entries[0].value;
      mark(value);  // its position is one in a line the user never wrote
      return value;
    }
  } catch (const core::ScenarioError&) {
    // So would be the position of the mistake.
  }
  throw core::mistake(path, '\'' + shown(text) + '\'', "a TOML value such as true, 3, \"30 k$\" or 2026-04-27",
                      "Text and quantities need quotes.");
}

void apply_overrides(Document& document, const Section& root, const std::vector<Leaf>& leaves,
                     const std::vector<std::pair<std::string, std::string>>& values) {
  std::vector<core::Mistake> mistakes;
  for (const auto& [path, text] : values) {
    const std::optional<Target> target = resolve(document.root, root, split_path(path));
    if (!target) {
      const std::string near = nearest_path(path, leaves);
      mistakes.push_back({{{}, 0, 0, shown(path, 200)},
                          "an unknown path",
                          "the path of a value of the scenario",
                          near.empty() ? "" : "Did you mean " + near + "?"});
      continue;
    }
    Node value;
    try {
      value = parse_value(path, text);
    } catch (const core::ScenarioError& e) {
      mistakes.insert(mistakes.end(), e.mistakes().begin(), e.mistakes().end());
      continue;
    }
    const Field& field = *target->field;
    const std::string key = split_path(path).back();
    Entry& entry = target->table->at_key(key, {});
    if (field.is_label) {
      entry.value = std::move(value);
      continue;
    }
    if (is_long_form(value)) {
      entry.value = std::move(value);
    } else {
      if (!is_long_form(entry.value)) entry.value = Node{};
      entry.value.erase("note");
      entry.value.at_key("value", {}).value = std::move(value);
      const bool is_whole = field.type == ValueType::Integer && value_node(entry.value).kind == NodeKind::Integer;
      if ((field.type == ValueType::Number || is_whole) && !range_holds(entry.value, field)) {
        entry.value.erase("low");
        entry.value.erase("high");
      }
    }
    const auto set = [&entry](const char* which, std::string_view now) {
      Node& node = entry.value.at_key(which, {}).value;
      node.kind = NodeKind::Text;
      node.text = now;
    };
    set("source", kOverrideSource);
    set("grade", "A");
    entry.value.source = kOverrideSource;
    entry.value.grade = "A";
  }
  if (!mistakes.empty()) throw core::ScenarioError(std::move(mistakes));
}

}  // namespace rackrate::scenario
