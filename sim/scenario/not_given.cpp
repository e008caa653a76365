#include "sim/scenario/not_given.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

namespace rackrate::scenario {
namespace {

/// Keys of clauses that are kept as 0 where they are left out.
constexpr std::array<std::string_view, 9> kStatedAboveZero{"capacity",    "hhi",   "power",    "quantity", "revenue",
                                                           "share_above", "stock", "unserved", "valuation"};
/// Lists of clauses that may be empty: they name effects, not the actors that a clause concerns.
constexpr std::array<std::string_view, 2> kMayBeEmpty{"switches_off", "switches_on"};

template <std::size_t N>
bool is_in(const std::array<std::string_view, N>& keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// The section of this key, or the tables under names where it is in capitals.
Section& below(Section& section, std::string_view key) {
  for (Section& s : section.sections)
    if (s.key == key) return s;
  for (Section& s : section.named)
    if (s.key == key) return s;
  throw std::logic_error("the schema has no section " + std::string{key});
}

void above_zero(Field& field) { field.low = field.unit.least; }

void must_name(Field& field) {
  const bool free_text =
      field.type == ValueType::Text && field.names == Names::Any && field.allowed.empty() && !field.is_label;
  if (field.type == ValueType::List || free_text) field.not_empty = true;
}

}  // namespace

void refuse_what_says_nothing(Section& root) {
  Section& clause = below(
      below(below(below(below(below(root, "contracts"), "CONTRACT"), "versions"), "VERSION"), "clauses"), "CLAUSE");
  for (Field& field : clause.fields) {
    if (is_in(kStatedAboveZero, field.key)) above_zero(field);
    if (!is_in(kMayBeEmpty, field.key)) must_name(field);
  }
  for (Field& field : below(clause, "scope").fields) must_name(field);
  clause.rules.push_back({Rule::Kind::AboveZeroIn, "hazard", "trigger"});
  for (Field& field : below(below(below(below(root, "labs"), "LAB"), "streams"), "STREAM").fields)
    if (field.key == "unserved_penalty") above_zero(field);
}

}  // namespace rackrate::scenario
