#include "sim/scenario/document.hpp"

#include <algorithm>
#include <utility>

#include "sim/core/utf8.hpp"

namespace rackrate::scenario {
namespace {

template <class Entries>
auto lower(Entries& entries, std::string_view key) {
  return std::lower_bound(entries.begin(), entries.end(), key,
                          [](const Entry& e, std::string_view k) { return std::string_view{e.key} < k; });
}

}  // namespace

const Entry* Node::find(std::string_view key) const {
  const auto it = lower(entries, key);
  return it != entries.end() && it->key == key ? &*it : nullptr;
}

Entry* Node::find(std::string_view key) {
  const auto it = lower(entries, key);
  return it != entries.end() && it->key == key ? &*it : nullptr;
}

Entry& Node::at_key(const std::string& key, Position where) {
  auto it = lower(entries, key);
  if (it == entries.end() || it->key != key) {
    Entry fresh;
    fresh.key = key;
    fresh.at = where;
    fresh.value.at = where;
    it = entries.insert(it, std::move(fresh));
  }
  return *it;
}

bool Node::erase(std::string_view key) {
  const auto it = lower(entries, key);
  if (it == entries.end() || it->key != key) return false;
  entries.erase(it);
  return true;
}

bool is_long_form(const Node& node) { return node.is_table() && node.find("value") != nullptr; }

void inherit_evidence(Node& table, const std::string& source, const std::string& grade) {
  const auto own = [&table](std::string_view key, const std::string& outer) {
    const Entry* entry = table.find(key);
    return entry != nullptr && entry->value.kind == NodeKind::Text ? entry->value.text : outer;
  };
  table.source = own("source", source);
  table.grade = own("grade", grade);
  for (Entry& entry : table.entries) {
    if (entry.value.is_table()) {
      inherit_evidence(entry.value, table.source, table.grade);
    } else {
      entry.value.source = table.source;
      entry.value.grade = table.grade;
    }
  }
}

void merge_into(Node& base, Node child) {
  if (!base.is_table() || !child.is_table() || is_long_form(base) || is_long_form(child)) {
    base = std::move(child);
    return;
  }
  base.at = child.at;
  std::vector<Entry> merged;
  merged.reserve(base.entries.size() + child.entries.size());
  auto b = base.entries.begin();
  auto c = child.entries.begin();
  while (b != base.entries.end() || c != child.entries.end()) {
    if (c == child.entries.end() || (b != base.entries.end() && b->key < c->key)) {
      merged.push_back(std::move(*b++));
    } else if (b == base.entries.end() || c->key < b->key) {
      merged.push_back(std::move(*c++));
    } else {
      b->at = c->at;
      merge_into(b->value, std::move(c->value));
      merged.push_back(std::move(*b));
      ++b;
      ++c;
    }
  }
  base.entries = std::move(merged);
}

std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> parts(1);
  for (const char c : path) {
    if (c == '.') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

core::Where locate(const Document& document, const std::string& path) {
  const Node* node = &document.root;
  Position at = node->at;
  for (const std::string& part : split_path(path)) {
    const Entry* entry = node->is_table() ? node->find(part) : nullptr;
    if (entry == nullptr) break;
    node = &entry->value;
    // A table's own position is where its heading starts; a value's is where the value starts.
    at = node->is_table() ? entry->at : node->at;
  }
  core::Where where{{}, at.line, at.column, path};
  if (at.file >= 0 && at.file < static_cast<int>(document.files.size()))
    where.file = document.files[static_cast<std::size_t>(at.file)];
  return where;
}

std::string shown(std::string_view text, std::size_t limit) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  std::size_t taken = 0;
  while (taken < text.size() && out.size() < limit) {
    const std::size_t length = core::utf8_length(text.substr(taken));
    const auto byte = static_cast<unsigned char>(text[taken]);
    if (length == 0 || byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
      ++taken;
      continue;
    }
    if (out.size() + length > limit) break;  // never cut a character: Python decodes the message
    out += text.substr(taken, length);
    taken += length;
  }
  return taken < text.size() ? out + "..." : out;
}

}  // namespace rackrate::scenario
