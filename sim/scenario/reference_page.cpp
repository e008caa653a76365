#include <cmath>
#include <string>

#include "sim/scenario/leaf.hpp"
#include "sim/scenario/reserved.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/schema.hpp"
#include "sim/scenario/wording.hpp"

namespace rackrate::scenario {
namespace {

std::string code(std::string_view text) {
  std::string out;
  out += '`';
  out += text;
  out += '`';
  return out;
}

std::string type_text(const Field& field) {
  switch (field.type) {
    case ValueType::Number: return field.unit.text.empty() ? "number" : code(field.unit.text);
    case ValueType::Integer: return "whole number";
    case ValueType::Flag: return "true or false";
    case ValueType::Date: return field.may_be_never ? "date or `never`" : "date";
    case ValueType::Text:
    case ValueType::List: break;
  }
  std::string out;
  if (!field.allowed.empty()) {
    for (const std::string& name : field.allowed) out += (out.empty() ? "" : ", ") + code(name);
  } else {
    out = field.names == Names::Any ? "text" : "name in " + std::string{declared_in(field.names)};
  }
  return field.type == ValueType::List ? "one or a list of: " + out : out;
}

std::string kinds_text(std::uint32_t kinds) {
  if (kinds == ~std::uint32_t{0}) return "";
  std::string out;
  for (std::size_t i = 0; i < market::kClauseKindNames.size(); ++i)
    if ((kinds >> i & 1U) != 0) out += (out.empty() ? " Only in: " : ", ") + std::string{market::kClauseKindNames[i]};
  return out + '.';
}

void row(std::string& out, const Field& field, void* object) {
  std::string standard = "none";
  if (field.is_required) {
    standard = "required";
  } else if (!field.absent.empty()) {
    standard = field.absent;
  } else if (object != nullptr && field.get) {
    Value value = field.get(object);
    value.type = field.type;
    const std::string text = default_text(field, value);
    if (!text.empty()) standard = code(text);
  }
  out += "| " + code(field.key) + " | " + type_text(field) + " | " + bounds(field, true) + " | " + standard + " | " +
         field.meaning + kinds_text(field.kinds) + " |\n";
}

std::string rule_text(const Rule& rule) {
  switch (rule.kind) {
    case Rule::Kind::Before: return code(rule.first) + " lies before " + code(rule.second) + ".";
    case Rule::Kind::AtMost: return code(rule.first) + " is not above " + code(rule.second) + ".";
    case Rule::Kind::NotBoth: return code(rule.first) + " and " + code(rule.second) + " exclude each other.";
    case Rule::Kind::AboveZeroIn:
      return code(rule.first) + " is above 0 in a clause of kind " + code(rule.second) + ".";
    case Rule::Kind::ChoiceNeeds: return code(rule.first) + " needs at least one entry in " + code(rule.second) + ".";
    case Rule::Kind::SumIsOne: return "The entries sum to 1.";
    case Rule::Kind::PartsSumToOne: return code(rule.first) + " of all of them sums to 1.";
  }
  return "";
}

void section_page(std::string& out, const Section& section, const std::string& path, void* parent) {
  void* object = section.enter ? section.enter(parent, "x") : parent;
  out += "\n## `[" + path + "]`\n";
  if (!section.meaning.empty()) out += '\n' + section.meaning + kinds_text(section.kinds) + '\n';
  for (const Rule& rule : section.rules) out += '\n' + rule_text(rule) + '\n';
  if (!section.fields.empty() || !section.entries.empty()) {
    out += "\n| key | takes | bounds | if absent | meaning |\n|---|---|---|---|---|\n";
    for (const Field& f : section.fields) row(out, f, object);
    for (const Field& f : section.entries) row(out, f, nullptr);
  }
  for (const Section& s : section.sections) section_page(out, s, path + '.' + s.key, object);
  for (const Section& s : section.named) section_page(out, s, path + '.' + s.key, object);
}

constexpr std::string_view kIntroduction = R"(# Keys of a scenario file

Generated from the tables the parser itself reads; a test fails when this page is out of date.
Words in capitals stand for names of your choice, made of letters, digits, `-` and `_`, at most 80 of them.

- **A value** stands alone, `price = "2.1 $/H100e-h"`, or in a table that adds its range and evidence:
  `price = { value = "2.1 $/H100e-h", low = "1.7 $/H100e-h", high = "12 $/H100e-h", source = "...", grade = "R", note = "..." }`.
- **A quantity** is a string with its unit. Units are built from `$ H100e s min h d wk mo y W Wh tok %` with `k M G B T` before
  them, `-` for products and `/` for quotients: `30 k$`, `6 $/H100e-h`, `900 H100e/M` (per million), `10 %/y`. A month is a
  twelfth of a year of 365.25 days. Keys without a unit take plain numbers, shares also `20 %`, counts also `900 M`.
- **Every table** takes `title`, `source`, `grade` and `note`. `source` names an entry of `[sources]`; `grade` is `P` (primary), `R`
  (press or analyst report), `W` (weak) or `A` (assumption). Both hold for the figures below them in the same file (quantities, counts and dates) until said otherwise, and in `[contracts]` for
  everything. Names, choices and switches elsewhere say how the model is wired: they have evidence only where they state it themselves.
- **Dates** are TOML dates or date-times, read as UTC, from 1678 to 2261, the years that result files can name. Every end is exclusive.
- **Bounds** stand in the tables below. Together a scenario has at most 254 names in each of its lists of firms, vendors, labs, channels,
  segments and regions, 32 clouds, 1,000 chips and 500 places where compute is offered (regions of clouds, and each part of them that is
  reserved); a run lasts at most 100 years. Sums are bounded too: 1e10 H100e, 1e11 work units a day, 1e11 kW and, at the prices of the first day,
  4e14 $ in a run. A message names the largest part of a sum that is beyond them. Whatever still outgrows 64 bits stops the run with a sentence.
- **`extends`** at the top names the scenario this one starts from, by library name or path; the child wins key by key. **`remove`** is a list
  of key paths of what it inherits and does not want. A chain of `extends` has at most 64 files.
)";

constexpr std::string_view kReservedIntroduction =
    R"(- **Zero is a value.** Where leaving a key out means something that no number says (the column "if absent"), a 0, an empty list or an
  empty text that would be read as left out is refused.
- **Names with a meaning.** `direct` is each lab's own channel, with neither cloud nor firm; `m365` the channel through which seats
  are sold, and nothing else; the segment `us_natsec` is national security, which a scope of `commercial` leaves out.
- **Names that are refused**: `value`, `title`, `source`, `grade` and `note`, which are keys of every table; a version called
  `NAME-from-DATE` that is no part of a version `NAME`; a clause called like an award of a tender (`TENDER-1`, `TENDER-1-grant`); and
)";

}  // namespace

std::string reference_page() {
  std::string out{kIntroduction};
  out += kReservedIntroduction;
  for (const ReservedName& name : reserved_names())
    if (!name.placeholder.empty())
      out += "  - " + code(name.name) + " as a " + code(name.placeholder) + ": " + std::string{name.meaning} + ".\n";
  const Section root = schema();
  Draft draft;
  out += "\n## Top level\n\n| key | takes | bounds | if absent | meaning |\n|---|---|---|---|---|\n";
  for (const Field& f : root.fields) row(out, f, &draft);
  for (const Section& s : root.sections) section_page(out, s, s.key, &draft);
  return out;
}

}  // namespace rackrate::scenario
