#include "sim/scenario/resolved_text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "sim/scenario/toml_writer.hpp"

namespace rackrate::scenario {
namespace {

using Evidence = std::pair<std::string, std::string>;  // source, grade

/// Keys for readers: they are text about values, not values, and carry no evidence.
constexpr std::array<std::string_view, 7> kProse{"accessed", "description", "grade", "note", "source", "title", "url"};

bool is_value(const Entry& e) {
  return (!e.value.is_table() || is_long_form(e.value)) &&
         std::find(kProse.begin(), kProse.end(), e.key) == kProse.end();
}

Node text_node(const std::string& text) {
  Node node;
  node.kind = NodeKind::Text;
  node.text = text;
  return node;
}

void set_text(Node& table, std::string_view key, const std::string& now, const std::string& around) {
  table.erase(key);
  if (now != around) table.at_key(std::string{key}, {}).value = text_node(now);
}

void settle(Node& table, const Evidence& around) {
  std::map<Evidence, int> votes;
  for (const Entry& e : table.entries)
    if (is_value(e) && e.value.inherits) ++votes[{e.value.source, e.value.grade}];
  Evidence here = around;
  int most = 0;
  for (const auto& [evidence, n] : votes) {
    if (n > most) {
      most = n;
      here = evidence;
    }
  }
  for (Entry& e : table.entries) {
    if (is_value(e)) {
      if (!e.value.inherits) continue;  // its evidence is in its own table
      const Evidence own{e.value.source, e.value.grade};
      if (!e.value.is_table() && own != here) {
        Node wrapped;
        wrapped.at_key("value", {}).value = std::move(e.value);
        e.value = std::move(wrapped);
      }
      if (e.value.is_table()) {
        set_text(e.value, "source", own.first, here.first);
        set_text(e.value, "grade", own.second, here.second);
      }
    } else if (e.value.is_table()) {
      settle(e.value, here);
    }
  }
  set_text(table, "source", here.first, around.first);
  set_text(table, "grade", here.second, around.second);
}

}  // namespace

Node resolved(Node root) {
  settle(root, {});
  return root;
}

std::string resolved_text(Node root) { return document_text(resolved(std::move(root))); }

}  // namespace rackrate::scenario
