#include "sim/scenario/custom_keys.hpp"

#include <algorithm>
#include <stdexcept>

namespace rackrate::scenario {
namespace {

using market::Clause;
using market::contracts::CustomKey;
using market::contracts::CustomKind;
using market::contracts::KeyType;

Field* find(std::vector<Field>& fields, std::string_view key) {
  const auto it = std::find_if(fields.begin(), fields.end(), [key](const Field& field) { return field.key == key; });
  return it == fields.end() ? nullptr : &*it;
}

Unit unit_of(KeyType type) {
  switch (type) {
    case KeyType::Dollars: return unit::kDollars;
    case KeyType::Share: return unit::kShare;
    case KeyType::Days: return unit::kDays;
    default: return {};
  }
}

Field own_key(const CustomKey& key) {
  Field field;
  field.key = key.name;
  field.type = key.type == KeyType::Date ? ValueType::Date : ValueType::Number;
  field.meaning = key.meaning;
  field.unit = unit_of(key.type);
  field.is_required = key.required;
  field.may_be_never = key.type == KeyType::Date;
  if (key.type != KeyType::Number && key.type != KeyType::Date) field.low = 0.0;
  if (key.type == KeyType::Share) field.high = 1.0;
  if (key.type == KeyType::Dollars || key.type == KeyType::Days) field.high = field.unit.most;
  field.set = [name = key.name](void* clause, const Value& v) {
    if (auto* custom = static_cast<Clause*>(clause)->get_if<market::kinds::Custom>())
      custom->values.push_back({name, v.number, v.time, {}});
  };
  field.get = [key](void*) {
    Value v;
    v.number = key.fallback;
    v.time = core::kNever;
    return v;
  };
  field.kinds = 0;
  return field;
}

void add(const CustomKind& kind, std::uint32_t bit, std::vector<Field>& fields) {
  const std::string name{kind.name()};
  for (const std::string_view key : kind.takes()) {
    Field* field = find(fields, key);
    if (field == nullptr)
      throw std::invalid_argument("clause kind " + name + " takes the key " + std::string{key} +
                                  ", which no clause has");
    field->kinds |= bit;
  }
  for (const CustomKey& key : kind.keys()) {
    const Field* taken = find(fields, key.name);
    if (taken != nullptr)
      throw std::invalid_argument("clause kind " + name + " declares the key " + key.name +
                                  ", which clauses have already");
    fields.push_back(own_key(key));
    fields.back().kinds = bit;
  }
}

}  // namespace

void add_custom_keys(const market::contracts::CustomKinds& kinds, std::vector<Field>& fields) {
  Field& kind_field = *find(fields, "kind");
  const std::size_t built_in = kind_field.allowed.size();
  if (built_in + kinds.size() > 31)
    throw std::invalid_argument("more clause kinds than a table of keys can tell apart");
  for (const auto& kind : kinds) {
    const std::string name{kind->name()};
    if (std::find(kind_field.allowed.begin(), kind_field.allowed.end(), name) != kind_field.allowed.end())
      throw std::invalid_argument("there is a clause kind " + name + " already");
    kind_field.allowed.push_back(name);
  }
  if (kinds.empty()) return;
  kind_field.set = [built_in_set = kind_field.set](void* object, const Value& v) {
    if (market::index_of(market::kClauseKindNames, v.text)) return built_in_set(object, v);
    static_cast<Clause*>(object)->terms.emplace<market::kinds::Custom>().kind_name = v.text;
  };
  for (std::size_t i = 0; i < kinds.size(); ++i) add(*kinds[i], std::uint32_t{1} << (built_in + i), fields);
}

}  // namespace rackrate::scenario
