#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/field.hpp"

namespace rackrate::scenario {

/// What a table must satisfy as a whole, beyond its single keys.
struct Rule {
  enum class Kind : std::uint8_t {
    Before,         ///< date `first` lies before date `second`
    AtMost,         ///< number or date `first` <= `second`
    NotBoth,        ///< `first` and `second` exclude each other
    SumIsOne,       ///< the table's own name = number entries sum to one
    AboveZeroIn,    ///< number `first` is above 0 in a clause of kind `second`
    PartsSumToOne,  ///< the key `first` of all sub-tables sums to one
    ChoiceNeeds,    ///< where `first`, as "key=value", holds, the table `second` has an entry
  };
  Kind kind;
  std::string first, second;
};

/// One kind of table in a scenario file and what it may hold.
struct Section {
  std::string key;  ///< "clouds"; for tables under names of the user's choice the placeholder, "CLOUD"
  std::string meaning;
  Names names = Names::Any;  ///< Section of a `named`: the list its name must be in
  bool is_required = false;
  bool is_label = false;  ///< documentation only: nothing in it enters the digest
  std::uint32_t kinds = ~std::uint32_t{0};
  std::vector<Field> fields;
  std::vector<Section> sections;  ///< sub-tables with fixed names
  std::vector<Section> named;     ///< at most one: sub-tables under names of the user's choice
  std::vector<Field> entries;     ///< at most one: NAME = value entries; its key is the placeholder
  std::vector<Rule> rules;
  /// The struct the fields bind to, found in or added to the parent's. The name is empty for fixed tables.
  std::function<void*(void* parent, const std::string& name)> enter;
  /// For `entries`: stores one of them.
  std::function<void(void* object, const std::string& name, const Value&)> put;
};

/// enter() for a table that is a member of its parent's struct.
template <class T, class S>
std::function<void*(void*, const std::string&)> member(S T::*m) {
  return [m](void* parent, const std::string&) -> void* { return &(static_cast<T*>(parent)->*m); };
}
/// enter() for a named table that becomes a new element of a list member, its `name` set.
template <class T, class List>
std::function<void*(void*, const std::string&)> element(List T::*m) {
  return [m](void* parent, const std::string& name) -> void* {
    auto& elements = static_cast<T*>(parent)->*m;
    elements.push_back({});
    elements.back().name = name;
    return &elements.back();
  };
}
/// enter() for a table whose keys bind to its parent's struct.
[[nodiscard]] inline std::function<void*(void*, const std::string&)> same_struct() {
  return [](void* parent, const std::string&) { return parent; };
}
/// A table whose keys bind to its parent's struct, still without keys.
[[nodiscard]] inline Section table(std::string key, std::string meaning) {
  Section s;
  s.key = std::move(key);
  s.meaning = std::move(meaning);
  s.enter = same_struct();
  return s;
}

}  // namespace rackrate::scenario
