#include "sim/scenario/toml_writer.hpp"

#include <algorithm>

#include "sim/scenario/quantity_text.hpp"

namespace rackrate::scenario {
namespace {

std::string real_text(double value) {
  std::string out = write_number(value);
  // In TOML a real differs from an integer by its point or exponent; its exponent form is C's.
  if (out.find_first_of(".eni") == std::string::npos) out += ".0";
  return out;
}

void write_table(const Node& table, const std::string& path, std::string& out) {
  bool leaves = false;
  bool tables = false;
  for (const Entry& e : table.entries) (e.value.is_table() && !is_long_form(e.value) ? tables : leaves) = true;
  // A heading is written only if it is needed: for its own keys, or to create an empty table.
  if (!path.empty() && (leaves || !tables)) out += '\n' + ('[' + path) + "]\n";
  for (const Entry& e : table.entries)
    if (!e.value.is_table() || is_long_form(e.value)) out += key_text(e.key) + " = " + value_text(e.value) + '\n';
  for (const Entry& e : table.entries)
    if (e.value.is_table() && !is_long_form(e.value))
      write_table(e.value, (path.empty() ? "" : path + '.') + key_text(e.key), out);
}

}  // namespace

std::string toml_quoted(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string key_text(const std::string& key) {
  const auto bare = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !key.empty() && std::all_of(key.begin(), key.end(), bare) ? key : toml_quoted(key);
}

std::string value_text(const Node& node) {
  switch (node.kind) {
    case NodeKind::Text: return toml_quoted(node.text);
    case NodeKind::Integer: return std::to_string(node.integer);
    case NodeKind::Real: return real_text(node.real);
    case NodeKind::Flag: return node.flag ? "true" : "false";
    case NodeKind::Date: return core::to_string(node.time);
    case NodeKind::TimeOfDay: return "\"\"";
    case NodeKind::Array: {
      std::string out = "[";
      for (const Node& item : node.items) out += (out.size() > 1 ? ", " : "") + value_text(item);
      return out + "]";
    }
    case NodeKind::Table: {
      std::string out = "{";
      for (const Entry& e : node.entries)
        out += (out.size() > 1 ? ", " : " ") + key_text(e.key) + " = " + value_text(e.value);
      return out + " }";
    }
  }
  return "";
}

std::string document_text(const Node& root) {
  std::string out;
  write_table(root, "", out);
  return out;
}

}  // namespace rackrate::scenario
