#pragma once
#include <string>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/scenario/document.hpp"
#include "sim/scenario/field.hpp"
#include "sim/scenario/names.hpp"

namespace rackrate::scenario {

/// Collects mistakes until there are more than anybody would read.
class Mistakes {
 public:
  explicit Mistakes(const std::vector<std::string>& files) : files_(files) {}
  /// False once the list is full: the caller need not work out a remedy any more.
  [[nodiscard]] bool wanted() const { return list_.size() < kLimit; }
  void add(Position at, std::string path, std::string got, std::string expected, std::string remedy);
  void add(core::Mistake mistake);
  void throw_if_any();
  [[nodiscard]] bool empty() const { return list_.empty(); }

 private:
  static constexpr std::size_t kLimit = 100;
  const std::vector<std::string>& files_;
  std::vector<core::Mistake> list_;
};

/// A leaf's value node: itself, or what `value` holds in the long form.
[[nodiscard]] const Node& value_node(const Node& leaf);

/// Checks one leaf (short or long form) against its field. False when a mistake was added.
bool read_leaf(const Node& node, const Field& field, const std::string& path, const NameTable& names,
               Mistakes& mistakes, Value& out);

/// One spelling per value: "0.2" for "20 %". What digests and comparisons use.
[[nodiscard]] std::string canonical(const Value& value);

/// A value as TOML text in the field's own unit: how defaults are shown.
[[nodiscard]] std::string default_text(const Field& field, const Value& value);

/// A name usable in a path: letters, digits, '-' and '_'.
[[nodiscard]] bool is_plain_name(const std::string& name);

}  // namespace rackrate::scenario
