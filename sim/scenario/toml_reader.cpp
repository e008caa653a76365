// The only file that includes toml++ (README.md explains the guards).
#undef NDEBUG
#include "sim/scenario/toml_reader.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace rackrate::scenario {
namespace {
/// toml++ 3.3.0 asserts on malformed input such as "[ = 0" (its issue 294). Throwing leaves the parser safely.
[[noreturn]] void toml_assertion(const char* condition) { throw std::logic_error(condition); }
}  // namespace
}  // namespace rackrate::scenario

#define TOML_HEADER_ONLY 1
#define TOML_MAX_NESTED_VALUES 32
#define TOML_ASSERT(condition) ((condition) ? static_cast<void>(0) : ::rackrate::scenario::toml_assertion(#condition))
#include <toml++/toml.h>

namespace rackrate::scenario {
namespace {

constexpr std::size_t kMaxDotsPerLine =
    256;  // dotted keys nest without a limit in toml++, and its tables are freed recursively
constexpr int kMaxDepth = 48;

[[noreturn]] void refuse(const std::string& file, int line, int column, std::string got, std::string remedy) {
  core::Mistake mistake;
  mistake.where.file = file;
  mistake.where.line = line;
  mistake.where.column = column;
  mistake.where.key = "the text";
  mistake.got = std::move(got);
  mistake.expected = "TOML 1.0";
  mistake.remedy = std::move(remedy);
  throw core::ScenarioError(std::move(mistake));
}

void check_size(const std::string& text, const std::string& file) {
  if (text.size() > kMaxTextBytes) {
    refuse(file, 0, 0, "longer than " + std::to_string(kMaxTextBytes) + " bytes", "Is this a scenario file?");
  }
  int line = 1;
  std::size_t dots = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\0')
      refuse(file, line, 0, "not TOML (a zero byte at offset " + std::to_string(i) + ")", "Is this a scenario file?");
    if (c == '\n') {
      ++line;
      dots = 0;
    } else if (c == '.' && ++dots > kMaxDotsPerLine) {
      refuse(file, line, 0, "too deep (a line with more than " + std::to_string(kMaxDotsPerLine) + " dots)",
             "Break the line.");
    }
  }
}

/// Converts toml++'s tree to ours.
class Converter {
 public:
  Converter(const std::string& file, int file_index) : file_(file), file_index_(file_index) {}

  Node node(const toml::node& from, int depth) const {
    Node out;
    out.at = position(from.source());
    if (depth > kMaxDepth)
      refuse(file_, out.at.line, out.at.column, "too deep (tables within tables)",
             "A scenario has at most seven levels.");
    switch (from.type()) {
      case toml::node_type::table: table(*from.as_table(), out, depth); break;
      case toml::node_type::array:
        out.kind = NodeKind::Array;
        for (const toml::node& item : *from.as_array()) out.items.push_back(node(item, depth + 1));
        break;
      case toml::node_type::string:
        out.kind = NodeKind::Text;
        out.text = from.as_string()->get();
        break;
      case toml::node_type::integer:
        out.kind = NodeKind::Integer;
        out.integer = from.as_integer()->get();
        break;
      case toml::node_type::floating_point:
        out.kind = NodeKind::Real;
        out.real = from.as_floating_point()->get();
        break;
      case toml::node_type::boolean:
        out.kind = NodeKind::Flag;
        out.flag = from.as_boolean()->get();
        break;
      case toml::node_type::date:
        out.kind = NodeKind::Date;
        out.time = day(from.as_date()->get());
        break;
      case toml::node_type::date_time: {
        const toml::date_time& moment = from.as_date_time()->get();
        out.kind = NodeKind::Date;
        out.time = day(moment.date) + std::chrono::hours{moment.time.hour} + std::chrono::minutes{moment.time.minute} +
                   std::chrono::seconds{moment.time.second} +
                   std::chrono::milliseconds{moment.time.nanosecond / 1'000'000};
        if (moment.offset) out.time -= std::chrono::minutes{moment.offset->minutes};
        if (moment.time.nanosecond % 1'000'000 != 0) out.text = "an instant between two milliseconds";
        break;
      }
      default: out.kind = NodeKind::TimeOfDay; break;
    }
    return out;
  }

 private:
  static core::SimTime day(const toml::date& d) { return core::date(d.year, d.month, d.day); }

  Position position(const toml::source_region& region) const {
    return {file_index_, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
  }

  void table(const toml::table& from, Node& out, int depth) const {
    out.kind = NodeKind::Table;
    out.entries.reserve(from.size());
    for (const auto& [key, value] : from) {  // toml++ keeps its tables sorted by key, as Node wants them
      Entry entry;
      entry.key = std::string{key.str()};
      entry.at = position(key.source());
      entry.value = node(value, depth + 1);
      out.entries.push_back(std::move(entry));
    }
  }

  const std::string& file_;
  int file_index_;
};

}  // namespace

Node read_toml(const std::string& text, const std::string& file, int file_index) {
  check_size(text, file);
  try {
    const toml::table parsed = toml::parse(std::string_view{text}, std::string_view{file});
    Node root = Converter{file, file_index}.node(parsed, 0);
    root.at = {file_index, 1, 1};
    return root;
  } catch (const toml::parse_error& e) {
    const toml::source_position& at = e.source().begin;
    refuse(file, static_cast<int>(at.line), static_cast<int>(at.column),
           "not TOML (" + shown(e.description(), 200) + ")", "Correct this first: nothing after it was read.");
  } catch (const core::ScenarioError&) {
    throw;
  } catch (const std::logic_error&) {
    refuse(file, 0, 0, "not TOML (its structure is broken)", "Look for stray brackets and equals signs.");
  }
}

}  // namespace rackrate::scenario
