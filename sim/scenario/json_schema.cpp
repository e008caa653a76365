#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "sim/scenario/json_text.hpp"
#include "sim/scenario/reserved.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/schema.hpp"

namespace rackrate::scenario {
namespace {

constexpr std::string_view kQuantity = "^ *[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)? *";

/// The pattern of a unit, for editors. Only the parser checks dimensions.
std::string quantity_pattern(const Unit& unit) {
  const std::string units = unit.text.empty() ? "([kMGBT]|%)?" : "[A-Za-z0-9$%/ -]+";
  return std::string{kQuantity} + units + " *$";
}

void name_type(JsonWriter& json, const Field& field) {
  json.text("type", "string");
  if (field.allowed.empty()) return;
  json.open_list("enum");
  for (const std::string& name : field.allowed) json.text({}, name);
  json.close_list();
}

void number_type(JsonWriter& json, const Field& field) {
  json.open_list("anyOf");
  if (field.unit.text.empty()) {
    json.open();
    json.text("type", field.type == ValueType::Integer ? "integer" : "number");
    if (std::isfinite(field.low)) json.raw("minimum", write_number(field.low));
    if (std::isfinite(field.high)) json.raw("maximum", write_number(field.high));
    json.close();
  }
  if (field.type == ValueType::Number) {
    json.open();
    json.text("type", "string");
    json.text("pattern", quantity_pattern(field.unit));
    json.close();
  }
  json.close_list();
}

/// TOML dates reach a validator as strings; Tombi names their formats.
void date_type(JsonWriter& json, const Field& field) {
  json.open_list("anyOf");
  for (const char* format : {"date", "local-date", "date-time", "local-date-time"}) {
    json.open();
    json.text("type", "string");
    json.text("format", format);
    json.close();
  }
  if (field.may_be_never) {
    json.open();
    json.text("const", "never");
    json.close();
  }
  json.close_list();
}

void list_type(JsonWriter& json, const Field& field) {
  json.open_list("anyOf");
  json.open();
  name_type(json, field);
  json.close();
  json.open();
  json.text("type", "array");
  json.open("items");
  name_type(json, field);
  json.close();
  json.close();
  json.close_list();
}

void value_type(JsonWriter& json, const Field& field) {
  switch (field.type) {
    case ValueType::Number:
    case ValueType::Integer: number_type(json, field); break;
    case ValueType::Flag: json.text("type", "boolean"); break;
    case ValueType::Text: name_type(json, field); break;
    case ValueType::Date: date_type(json, field); break;
    case ValueType::List: list_type(json, field); break;
  }
}

/// The shapes of values, each written once under $defs and referred to by number.
class Shapes {
 public:
  std::string reference(const Field& field) {
    JsonWriter json{2};
    json.open();
    json.open_list("anyOf");
    json.open();
    value_type(json, field);
    json.close();
    json.open();
    json.text("type", "object");
    json.open_list("required");
    json.text({}, "value");
    json.close_list();
    json.open("properties");
    for (const char* part : {"value", "low", "high"}) {
      json.open(part);
      value_type(json, field);
      json.close();
    }
    for (const char* part : {"source", "grade", "note"}) refer(json, part, part);
    json.close();
    json.raw("additionalProperties", "false");
    json.close();
    json.close_list();
    json.close();
    const std::string shape = json.take();
    const auto [it, fresh] = names_.emplace(shape, "value-" + std::to_string(names_.size() + 1));
    if (fresh) order_.push_back(it);
    return it->second;
  }

  static void refer(JsonWriter& json, std::string_view key, std::string_view definition) {
    json.open(key);
    json.text("$ref", "#/$defs/" + std::string{definition});
    json.close();
  }

  void write(JsonWriter& json) const {
    json.open("$defs");
    for (const char* prose : {"source", "note", "title"}) {
      json.open(prose);
      json.text("type", "string");
      json.close();
    }
    json.open("grade");
    json.open_list("enum");
    for (const std::string_view grade : kGrades) json.text({}, grade);
    json.close_list();
    json.close();
    for (const auto& it : order_) json.raw(it->second, it->first);
    json.close();
  }

 private:
  std::map<std::string, std::string> names_;
  std::vector<std::map<std::string, std::string>::iterator> order_;
};

/// A value alone, or a table of value, range and evidence.
void field_schema(JsonWriter& json, Shapes& shapes, std::string_view key, const Field& field) {
  json.open(key);
  std::string meaning = field.meaning;
  if (!field.unit.text.empty()) meaning += " Unit: " + std::string{field.unit.text} + ".";
  json.text("description", meaning);
  if (field.is_label) {
    json.text("type", "string");
  } else {
    json.text("$ref", "#/$defs/" + shapes.reference(field));
  }
  json.close();
}

void section_schema(JsonWriter& json, Shapes& shapes, const Section& section);

void nested(JsonWriter& json, Shapes& shapes, std::string_view key, const Section& section) {
  json.open(key);
  section_schema(json, shapes, section);
  json.close();
}

/// What a name of the user's choice may be; the keys of the table beside it are such words too.
void names_of(JsonWriter& json, const Section& named) {
  json.open("propertyNames");
  json.text("pattern", "^[A-Za-z0-9_-]{1,80}$");
  std::vector<std::string> taken;
  for (const ReservedName& name : reserved_names())
    if (name.placeholder == named.key) taken.emplace_back(name.name);
  if (!taken.empty()) {
    json.open("not");
    json.open_list("enum");
    for (const std::string& name : taken) json.text({}, name);
    json.close_list();
    json.close();
  }
  json.close();
}

void section_schema(JsonWriter& json, Shapes& shapes, const Section& section) {
  if (!section.meaning.empty()) json.text("description", section.meaning);
  json.text("type", "object");
  json.open("properties");
  for (const Field& f : section.fields)
    if (f.key != "title") field_schema(json, shapes, f.key, f);
  for (const Section& s : section.sections) nested(json, shapes, s.key, s);
  for (const char* part : {"source", "grade", "note", "title"}) Shapes::refer(json, part, part);
  if (section.key.empty()) {
    json.open("extends");
    json.text("description", "The scenario this one starts from: a library name or a path.");
    json.text("type", "string");
    json.close();
    json.open("remove");
    json.text("description", "Key paths of inherited tables and values to leave out.");
    json.text("type", "array");
    json.open("items");
    json.text("type", "string");
    json.close();
    json.close();
  }
  json.close();
  if (!section.named.empty()) {
    names_of(json, section.named.front());
    nested(json, shapes, "additionalProperties", section.named.front());
  } else if (!section.entries.empty()) {
    field_schema(json, shapes, "additionalProperties", section.entries.front());
  } else {
    json.raw("additionalProperties", "false");
  }
}

}  // namespace

// `required` is left out on purpose: a file that extends another need not repeat its keys, and an
// editor checks one file at a time.
std::string json_schema() {
  JsonWriter json;
  json.open();
  json.text("$schema", "https://json-schema.org/draft/2020-12/schema");
  json.text("title", "Rackrate scenario");
  Shapes shapes;
  section_schema(json, shapes, schema());
  shapes.write(json);
  json.close();
  return json.take() + "\n";
}

}  // namespace rackrate::scenario
