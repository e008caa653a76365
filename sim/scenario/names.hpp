#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/document.hpp"
#include "sim/scenario/field.hpp"

namespace rackrate::scenario {

/// The names a scenario declares, sorted, known before any reference is checked.
class NameTable {
 public:
  explicit NameTable(const Node& root);
  [[nodiscard]] const std::vector<std::string>& of(Names list) const { return lists_[static_cast<std::size_t>(list)]; }
  [[nodiscard]] bool has(Names list, const std::string& name) const;

 private:
  std::array<std::vector<std::string>, kNameLists> lists_;
};

/// "[clouds]": where names of a list are declared; "the products" for the closed list.
[[nodiscard]] std::string_view declared_in(Names list);

/// The source that overridden values carry; no file declares it.
inline constexpr std::string_view kOverrideSource = "override";

}  // namespace rackrate::scenario
